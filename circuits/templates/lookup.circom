pragma circom 2.1.9;

// Bits of a limb.
function LIMB_BITS() { return 12; }
// The table of the lookup: every limb from 0 to 4,095.
function TABLE() { return 1 << LIMB_BITS(); }

// Left side of the lookup (ADR 0005): the sum of 1 / (challenge - limb). Shows that no limb is the challenge.
template Shares(N) {
    signal input challenge;
    signal input limbs[N];
    signal output sum;

    signal inverse[N];
    var total = 0;
    for (var i = 0; i < N; i++) {
        // Hint: the next line leaves one value, and none for a limb that is the challenge.
        inverse[i] <-- 1 / (challenge - limbs[i]);
        // The limb stands on the right: points of that side lie in G2, and meet 12-bit scalars only. (The compiler
        // puts a sum to the left of a bare signal; times 1 it is none.)
        (1 * inverse[i]) * (challenge - limbs[i]) === 1;
        total += inverse[i];
    }
    sum <== total;
}

// Right side of the lookup: the sum of multiplicity[t] / (challenge - t) over the table's entries from FIRST on.
template Entries(FIRST, N) {
    signal input challenge;
    signal input multiplicity[N];
    signal output sum;

    signal term[N];
    var total = 0;
    for (var i = 0; i < N; i++) {
        // Hint: the next line leaves one value, unless the challenge is the entry itself (ADR 0005 counts that case).
        term[i] <-- multiplicity[i] / (challenge - (FIRST + i));
        (1 * term[i]) * (challenge - (FIRST + i)) === multiplicity[i];
        total += term[i];
    }
    sum <== total;
}

// Right side over the whole table. In pieces, because the compiler's time grows with the square of a sum's length.
template Table() {
    signal input challenge;
    signal input multiplicity[TABLE()];
    signal output sum;

    var N = 64;
    component entries[TABLE() \ N];
    var total = 0;
    for (var k = 0; k < TABLE() \ N; k++) {
        entries[k] = Entries(N * k, N);
        entries[k].challenge <== challenge;
        for (var i = 0; i < N; i++) {
            entries[k].multiplicity[i] <== multiplicity[N * k + i];
        }
        total += entries[k].sum;
    }
    sum <== total;
}

pragma circom 2.1.9;

include "poseidon.circom";

// Service classes whose totals a batch proves.
function LANES() { return 8; }

// Commitment to the running totals: P(acc_0 .. acc_7, records, blinding). Totals need no range check: they start at
// zero, and 1,024 chunks of fewer than 2^16 values below 2^36 keep them below 2^62.
template Commit() {
    signal input acc[LANES()];
    signal input records;
    signal input blinding;
    signal output out;

    component hash = Poseidon(LANES() + 2);
    for (var l = 0; l < LANES(); l++) {
        hash.inputs[l] <== acc[l];
    }
    hash.inputs[LANES()] <== records;
    hash.inputs[LANES() + 1] <== blinding;
    out <== hash.out;
}

pragma circom 2.1.9;

// The n bits of `in`, least significant first. Constrains 0 <= in < 2^n; n must stay below 254, so that
// the recomposition cannot wrap around the field and the bits are unique.
template Bits(n) {
    assert(n < 254);
    signal input in;
    signal output out[n];

    var sum = 0;
    for (var i = 0; i < n; i++) {
        // Hint: each bit is constrained to 0 or 1 on the next line, and all of them to recompose `in` below.
        out[i] <-- (in >> i) & 1;
        out[i] * (out[i] - 1) === 0;
        sum += out[i] * (1 << i);
    }
    in === sum;
}

// Constrains 0 <= in < 2^n.
template Range(n) {
    signal input in;

    component bits = Bits(n);
    bits.in <== in;
    for (var i = 0; i < n; i++) {
        _ <== bits.out[i];
    }
}

// `out[j] = 1` at j = index and 0 elsewhere. Constrains 0 <= index < n.
template OneHot(n) {
    signal input index;
    signal output out[n];

    var sum = 0;
    var position = 0;
    for (var j = 0; j < n; j++) {
        // Hint: constrained to 0 or 1 here; below exactly one of them is 1, and it is the one at `index`.
        out[j] <-- index == j ? 1 : 0;
        out[j] * (out[j] - 1) === 0;
        sum += out[j];
        position += j * out[j];
    }
    sum === 1;
    position === index;
}

pragma circom 2.1.9;

include "bits.circom";

// Bits of one record's value (a value counts units of its lane, or TAP charges).
function VALUE_BITS() { return 36; }
// 12-bit limbs of a value.
function LIMBS() { return 3; }
// Values in one field element: 7 x 36 = 252 bits, below the field's 254, so the packing is unique.
function VALUES() { return 7; }
// Packed elements in a row.
function ELEMENTS() { return 15; }
// Records in a row.
function RECORDS() { return 105; }

// Packs seven values into `element` = sum of values[j] 2^(36 j). Constrains every value below 2^36.
template Pack() {
    signal input values[VALUES()];
    signal output element;

    component range[VALUES()];
    var packed = 0;
    for (var j = 0; j < VALUES(); j++) {
        range[j] = Range(VALUE_BITS());
        range[j].in <== values[j];
        packed += values[j] * (1 << (VALUE_BITS() * j));
    }
    element <== packed;
}

// The seven values of an element. Constrains them below 2^36 and to pack to `element`, which makes them unique.
template Unpack() {
    signal input element;
    signal output values[VALUES()];

    component pack = Pack();
    for (var j = 0; j < VALUES(); j++) {
        // Hint: `Pack` limits each value, and the packed value is compared below.
        values[j] <-- (element >> (VALUE_BITS() * j)) & ((1 << VALUE_BITS()) - 1);
        pack.values[j] <== values[j];
    }
    pack.element === element;
}

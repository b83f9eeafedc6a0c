pragma circom 2.1.9;

include "poseidon.circom";
include "bits.circom";
include "tree.circom";

// Depth of a registrar's tree: 1,048,576 leaves.
function EID_DEPTH() { return 20; }
// One above the largest EID of 32 digits, and bits that hold any of them.
function EID_LIMIT() { return 10 ** 32; }
function EID_BITS() { return 107; }
// Bits of (10^32 - 1) / 97.
function QUOTIENT_BITS() { return 100; }
// Bits of a time, unix seconds.
function TIME_BITS() { return 40; }

// Constrains `eid` to be a number of 32 digits, leading zeros among them, that is 1 modulo 97.
//
// quotient < 2^100 makes eid = 97 quotient + 1 a number below 2^107, without wrapping around the field; among those,
// 10^32 - 1 - eid has 107 bits only where it is not negative.
template Eid() {
    signal input eid;

    component quotient = Range(QUOTIENT_BITS());
    quotient.in <== (eid - 1) / 97;
    component below = Range(EID_BITS());
    below.in <== EID_LIMIT() - 1 - eid;
}

// Whoever proves holds the secret of an enrolled EID, and shows neither:
// x = P(root, nullifier, scope, bind_c, min_expiry, ctx), where root, nullifier and bind_c are computed here.
template EidPossession() {
    // The one public input.
    signal input x;
    // Where the nullifier counts, and what the proof is bound to: SHA-256 digests of 248 bits, opaque here.
    signal input scope;
    signal input ctx;
    // The leaf must be valid until then, unix seconds. The verifier keeps it below 2^40.
    signal input min_expiry;
    // The device's EID with the registrar's salt, and the device's secret.
    signal input eid;
    signal input salt;
    signal input sk;
    // The registrar's name for the EID, which the leaf only commits to: the nullifier is computed from it.
    signal input tag;
    // The time until which the leaf is valid.
    signal input expiry;
    // The leaf's place in the registrar's tree, 0 to 1,048,575, and the siblings from there to the root.
    signal input index;
    signal input siblings[EID_DEPTH()];
    // Blinds what the session was opened with.
    signal input r;

    component digits = Eid();
    digits.eid <== eid;

    // expiry = min_expiry + (a number below 2^40): below 2^41, nothing wraps.
    component valid = Range(TIME_BITS());
    valid.in <== expiry - min_expiry;

    component idc = Poseidon(2);
    idc.inputs[0] <== 1;
    idc.inputs[1] <== sk;
    component eidc = Poseidon(3);
    eidc.inputs[0] <== 2;
    eidc.inputs[1] <== eid;
    eidc.inputs[2] <== salt;
    component tagc = Poseidon(2);
    tagc.inputs[0] <== 6;
    tagc.inputs[1] <== tag;
    component leaf = Poseidon(5);
    leaf.inputs[0] <== 3;
    leaf.inputs[1] <== eidc.out;
    leaf.inputs[2] <== idc.out;
    leaf.inputs[3] <== tagc.out;
    leaf.inputs[4] <== expiry;
    component tree = Path(EID_DEPTH());
    tree.leaf <== leaf.out;
    tree.index <== index;
    tree.siblings <== siblings;

    component nullifier = Poseidon(3);
    nullifier.inputs[0] <== 4;
    nullifier.inputs[1] <== tag;
    nullifier.inputs[2] <== scope;
    component bind = Poseidon(3);
    bind.inputs[0] <== 5;
    bind.inputs[1] <== eid;
    bind.inputs[2] <== r;

    // The fold of everything the verifier knows.
    component fold = Poseidon(6);
    fold.inputs[0] <== tree.root;
    fold.inputs[1] <== nullifier.out;
    fold.inputs[2] <== scope;
    fold.inputs[3] <== bind.out;
    fold.inputs[4] <== min_expiry;
    fold.inputs[5] <== ctx;
    x === fold.out;
}

pragma circom 2.1.9;

include "poseidon.circom";
include "element.circom";

// Row hashes absorbed by one call of the sponge.
function ABSORB() { return 15; }

// P(element_0 .. element_14, meta_root): one rate-16 call for 105 records.
template RowHash() {
    signal input elements[ELEMENTS()];
    signal input meta_root;
    signal output out;

    component hash = Poseidon(ELEMENTS() + 1);
    for (var e = 0; e < ELEMENTS(); e++) {
        hash.inputs[e] <== elements[e];
    }
    hash.inputs[ELEMENTS()] <== meta_root;
    out <== hash.out;
}

// Leaf of the batch's tree: a sponge over the row hashes, then P(digest, lane, count).
template ChunkLeaf(ROWS) {
    signal input rows[ROWS];
    signal input lane;
    signal input count;
    signal output out;

    var CALLS = (ROWS + ABSORB() - 1) \ ABSORB();
    component sponge[CALLS];
    for (var k = 0; k < CALLS; k++) {
        sponge[k] = Poseidon(ABSORB() + 1);
        if (k == 0) {
            sponge[k].inputs[0] <== 0;
        } else {
            sponge[k].inputs[0] <== sponge[k - 1].out;
        }
        for (var j = 0; j < ABSORB(); j++) {
            if (k * ABSORB() + j < ROWS) {
                sponge[k].inputs[j + 1] <== rows[k * ABSORB() + j];
            } else {
                sponge[k].inputs[j + 1] <== 0;
            }
        }
    }

    component leaf = Poseidon(3);
    leaf.inputs[0] <== sponge[CALLS - 1].out;
    leaf.inputs[1] <== lane;
    leaf.inputs[2] <== count;
    out <== leaf.out;
}

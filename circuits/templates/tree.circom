pragma circom 2.1.9;

include "poseidon.circom";
include "bits.circom";

// Depth of the batch's tree: 1,024 chunks.
function DEPTH() { return 10; }

// Root of the binary Poseidon tree of depth N that holds `leaf` at `index`, with the siblings from the leaf upwards.
// Constrains 0 <= index < 2^N.
template Path(N) {
    signal input leaf;
    signal input index;
    signal input siblings[N];
    signal output root;

    component bits = Bits(N);
    bits.in <== index;

    signal left[N];
    component node[N];
    for (var d = 0; d < N; d++) {
        var current = leaf;
        if (d > 0) {
            current = node[d - 1].out;
        }
        // The bit says that the current node is the right child.
        left[d] <== bits.out[d] * (siblings[d] - current) + current;
        node[d] = Poseidon(2);
        node[d].inputs[0] <== left[d];
        node[d].inputs[1] <== current + siblings[d] - left[d];
    }
    root <== node[N - 1].out;
}

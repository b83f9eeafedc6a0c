pragma circom 2.1.9;

include "poseidon.circom";
include "chunk.circom";
include "totals.circom";
include "tree.circom";

// Opens one record of a batch and says nothing about the others:
// x = P(ctx, root, chunk, lane, position, value, record_id, meta_digest).
//
// ROWS: rows in a chunk, as in the usage circuit of the same size.
template Opening(ROWS) {
    // The one public input.
    signal input x;
    // Batch context: a SHA-256 digest of 248 bits, opaque here.
    signal input ctx;
    // Root of the batch's tree.
    signal input root;
    // The chunk's leaf, 0 to 1,023.
    signal input chunk;
    // Service class of the chunk, 0 to 7.
    signal input lane;
    // Position in the chunk, 105 row + 7 element + column, below the count.
    signal input position;
    // Units of the lane or TAP charges, below 2^36.
    signal input value;
    // Keyed name of the record and digest of its metadata: 248 bits each, opaque here. The salt hides them.
    signal input record_id;
    signal input meta_digest;
    signal input salt;
    // Records in the chunk, 1 to 105 ROWS.
    signal input count;
    // The row's packed values, the roots of its groups of seven leaves, and the leaves of the record's group.
    signal input elements[ELEMENTS()];
    signal input groups[ELEMENTS()];
    signal input leaves[VALUES()];
    // All row hashes of the chunk, and the siblings from its leaf to the root.
    signal input row_hashes[ROWS];
    signal input path[DEPTH()];

    // Where the record stands.
    component row = OneHot(ROWS);
    component element = OneHot(ELEMENTS());
    component column = OneHot(VALUES());
    // Hints: the one-hot templates limit all three, and together they must give the position.
    row.index <-- position \ RECORDS();
    element.index <-- (position % RECORDS()) \ VALUES();
    column.index <-- position % VALUES();
    position === RECORDS() * row.index + VALUES() * element.index + column.index;

    // position < count <= 105 ROWS. The position is below 105 ROWS by its digits, so neither difference can wrap.
    var SIZE = RECORDS() * ROWS;
    var BITS = 0;
    while ((1 << BITS) <= SIZE) {
        BITS++;
    }
    component below = Range(BITS);
    below.in <== count - 1 - position;
    component within = Range(BITS);
    within.in <== SIZE - count;

    // The value in its element.
    signal chosen[ELEMENTS()];
    var packed = 0;
    for (var e = 0; e < ELEMENTS(); e++) {
        chosen[e] <== element.out[e] * elements[e];
        packed += chosen[e];
    }
    component unpack = Unpack();
    unpack.element <== packed;
    signal picked[VALUES()];
    var found = 0;
    for (var j = 0; j < VALUES(); j++) {
        picked[j] <== column.out[j] * unpack.values[j];
        found += picked[j];
    }
    value === found;

    // The record's leaf in its group, the group in its row.
    component record = Poseidon(3);
    record.inputs[0] <== record_id;
    record.inputs[1] <== meta_digest;
    record.inputs[2] <== salt;
    component group = Poseidon(VALUES());
    signal leaf_at[VALUES()];
    var own = 0;
    for (var j = 0; j < VALUES(); j++) {
        group.inputs[j] <== leaves[j];
        leaf_at[j] <== column.out[j] * leaves[j];
        own += leaf_at[j];
    }
    record.out === own;
    component meta = Poseidon(ELEMENTS());
    signal group_at[ELEMENTS()];
    var mine = 0;
    for (var e = 0; e < ELEMENTS(); e++) {
        meta.inputs[e] <== groups[e];
        group_at[e] <== element.out[e] * groups[e];
        mine += group_at[e];
    }
    group.out === mine;

    // The row in its chunk, the chunk in the tree.
    component hash = RowHash();
    hash.elements <== elements;
    hash.meta_root <== meta.out;
    signal row_at[ROWS];
    var stored = 0;
    for (var r = 0; r < ROWS; r++) {
        row_at[r] <== row.out[r] * row_hashes[r];
        stored += row_at[r];
    }
    hash.out === stored;

    component flag = OneHot(LANES());
    flag.index <== lane;
    for (var l = 0; l < LANES(); l++) {
        _ <== flag.out[l];
    }
    component leaf = ChunkLeaf(ROWS);
    leaf.rows <== row_hashes;
    leaf.lane <== lane;
    leaf.count <== count;
    component tree = Path(DEPTH());
    tree.leaf <== leaf.out;
    tree.index <== chunk;
    tree.siblings <== path;
    tree.root === root;

    // The fold of everything the verifier knows.
    component fold = Poseidon(8);
    fold.inputs[0] <== ctx;
    fold.inputs[1] <== root;
    fold.inputs[2] <== chunk;
    fold.inputs[3] <== lane;
    fold.inputs[4] <== position;
    fold.inputs[5] <== value;
    fold.inputs[6] <== record_id;
    fold.inputs[7] <== meta_digest;
    x === fold.out;
}

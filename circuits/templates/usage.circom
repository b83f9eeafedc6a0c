pragma circom 2.1.9;

include "poseidon.circom";
include "chunk.circom";
include "lookup.circom";
include "tail.circom";
include "totals.circom";
include "tree.circom";

// Shows that the records of one committed chunk add up: x = P(ctx, root, index, c_in, c_out), where the chunk is leaf
// `index` of the batch's tree and c_out commits to the totals of c_in with the chunk's sum added to its lane.
//
// ROWS: rows in a chunk; 105 records each.
template Usage(ROWS) {
    // The statement, and the lookup's challenge: the two public inputs.
    signal input x;
    signal input challenge;
    // The committed wires (ADR 0005), in this order. Limbs of the records' values (units of the lane or TAP charges,
    // below 2^36), least significant first; how many limbs are t; and a random number that hides the commitment.
    signal input limbs[ROWS][RECORDS()][LIMBS()];
    signal input multiplicity[TABLE()];
    signal input blind;
    // Batch context: a SHA-256 digest of 248 bits, opaque here.
    signal input ctx;
    // Root of the batch's tree.
    signal input root;
    // The chunk's leaf, 0 to 1,023.
    signal input index;
    // Service class of every record in the chunk, 0 to 7.
    signal input lane;
    // Records in the chunk, 0 to 105 ROWS.
    signal input count;
    // Root over the salted metadata of each row's records.
    signal input meta_root[ROWS];
    // Lane totals and records of the chunks before this one, and the blindings of both commitments.
    signal input acc_in[LANES()];
    signal input records_in;
    signal input r_in;
    signal input r_out;
    // Siblings from the leaf to the root.
    signal input path[DEPTH()];

    // Any number: its square is used nowhere else. The constraint makes it a wire of its own.
    signal square <== blind * blind;

    // Every limb is in the table.
    component shares[ROWS];
    component table = Table();
    table.challenge <== challenge;
    table.multiplicity <== multiplicity;
    var found = 0;
    for (var r = 0; r < ROWS; r++) {
        shares[r] = Shares(RECORDS() * LIMBS());
        shares[r].challenge <== challenge;
        for (var j = 0; j < RECORDS(); j++) {
            for (var i = 0; i < LIMBS(); i++) {
                shares[r].limbs[LIMBS() * j + i] <== limbs[r][j][i];
            }
        }
        found += shares[r].sum;
    }
    found === table.sum;

    // Rows
    component row[ROWS];
    component tail = Tail(ROWS);
    component leaf = ChunkLeaf(ROWS);
    tail.count <== count;
    var sum[ROWS];
    for (var r = 0; r < ROWS; r++) {
        row[r] = RowHash();
        for (var e = 0; e < ELEMENTS(); e++) {
            var element = 0;
            for (var j = 0; j < VALUES(); j++) {
                var value = 0;
                for (var i = 0; i < LIMBS(); i++) {
                    value += limbs[r][VALUES() * e + j][i] * (1 << (LIMB_BITS() * i));
                }
                element += value * (1 << (VALUE_BITS() * j));
                sum[r] += value;
            }
            row[r].elements[e] <== element;
            tail.elements[r][e] <== element;
        }
        row[r].meta_root <== meta_root[r];
        tail.meta_root[r] <== meta_root[r];
        tail.row_hash[r] <== row[r].out;
        leaf.rows[r] <== row[r].out;
    }
    // A product, although `used` changes nothing (rows out of use are zero): it keeps a row's hundreds of limbs out
    // of the eight lane constraints below, and so the proving key small.
    signal row_sum[ROWS];
    var total = 0;
    for (var r = 0; r < ROWS; r++) {
        row_sum[r] <== tail.used[r] * sum[r];
        total += row_sum[r];
    }

    // The chunk is a leaf of the tree.
    leaf.lane <== lane;
    leaf.count <== count;
    component tree = Path(DEPTH());
    tree.leaf <== leaf.out;
    tree.index <== index;
    tree.siblings <== path;
    tree.root === root;

    // Totals
    component flag = OneHot(LANES());
    flag.index <== lane;
    component before = Commit();
    component behind = Commit();
    signal added[LANES()];
    for (var l = 0; l < LANES(); l++) {
        added[l] <== flag.out[l] * total;
        before.acc[l] <== acc_in[l];
        behind.acc[l] <== acc_in[l] + added[l];
    }
    before.records <== records_in;
    before.blinding <== r_in;
    behind.records <== records_in + count;
    behind.blinding <== r_out;

    // The fold of everything the chain knows.
    component fold = Poseidon(5);
    fold.inputs[0] <== ctx;
    fold.inputs[1] <== root;
    fold.inputs[2] <== index;
    fold.inputs[3] <== before.out;
    fold.inputs[4] <== behind.out;
    x === fold.out;
}

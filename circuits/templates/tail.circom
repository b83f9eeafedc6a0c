pragma circom 2.1.9;

include "bits.circom";
include "chunk.circom";

// P of a row without records: fifteen zero elements and the metadata root of 105 zero leaves.
function EMPTY_ROW() {
    return 20214680845324973945846048332992600818870678895886645096364599399477403151034;
}

// A value past the chunk's count could never be opened, yet would be billed. This template keeps such values out:
// rows after the last one in use are empty rows, and in the last row the values from the count on are zero.
//
// The count is written as 105 row + 7 element + rest with rest <= 7, which also shows 0 <= count <= 105 ROWS.
// Instead of selecting the last row's fifteen elements out of all rows, the prover names them and one hash shows that
// they are the selected row's: 609 constraints instead of 15 a row.
//
// `used[r]` is 1 for rows up to the last one in use and 0 after it.
template Tail(ROWS) {
    signal input count;
    signal input elements[ROWS][ELEMENTS()];
    signal input meta_root[ROWS];
    signal input row_hash[ROWS];
    signal output used[ROWS];

    // Where the count ends. A full chunk ends behind the last value of the last row.
    var last = count == RECORDS() * ROWS ? ROWS - 1 : count \ RECORDS();
    var inside = count - RECORDS() * last;
    var full = inside == RECORDS() ? ELEMENTS() - 1 : inside \ VALUES();

    component row = OneHot(ROWS);
    component element = OneHot(ELEMENTS());
    component rest = OneHot(VALUES() + 1);
    // Hints: the one-hot templates limit all three, and together they must give the count.
    row.index <-- last;
    element.index <-- full;
    rest.index <-- inside - VALUES() * full;
    count === RECORDS() * row.index + VALUES() * element.index + rest.index;

    // Rows after the last one in use are empty; the selected row's hash.
    signal selected[ROWS];
    var after = 0;
    var hash = 0;
    for (var r = 0; r < ROWS; r++) {
        after * (row_hash[r] - EMPTY_ROW()) === 0;
        used[r] <== 1 - after;
        selected[r] <== row.out[r] * row_hash[r];
        after += row.out[r];
        hash += selected[r];
    }

    // The elements of the last row in use.
    component opened = RowHash();
    var root = 0;
    for (var r = 0; r < ROWS; r++) {
        root += last == r ? meta_root[r] : 0;
    }
    for (var e = 0; e < ELEMENTS(); e++) {
        var value = 0;
        for (var r = 0; r < ROWS; r++) {
            value += last == r ? elements[r][e] : 0;
        }
        // Hint: the hash below is the selected row's, so these are its elements.
        opened.elements[e] <-- value;
    }
    // Hint: bound by the same hash.
    opened.meta_root <-- root;
    opened.out === hash;

    // In that row, elements after the one with the last value are zero; the selected element.
    signal partial[ELEMENTS()];
    var beyond = 0;
    var ending = 0;
    for (var e = 0; e < ELEMENTS(); e++) {
        beyond * opened.elements[e] === 0;
        partial[e] <== element.out[e] * opened.elements[e];
        beyond += element.out[e];
        ending += partial[e];
    }

    // In that element, the values from `rest` on are zero: it is below 2^(36 rest). The element is a packing of
    // ranged values, below 2^252, so the difference cannot wrap around the field.
    var limit = 0;
    for (var k = 0; k <= VALUES(); k++) {
        limit += rest.out[k] * (1 << (VALUE_BITS() * k));
    }
    component below = Range(VALUE_BITS() * VALUES());
    below.in <== limit - 1 - ending;
}

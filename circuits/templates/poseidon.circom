pragma circom 2.1.9;

include "circomlib/circuits/poseidon_constants.circom";

// Poseidon's hash of N elements with circomlib's parameters: state of N + 1 elements that starts with 0, S-box x^5,
// eight full rounds around the partial ones, the latter with sparse matrices.
//
// circomlib's own template makes a signal of every linear step. Here the state is a variable, and only the S-boxes are
// signals: no linear constraint is left for the compiler to remove, each constraint defines one wire, and a side of a
// constraint is as short as the hash allows. A third of the wires, x^4, stays out of the right sides (points in G2).
template Poseidon(N) {
    signal input inputs[N];
    signal output out;

    var T = N + 1;
    var HALF = 4;
    var PARTIAL_ROUNDS[16] = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
    var PARTIAL = PARTIAL_ROUNDS[N - 1];
    var C[2 * HALF * T + PARTIAL] = POSEIDON_C(T);
    var M[T][T] = POSEIDON_M(T);
    var P[T][T] = POSEIDON_P(T);
    var S[PARTIAL * (2 * T - 1)] = POSEIDON_S(T);

    // The first S-box has a constant to work on and needs no signals.
    var BOXES = 2 * HALF * T + PARTIAL - 1;
    signal square[BOXES];
    signal fourth[BOXES];
    signal fifth[2 * HALF * T - 1];
    // What goes into the S-box of the next round.
    signal mixed[PARTIAL];
    var box = 0;
    var full = 0;

    var state[T];
    var next[T];
    for (var j = 0; j < T; j++) {
        state[j] = C[j] + (j > 0 ? inputs[j - 1] : 0);
    }
    var constant = T;
    for (var r = 0; r < 2 * HALF; r++) {
        // Full round: every element through the S-box, then constants and matrix.
        for (var j = 0; j < T; j++) {
            if (r == 0 && j == 0) {
                state[j] = state[j] ** 5;
            } else {
                square[box] <== state[j] * state[j];
                fourth[box] <== square[box] * square[box];
                // The compiler puts a sum to the left of a bare signal; times 1 it is none.
                fifth[full] <== (1 * fourth[box]) * state[j];
                state[j] = fifth[full];
                box++;
                full++;
            }
        }
        if (r < 2 * HALF - 1) {
            for (var j = 0; j < T; j++) {
                state[j] += C[constant];
                constant++;
            }
        }
        for (var i = 0; i < T; i++) {
            next[i] = 0;
            for (var j = 0; j < T; j++) {
                next[i] += (r == HALF - 1 ? P[j][i] : M[j][i]) * state[j];
            }
        }
        state = next;

        if (r == HALF - 1) {
            // Partial rounds: the first element only, then a matrix of one row and one column. The wire is not x^5 but
            // the row's sum with it: the long sum stands in one constraint then, and not in the three of the next S-box.
            for (var p = 0; p < PARTIAL; p++) {
                var ROW = (2 * T - 1) * p;
                var others = 0;
                for (var i = 1; i < T; i++) {
                    others += S[ROW + i] * state[i];
                }
                square[box] <== state[0] * state[0];
                fourth[box] <== square[box] * square[box];
                mixed[p] <== (S[ROW] * fourth[box]) * state[0] + S[ROW] * C[constant] + others;
                // x^5 and its constant.
                var boxed = (mixed[p] - others) / S[ROW];
                for (var i = 1; i < T; i++) {
                    next[i] = state[i] + S[ROW + T + i - 1] * boxed;
                }
                next[0] = mixed[p];
                box++;
                constant++;
                state = next;
            }
        }
    }
    out <== state[0];
}

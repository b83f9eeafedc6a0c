pragma circom 2.1.9;

include "../templates/opening.circom";

// Chunks of two rows, 210 records.
component main {public [x]} = Opening(2);

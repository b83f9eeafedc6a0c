pragma circom 2.1.9;

include "../templates/opening.circom";

// Chunks of 58 rows, 6,090 records.
component main {public [x]} = Opening(58);

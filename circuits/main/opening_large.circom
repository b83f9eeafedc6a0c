pragma circom 2.1.9;

include "../templates/opening.circom";

// Chunks of 261 rows, 27,405 records.
component main {public [x]} = Opening(261);

pragma circom 2.1.9;

include "../templates/opening.circom";

// Chunks of 531 rows, 55,755 records.
component main {public [x]} = Opening(531);

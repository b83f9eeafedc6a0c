pragma circom 2.1.9;

include "../templates/usage.circom";

// Two rows, 210 records.
component main {public [x, challenge]} = Usage(2);

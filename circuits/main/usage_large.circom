pragma circom 2.1.9;

include "../templates/usage.circom";

// 58 rows, 6,090 records: fills a domain of 2^18.
component main {public [x]} = Usage(58);

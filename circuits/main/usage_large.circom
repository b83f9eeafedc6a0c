pragma circom 2.1.9;

include "../templates/usage.circom";

// 261 rows, 27,405 records: fills a domain of 2^18.
component main {public [x, challenge]} = Usage(261);

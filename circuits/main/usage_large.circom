pragma circom 2.1.9;

include "../templates/usage.circom";

// 531 rows, 55,755 records: fills a domain of 2^19.
component main {public [x, challenge]} = Usage(531);

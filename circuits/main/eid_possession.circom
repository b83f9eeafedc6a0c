pragma circom 2.1.9;

include "../templates/eid.circom";

component main {public [x]} = EidPossession();

use thiserror::Error;

/// What can be wrong with a value that GeSIM's parts exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CoreError {
    #[error("a TADIG code is five characters of A-Z and 0-9")]
    Tadig,
    #[error("lane {0} does not exist: lanes are 0 to 7")]
    Lane(u8),
    #[error("measure {0} does not exist: 0 is units, 1 is TAP charges")]
    Measure(u8),
    #[error("circuit {0} does not exist")]
    Circuit(u8),
    #[error("a field element must be below the BN254 scalar modulus")]
    FieldElement,
    #[error("an EID has 32 decimal digits, and is 1 modulo 97")]
    Eid,
    #[error("leaf {0} does not exist: a registrar's tree has 1,048,576")]
    Leaf(u32),
    #[error("a time must be between 1970 and the year 36812")]
    Time,
    #[error("the tree is full: begin a new epoch")]
    TreeFull,
    #[error("the amount does not fit in 64 bits")]
    Overflow,
    #[error("a period is YYYYMM between 200001 and 209912, not {0}")]
    Period(u32),
    #[error(
        "a price list has 8 tiers at most, the first from 0 units on, each from more units on than the one before"
    )]
    Tiers,
    #[error("division by zero")]
    DivisionByZero,
}

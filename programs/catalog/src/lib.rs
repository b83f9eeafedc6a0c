use anchor_lang::prelude::*;
#[cfg(target_os = "solana")]
use sbpf_builtins as _;

declare_id!("7aUQHSMnkodaMH9Zr1uoJ8HZR7iSBMa2ME2aqLmwqrp9");

#[program]
pub mod catalog {}

use anchor_lang::prelude::*;
#[cfg(target_os = "solana")]
use sbpf_builtins as _;

declare_id!("6J8xzjBMHzQPbvMhsdcgAK4yW2wF7arDZ1quSUhC5Pu3");

#[program]
pub mod escrow {}

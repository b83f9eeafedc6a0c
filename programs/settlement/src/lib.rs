use anchor_lang::prelude::*;
#[cfg(target_os = "solana")]
use sbpf_builtins as _;

declare_id!("7cXLa6zofPaC97yrCwWZHiPhZ1M1NQ8y1NMbYQTy3oTd");

#[program]
pub mod settlement {}

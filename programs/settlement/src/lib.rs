//! GeSIM settlement: agreements, usage batches, proofs, invoices and payouts (ADR 0002).

use anchor_lang::prelude::*;
#[cfg(target_os = "solana")]
use sbpf_builtins as _;

pub mod error;
pub mod state;

declare_id!("7cXLa6zofPaC97yrCwWZHiPhZ1M1NQ8y1NMbYQTy3oTd");

#[program]
pub mod settlement {}

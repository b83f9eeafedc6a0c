//! Checked arithmetic that fails with the program's own error.

use anchor_lang::prelude::*;

use crate::error::EscrowError;

pub fn add(a: u64, b: u64) -> Result<u64> {
    a.checked_add(b).ok_or_else(|| error!(EscrowError::Overflow))
}

pub fn sub(a: u64, b: u64) -> Result<u64> {
    a.checked_sub(b).ok_or_else(|| error!(EscrowError::Overflow))
}

pub fn mul(a: u64, b: u64) -> Result<u64> {
    a.checked_mul(b).ok_or_else(|| error!(EscrowError::Overflow))
}

pub fn sum(parts: &[u64]) -> Result<u64> {
    parts.iter().try_fold(0, |total, part| add(total, *part))
}

//! Compute limits and priority fees.

use std::str::FromStr;

use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use crate::{error::Result, transport::Transport};

/// Most compute units of one transaction.
pub const MAX_UNITS: u32 = 1_400_000;
/// Lamports of one signature.
const SIGNATURE_FEE: u64 = 5_000;

/// What is paid for going first, in micro-lamports a compute unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriorityFee {
    None,
    /// What others lately paid for the same accounts.
    Auto,
    Fixed(u64),
}

impl FromStr for PriorityFee {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "auto" => Ok(Self::Auto),
            number => number
                .parse()
                .map(Self::Fixed)
                .map_err(|_| format!("`{number}` is none of auto, none, or micro-lamports a compute unit")),
        }
    }
}

impl std::fmt::Display for PriorityFee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Auto => f.write_str("auto"),
            Self::Fixed(price) => write!(f, "{price}"),
        }
    }
}

impl PriorityFee {
    pub(super) fn price(self, transport: &dyn Transport, instructions: &[Instruction]) -> Result<u64> {
        match self {
            Self::None => Ok(0),
            Self::Fixed(price) => Ok(price),
            Self::Auto => {
                let metas = instructions.iter().flat_map(|instruction| &instruction.accounts);
                let mut writable: Vec<Pubkey> = metas.filter(|m| m.is_writable).map(|m| m.pubkey).collect();
                writable.sort_unstable();
                writable.dedup();
                // The method takes at most 128 accounts.
                writable.truncate(128);
                transport.recent_priority_fee(&writable)
            }
        }
    }
}

/// The instructions with their budget in front.
pub(super) fn budget(limit: u32, price: u64, instructions: &[Instruction]) -> Vec<Instruction> {
    let mut all = vec![ComputeBudgetInstruction::set_compute_unit_limit(limit)];
    if price > 0 {
        all.push(ComputeBudgetInstruction::set_compute_unit_price(price));
    }
    all.extend_from_slice(instructions);
    all
}

/// The simulated units and a tenth: state can move between simulation and execution.
pub(super) fn limit(units: u64) -> u32 {
    let padded = units.saturating_add(units / 10).saturating_add(300);
    u32::try_from(padded).unwrap_or(MAX_UNITS).min(MAX_UNITS)
}

/// Lamports: signatures, and the price of the whole limit, rounded up.
pub(super) fn fee(signatures: usize, limit: u32, price: u64) -> u64 {
    let priority = u128::from(limit).saturating_mul(u128::from(price)).div_ceil(1_000_000);
    let base = SIGNATURE_FEE.saturating_mul(signatures as u64);
    base.saturating_add(u64::try_from(priority).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_is_padded_and_capped_ok() {
        assert_eq!(limit(100_000), 110_300);
        assert_eq!(limit(1_399_999), MAX_UNITS);
        assert_eq!(limit(u64::MAX), MAX_UNITS);
    }

    #[test]
    fn fee_rounds_up_ok() {
        assert_eq!(fee(2, 100, 1), 10_001);
        assert_eq!(fee(1, 200_000, 0), 5_000);
    }

    #[test]
    fn priority_of_a_word_fails() {
        assert!("fast".parse::<PriorityFee>().is_err());
        assert_eq!("7".parse::<PriorityFee>(), Ok(PriorityFee::Fixed(7)));
    }
}

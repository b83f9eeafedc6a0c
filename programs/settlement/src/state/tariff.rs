use anchor_lang::prelude::*;

use crate::error::SettlementError;

/// The tariff of one lane, in tariff units for `per` counted units:
/// `fixed (if total > 0) + round((rate_below x min(T, threshold) + rate_above x max(T - threshold, 0)) / per)`.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tariff {
    pub threshold: u64,
    pub fixed: u64,
    pub rate_below: u64,
    pub rate_above: u64,
    pub per: u64,
}

impl Tariff {
    pub fn invariant(&self) -> Result<()> {
        require!(self.per > 0, SettlementError::BadTariff);
        Ok(())
    }
}

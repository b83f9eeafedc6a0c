use anchor_lang::prelude::*;

use crate::error::SettlementError;

/// The exchange rate of one period, signed by both sides and set once: `numerator / denominator` of the
/// stablecoin's smallest unit for one tariff unit.
///
/// Seeds: `["rate", agreement, period u32]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct PeriodRate {
    pub version: u8,
    pub bump: u8,
    pub agreement: Pubkey,
    pub period: u32,
    pub numerator: u64,
    pub denominator: u64,
    pub reserved: [u8; 64],
}

impl PeriodRate {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;

    pub fn invariant(&self) -> Result<()> {
        require!(self.version == super::VERSION, SettlementError::Invariant);
        require_period(self.period)?;
        require!(self.numerator > 0 && self.denominator > 0, SettlementError::BadRate);
        Ok(())
    }
}

/// YYYYMM, from 2000 to 2099: TAP's own century, and no room for a day or a typing error.
pub fn require_period(period: u32) -> Result<()> {
    let (year, month) = (period / 100, period % 100);
    require!((2000..2100).contains(&year) && (1..=12).contains(&month), SettlementError::BadPeriod);
    Ok(())
}

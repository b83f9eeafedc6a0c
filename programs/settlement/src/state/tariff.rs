use anchor_lang::prelude::*;
use gesim_core::tariff::LaneTariff;

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
        LaneTariff::from(self).validate().map_err(|_| error!(SettlementError::BadTariff))
    }
}

impl From<&Tariff> for LaneTariff {
    fn from(tariff: &Tariff) -> Self {
        let Tariff { threshold, fixed, rate_below, rate_above, per } = *tariff;
        Self { threshold, fixed, rate_below, rate_above, per }
    }
}

impl From<LaneTariff> for Tariff {
    fn from(tariff: LaneTariff) -> Self {
        let LaneTariff { threshold, fixed, rate_below, rate_above, per } = tariff;
        Self { threshold, fixed, rate_below, rate_above, per }
    }
}

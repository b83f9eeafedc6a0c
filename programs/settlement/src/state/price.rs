use anchor_lang::prelude::*;
use gesim_core::{
    layout::LANES,
    money::Rounding,
    tariff::{self, Increment, LanePrice, MAX_TIERS},
};

use crate::error::SettlementError;

/// The price from so many units on (`gesim_core::tariff::Tier`).
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tier {
    pub start: u64,
    pub rate: u64,
    pub fixed: u64,
}

impl From<&Tier> for tariff::Tier {
    fn from(tier: &Tier) -> Self {
        let Tier { start, rate, fixed } = *tier;
        Self { start, rate, fixed }
    }
}

impl From<tariff::Tier> for Tier {
    fn from(tier: tariff::Tier) -> Self {
        let tariff::Tier { start, rate, fixed } = tier;
        Self { start, rate, fixed }
    }
}

/// What the terms say about one lane. A lane that is not named costs nothing.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub struct LaneTerms {
    pub lane: u8,
    /// Increment of every record, in the lane's unit: `first`, then steps of `next`.
    pub first: u32,
    pub next: u32,
    /// [`Rounding`] of what is left of a step.
    pub increment_rounding: u8,
    /// Units that one rate buys.
    pub per: u64,
    pub tiers: Vec<Tier>,
    /// What the units cost that the other direction does not match; empty: balance does not matter.
    pub unbalanced: Vec<Tier>,
}

impl LaneTerms {
    /// Octets when written.
    pub fn space(&self) -> usize {
        const HEAD: usize = 1 + 4 + 4 + 1 + 8 + 4 + 4;
        let tiers = self.tiers.len().saturating_add(self.unbalanced.len());
        tiers.saturating_mul(24).saturating_add(HEAD)
    }

    pub fn increment(&self) -> Result<Increment> {
        let rounding = Rounding::try_from(self.increment_rounding).map_err(|_| SettlementError::BadRounding)?;
        Ok(Increment { first: self.first, next: self.next, rounding })
    }

    /// What `total` units cost, `reverse` of them matched; see [`LanePrice::amount`].
    pub fn amount(&self, total: u64, reverse: Option<u64>, rounding: Rounding) -> Result<u64> {
        self.priced(|price| price.amount(total, reverse, rounding)).map_err(|_| error!(SettlementError::Overflow))
    }

    pub fn invariant(&self) -> Result<()> {
        require!(usize::from(self.lane) < LANES, SettlementError::BadTariff);
        require!(self.tiers.len() <= MAX_TIERS && self.unbalanced.len() <= MAX_TIERS, SettlementError::BadTariff);
        self.increment()?.validate().map_err(|_| SettlementError::BadTariff)?;
        self.priced(|price| price.validate()).map_err(|_| error!(SettlementError::BadTariff))
    }

    fn priced<T>(&self, ask: impl FnOnce(LanePrice) -> T) -> T {
        let tiers: Vec<_> = self.tiers.iter().map(tariff::Tier::from).collect();
        let unbalanced: Vec<_> = self.unbalanced.iter().map(tariff::Tier::from).collect();
        ask(LanePrice { per: self.per, tiers: &tiers, unbalanced: &unbalanced })
    }
}

//! What usage costs: the one formula behind every invoice, on-chain and off (ADR 0002).

use crate::{
    layout::LANES,
    money::{divide, Rounding},
    CoreError,
};

/// The price of one lane. Rates and `fixed` are in the agreement's tariff unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LaneTariff {
    /// Units of the lane charged at `rate_below`; those past it are charged at `rate_above`.
    pub threshold: u64,
    /// Charged once when there was any usage.
    pub fixed: u64,
    pub rate_below: u64,
    pub rate_above: u64,
    /// Units of the lane that one rate buys; never zero.
    pub per: u64,
}

impl LaneTariff {
    /// A lane that costs nothing.
    pub const FREE: Self = Self { threshold: 0, fixed: 0, rate_below: 0, rate_above: 0, per: 1 };

    /// One price for every unit: `rate` buys `per` units.
    pub const fn flat(rate: u64, per: u64) -> Self {
        Self { threshold: 0, fixed: 0, rate_below: rate, rate_above: rate, per }
    }

    /// Whether the tariff can price anything: `per` divides.
    pub const fn validate(&self) -> Result<(), CoreError> {
        if self.per == 0 {
            return Err(CoreError::DivisionByZero);
        }
        Ok(())
    }
}

impl Default for LaneTariff {
    fn default() -> Self {
        Self::FREE
    }
}

/// What `total` units of a lane cost. The linear part is rounded once; the fixed part is exact.
/// A tariff that does not [`validate`](LaneTariff::validate) is refused even when nothing was used.
pub fn lane_amount(total: u64, tariff: &LaneTariff, rounding: Rounding) -> Result<u64, CoreError> {
    tariff.validate()?;
    if total == 0 {
        return Ok(0);
    }
    let below = total.min(tariff.threshold);
    let above = total.saturating_sub(tariff.threshold);
    let linear = product(below, tariff.rate_below)?
        .checked_add(product(above, tariff.rate_above)?)
        .ok_or(CoreError::Overflow)?;
    let linear = divide(linear, u128::from(tariff.per), rounding)?;
    u64::try_from(linear).ok().and_then(|linear| linear.checked_add(tariff.fixed)).ok_or(CoreError::Overflow)
}

/// What a period costs in the stablecoin's smallest unit: the lanes' amounts summed, then exchanged at
/// `numerator / denominator`, rounded once.
pub fn invoice(amounts: &[u64; LANES], numerator: u64, denominator: u64, rounding: Rounding) -> Result<u64, CoreError> {
    let mut sum = 0u128;
    for amount in amounts {
        sum = sum.checked_add(u128::from(*amount)).ok_or(CoreError::Overflow)?;
    }
    let exchanged = sum.checked_mul(u128::from(numerator)).ok_or(CoreError::Overflow)?;
    u64::try_from(divide(exchanged, u128::from(denominator), rounding)?).map_err(|_| CoreError::Overflow)
}

fn product(units: u64, rate: u64) -> Result<u128, CoreError> {
    u128::from(units).checked_mul(u128::from(rate)).ok_or(CoreError::Overflow)
}

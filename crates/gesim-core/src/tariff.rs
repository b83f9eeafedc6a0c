//! What usage costs: the one formula behind every invoice, on-chain and off (ADR 0011).

use crate::{
    layout::LANES,
    money::{divide, mul_div, Rounding, BASIS_POINTS},
    CoreError,
};

/// Most tiers a price list can have.
pub const MAX_TIERS: usize = 8;

/// The price from so many units on. `fixed` is charged once when usage gets past `start`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Tier {
    pub start: u64,
    /// For `per` units.
    pub rate: u64,
    pub fixed: u64,
}

impl Tier {
    /// From the first unit on, no fixed part.
    pub const fn flat(rate: u64) -> Self {
        Self { start: 0, rate, fixed: 0 }
    }
}

/// The price of one lane, in the agreement's tariff unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LanePrice<'a> {
    /// Units of the lane that one rate buys; never zero.
    pub per: u64,
    /// By where they start: the first at 0, each behind the one before. None: the lane costs nothing.
    pub tiers: &'a [Tier],
    /// What the units cost that the other direction does not match. None: balance does not matter.
    pub unbalanced: &'a [Tier],
}

impl LanePrice<'_> {
    pub const FREE: Self = Self { per: 1, tiers: &[], unbalanced: &[] };

    pub fn validate(&self) -> Result<(), CoreError> {
        if self.per == 0 {
            return Err(CoreError::DivisionByZero);
        }
        for tiers in [self.tiers, self.unbalanced] {
            let ascending = tiers.windows(2).all(|pair| matches!(pair, [a, b] if a.start < b.start));
            if tiers.len() > MAX_TIERS || tiers.first().is_some_and(|tier| tier.start != 0) || !ascending {
                return Err(CoreError::Tiers);
            }
        }
        Ok(())
    }

    /// What `total` units cost when the other direction carried `reverse` units; `None` counts everything as balanced,
    /// which is how invoices are made until both directions are closed. Tiers count balanced and unbalanced units
    /// apart; each list is rounded once.
    pub fn amount(&self, total: u64, reverse: Option<u64>, rounding: Rounding) -> Result<u64, CoreError> {
        self.validate()?;
        let balanced = match reverse {
            Some(reverse) if !self.unbalanced.is_empty() => total.min(reverse),
            _ => total,
        };
        let rest = total.saturating_sub(balanced);
        let first = priced(balanced, self.tiers, self.per, rounding)?;
        first.checked_add(priced(rest, self.unbalanced, self.per, rounding)?).ok_or(CoreError::Overflow)
    }
}

fn priced(total: u64, tiers: &[Tier], per: u64, rounding: Rounding) -> Result<u64, CoreError> {
    let (mut linear, mut fixed) = (0u128, 0u64);
    let ends = tiers.iter().skip(1).map(|tier| tier.start).chain([u64::MAX]);
    for (tier, end) in tiers.iter().zip(ends) {
        if total <= tier.start {
            break;
        }
        let units = total.min(end).saturating_sub(tier.start);
        let part = u128::from(units).checked_mul(u128::from(tier.rate)).ok_or(CoreError::Overflow)?;
        linear = linear.checked_add(part).ok_or(CoreError::Overflow)?;
        fixed = fixed.checked_add(tier.fixed).ok_or(CoreError::Overflow)?;
    }
    let linear = divide(linear, u128::from(per), rounding)?;
    u64::try_from(linear).ok().and_then(|linear| linear.checked_add(fixed)).ok_or(CoreError::Overflow)
}

/// How a record's own units are counted: at least `first`, and in steps of `next` from there. 60/30 bills a call of one
/// second as 60 and one of 61 as 90; 1/1 bills what was used. Data in KB is 1024/1024 with the rounding that the agreement names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Increment {
    pub first: u32,
    pub next: u32,
    /// Of what is left of a step.
    pub rounding: Rounding,
}

impl Increment {
    pub const EXACT: Self = Self { first: 1, next: 1, rounding: Rounding::Ceil };

    pub const fn validate(&self) -> Result<(), CoreError> {
        if self.first == 0 || self.next == 0 {
            return Err(CoreError::DivisionByZero);
        }
        Ok(())
    }

    /// The units that are billed for `units` used. Nothing used is nothing billed.
    pub fn charged(&self, units: u64) -> Result<u64, CoreError> {
        self.validate()?;
        if units == 0 {
            return Ok(0);
        }
        let (first, next) = (u64::from(self.first), u64::from(self.next));
        let behind = u128::from(units.saturating_sub(first));
        let steps = u64::try_from(divide(behind, u128::from(next), self.rounding)?).map_err(|_| CoreError::Overflow)?;
        steps.checked_mul(next).and_then(|more| more.checked_add(first)).ok_or(CoreError::Overflow)
    }
}

/// The tax on an amount in tariff units.
pub fn tax(amount: u64, bps: u16, rounding: Rounding) -> Result<u64, CoreError> {
    mul_div(amount, u64::from(bps), u64::from(BASIS_POINTS), rounding)
}

/// Sum of the lanes' amounts in tariff units.
pub fn sum(amounts: &[u64; LANES]) -> Result<u64, CoreError> {
    amounts.iter().try_fold(0u64, |sum, amount| sum.checked_add(*amount)).ok_or(CoreError::Overflow)
}

/// What a period costs in the stablecoin's smallest unit: the lanes' amounts and the tax on their sum, exchanged at
/// `numerator / denominator`, rounded once.
pub fn invoice(
    amounts: &[u64; LANES],
    tax_bps: u16,
    numerator: u64,
    denominator: u64,
    rounding: Rounding,
) -> Result<u64, CoreError> {
    let net = sum(amounts)?;
    let gross = net.checked_add(tax(net, tax_bps, rounding)?).ok_or(CoreError::Overflow)?;
    mul_div(gross, numerator, denominator, rounding)
}

//! From a contract's decimals to the integers of the rating formula.

use gesim_core::{
    money::Rounding,
    tariff::{LanePrice, Tier},
    CoreError,
};

use super::{too_large, RatingError, Result};
use crate::bwrp::{
    contract::{Plan, Threshold},
    Decimal,
};

/// Amounts are in millionths of the currency, as stablecoins are.
pub const AMOUNT_PLACES: u32 = 6;
/// Decimal places of usage and of prices that are rated at most.
const MOST_PLACES: u32 = 12;

/// What `total` units cost where the other direction carried `reverse`, to [`AMOUNT_PLACES`], each list of tiers
/// rounded once, half to even. Usage with more places than fit beside its size in 64 bits is rounded to those first.
pub fn amount(plan: &Plan, total: Decimal, reverse: Decimal) -> Result<Decimal> {
    let reached;
    let (tiers, unbalanced, reverse): (&[Threshold], &[Threshold], _) = match plan {
        Plan::Tiered(tiers) => (tiers, &[], None),
        Plan::Balanced { balanced, unbalanced } => (balanced, unbalanced, Some(reverse)),
        Plan::BackToFirst(tiers) => {
            let last = tiers.iter().rev().find(|tier| tier.start < total);
            reached = last.map(|tier| Threshold { start: Decimal::ZERO, ..*tier });
            (reached.as_slice(), &[], None)
        }
    };
    let starts = || tiers.iter().chain(unbalanced).map(|tier| tier.start);
    let usage_places = usage_places(&[Some(total), reverse].into_iter().flatten().chain(starts()).collect::<Vec<_>>())?;
    if let Some(start) = starts().find(|start| start.places() > usage_places) {
        return Err(precision("the start of a tier", start, usage_places));
    }
    let prices = || tiers.iter().chain(unbalanced).map(|tier| tier.linear);
    let wanted = prices().map(Decimal::places).max().unwrap_or(0);
    if let Some(price) = prices().find(|price| price.places() > MOST_PLACES) {
        return Err(precision("a linear price", price, MOST_PLACES));
    }
    let price_places = wanted.max(AMOUNT_PLACES.saturating_sub(usage_places));
    let overflow = too_large("an amount");
    let per = usage_places
        .checked_add(price_places)
        .and_then(|places| 10u64.checked_pow(places.checked_sub(AMOUNT_PLACES)?))
        .ok_or_else(|| overflow(CoreError::Overflow))?;
    let scale = |list: &[Threshold]| list.iter().map(|tier| integers(tier, usage_places, price_places)).collect();
    let (tiers, unbalanced): (Result<Vec<_>>, Result<Vec<_>>) = (scale(tiers), scale(unbalanced));
    let (tiers, unbalanced) = (tiers?, unbalanced?);
    let units = |value: Decimal| value.scaled(usage_places).ok_or_else(|| overflow(CoreError::Overflow));
    let price = LanePrice { per, tiers: &tiers, unbalanced: &unbalanced };
    let amount = price.amount(units(total)?, reverse.map(units).transpose()?, Rounding::HalfEven).map_err(&overflow)?;
    Decimal::new(amount, AMOUNT_PLACES).ok_or_else(|| overflow(CoreError::Overflow))
}

fn precision(what: &'static str, value: Decimal, places: u32) -> RatingError {
    RatingError::Precision { what, value: value.to_string().into(), places }
}

/// As many places as the values have, fewer where the largest would not fit in 64 bits.
fn usage_places(values: &[Decimal]) -> Result<u32> {
    let wanted = values.iter().map(|value| value.places()).max().unwrap_or(0).min(MOST_PLACES);
    let fits = |places: &u32| values.iter().all(|value| value.scaled(*places).is_some());
    (0..=wanted).rev().find(fits).ok_or_else(|| too_large("usage")(CoreError::Overflow))
}

fn integers(tier: &Threshold, usage_places: u32, price_places: u32) -> Result<Tier> {
    if tier.fixed.places() > AMOUNT_PLACES {
        return Err(precision("a fixed price", tier.fixed, AMOUNT_PLACES));
    }
    let fit = |value: Decimal, places| value.scaled(places).ok_or_else(|| too_large("a price")(CoreError::Overflow));
    Ok(Tier {
        start: fit(tier.start, usage_places)?,
        rate: fit(tier.linear, price_places)?,
        fixed: fit(tier.fixed, AMOUNT_PLACES)?,
    })
}

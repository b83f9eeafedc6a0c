//! Prices and increments of the lanes.

use std::collections::BTreeMap;

use gesim_core::{money::Rounding, tariff::MAX_TIERS, Measure};
use settlement::state::{LaneTerms, Tier};
use toml::Spanned;

use crate::{
    contract::Located,
    convert::{at, Result},
    error::Reason,
    quantity::{decimal, Counting},
    raw::{self, LaneName, Text},
};

/// The list of one kind of units: its one price, or its tiers.
type Prices<'a> = (&'a Option<Text>, &'a Option<Spanned<Vec<Spanned<raw::Tier>>>>);

pub fn lanes(
    written: &BTreeMap<LaneName, raw::Lanes>,
    measure: Measure,
    currency: &str,
    decimals: u8,
) -> Result<Vec<LaneTerms>> {
    let one = |(name, lane): (&LaneName, &raw::Lanes)| {
        lane_terms(lane, Counting { measure, lane: name.0, currency, decimals })
    };
    written.iter().map(one).collect()
}

fn lane_terms(written: &raw::Lanes, counting: Counting) -> Result<LaneTerms> {
    let per = at(&written.per, counting.parse(written.per.get_ref()))?;
    if per == 0 {
        return at(&written.per, Err(Reason::Value { what: "a quantity above zero", text: "0".into() }));
    }
    let (first, next) = match &written.increment {
        None => (1, 1),
        Some(text) if counting.measure == Measure::Charge => return at(text, Err(Reason::ChargeIncrement)),
        Some(text) => at(text, increment(text.get_ref(), &counting))?,
    };
    let tiers = prices((&written.price, &written.tiers), &counting)?;
    let tiers = tiers.ok_or(Located { byte: written.per.span().start, reason: Reason::PriceOrTiers })?;
    let unbalanced = prices((&written.unbalanced_price, &written.unbalanced_tiers), &counting)?.unwrap_or_default();
    let increment_rounding = written.increment_rounding.unwrap_or(Rounding::Ceil) as u8;
    Ok(LaneTerms { lane: counting.lane as u8, first, next, increment_rounding, per, tiers, unbalanced })
}

impl raw::Lanes {
    /// Where its unbalanced prices begin, if it has some.
    pub fn unbalanced_place(&self) -> Option<usize> {
        let price = self.unbalanced_price.as_ref().map(|text| text.span().start);
        price.or_else(|| self.unbalanced_tiers.as_ref().map(|tiers| tiers.span().start))
    }
}

/// `60/30`, `KB/KB`; one part stands for both.
fn increment(text: &str, counting: &Counting) -> std::result::Result<(u32, u32), Reason> {
    let (first, next) = text.split_once('/').unwrap_or((text, text));
    let part = |text: &str| {
        let units = counting.parse(text.trim())?;
        u32::try_from(units)
            .ok()
            .filter(|units| *units > 0)
            .ok_or(Reason::Value { what: "an increment between 1 and 4,294,967,295 units", text: text.into() })
    };
    Ok((part(first)?, part(next)?))
}

fn prices(written: Prices, counting: &Counting) -> Result<Option<Vec<Tier>>> {
    match written {
        (None, None) => Ok(None),
        (Some(price), Some(_)) => at(price, Err(Reason::PriceOrTiers)),
        (Some(price), None) => {
            let rate = at(price, decimal(price.get_ref(), counting.decimals))?;
            Ok(Some(vec![Tier { start: 0, rate, fixed: 0 }]))
        }
        (None, Some(tiers)) => self::tiers(tiers, counting).map(Some),
    }
}

fn tiers(written: &Spanned<Vec<Spanned<raw::Tier>>>, counting: &Counting) -> Result<Vec<Tier>> {
    let wrong = || Reason::Tiers(MAX_TIERS);
    let mut made: Vec<Tier> = Vec::new();
    for tier in written.get_ref() {
        let raw::Tier { from, price, fixed } = tier.get_ref();
        let start = match from {
            Some(from) => at(from, counting.parse(from.get_ref()))?,
            None => 0,
        };
        let fits = match made.last() {
            Some(last) => last.start < start && made.len() < MAX_TIERS,
            None => start == 0,
        };
        if !fits {
            return at(tier, Err(wrong()));
        }
        let rate = at(price, decimal(price.get_ref(), counting.decimals))?;
        let fixed = match fixed {
            Some(fixed) => at(fixed, decimal(fixed.get_ref(), counting.decimals))?,
            None => 0,
        };
        made.push(Tier { start, rate, fixed });
    }
    if made.is_empty() {
        return at(written, Err(wrong()));
    }
    Ok(made)
}

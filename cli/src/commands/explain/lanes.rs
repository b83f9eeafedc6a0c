//! How the units of a lane became an amount.

use std::fmt;

use anyhow::Result;
use gesim_core::{money::Rounding, Lane, Measure};
use serde::Serialize;
use settlement::state::{price::Tier, Agreement, LaneTerms, Terms};

use crate::output::{as_opt_text, as_text};

/// One lane of a period, and what a batch adds to it. Amounts are in tariff units.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LaneStory {
    lane: &'static str,
    unit: &'static str,
    /// What the period has of it, and what of that came before the batch.
    #[serde(serialize_with = "as_text")]
    units: u64,
    #[serde(serialize_with = "as_text")]
    units_before: u64,
    /// Of the other direction, when it counts.
    #[serde(serialize_with = "as_opt_text")]
    reverse: Option<u64>,
    /// Units that one rate buys.
    #[serde(serialize_with = "as_text")]
    per: u64,
    tiers: Vec<Line>,
    #[serde(serialize_with = "as_text")]
    cost: u64,
    #[serde(serialize_with = "as_text")]
    cost_before: u64,
    /// What the batch adds.
    #[serde(serialize_with = "as_text")]
    amount: u64,
}

/// Units in one tier.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    /// The units that the other direction does not match.
    unbalanced: bool,
    #[serde(serialize_with = "as_text")]
    start: u64,
    #[serde(serialize_with = "as_text")]
    units: u64,
    #[serde(serialize_with = "as_text")]
    rate: u64,
    #[serde(serialize_with = "as_text")]
    fixed: u64,
}

/// Units that fall into each tier.
fn lines(tiers: &[Tier], total: u64, unbalanced: bool) -> impl Iterator<Item = Line> + '_ {
    let ends = tiers.iter().skip(1).map(|tier| tier.start).chain([u64::MAX]);
    tiers.iter().zip(ends).filter(move |(tier, _)| total > tier.start).map(move |(tier, end)| Line {
        unbalanced,
        start: tier.start,
        units: total.min(end) - tier.start,
        rate: tier.rate,
        fixed: tier.fixed,
    })
}

impl LaneStory {
    fn new(
        (lane, unit): (Lane, &'static str),
        terms: Option<&LaneTerms>,
        (before, after): (u64, u64),
        reverse: Option<u64>,
        rounding: Rounding,
    ) -> Result<Self> {
        let mut story = Self {
            lane: lane.name(),
            unit,
            units: after,
            units_before: before,
            reverse: None,
            per: 1,
            tiers: Vec::new(),
            cost: 0,
            cost_before: 0,
            amount: 0,
        };
        let Some(terms) = terms else { return Ok(story) };
        story.per = terms.per;
        story.reverse = reverse.filter(|_| !terms.unbalanced.is_empty());
        let balanced = story.reverse.map_or(after, |reverse| after.min(reverse));
        story.tiers = lines(&terms.tiers, balanced, false).collect();
        story.tiers.extend(lines(&terms.unbalanced, after - balanced, true));
        story.cost = terms.amount(after, reverse, rounding)?;
        story.cost_before = terms.amount(before, reverse, rounding)?;
        story.amount = story.cost.saturating_sub(story.cost_before);
        Ok(story)
    }

    /// What the batch adds, in tariff units.
    pub fn amount(&self) -> u64 {
        self.amount
    }

    /// What the period costs with it, in tariff units.
    pub fn cost(&self) -> u64 {
        self.cost
    }

    fn is_empty(&self) -> bool {
        self.units == 0 && self.cost == 0
    }
}

/// Every lane that has units: `before` and `after` a batch, or 0 and the totals of a whole period.
pub fn lanes(
    agreement: &Agreement,
    terms: &Terms,
    before: &[u64; 8],
    after: &[u64; 8],
    reverse: Option<&[u64; 8]>,
) -> Result<Vec<LaneStory>> {
    let rounding = agreement.frame.rounding()?;
    let measure = agreement.frame.measure()?;
    let mut stories = Vec::new();
    for (index, lane) in Lane::ALL.into_iter().enumerate() {
        let unit = if measure == Measure::Units { lane.unit() } else { "tap-unit" };
        let reverse = reverse.map(|totals| totals[index]);
        let story = LaneStory::new((lane, unit), terms.lane(index), (before[index], after[index]), reverse, rounding)?;
        if !story.is_empty() {
            stories.push(story);
        }
    }
    Ok(stories)
}

impl fmt::Display for LaneStory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lane, unit, units, units_before, per, cost, cost_before, amount, .. } = self;
        match units_before {
            0 => writeln!(f, "  {lane}: {units} {unit}s")?,
            _ => writeln!(f, "  {lane}: {units} {unit}s in the period, {units_before} of them before this batch")?,
        }
        if let Some(reverse) = self.reverse {
            writeln!(f, "    the other direction has {reverse}")?;
        }
        if self.tiers.is_empty() {
            return writeln!(f, "    the terms have no price for it: it costs nothing");
        }
        for Line { unbalanced, start, units, rate, fixed } in &self.tiers {
            let kind = if *unbalanced { "unbalanced, " } else { "" };
            let per = if *per == 1 { String::new() } else { format!(" per {per}") };
            write!(f, "    {kind}from {start} on: {units} x {rate}{per}")?;
            match fixed {
                0 => writeln!(f)?,
                fixed => writeln!(f, ", and {fixed} once")?,
            }
        }
        match units_before {
            0 => writeln!(f, "    costs {cost} tariff units"),
            _ => writeln!(f, "    costs {cost} tariff units; {cost_before} were billed before, so this adds {amount}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2 for each of the first 1,000, 1 above, 5 once at each step; 3 where the other direction does not match.
    fn priced() -> LaneTerms {
        let tiers = vec![Tier { start: 0, rate: 2, fixed: 5 }, Tier { start: 1_000, rate: 1, fixed: 5 }];
        let unbalanced = vec![Tier { start: 0, rate: 3, fixed: 0 }];
        LaneTerms { lane: 1, first: 1, next: 1, increment_rounding: 2, per: 1, tiers, unbalanced }
    }

    fn story(before: u64, after: u64, reverse: Option<u64>) -> LaneStory {
        let lane = (Lane::VoiceMo, "second");
        LaneStory::new(lane, Some(&priced()), (before, after), reverse, Rounding::Floor).expect("rates")
    }

    /// What the lines say is what the program's own formula makes of it.
    fn sum(story: &LaneStory) -> u64 {
        story.tiers.iter().map(|line| line.units * line.rate + line.fixed).sum()
    }

    #[test]
    fn lines_add_up_to_the_programs_price_ok() {
        for (before, after, reverse) in [(0, 1, None), (0, 1_000, None), (900, 1_300, None), (0, 1_300, Some(700))] {
            let story = story(before, after, reverse);
            assert_eq!(sum(&story), story.cost, "{before} {after} {reverse:?}");
            assert_eq!(story.tiers.iter().map(|line| line.units).sum::<u64>(), after);
        }
        let second = story(900, 1_300, None);
        assert_eq!((second.cost_before, second.cost, second.amount), (1_805, 2_310, 505));
    }

    #[test]
    fn a_lane_without_a_price_costs_nothing_ok() {
        let story = LaneStory::new((Lane::Data, "octet"), None, (0, 9), None, Rounding::Floor).expect("rates");
        assert_eq!((story.cost, story.tiers.len()), (0, 0));
        assert!(story.to_string().contains("costs nothing"));
    }
}

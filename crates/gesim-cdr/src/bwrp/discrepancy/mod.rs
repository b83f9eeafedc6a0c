//! Discrepancy reports: where two parties' usage and settlements differ.

mod settlement;
mod usage;

use gesim_core::CoreError;

use super::{
    decimal::Decimal,
    fields::{Fault, Object, Parsed},
    out::Json,
    usage::YearMonth,
};

const MAX_ROWS: usize = 200_000;

/// Two counts of the same thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pair {
    pub own: Decimal,
    pub partner: Decimal,
    /// Their distance.
    pub absolute: Decimal,
    /// What the partner's count is short of ours, in percent of ours; negative when the partner counts more. 100 where
    /// we count nothing and the partner does.
    pub percent: Decimal,
}

impl Pair {
    pub fn new(own: Decimal, partner: Decimal) -> Result<Self, CoreError> {
        let delta = own.minus(partner)?;
        Ok(Self { own, partner, absolute: delta.abs(), percent: delta.percent_of(own)? })
    }
}

/// Both parties' usage, added up and row by row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageDiscrepancy {
    pub totals: Vec<UsageTotal>,
    pub inbound: Vec<UsageDelta>,
    pub outbound: Vec<UsageDelta>,
}

/// A family of services in both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageTotal {
    pub service: String,
    pub unit: String,
    pub inbound: Pair,
    pub outbound: Pair,
}

/// A row that both parties have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageDelta {
    pub home: String,
    pub visitor: String,
    pub month: YearMonth,
    pub service: String,
    pub usage: Pair,
}

/// Both parties' settlements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettlementDiscrepancy {
    /// Of what we carried: our inbound against the partner's outbound.
    pub home: Perspective,
    /// Of what the partner carried: its inbound against our outbound.
    pub partner: Perspective,
    pub report: Report,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Perspective {
    pub totals: Vec<ServiceDelta>,
    pub details: Vec<ServiceDelta>,
}

/// A service, or a family of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceDelta {
    pub service: String,
    pub unit: String,
    pub calculation: Pair,
    pub usage: Pair,
}

/// What each party charges and owes, by its own settlement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    pub home: Position,
    pub partner: Position,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    pub charges: Decimal,
    pub short: Decimal,
    pub revenue: Decimal,
}

/// Reads a pair and holds the stated differences against it; what others calculate in binary fractions may be off
/// by a millionth of the larger count.
fn pair(members: &Object<'_, '_>, own: &str, partner: &str, stated: [Option<&str>; 2]) -> Parsed<Pair> {
    let overflow = |_| Fault::new(members.at, "has counts that are too large to compare");
    let read = Pair::new(members.need(own)?.amount()?, members.need(partner)?.amount()?).map_err(overflow)?;
    let computed = [read.absolute, read.percent];
    let scales = [read.own.abs().max(read.partner.abs()), computed[1].abs().max(Decimal::HUNDRED)];
    for ((name, computed), scale) in stated.into_iter().zip(computed).zip(scales) {
        let Some(node) = name.map(|name| members.need(name)).transpose()? else { continue };
        let off = node.decimal()?.minus(computed).map_err(overflow)?.abs();
        if off > scale.times(1, 1_000_000).map_err(overflow)? {
            return node.refuse(&format!("{computed}, the difference of the two counts"));
        }
    }
    Ok(read)
}

const USAGE: [Option<&str>; 2] = [Some("delta_usage_abs"), Some("delta_usage_percent")];

fn usage_members(usage: Pair) -> [(&'static str, Json); 4] {
    [
        ("own_usage", Json::Number(usage.own)),
        ("partner_usage", Json::Number(usage.partner)),
        ("delta_usage_abs", Json::Number(usage.absolute)),
        ("delta_usage_percent", Json::Number(usage.percent)),
    ]
}

//! Holds two parties' usage and settlements against each other.

use std::collections::{BTreeMap, HashMap};

use gesim_core::{CoreError, Tadig};

use super::{too_large, Result};
use crate::bwrp::{
    discrepancy::{
        Pair, Perspective, Position, Report, ServiceDelta, SettlementDiscrepancy, UsageDelta, UsageDiscrepancy,
        UsageTotal,
    },
    settlement::{Settlement, Side},
    unit::{place, Family, ALL, SLOTS},
    usage::{Row, YearMonth},
    Decimal, Direction, Month, Usage,
};

/// Usage that one party has and the other has not. The report's rows are those that both have; its totals count
/// these too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneSided {
    /// As we see it.
    pub direction: Direction,
    pub ours: bool,
    pub home: Tadig,
    pub visitor: Tadig,
    pub month: Month,
    pub service: String,
    pub usage: Decimal,
}

/// Our usage against the partner's: what we carried against what it says its subscribers used, and the reverse.
pub fn usage_discrepancy(own: &Usage, partner: &Usage) -> Result<(UsageDiscrepancy, Vec<OneSided>)> {
    let failed = too_large("the sum of the usage");
    let families = [
        (Family::Moc, "MOC", "min"),
        (Family::Sms, "SMS", "#"),
        (Family::Data, "Data", "MB"),
        (Family::Mtc, "MTC", "min"),
    ];
    let mut report = UsageDiscrepancy::default();
    for (family, service, unit) in families {
        let both = |ours: &[Row], theirs: &[Row]| Pair::new(sum(ours, family)?, sum(theirs, family)?);
        report.totals.push(UsageTotal {
            service: service.to_owned(),
            unit: unit.to_owned(),
            inbound: both(&own.inbound, &partner.outbound).map_err(&failed)?,
            outbound: both(&own.outbound, &partner.inbound).map_err(&failed)?,
        });
    }
    let mut one_sided = Vec::new();
    report.inbound = deltas(&own.inbound, &partner.outbound, Direction::Inbound, &mut one_sided).map_err(&failed)?;
    report.outbound = deltas(&own.outbound, &partner.inbound, Direction::Outbound, &mut one_sided).map_err(&failed)?;
    Ok((report, one_sided))
}

fn sum(rows: &[Row], family: Family) -> Result<Decimal, CoreError> {
    let of_family = rows.iter().filter(|row| Family::of(&row.service, row.unit) == Some(family));
    of_family.map(|row| row.usage).try_fold(Decimal::ZERO, Decimal::plus)
}

type Key<'a> = (Tadig, Tadig, Month, &'a str);
/// The months of the keys in the order of the file, and the sums.
type Gathered<'a> = (Vec<(Key<'a>, &'a YearMonth)>, HashMap<Key<'a>, Decimal>);

/// Rows with their sums, in the order of the file: a month may have several rows of a service.
fn gather(rows: &[Row]) -> Result<Gathered<'_>, CoreError> {
    let (mut order, mut sums) = (Vec::new(), HashMap::new());
    for row in rows {
        let Some(month) = &row.month else { continue };
        let key = (row.home, row.visitor, month.month, row.service.as_str());
        let sum = sums.entry(key).or_insert_with(|| {
            order.push((key, month));
            Decimal::ZERO
        });
        *sum = sum.plus(row.usage)?;
    }
    Ok((order, sums))
}

fn deltas(
    ours: &[Row],
    theirs: &[Row],
    direction: Direction,
    one_sided: &mut Vec<OneSided>,
) -> Result<Vec<UsageDelta>, CoreError> {
    let (order, own) = gather(ours)?;
    let (their_order, partner) = gather(theirs)?;
    let mut found = Vec::new();
    let mut alone = |ours, (home, visitor, month, service): Key<'_>, usage| {
        one_sided.push(OneSided { direction, ours, home, visitor, month, service: service.to_owned(), usage });
    };
    for (key @ (home, visitor, _, service), month) in order {
        let count = own.get(&key).copied().unwrap_or_default();
        let Some(other) = partner.get(&key) else {
            alone(true, key, count);
            continue;
        };
        found.push(UsageDelta {
            home: home.to_string(),
            visitor: visitor.to_string(),
            month: month.clone(),
            service: service.to_owned(),
            usage: Pair::new(count, *other)?,
        });
    }
    for (key, _) in their_order.into_iter().filter(|(key, _)| !own.contains_key(key)) {
        alone(false, key, partner.get(&key).copied().unwrap_or_default());
    }
    Ok(found)
}

/// Both settlements, and the usage that they were made from.
pub fn settlement_discrepancy(
    own: (&Settlement, &Usage),
    partner: (&Settlement, &Usage),
) -> Result<SettlementDiscrepancy> {
    let build = || {
        let carried = |one: (&Settlement, &Usage), other: (&Settlement, &Usage)| {
            perspective((&one.0.inbound, &one.1.inbound), (&other.0.outbound, &other.1.outbound))
        };
        // the partner's view is of what the partner carried, with its own counts as its own
        Ok(SettlementDiscrepancy {
            home: carried(own, partner)?,
            partner: carried(partner, own)?,
            report: Report { home: position(own.0)?, partner: position(partner.0)? },
        })
    };
    build().map_err(too_large("the sum of a settlement"))
}

fn position(settlement: &Settlement) -> Result<Position, CoreError> {
    let (inbound, outbound) = (settlement.inbound.total(None)?, settlement.outbound.total(None)?);
    Ok(Position { charges: outbound.deal, short: inbound.short, revenue: inbound.deal })
}

fn perspective(own: (&Side, &[Row]), partner: (&Side, &[Row])) -> Result<Perspective, CoreError> {
    let families = [
        (Family::Moc, "MOC", "min"),
        (Family::Mtc, "MTC", "min"),
        (Family::Sms, "SMS", "SMS"),
        (Family::Data, "Data", "MB"),
    ];
    let mut totals = Vec::new();
    for (family, service, unit) in families {
        let deal = |side: &Side| side.total(Some(family)).map(|value| value.deal);
        totals.push(ServiceDelta {
            service: service.to_owned(),
            unit: unit.to_owned(),
            calculation: Pair::new(deal(own.0)?, deal(partner.0)?)?,
            usage: Pair::new(sum(own.1, family)?, sum(partner.1, family)?)?,
        });
    }
    let (ours, theirs) = (by_place(own.1)?, by_place(partner.1)?);
    let mut details = Vec::new();
    for (index, slot) in ALL.iter().enumerate().take(SLOTS) {
        let used = [&ours, &theirs].map(|places| places.get(&index).copied());
        let Some((name, _)) = used.into_iter().flatten().next() else { continue };
        let [own_usage, partner_usage] = used.map(|used| used.map_or(Decimal::ZERO, |(_, usage)| usage));
        let deal = |side: &Side| side.values.get(index).map_or(Decimal::ZERO, |value| value.deal);
        details.push(ServiceDelta {
            service: name.to_owned(),
            unit: slot.unit.to_string(),
            calculation: Pair::new(deal(own.0), deal(partner.0))?,
            usage: Pair::new(own_usage, partner_usage)?,
        });
    }
    Ok(Perspective { totals, details })
}

/// Usage by the place of its service, and the name the file gives it.
fn by_place(rows: &[Row]) -> Result<BTreeMap<usize, (&str, Decimal)>, CoreError> {
    let mut places = BTreeMap::new();
    for row in rows {
        let Some(index) = place(&row.service) else { continue };
        let (_, usage) = places.entry(index).or_insert((row.service.as_str(), Decimal::ZERO));
        *usage = usage.plus(row.usage)?;
    }
    Ok(places)
}

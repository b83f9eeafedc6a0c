//! The charges of a record, put into the groups that TAP has.

use super::{
    amounts::{adds_up, item, summary, total},
    charges::Group,
    reject,
    tables::Tables,
};
use crate::{
    breakdown::ChargeKind,
    error::Result,
    record::{EventKind, UsageRecord},
};

/// The groups of a record in their order: at least one that is no CAMEL service, where TAP asks for one.
pub(super) fn groups(record: &UsageRecord, tables: &mut Tables) -> Result<Vec<Group>> {
    let made;
    let lines = match record.breakdown.as_deref() {
        Some(lines) if adds_up(lines, record) => lines,
        // a record of another format, or one whose amounts were changed: its amounts are what counts
        _ => {
            made = summary(record);
            &made
        }
    };
    let mut groups: Vec<Group> = Vec::new();
    let mut numbers: Vec<u16> = Vec::new();
    let mut at = |groups: &mut Vec<Group>, number: u16, refund: bool| {
        numbers.iter().position(|known| *known == number).unwrap_or_else(|| {
            numbers.push(number);
            groups.push(Group { item: 'E', refund, ..Group::default() });
            groups.len() - 1
        })
    };
    for line in &lines.charges {
        if !line.item.is_ascii_graphic() {
            return Err(reject("a charged item", "is no visible character"));
        }
        fits([Some(line.amount), line.chargeable, line.charged])?;
        let index = at(&mut groups, line.group, line.refund);
        let group = &mut groups[index];
        (group.item, group.exchange) = (line.item, line.exchange.map(|rate| tables.rate(rate)).transpose()?);
        match line.kind {
            ChargeKind::CamelFee => group.fee = Some(group.fee.unwrap_or(0).saturating_add(line.amount)),
            _ => group.details.push(*line),
        }
    }
    for line in &lines.taxes {
        fits([Some(line.value), None, None])?;
        let index = at(&mut groups, line.group, line.refund);
        groups[index].taxes.push((tables.tax(line.tax)?, line.value));
    }
    for line in &lines.discounts {
        fits([line.value, None, None])?;
        let index = at(&mut groups, line.group, line.refund);
        let discount = (tables.discount(line.discount)?, line.value);
        if groups[index].discount.replace(discount).is_some() {
            return Err(reject("a charge", "has two discounts"));
        }
    }
    let optional = matches!(record.event, EventKind::ContentTransaction | EventKind::SupplServiceEvent);
    if groups.iter().all(Group::is_camel) && !optional {
        groups.insert(0, Group { item: item(record.lane), details: vec![total(record, 0, false)], ..Group::default() });
    }
    Ok(groups)
}

/// Integers of TAP have a sign.
fn fits(values: [Option<u64>; 3]) -> Result<()> {
    if values.into_iter().flatten().all(|value| value <= i64::MAX as u64) {
        return Ok(());
    }
    Err(reject("a charge", "does not fit in 63 bits"))
}

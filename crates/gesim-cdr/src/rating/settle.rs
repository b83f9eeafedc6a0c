//! The settlement of rated usage.

use super::{too_large, Rated, Result};
use crate::bwrp::{
    settlement::{Settlement, Side, Value, RULES_VERSION},
    unit::place,
    Usage,
};

/// What was rated, in the places of a settlement. Services without usage have no result in it, so their shares of a
/// shortfall are not shown either: [`Part::short`](super::Part::short) is the whole of it.
pub fn settle(rated: &Rated, usage: &Usage) -> Result<Settlement> {
    let currency = match usage.currency() {
        Some("EUR") => "EURO",
        other => other.unwrap_or_default(),
    };
    let mut settlement = Settlement {
        from: None,
        to: None,
        rules: Some(RULES_VERSION.to_owned()),
        inbound: Side::new(currency.to_owned()),
        outbound: Side::new(currency.to_owned()),
        unexpected: Vec::new(),
    };
    for line in rated.parts.iter().flat_map(|part| &part.lines) {
        let Some(direction) = line.direction else { continue };
        let value = Value { deal: line.deal, short: line.short, usage: line.usage };
        match place(&line.service).and_then(|place| settlement.side_mut(direction).values.get_mut(place)) {
            Some(slot) => slot.add(value).map_err(too_large("the sum of a service"))?,
            None => settlement.unexpected.push(line.service.clone()),
        }
    }
    Ok(settlement)
}

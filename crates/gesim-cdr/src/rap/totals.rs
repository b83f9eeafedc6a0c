//! RAP audit control information, and what the returned call events add up to.

use super::{model::*, read::notes, tags::*};
use crate::{
    element::Element,
    error::{CdrError, ErrorKind, Result},
    fields::Fields,
    tap::{tags, Discrepancy, Policy, Verdict},
};

/// Charge and tax of call events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Value {
    pub charge: u64,
    pub tax: u64,
}

pub(super) fn read(element: &Element<'_>) -> Result<RapTotals> {
    let mut fields = Fields::new(element, "rapAuditControlInfo")?;
    let severe_value = fields.need(TOTAL_SEVERE_VALUE, "totalSevereReturnValue")?.uint("totalSevereReturnValue")?;
    let details = fields.need(RETURN_DETAILS_COUNT, "returnDetailsCount")?.uint("returnDetailsCount")?;
    let notes = notes(&mut fields)?;
    let tax = fields.optional(TOTAL_SEVERE_TAX, "totalSevereReturnTax")?;
    let severe_tax = tax.map(|tax| tax.uint("totalSevereReturnTax")).transpose()?;
    fields.end()?;
    Ok(RapTotals { severe_value, details, notes, severe_tax })
}

/// Holds the file's totals against its returns.
pub(super) fn check(batch: &ReturnBatch, root: &Element<'_>, policy: Policy) -> Result<Vec<Discrepancy>> {
    let Some(totals) = &batch.totals else { return Ok(Vec::new()) };
    let members = root.members("returnBatch")?.last().transpose()?;
    let at = members.map_or(root.at, |audit| audit.at);
    let difference = |what, stated: u64, computed: u64| Discrepancy {
        what,
        stated: stated.to_string(),
        computed: computed.to_string(),
    };
    let refuse = |differ: Discrepancy| {
        let Discrepancy { what, stated, computed } = differ;
        CdrError::new(at, ErrorKind::ControlTotal { what, stated: stated.into(), computed: computed.into() })
    };
    let counted = batch.returns.len() as u64;
    if totals.details != counted {
        return Err(refuse(difference("number of return details", totals.details, counted)));
    }
    let value = of(&batch.returns);
    let mut differ = Vec::new();
    if totals.severe_value != value.charge {
        differ.push(difference("total severe return value", totals.severe_value, value.charge));
    }
    if let Some(tax) = totals.severe_tax.filter(|tax| *tax != value.tax) {
        differ.push(difference("total severe return tax", tax, value.tax));
    }
    match policy.charges {
        Verdict::Refuse if !differ.is_empty() => Err(refuse(differ.swap_remove(0))),
        _ => Ok(differ),
    }
}

/// The value of all severe returns, as far as the call events can be read: they are in error, after all.
pub(super) fn of(returns: &[Return]) -> Value {
    let mut sum = Value::default();
    for item in returns {
        let Return::Severe(severe) = item else { continue };
        let Ok(event) = Element::parse(&severe.original, 0, "call event") else { continue };
        let mut value = Value::default();
        let _ = add(&event, false, 1, &mut value);
        sum.charge = sum.charge.saturating_add(value.charge);
        sum.tax = sum.tax.saturating_add(value.tax);
    }
    sum
}

/// Adds the total charges (type 00), CAMEL fees, messaging charges and taxes of one group; refunds are none of them.
fn add(group: &Element<'_>, refund: bool, depth: usize, value: &mut Value) -> Result<()> {
    if !group.tag.constructed || depth > 24 {
        return Ok(());
    }
    let text = |tag| member(group, tag).map(|element| element.contents);
    let detail = group.number() == Some(tags::CHARGE_DETAIL);
    let total = !detail || text(tags::CHARGE_TYPE) == Some(b"00");
    let refund = refund || member(group, tags::CHARGE_REFUND_INDICATOR).is_some();
    for element in group.members("call event")? {
        let element = element?;
        let charge = match element.number() {
            Some(tags::CHARGE) => total && !refund,
            Some(tags::CAMEL_INVOCATION_FEE) => !refund,
            _ => false,
        };
        let tax = element.number() == Some(tags::TAX_VALUE) && !refund;
        if let Ok(amount) = element.uint("charge") {
            if charge {
                value.charge = value.charge.saturating_add(amount);
            } else if tax {
                value.tax = value.tax.saturating_add(amount);
            }
        }
        add(&element, refund, depth.saturating_add(1), value)?;
    }
    Ok(())
}

/// The first member with the tag.
pub(super) fn member<'a>(group: &Element<'a>, tag: u16) -> Option<Element<'a>> {
    group.members("a group").ok()?.filter_map(Result::ok).find(|element| element.number() == Some(tag))
}

//! Services and how they are priced.

use gesim_core::tariff::MAX_TIERS;

use super::{Plan, Service, Threshold};
use crate::bwrp::{
    decimal::Decimal,
    fields::{Fault, Object, Parsed},
    json::Node,
    unit::Unit,
};

pub(super) fn service(node: &Node<'_>) -> Parsed<Service> {
    let members = node.object(&["service", "includedInCommitment", "usagePricing", "accessPricing"])?;
    let pricing = match (members.get("usagePricing"), members.get("accessPricing")) {
        (Some(pricing), None) | (None, Some(pricing)) => pricing.object(&["unit", "ratingPlan"])?,
        (None, None) => return Err(Fault::new(members.at, "lacks `usagePricing` or `accessPricing`")),
        (Some(_), Some(access)) => {
            return Err(Fault::new(access.at, "stands beside usagePricing")
                .hint("a usage file carries one measure a service: split the service in two"))
        }
    };
    Ok(Service {
        name: members.need("service")?.text()?.to_owned(),
        included: members.optional("includedInCommitment", Node::bool)?.unwrap_or(false),
        unit: pricing.optional("unit", Unit::parse)?,
        plan: plan(pricing.need("ratingPlan")?)?,
    })
}

fn plan(node: &Node<'_>) -> Parsed<Option<Plan>> {
    let members = node.object(&["kind", "rate", "balancedRate", "unbalancedRate"])?;
    let kinds = [
        ("Not Charged", false),
        ("Flat rate", false),
        ("Linear rate", false),
        ("Tiered with Thresholds", false),
        ("Balanced/Unbalanced (Linear rate)", false),
        ("Threshold - back to first", true),
    ];
    let back_to_first = members.optional("kind", |kind| kind.choice(&kinds))?.unwrap_or(false);
    match (members.get("rate"), members.get("balancedRate"), members.get("unbalancedRate")) {
        (None, None, None) => Ok(None),
        (Some(rate), None, None) => {
            let thresholds = thresholds(rate)?;
            let priced = thresholds.iter().any(|tier| !tier.linear.is_zero() || !tier.fixed.is_zero());
            let plan = if back_to_first { Plan::BackToFirst(thresholds) } else { Plan::Tiered(thresholds) };
            Ok(priced.then_some(plan))
        }
        (None, Some(balanced), Some(unbalanced)) if !back_to_first => {
            Ok(Some(Plan::Balanced { balanced: thresholds(balanced)?, unbalanced: thresholds(unbalanced)? }))
        }
        _ => node.refuse("a `rate`, or a `balancedRate` and an `unbalancedRate`"),
    }
}

fn thresholds(node: &Node<'_>) -> Parsed<Vec<Threshold>> {
    let members = node.object(&["thresholds", "linearPrice", "fixedPrice"])?;
    let price = |members: &Object<'_, '_>, name| Ok(members.optional(name, Node::amount)?.unwrap_or_default());
    let Some(list) = members.get("thresholds") else {
        let (linear, fixed) = (price(&members, "linearPrice")?, price(&members, "fixedPrice")?);
        return Ok(vec![Threshold { start: Decimal::ZERO, linear, fixed }]);
    };
    if members.has("linearPrice") || members.has("fixedPrice") {
        return node.refuse("thresholds or a price, not both");
    }
    let mut tiers: Vec<Threshold> = Vec::new();
    for tier in list.list(MAX_TIERS)? {
        let members = tier.object(&["start", "linearPrice", "fixedPrice"])?;
        let start = members.need("start")?;
        let next = Threshold {
            start: start.amount()?,
            linear: price(&members, "linearPrice")?,
            fixed: price(&members, "fixedPrice")?,
        };
        match tiers.last() {
            None if !next.start.is_zero() => return start.refuse("0: the first tier begins with the first unit"),
            Some(last) if next.start <= last.start => return start.refuse("a start behind the one before"),
            _ => tiers.push(next),
        }
    }
    if tiers.is_empty() {
        return list.refuse("at least one threshold");
    }
    Ok(tiers)
}

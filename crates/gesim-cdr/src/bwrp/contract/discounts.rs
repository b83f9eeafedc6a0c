//! Discounts: conditions, and the services of groups of networks.

use std::collections::HashSet;

use gesim_core::Tadig;

use super::{plan, Basis, Commitment, Condition, Discount, Group};
use crate::bwrp::{
    fields::{Fault, Parsed},
    json::Node,
};

const MAX_TADIGS: usize = 512;
const MAX_SERVICES: usize = 256;
/// Groups of all parties; every two are compared.
const MAX_GROUPS: usize = 64;

/// The discounts of both parties, in the order of the file.
pub(in crate::bwrp) fn discounts(node: &Node<'_>) -> Parsed<Vec<Discount>> {
    let mut count = 0usize;
    let parties = node.open_object()?.members;
    if parties.is_empty() || parties.len() > 16 {
        return node.refuse("one to sixteen parties, two as a rule");
    }
    let mut discounts = Vec::with_capacity(parties.len());
    for (party, value) in parties {
        let members = value.object(&["condition", "serviceGroups"])?;
        let mut groups = Vec::new();
        for group in members.need("serviceGroups")?.list(MAX_GROUPS)? {
            count = count.saturating_add(1);
            if count > MAX_GROUPS {
                return Err(Fault::new(group.at, format!("is one of more than {MAX_GROUPS} groups of all parties")));
            }
            groups.push(self::group(group)?);
        }
        let condition = condition(members.need("condition")?)?;
        discounts.push(Discount { party: party.to_string(), condition, groups });
    }
    match overlap(&discounts) {
        None => Ok(discounts),
        Some((service, home, visitor)) => {
            Err(Fault::new(node.at, format!("price `{service}` of {home} in {visitor} twice"))
                .hint("usage is rated once: take the pair of networks out of one of the groups"))
        }
    }
}

/// A service and pair of networks that is priced twice.
fn overlap(discounts: &[Discount]) -> Option<(&str, Tadig, Tadig)> {
    let groups: Vec<_> = discounts.iter().flat_map(|discount| &discount.groups).collect();
    for (index, group) in groups.iter().enumerate() {
        let mut names = HashSet::new();
        let again = group.services.iter().find(|service| !names.insert(service.name.as_str()));
        if let (Some(service), Some(home), Some(visitor)) = (again, group.homes.first(), group.visitors.first()) {
            return Some((&service.name, *home, *visitor));
        }
        let (homes, visitors): (HashSet<_>, HashSet<_>) =
            (group.homes.iter().collect(), group.visitors.iter().collect());
        for other in groups.iter().skip(index.saturating_add(1)) {
            let home = other.homes.iter().find(|home| homes.contains(home));
            let visitor = other.visitors.iter().find(|visitor| visitors.contains(visitor));
            let (Some(home), Some(visitor)) = (home, visitor) else { continue };
            if let Some(service) = other.services.iter().find(|service| names.contains(service.name.as_str())) {
                return Some((&service.name, *home, *visitor));
            }
        }
    }
    None
}

fn condition(node: &Node<'_>) -> Parsed<Condition> {
    let members = node.object(&["kind", "commitment"])?;
    let basis = members.need("kind")?.choice(&[
        ("Unconditional", None),
        ("Deal Revenue Commitment", Some(Basis::Deal)),
        ("Contract Revenue Commitment", Some(Basis::Contract)),
    ])?;
    let Some(basis) = basis else {
        return match members.get("commitment") {
            Some(commitment) => Err(Fault::new(commitment.at, "stands in a discount that is unconditional")),
            None => Ok(Condition::Unconditional),
        };
    };
    let commitment = members.need("commitment")?.object(&["value", "currency", "includingTaxes"])?;
    Ok(Condition::Revenue(Commitment {
        basis,
        value: commitment.need("value")?.amount()?,
        currency: commitment.optional("currency", Node::currency)?,
        with_taxes: commitment.optional("includingTaxes", Node::bool)?.unwrap_or(false),
    }))
}

fn group(node: &Node<'_>) -> Parsed<Group> {
    let members = node.object(&["homeTadigs", "visitorTadigs", "services"])?;
    let services = members.need("services")?.list(MAX_SERVICES)?;
    Ok(Group {
        homes: tadigs(members.need("homeTadigs")?)?,
        visitors: tadigs(members.need("visitorTadigs")?)?,
        services: services.iter().map(plan::service).collect::<Parsed<_>>()?,
    })
}

pub(super) fn tadigs(node: &Node<'_>) -> Parsed<Vec<Tadig>> {
    let mut tadigs = Vec::new();
    for code in node.list(MAX_TADIGS)? {
        let tadig = code.tadig()?;
        if tadigs.contains(&tadig) {
            return Err(Fault::new(code.at, "is in the list twice"));
        }
        tadigs.push(tadig);
    }
    Ok(tadigs)
}

//! Discounts: conditions, and the services of groups of networks.

use gesim_core::Tadig;

use super::{plan, Basis, Commitment, Condition, Discount, Group};
use crate::bwrp::{
    fields::{Fault, Parsed},
    json::Node,
};

const MAX_TADIGS: usize = 512;
const MAX_SERVICES: usize = 256;
const MAX_GROUPS: usize = 64;
/// Services of all groups of all parties; every two of one name are compared.
const MAX_ENTRIES: usize = 1024;

/// The discounts of both parties, in the order of the file.
pub(in crate::bwrp) fn discounts(node: &Node<'_>) -> Parsed<Vec<Discount>> {
    let mut entries = 0usize;
    let parties = node.open_object()?.members;
    if parties.is_empty() || parties.len() > 16 {
        return node.refuse("one to sixteen parties, two as a rule");
    }
    let mut discounts = Vec::with_capacity(parties.len());
    for (party, value) in parties {
        let members = value.object(&["condition", "serviceGroups"])?;
        let mut groups = Vec::new();
        for group in members.need("serviceGroups")?.list(MAX_GROUPS)? {
            let read = self::group(group)?;
            entries = entries.saturating_add(read.services.len());
            if entries > MAX_ENTRIES {
                return Err(Fault::new(group.at, "makes it more than 1,024 services in all groups"));
            }
            groups.push(read);
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

/// A service and pair of networks that two groups price.
fn overlap(discounts: &[Discount]) -> Option<(&str, Tadig, Tadig)> {
    let groups = || discounts.iter().flat_map(|discount| &discount.groups);
    let entries: Vec<_> =
        groups().flat_map(|group| group.services.iter().map(move |s| (s.name.as_str(), group))).collect();
    entries.iter().enumerate().find_map(|(index, (name, group))| {
        let mut others = entries.iter().skip(index.saturating_add(1)).filter(|(other, _)| other == name);
        others.find_map(|(_, other)| {
            let home = group.homes.iter().find(|home| other.homes.contains(home))?;
            let visitor = group.visitors.iter().find(|visitor| other.visitors.contains(visitor))?;
            Some((*name, *home, *visitor))
        })
    })
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

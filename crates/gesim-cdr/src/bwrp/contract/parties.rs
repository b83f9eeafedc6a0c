//! What a contract says of its parties, in its older and its newer shape.

use super::{discounts::tadigs, Contract, Discount, Term};
use crate::bwrp::{
    fields::{Fault, Object, Parsed},
    json::Node,
    month::Month,
};

pub(super) fn older(general: &Node<'_>, discounts: &[Discount]) -> Parsed<Contract> {
    const KNOWN: [&str; 7] = ["name", "type", "startDate", "endDate", "prolongationLength", "taxesIncluded", "authors"];
    let members = general.open_object()?;
    let mut currencies = Vec::new();
    for (name, value) in members.members {
        if KNOWN.contains(&name.as_ref()) {
            continue;
        }
        if !discounts.iter().any(|discount| discount.party == *name) {
            return Err(Fault::new(value.at, "is neither a known member nor a party of the discounts"));
        }
        let party = value.object(&["currencyForAllDiscounts", "tadigCodes"])?;
        if let Some(codes) = party.get("tadigCodes") {
            let codes = codes.object(&["codes", "includeContractParty"])?;
            codes.optional("codes", Node::text)?;
            codes.optional("includeContractParty", Node::bool)?;
        }
        if let Some(currency) = party.optional("currencyForAllDiscounts", Node::currency)? {
            currencies.push((name.to_string(), currency));
        }
    }
    for name in ["type", "authors", "prolongationLength"] {
        members.optional(name, Node::text)?;
    }
    Ok(Contract {
        name: members.need("name")?.text()?.to_owned(),
        term: term(&members, "startDate", "endDate")?,
        currencies,
        taxes_included: members.optional("taxesIncluded", Node::bool)?,
        discounts: Vec::new(),
    })
}

pub(super) fn newer(root: &Object<'_, '_>, framework: &Node<'_>, discounts: &[Discount]) -> Parsed<Contract> {
    root.need("version")?.choice(&[("gsma-bwr-roaming-v1", ())])?;
    let metadata = root.need("metadata")?.object(&["name", "authors", "type"])?;
    for name in ["authors", "type"] {
        metadata.optional(name, Node::text)?;
    }
    let framework = framework.object(&["contractParties", "term", "payment", "partyInformation"])?;
    let parties = framework.need("contractParties")?.list(16)?;
    for party in parties {
        if !discounts.iter().any(|discount| Ok(discount.party.as_str()) == party.text().map_err(|_| ())) {
            return party.refuse("a party of the discounts");
        }
    }
    if parties.len() != discounts.len() {
        return Err(Fault::new(framework.at, "names other parties than the discounts do"));
    }
    let mut currencies = Vec::new();
    for (name, value) in framework.need("partyInformation")?.open_object()?.members {
        if !discounts.iter().any(|discount| discount.party == *name) {
            return Err(Fault::new(value.at, "is not a party of the discounts"));
        }
        let party = value.object(&["contractCurrency", "defaultTadigCodes"])?;
        if let Some(codes) = party.get("defaultTadigCodes") {
            tadigs(codes)?;
        }
        currencies.push((name.to_string(), party.need("contractCurrency")?.currency()?));
    }
    let payment = framework.optional("payment", |node| node.object(&["taxesIncluded"]))?;
    let taxes_included = match payment {
        Some(payment) => payment.optional("taxesIncluded", Node::bool)?,
        None => None,
    };
    Ok(Contract {
        name: metadata.need("name")?.text()?.to_owned(),
        term: term(&framework.need("term")?.object(&["start", "end"])?, "start", "end")?,
        currencies,
        taxes_included,
        discounts: Vec::new(),
    })
}

fn term(members: &Object<'_, '_>, start: &str, end: &str) -> Parsed<Option<Term>> {
    let (Some(first), Some(last)) = (members.get(start), members.get(end)) else { return Ok(None) };
    let term =
        Term { first: month(first)?, last: month(last)?, text: [first.text()?, last.text()?].map(str::to_owned) };
    if term.last < term.first {
        return last.refuse("a day behind the term's first");
    }
    Ok(Some(term))
}

/// The month of a day, whatever time stands behind it.
fn month(node: &Node<'_>) -> Parsed<Month> {
    let text = node.text()?;
    let found = match (text.get(..4), text.get(4..5), text.get(5..7), text.get(7..8)) {
        (Some(year), Some("-"), Some(month), Some("-")) => Month::parse(&format!("{year}{month}")),
        _ => None,
    };
    match found {
        Some(month) => Ok(month),
        None => node.refuse("a date, YYYY-MM-DD"),
    }
}

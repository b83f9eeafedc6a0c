//! Contracts: who gives which discount to whom (both shapes that are in use).

use std::io::Read;

use gesim_core::{tariff::MAX_TIERS, Tadig};

use super::{
    decimal::Decimal,
    fields::{self, Fault, Object, Parsed},
    json::Node,
    unit::Unit,
};
use crate::error::Result;

const MAX_TADIGS: usize = 512;
const MAX_SERVICES: usize = 256;
const MAX_GROUPS: usize = 64;
/// Services of all groups of all parties; every two of one name are compared.
const MAX_ENTRIES: usize = 1024;

/// A contract of two parties: each gives the other's subscribers a discount in its networks.
#[derive(Debug, Clone)]
pub struct Contract {
    pub name: String,
    /// First and last day as the contract writes them.
    pub term: Option<(String, String)>,
    /// By party: the currency of its discount.
    pub currencies: Vec<(String, String)>,
    pub taxes_included: Option<bool>,
    pub discounts: Vec<Discount>,
}

/// What one party's subscribers pay in the other's networks.
#[derive(Debug, Clone)]
pub struct Discount {
    pub party: String,
    pub condition: Condition,
    pub groups: Vec<Group>,
}

/// When a discount holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    Unconditional,
    Revenue(Commitment),
}

/// Revenue that was promised: what is missing is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    pub basis: Basis,
    pub value: Decimal,
    pub currency: Option<String>,
    pub with_taxes: bool,
}

/// What counts toward a commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The discounted values of the services that are included in it. Usage is rated by the discount.
    Deal,
    /// The charges that were billed, of all services. They are also the deal values.
    Contract,
}

#[derive(Debug, Clone)]
pub struct Group {
    pub homes: Vec<Tadig>,
    pub visitors: Vec<Tadig>,
    pub services: Vec<Service>,
}

#[derive(Debug, Clone)]
pub struct Service {
    pub name: String,
    pub included: bool,
    pub unit: Option<Unit>,
    /// None: the contract names the service without a price, nothing is settled for it.
    pub plan: Option<Plan>,
}

/// How usage is priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Every tier prices the units that lie in it.
    Tiered(Vec<Threshold>),
    /// The tier that is reached prices all units, from the first on.
    BackToFirst(Vec<Threshold>),
    /// What the other direction matches, and the rest.
    Balanced { balanced: Vec<Threshold>, unbalanced: Vec<Threshold> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    pub start: Decimal,
    /// For one unit.
    pub linear: Decimal,
    /// Once, when usage gets past the start.
    pub fixed: Decimal,
}

impl Contract {
    pub fn read(inner: impl Read) -> Result<Self> {
        fields::read(inner, Self::parse)
    }

    pub(super) fn parse(root: &Node<'_>) -> Parsed<Self> {
        const KNOWN: &[&str] = &["version", "metadata", "framework", "generalInformation", "discounts"];
        let root = root.object(KNOWN)?;
        let discounts = discounts(root.need("discounts")?)?;
        let mut contract = match (root.get("generalInformation"), root.get("framework")) {
            (Some(general), None) => older(general, &discounts)?,
            (None, Some(framework)) => newer(&root, framework, &discounts)?,
            _ => {
                return Err(Fault::new(root.at, "has to have either `framework` or `generalInformation`")
                    .hint("a contract is the body alone, without the envelope that carried it"))
            }
        };
        contract.discounts = discounts;
        Ok(contract)
    }
}

fn older(general: &Node<'_>, discounts: &[Discount]) -> Parsed<Contract> {
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

fn newer(root: &Object<'_, '_>, framework: &Node<'_>, discounts: &[Discount]) -> Parsed<Contract> {
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

fn term(members: &Object<'_, '_>, start: &str, end: &str) -> Parsed<Option<(String, String)>> {
    let date = |name| members.optional(name, |node| node.text().map(str::to_owned));
    Ok(date(start)?.zip(date(end)?))
}

/// The discounts of both parties, in the order of the file.
pub(crate) fn discounts(node: &Node<'_>) -> Parsed<Vec<Discount>> {
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
        services: services.iter().map(service).collect::<Parsed<_>>()?,
    })
}

fn tadigs(node: &Node<'_>) -> Parsed<Vec<Tadig>> {
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

fn service(node: &Node<'_>) -> Parsed<Service> {
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

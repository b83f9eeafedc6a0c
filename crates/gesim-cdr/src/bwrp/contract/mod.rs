//! Contracts: who gives which discount to whom (both shapes that are in use).

mod discounts;
mod parties;
mod plan;

use std::io::Read;

use gesim_core::Tadig;

pub(super) use discounts::discounts;

use super::{
    decimal::Decimal,
    document,
    fields::{self, Fault, Parsed},
    json::Node,
    month::Month,
    unit::Unit,
};
use crate::error::Result;

/// A contract of two parties: each gives the other's subscribers a discount in its networks.
#[derive(Debug, Clone)]
pub struct Contract {
    pub name: String,
    pub term: Option<Term>,
    /// By party: the currency of its discount.
    pub currencies: Vec<(String, String)>,
    pub taxes_included: Option<bool>,
    pub discounts: Vec<Discount>,
}

/// From when until when a contract holds, by month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub first: Month,
    pub last: Month,
    /// Both days as the contract writes them.
    pub text: [String; 2],
}

impl Term {
    pub fn covers(&self, month: Month) -> bool {
        (self.first..=self.last).contains(&month)
    }
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
        fields::read(inner, |root| {
            document::must_be(root, document::CONTRACT)?;
            Self::parse(root)
        })
    }

    pub(super) fn parse(root: &Node<'_>) -> Parsed<Self> {
        const KNOWN: &[&str] = &["version", "metadata", "framework", "generalInformation", "discounts"];
        let root = root.object(KNOWN)?;
        let discounts = discounts(root.need("discounts")?)?;
        let mut contract = match (root.get("generalInformation"), root.get("framework")) {
            (Some(general), None) => parties::older(general, &discounts)?,
            (None, Some(framework)) => parties::newer(&root, framework, &discounts)?,
            _ => {
                return Err(Fault::new(root.at, "has to have either `framework` or `generalInformation`")
                    .hint("a contract is the body alone, without the envelope that carried it"))
            }
        };
        contract.discounts = discounts;
        Ok(contract)
    }
}

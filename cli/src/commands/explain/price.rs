//! From amounts in tariff units to stablecoin.

use std::fmt;

use anyhow::Result;
use gesim_core::{
    money::mul_div,
    tariff::{sum, tax},
};
use serde::Serialize;
use settlement::state::{Agreement, Statement, Terms};

use crate::output::as_text;

/// The sum of a period's lanes, taxed and exchanged: the program's own steps.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    /// Tariff units.
    #[serde(serialize_with = "as_text")]
    lanes: u64,
    /// Missing to the commitment, tariff units.
    #[serde(serialize_with = "as_text")]
    shortfall: u64,
    tax_bps: u16,
    #[serde(serialize_with = "as_text")]
    tax: u64,
    #[serde(serialize_with = "as_text")]
    gross: u64,
    #[serde(serialize_with = "as_text")]
    numerator: u64,
    #[serde(serialize_with = "as_text")]
    denominator: u64,
    rate_date: u32,
    rate_source: String,
    /// Stablecoin of the smallest unit.
    #[serde(serialize_with = "as_text")]
    billed: u64,
}

impl Price {
    /// Of these costs at the statement's exchange rate.
    pub fn new(
        agreement: &Agreement,
        terms: &Terms,
        statement: &Statement,
        costs: impl Iterator<Item = u64>,
        shortfall: u64,
    ) -> Result<Self> {
        let rounding = agreement.frame.rounding()?;
        let mut amounts = [0; 8];
        amounts.iter_mut().zip(costs).for_each(|(amount, cost)| *amount = cost);
        let lanes = sum(&amounts)?;
        let net = lanes.checked_add(shortfall).ok_or(gesim_core::CoreError::Overflow)?;
        let tax = tax(net, terms.head.tax_bps, rounding)?;
        let gross = net.checked_add(tax).ok_or(gesim_core::CoreError::Overflow)?;
        let Statement { numerator, denominator, rate_date, .. } = *statement;
        let source: Vec<u8> = terms.head.rate_source.into_iter().take_while(|byte| *byte != 0).collect();
        Ok(Self {
            lanes,
            shortfall,
            tax_bps: terms.head.tax_bps,
            tax,
            gross,
            numerator,
            denominator,
            rate_date,
            rate_source: String::from_utf8_lossy(&source).into_owned(),
            billed: mul_div(gross, numerator, denominator, rounding)?,
        })
    }

    /// Stablecoin of the smallest unit.
    pub fn billed(&self) -> u64 {
        self.billed
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lanes, shortfall, tax, gross, numerator, denominator, rate_date, billed, .. } = self;
        write!(f, "  lanes {lanes}")?;
        if *shortfall > 0 {
            write!(f, ", missing to the commitment {shortfall}")?;
        }
        let percent = crate::amount::format(u64::from(self.tax_bps), 2);
        writeln!(f, ", tax of {percent} % {tax}: {gross} tariff units")?;
        let source = if self.rate_source.is_empty() { String::new() } else { format!(" by {}", self.rate_source) };
        writeln!(
            f,
            "  exchanged at {numerator} / {denominator}, published {rate_date}{source}: {billed} stablecoin units"
        )
    }
}

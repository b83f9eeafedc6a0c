//! The block of terms as it is written, before anything is converted. Fields that can be wrong know where they stand.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use gesim_core::{money::Rounding, Lane, Measure, Tadig};
use serde::{
    de::{Deserializer, Error},
    Deserialize,
};
use settlement::state::TimeoutRule;

use toml::Spanned;

/// A text and its place in the block.
pub type Text = Spanned<String>;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Block {
    pub number: u32,
    #[serde(deserialize_with = "measure")]
    pub measure: Measure,
    #[serde(deserialize_with = "rounding")]
    pub rounding: Rounding,
    pub parties: Parties,
    pub money: Money,
    pub time: Time,
    pub disputes: Disputes,
    pub commitment: Option<Commitment>,
    #[serde(default)]
    pub sla: Vec<Spanned<Sla>>,
    pub lanes: BTreeMap<LaneName, Lanes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Parties {
    #[serde(deserialize_with = "parsed")]
    pub mno: Tadig,
    #[serde(deserialize_with = "parsed")]
    pub mvno: Tadig,
    #[serde(deserialize_with = "parsed")]
    pub mvno_address: Pubkey,
    #[serde(default, deserialize_with = "maybe_parsed")]
    pub arbiter: Option<Pubkey>,
    #[serde(default, deserialize_with = "maybe_parsed")]
    pub reverse: Option<Pubkey>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Money {
    pub currency: Text,
    pub decimals: Spanned<u8>,
    #[serde(deserialize_with = "parsed")]
    pub mint: Pubkey,
    pub mint_decimals: Spanned<u8>,
    pub rate_source: Text,
    pub prover_reward: Option<Text>,
    pub tax_percent: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Time {
    pub effective_from: Text,
    pub payment_days: u16,
    pub late_days: Spanned<u16>,
    pub prove: Text,
    pub dispute: Text,
    pub resolve: Text,
    pub close_grace: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Disputes {
    #[serde(deserialize_with = "timeout")]
    pub timeout: TimeoutRule,
    pub penalty_percent: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Commitment {
    pub amount: Text,
    pub from: Text,
    pub to: Text,
    pub lanes: Spanned<Vec<LaneName>>,
    pub with_tax: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Sla {
    pub below_percent: Text,
    pub reduction_percent: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Lanes {
    pub per: Text,
    pub increment: Option<Text>,
    #[serde(default, deserialize_with = "maybe_rounding")]
    pub increment_rounding: Option<Rounding>,
    pub price: Option<Text>,
    pub tiers: Option<Spanned<Vec<Spanned<Tier>>>>,
    pub unbalanced_price: Option<Text>,
    pub unbalanced_tiers: Option<Spanned<Vec<Spanned<Tier>>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Tier {
    pub from: Option<Text>,
    pub price: Text,
    pub fixed: Option<Text>,
}

/// A lane by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LaneName(pub Lane);

impl<'de> Deserialize<'de> for LaneName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        let lane = Lane::ALL.into_iter().find(|lane| lane.name() == name);
        let known = "data, voice-mo, voice-mt, sms-mo, sms-mt, service, content, other";
        lane.map(Self).ok_or_else(|| D::Error::custom(format!("there is no lane `{name}`, only {known}")))
    }
}

pub const ROUNDINGS: [(&str, Rounding); 3] =
    [("floor", Rounding::Floor), ("half-even", Rounding::HalfEven), ("ceil", Rounding::Ceil)];
pub const MEASURES: [(&str, Measure); 2] = [("units", Measure::Units), ("charge", Measure::Charge)];
pub const TIMEOUTS: [(&str, TimeoutRule); 3] =
    [("pay", TimeoutRule::Pay), ("drop", TimeoutRule::Drop), ("split", TimeoutRule::Split)];

/// The name of one of few values.
pub fn name_of<T: PartialEq>(of: &[(&'static str, T)], value: &T) -> &'static str {
    of.iter().find(|(_, known)| known == value).map_or("?", |(name, _)| name)
}

fn named<'de, T: Copy, D: Deserializer<'de>>(from: D, of: &[(&'static str, T)]) -> Result<T, D::Error> {
    let name = String::deserialize(from)?;
    let found = of.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let known: Vec<_> = of.iter().map(|(known, _)| *known).collect();
    found.ok_or_else(|| D::Error::custom(format!("`{name}` is none of {}", known.join(", "))))
}

fn rounding<'de, D: Deserializer<'de>>(from: D) -> Result<Rounding, D::Error> {
    named(from, &ROUNDINGS)
}

fn maybe_rounding<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Rounding>, D::Error> {
    rounding(from).map(Some)
}

fn measure<'de, D: Deserializer<'de>>(from: D) -> Result<Measure, D::Error> {
    named(from, &MEASURES)
}

fn timeout<'de, D: Deserializer<'de>>(from: D) -> Result<TimeoutRule, D::Error> {
    named(from, &TIMEOUTS)
}

fn parsed<'de, T: std::str::FromStr<Err: std::fmt::Display>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(|error| D::Error::custom(format!("`{text}`: {error}")))
}

fn maybe_parsed<'de, T: std::str::FromStr<Err: std::fmt::Display>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    parsed(from).map(Some)
}

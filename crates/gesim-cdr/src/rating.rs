//! What a batch will cost: the invoice as the settlement program computes it, before it is sent there (ADR 0002).

use gesim_core::{
    layout::LANES,
    money::Rounding,
    tariff::{invoice, lane_amount, LaneTariff},
    CoreError, Lane,
};
use serde::{Deserialize, Serialize};

/// The prices of one agreement in one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateCard {
    pub rounding: RoundingName,
    /// Smallest stablecoin units for `denominator` tariff units.
    pub numerator: u64,
    pub denominator: u64,
    #[serde(default)]
    pub lanes: LaneRates,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RoundingName {
    Floor,
    HalfEven,
    Ceil,
}

impl From<RoundingName> for Rounding {
    fn from(name: RoundingName) -> Self {
        match name {
            RoundingName::Floor => Self::Floor,
            RoundingName::HalfEven => Self::HalfEven,
            RoundingName::Ceil => Self::Ceil,
        }
    }
}

/// The price of every lane; a lane that is not named costs nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct LaneRates {
    pub data: LaneRate,
    pub voice_mo: LaneRate,
    pub voice_mt: LaneRate,
    pub sms_mo: LaneRate,
    pub sms_mt: LaneRate,
    pub service: LaneRate,
    pub content: LaneRate,
    pub other: LaneRate,
}

impl LaneRates {
    pub fn tariffs(&self) -> [LaneTariff; LANES] {
        let Self { data, voice_mo, voice_mt, sms_mo, sms_mt, service, content, other } = *self;
        [data, voice_mo, voice_mt, sms_mo, sms_mt, service, content, other].map(LaneTariff::from)
    }
}

/// [`LaneTariff`] as it is written in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LaneRate {
    pub threshold: u64,
    pub fixed: u64,
    pub rate_below: u64,
    pub rate_above: u64,
    pub per: u64,
}

impl Default for LaneRate {
    fn default() -> Self {
        let LaneTariff { threshold, fixed, rate_below, rate_above, per } = LaneTariff::FREE;
        Self { threshold, fixed, rate_below, rate_above, per }
    }
}

impl From<LaneRate> for LaneTariff {
    fn from(LaneRate { threshold, fixed, rate_below, rate_above, per }: LaneRate) -> Self {
        Self { threshold, fixed, rate_below, rate_above, per }
    }
}

/// Amounts of the lanes in tariff units, and what they come to in the stablecoin's smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invoice {
    pub lane_amounts: [u64; LANES],
    pub total: u64,
}

impl RateCard {
    pub fn rate(&self, lane_totals: &[u64; LANES]) -> Result<Invoice, RatingError> {
        let rounding = self.rounding.into();
        let tariffs = self.lanes.tariffs();
        let mut lane_amounts = [0; LANES];
        for ((amount, lane), (total, tariff)) in
            lane_amounts.iter_mut().zip(Lane::ALL).zip(lane_totals.iter().zip(&tariffs))
        {
            *amount = lane_amount(*total, tariff, rounding).map_err(|source| RatingError::Lane { lane, source })?;
        }
        let total = invoice(&lane_amounts, self.numerator, self.denominator, rounding)?;
        Ok(Invoice { lane_amounts, total })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RatingError {
    #[error("lane {}", .lane.name())]
    Lane { lane: Lane, source: CoreError },
    #[error("the exchange of the lanes' sum")]
    Exchange(#[from] CoreError),
}

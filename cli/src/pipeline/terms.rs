//! What the parties agree on, made to fit the file.

use anyhow::{Context, Result};
use gesim_cdr::tap::Summary;
use gesim_core::{
    layout::LANES,
    money::{Rounding, BASIS_POINTS},
    tariff::{invoice, lane_amount, LaneTariff},
    Lane, Measure,
};

use super::cast::DECIMALS;

pub const DAY: u32 = 86_400;
pub const MARGIN_BPS: u16 = 1_000;
pub const ROUNDING: Rounding = Rounding::HalfEven;

/// Prices of units, in thousandths of the currency: where the file's own charges are not what is billed.
fn unit_tariff() -> [LaneTariff; LANES] {
    let (call, answered) = (LaneTariff::flat(90, 60), LaneTariff::flat(20, 60));
    let (message, event) = (LaneTariff::flat(30, 1), LaneTariff::flat(10, 1));
    [LaneTariff::flat(2, 100_000), call, answered, message, LaneTariff::FREE, event, event, event]
}

/// What the parties agree on, made to fit the file.
pub struct Terms {
    pub measure: Measure,
    pub decimals: u8,
    pub tariff: [LaneTariff; LANES],
    pub period: u32,
    pub sequence: u32,
    /// Stablecoin units for one tariff unit.
    pub rate: (u64, u64),
    /// Stablecoin of one unit of the plan.
    pub price: u64,
    pub activation_window: u32,
}

impl Terms {
    /// One unit of the file's currency costs one stablecoin, and one unit of the plan covers the file.
    pub fn new(summary: &Summary, measure: Measure) -> Result<Self> {
        let (tariff, decimals) = match measure {
            Measure::Charge => ([LaneTariff::flat(1, 1); LANES], summary.decimals),
            Measure::Units => (unit_tariff(), 3),
        };
        let scale = 10u64.pow(u32::from(DECIMALS));
        let parts = 10u64.checked_pow(u32::from(decimals)).context("the file's charges have too many decimals")?;
        let mut amounts = [0; LANES];
        for lane in &summary.lanes {
            let at = Lane::ALL.iter().position(|known| known.name() == lane.lane).context("a lane has no name")?;
            let total = match measure {
                Measure::Charge => lane.totals.charge,
                Measure::Units => lane.totals.units,
            };
            amounts[at] = lane_amount(total, &tariff[at], ROUNDING)?;
        }
        let invoice = invoice(&amounts, scale, parts, ROUNDING)?;
        let wholesale = u128::from(BASIS_POINTS - MARGIN_BPS);
        let coins = (u128::from(invoice) * u128::from(BASIS_POINTS)).div_ceil(wholesale).div_ceil(u128::from(scale));
        let price = u64::try_from(coins).ok().and_then(|coins| coins.checked_mul(scale));
        let price = price.context("the file's charges are too large for a demonstration")?;
        Ok(Self {
            measure,
            decimals,
            tariff,
            period: crate::parse::period_of(summary.available.unix()),
            sequence: summary.sequence,
            rate: (scale, parts),
            price: price.max(5 * scale),
            activation_window: 7 * DAY,
        })
    }
}

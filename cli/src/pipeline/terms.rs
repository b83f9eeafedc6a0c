//! What the parties agree on, made to fit the file: a document like any other.

use anyhow::{anyhow, Context, Result};
use gesim_agreement::{Document, Money, Outline, Parties};
use gesim_cdr::FileSummary;
use gesim_core::{
    layout::LANES,
    money::{Rounding, BASIS_POINTS},
    period::days,
    tariff::invoice,
    Lane, Measure,
};
use settlement::{state::terms::MAX_LATE_DAYS, ExchangeRate};
use solana_signer::Signer;

use super::cast::{Cast, DECIMALS};

pub const DAY: u32 = 86_400;
pub const MARGIN_BPS: u16 = 1_000;
/// The prover's reward for a chunk: a cent.
const PROVER_REWARD: u64 = 10_000;
/// Decimals of the currency where units are priced.
const UNIT_DECIMALS: u8 = 3;
/// How old records may be, when the file has none that are older.
const LATE_DAYS: u32 = 30;

pub struct Terms {
    pub measure: Measure,
    /// What both sides sign.
    pub document: Document,
    pub period: u32,
    pub sequence: u32,
    /// Stablecoin units for one tariff unit.
    pub rate: ExchangeRate,
    /// Stablecoin of one unit of the plan.
    pub price: u64,
    pub activation_window: u32,
}

impl Terms {
    /// One unit of the file's currency costs one stablecoin, and one unit of the plan covers the file.
    pub fn new(summary: &FileSummary, measure: Measure, cast: &Cast) -> Result<Self> {
        let made = summary
            .available
            .or(summary.latest)
            .or(summary.earliest)
            .context("the file does not say when it was made")?;
        let period = crate::parse::period_of(made.unix());
        let decimals = if measure == Measure::Charge { summary.decimals } else { UNIT_DECIMALS };
        let document = document(summary, measure, cast, period, decimals)?;
        let scale = 10u64.pow(u32::from(DECIMALS));
        let parts = 10u64.checked_pow(u32::from(decimals)).context("the file's charges have too many decimals")?;
        let invoice = expected(summary, measure, &document, (scale, parts))?;
        let wholesale = u128::from(BASIS_POINTS - MARGIN_BPS);
        let coins = (u128::from(invoice) * u128::from(BASIS_POINTS)).div_ceil(wholesale).div_ceil(u128::from(scale));
        let price = u64::try_from(coins).ok().and_then(|coins| coins.checked_mul(scale));
        let price = price.context("the file's charges are too large for a demonstration")?;
        Ok(Self {
            measure,
            document,
            period,
            sequence: summary.sequence.unwrap_or(1),
            rate: ExchangeRate { numerator: scale, denominator: parts, date: period * 100 + 1 },
            price: price.max(5 * scale),
            activation_window: 7 * DAY,
        })
    }
}

/// The document of these two, from what the file says.
fn document(summary: &FileSummary, measure: Measure, cast: &Cast, period: u32, decimals: u8) -> Result<Document> {
    let iso = |code: &&String| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    // ISO 4217 calls `XXX` what is no currency
    let currency = summary.currency.as_ref().filter(iso).cloned().unwrap_or_else(|| "XXX".into());
    let outline = Outline {
        number: 1,
        parties: Parties { mno: cast.sender, mvno: cast.recipient, mvno_address: cast.mvno.pubkey() },
        money: Money { currency, mint: cast.coin.pubkey(), mint_decimals: DECIMALS },
        decimals,
        measure,
        effective_from: period,
    };
    let mut contract = outline.contract()?;
    contract.frame.prover_reward = PROVER_REWARD;
    contract.head.late_days = late_days(summary, period)?;
    let text = contract.to_document();
    Document::parse(text.as_bytes()).map_err(|error| anyhow!("no agreement fits this file: {}", error.reason))
}

/// So many that the file's oldest record may still be billed.
fn late_days(summary: &FileSummary, period: u32) -> Result<u16> {
    let (first, _) = days(period)?;
    let oldest = summary.earliest.and_then(|stamp| u32::try_from(stamp.unix() / i64::from(DAY)).ok()).unwrap_or(first);
    // a day more: records count their days by local time
    let late = first.saturating_sub(oldest).saturating_add(1).clamp(LATE_DAYS, u32::from(MAX_LATE_DAYS));
    Ok(u16::try_from(late).unwrap_or(MAX_LATE_DAYS))
}

/// What the program will bill, by the same code.
fn expected(summary: &FileSummary, measure: Measure, document: &Document, rate: (u64, u64)) -> Result<u64> {
    let rounding: Rounding = document.contract.frame.rounding()?;
    let mut amounts = [0; LANES];
    for lane in &summary.lanes {
        let at = Lane::ALL.iter().position(|known| known.name() == lane.lane).context("a lane has no name")?;
        let total = match measure {
            Measure::Charge => lane.totals.charge,
            Measure::Units => lane.totals.units,
        };
        if let Some(terms) = document.contract.lanes.iter().find(|terms| usize::from(terms.lane) == at) {
            amounts[at] = terms.amount(total, None, rounding)?;
        }
    }
    Ok(invoice(&amounts, document.contract.head.tax_bps, rate.0, rate.1, rounding)?)
}

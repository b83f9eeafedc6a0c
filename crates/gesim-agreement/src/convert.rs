//! From the block as it is written to the program's types: exactly, or not at all.

use anchor_lang::prelude::Pubkey;
use gesim_core::money::BASIS_POINTS;
use settlement::state::{
    agreement::{MAX_DECIMALS, MAX_WINDOW},
    terms::{RevenueCommitment, SlaStep, MAX_LATE_DAYS, MAX_PENALTY_BPS, MAX_SLA_STEPS},
    Frame, TermsHead,
};
use toml::Spanned;

use crate::{
    contract::{Contract, Located, Money, Parties},
    error::Reason,
    lanes,
    quantity::{decimal, percent, period, span},
    raw::{self, Block, Text},
};

pub type Result<T> = std::result::Result<T, Located>;

/// Gives a refusal the place of what it is about.
pub fn at<T, V>(value: &Spanned<V>, result: std::result::Result<T, Reason>) -> Result<T> {
    result.map_err(|reason| Located { byte: value.span().start, reason })
}

fn read<T>(text: &Text, how: impl FnOnce(&str) -> std::result::Result<T, Reason>) -> Result<T> {
    at(text, how(text.get_ref()))
}

pub fn contract(block: Block) -> Result<Contract> {
    let currency = read(&block.money.currency, currency)?;
    let decimals = at(&block.money.decimals, decimals(*block.money.decimals.get_ref()))?;
    let mint_decimals = at(&block.money.mint_decimals, self::decimals(*block.money.mint_decimals.get_ref()))?;
    let frame = Frame {
        measure: block.measure as u8,
        currency_decimals: decimals,
        rounding: block.rounding as u8,
        prove_window: read(&block.time.prove, window)?,
        dispute_window: read(&block.time.dispute, window)?,
        resolve_window: read(&block.time.resolve, window)?,
        prover_reward: match &block.money.prover_reward {
            Some(reward) => read(reward, |text| decimal(text, mint_decimals))?,
            None => 0,
        },
    };
    let head = head(&block, decimals)?;
    let lanes = lanes::lanes(&block.lanes, block.measure, &currency, decimals)?;
    if let Some(text) = block.lanes.values().find_map(|lane| lane.unbalanced_place()) {
        if head.reverse == Pubkey::default() {
            return Err(Located { byte: text, reason: Reason::NoReverse });
        }
    }
    let raw::Parties { mno, mvno, mvno_address, .. } = block.parties;
    Ok(Contract {
        number: block.number,
        parties: Parties { mno, mvno, mvno_address },
        money: Money { currency, mint: block.money.mint, mint_decimals },
        frame,
        head,
        lanes,
    })
}

fn head(block: &Block, decimals: u8) -> Result<TermsHead> {
    let whole = u32::from(BASIS_POINTS);
    let percentage = |text: &Option<Text>, most| match text {
        Some(text) => read(text, |text| percent(text, most)),
        None => Ok(0),
    };
    let effective_from = read(&block.time.effective_from, period)?;
    let late_days = *block.time.late_days.get_ref();
    if late_days > MAX_LATE_DAYS {
        return at(&block.time.late_days, Err(Reason::Limit("`late-days`")));
    }
    Ok(TermsHead {
        effective_from,
        prose_hash: [0; 32],
        tax_bps: small(percentage(&block.money.tax_percent, whole)?),
        commitment: match &block.commitment {
            Some(commitment) => self::commitment(commitment, decimals, effective_from)?,
            None => RevenueCommitment::default(),
        },
        arbiter: block.parties.arbiter.unwrap_or_default(),
        timeout_rule: block.disputes.timeout,
        payment_days: block.time.payment_days,
        late_days,
        penalty_bps: percentage(&block.disputes.penalty_percent, MAX_PENALTY_BPS)?,
        reverse: block.parties.reverse.unwrap_or_default(),
        close_grace: read(&block.time.close_grace, grace)?,
        rate_source: read(&block.money.rate_source, rate_source)?,
        sla: sla(&block.sla)?,
    })
}

fn commitment(raw: &raw::Commitment, decimals: u8, effective_from: u32) -> Result<RevenueCommitment> {
    let amount = read(&raw.amount, |text| decimal(text, decimals))?;
    if amount == 0 {
        return at(&raw.amount, Err(Reason::Value { what: "a commitment", text: raw.amount.get_ref().clone() }));
    }
    let (from, to) = (read(&raw.from, period)?, read(&raw.to, period)?);
    if from < effective_from {
        let what = "a month in which the terms are effective";
        return at(&raw.from, Err(Reason::Value { what, text: raw.from.get_ref().clone() }));
    }
    if to < from {
        return at(&raw.to, Err(Reason::Value { what: "a month behind `from`", text: raw.to.get_ref().clone() }));
    }
    let lanes = raw.lanes.get_ref().iter().fold(0u8, |bits, lane| bits | 1u8.wrapping_shl(lane.0 as u32));
    let named = u32::try_from(raw.lanes.get_ref().len()).unwrap_or(u32::MAX);
    if lanes == 0 || lanes.count_ones() != named {
        let what = "a list of lanes, each once";
        return at(&raw.lanes, Err(Reason::Value { what, text: format!("{named} lanes") }));
    }
    Ok(RevenueCommitment { amount, from, to, lanes, with_tax: raw.with_tax })
}

fn sla(steps: &[Spanned<raw::Sla>]) -> Result<Vec<SlaStep>> {
    let mut made: Vec<SlaStep> = Vec::new();
    for step in steps {
        let share = |text: &Text| read(text, |text| percent(text, u32::from(BASIS_POINTS))).map(small);
        let next = SlaStep {
            below_bps: share(&step.get_ref().below_percent)?,
            reduction_bps: share(&step.get_ref().reduction_percent)?,
        };
        if made.last().is_some_and(|last| last.below_bps >= next.below_bps) {
            let text = step.get_ref().below_percent.get_ref().clone();
            return at(step, Err(Reason::Value { what: "above the availability of the step before", text }));
        }
        if made.len() >= MAX_SLA_STEPS {
            return at(step, Err(Reason::Limit("the number of SLA steps")));
        }
        made.push(next);
    }
    Ok(made)
}

/// Basis points of at most a whole.
fn small(bps: u32) -> u16 {
    u16::try_from(bps).unwrap_or(u16::MAX)
}

fn decimals(value: u8) -> std::result::Result<u8, Reason> {
    (value <= MAX_DECIMALS).then_some(value).ok_or(Reason::Limit("the number of decimals"))
}

fn currency(text: &str) -> std::result::Result<String, Reason> {
    let good = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    good.then(|| text.to_string())
        .ok_or_else(|| Reason::Value { what: "a currency code such as EUR", text: text.into() })
}

fn grace(text: &str) -> std::result::Result<u32, Reason> {
    span(text).and_then(|seconds| (seconds <= MAX_WINDOW).then_some(seconds).ok_or(Reason::Limit("the time span")))
}

fn window(text: &str) -> std::result::Result<u32, Reason> {
    let zero = || Reason::Value { what: "a time span of at least a second", text: text.into() };
    grace(text).and_then(|seconds| (seconds > 0).then_some(seconds).ok_or_else(zero))
}

fn rate_source(text: &str) -> std::result::Result<[u8; 32], Reason> {
    let mut source = [0; 32];
    let bad = || Reason::Value { what: "a source of at most 32 plain characters", text: text.into() };
    let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !text.trim().is_empty();
    match source.get_mut(..text.len()) {
        Some(place) if plain => place.copy_from_slice(text.as_bytes()),
        _ => return Err(bad()),
    }
    Ok(source)
}

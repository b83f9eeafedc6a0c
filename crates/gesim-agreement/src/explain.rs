//! What the terms mean, in words: a table that people read before they sign.

use std::fmt;

use anchor_lang::prelude::Pubkey;
use gesim_core::{layout::LANES, money::Rounding, Measure};
use settlement::state::{LaneTerms, Tier, TimeoutRule};

use crate::{
    contract::Contract,
    quantity::{lane, show_decimal, show_percent, show_period, Counting},
    write::committed,
};

/// One thing that the terms say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub item: String,
    pub meaning: String,
}

/// Every term in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsTable(pub Vec<Row>);

impl fmt::Display for TermsTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|row| row.item.len()).max().unwrap_or(0);
        self.0.iter().try_for_each(|Row { item, meaning }| writeln!(f, "{item:<width$}  {meaning}"))
    }
}

/// Puts every term of a contract in words.
pub fn terms_table(contract: &Contract) -> TermsTable {
    let mut rows = Vec::new();
    let mut say = |item: &str, meaning: String| rows.push(Row { item: item.into(), meaning });
    parties(contract, &mut say);
    for terms in &contract.lanes {
        let (Some(lane), Some(counting)) = (lane(terms.lane), contract.counting(terms.lane)) else { continue };
        say(&format!("lane {}", lane.name()), lane_in_words(terms, &counting));
    }
    if contract.lanes.len() < LANES {
        say("other lanes", "cost nothing".into());
    }
    money(contract, &mut say);
    times(contract, &mut say);
    disputes(contract, &mut say);
    TermsTable(rows)
}

fn parties(contract: &Contract, say: &mut impl FnMut(&str, String)) {
    let Contract { number, parties, money, .. } = contract;
    say("agreement", format!("number {number}: {} bills {} ({})", parties.mno, parties.mvno, parties.mvno_address));
    let counts = match contract.measure() {
        Measure::Units => "units of every lane are counted and priced here".into(),
        Measure::Charge => format!("the files' own charges in {} are counted and priced here", money.currency),
    };
    say("measure", counts);
}

fn money(contract: &Contract, say: &mut impl FnMut(&str, String)) {
    let Contract { money, frame, head, .. } = contract;
    let rounding = frame.rounding().map_or("?", in_words);
    say(
        "prices",
        format!("in {} with {} decimals, every division {rounding}", money.currency, frame.currency_decimals),
    );
    if head.tax_bps > 0 {
        say("tax", format!("{} % on the sum of the lanes", show_percent(u32::from(head.tax_bps))));
    }
    say("payment", format!("in the token {} ({} decimals)", money.mint, money.mint_decimals));
    say(
        "exchange rate",
        format!("as {} publishes it; both sides sign rate and day of every period", contract.rate_source()),
    );
    if frame.prover_reward > 0 {
        let reward = show_decimal(frame.prover_reward, money.mint_decimals);
        say("prover", format!("gets {reward} tokens for a proven chunk, out of the operator's share"));
    }
    let commitment = &head.commitment;
    if commitment.amount > 0 {
        let lanes: Vec<_> = committed(commitment.lanes).map(|lane| lane.name()).collect();
        let tax = if commitment.with_tax { "with tax" } else { "without tax" };
        let amount = show_decimal(commitment.amount, frame.currency_decimals);
        let (from, to) = (show_period(commitment.from), show_period(commitment.to));
        let of = format!("{amount} {} {tax}, from {from} to {to}, of {}", money.currency, lanes.join(", "));
        say("commitment", format!("at least {of}; what is missing is billed after the last period"));
    }
}

fn times(contract: &Contract, say: &mut impl FnMut(&str, String)) {
    let Contract { frame, head, .. } = contract;
    say("effective", format!("from {} on", show_period(head.effective_from)));
    say("payment due", format!("{} days after the invoice", head.payment_days));
    say("late records", format!("may have begun up to {} days before their period", head.late_days));
    say("proofs", format!("within {} of a batch's commitment", span_in_words(frame.prove_window)));
    say("closing", format!("anyone may close a period {} after its end", span_in_words(head.close_grace)));
}

fn disputes(contract: &Contract, say: &mut impl FnMut(&str, String)) {
    let Contract { frame, head, .. } = contract;
    say(
        "disputes",
        format!("within {} of an invoice; the undisputed part is paid at once", span_in_words(frame.dispute_window)),
    );
    let end = match head.timeout_rule {
        TimeoutRule::Pay => "the disputed part is paid",
        TimeoutRule::Drop => "the disputed part is dropped",
        TimeoutRule::Split => "half of the disputed part is paid",
    };
    say("no decision", format!("in {} after the dispute: {end}", span_in_words(frame.resolve_window)));
    if head.arbiter != Pubkey::default() {
        say("arbiter", format!("{} may decide disputes", head.arbiter));
    }
    say(
        "wrong records",
        format!("billed twice or outside their period: given back, and {} % on top", show_percent(head.penalty_bps)),
    );
    if head.reverse != Pubkey::default() {
        say("other direction", format!("agreement {}", head.reverse));
    }
    for step in &head.sla {
        let [below, reduction] = [step.below_bps, step.reduction_bps].map(|bps| show_percent(u32::from(bps)));
        say("availability", format!("below {below} %: {reduction} % less"));
    }
}

fn lane_in_words(terms: &LaneTerms, counting: &Counting) -> String {
    let mut words = tiers_in_words(&terms.tiers, terms.per, counting);
    if !terms.unbalanced.is_empty() {
        let unbalanced = tiers_in_words(&terms.unbalanced, terms.per, counting);
        words = format!("{words}; what the other direction does not match: {unbalanced}");
    }
    match terms.increment() {
        Ok(increment) if (increment.first, increment.next) != (1, 1) => {
            let [first, next] = [increment.first, increment.next].map(|units| counting.show(u64::from(units)));
            let rounding = in_words(increment.rounding);
            format!("{words}; a record counts {first} at least and steps of {next} from there, {rounding}")
        }
        _ => words,
    }
}

fn tiers_in_words(tiers: &[Tier], per: u64, counting: &Counting) -> String {
    let amount = |amount| format!("{} {}", show_decimal(amount, counting.decimals), counting.currency);
    let price = |tier: &Tier| {
        let fixed = if tier.fixed > 0 { format!(" and {} once", amount(tier.fixed)) } else { String::new() };
        match tier.rate {
            0 if tier.fixed == 0 => "nothing".into(),
            0 => format!("{} once", amount(tier.fixed)),
            rate => format!("{} for {}{fixed}", amount(rate), counting.show(per)),
        }
    };
    let from = |tier: &Tier| match tier.start {
        0 => price(tier),
        start => format!("beyond {} {}", counting.show(start), price(tier)),
    };
    match tiers {
        [] => "nothing".into(),
        tiers => tiers.iter().map(from).collect::<Vec<_>>().join(", "),
    }
}

fn in_words(rounding: Rounding) -> &'static str {
    match rounding {
        Rounding::Floor => "rounded down",
        Rounding::HalfEven => "rounded to the nearest, ties to even",
        Rounding::Ceil => "rounded up",
    }
}

/// Seconds as people say them.
fn span_in_words(seconds: u32) -> String {
    let units = [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)];
    let whole = units.iter().find(|(_, unit)| seconds.checked_rem(*unit) == Some(0));
    let (name, unit) = whole.copied().unwrap_or(("second", 1));
    let count = seconds.checked_div(unit).unwrap_or(seconds);
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

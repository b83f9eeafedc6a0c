//! From terms to the block that says them: what is written is read again as the same terms.

use std::fmt::Write as _;

use anchor_lang::prelude::Pubkey;
use gesim_core::{money::Rounding, Increment, Lane};
use settlement::state::{LaneTerms, Tier};

use crate::{
    contract::Contract,
    document::{CLOSING, OPENING},
    quantity::{lane, show_decimal, show_percent, show_period, show_span, Counting},
    raw::{name_of, MEASURES, ROUNDINGS, TIMEOUTS},
};

impl Contract {
    /// The whole block with its fences.
    pub fn to_block(&self) -> String {
        format!("{OPENING}\n{}{CLOSING}\n", self.to_toml())
    }

    fn to_toml(&self) -> String {
        let Self { number, parties, money, frame, head, .. } = self;
        let rounding = frame.rounding().unwrap_or(Rounding::HalfEven);
        let decimals = frame.currency_decimals;
        let mut out = String::new();
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        line(format!("number = {number}"));
        line(format!("measure = \"{}\"", name_of(&MEASURES, &self.measure())));
        line(format!("rounding = \"{}\"", name_of(&ROUNDINGS, &rounding)));
        line(format!("\n[parties]\nmno = \"{}\"\nmvno = \"{}\"", parties.mno, parties.mvno));
        line(format!("mvno-address = \"{}\"", parties.mvno_address));
        for (name, key) in [("arbiter", head.arbiter), ("reverse", head.reverse)] {
            if key != Pubkey::default() {
                line(format!("{name} = \"{key}\""));
            }
        }
        line(format!("\n[money]\ncurrency = \"{}\"\ndecimals = {decimals}", money.currency));
        line(format!("mint = \"{}\"\nmint-decimals = {}", money.mint, money.mint_decimals));
        line(format!("rate-source = {}", quoted(&self.rate_source())));
        line(format!("prover-reward = \"{}\"", show_decimal(frame.prover_reward, money.mint_decimals)));
        line(format!("tax-percent = \"{}\"", show_percent(u32::from(head.tax_bps))));
        line(format!("\n[time]\neffective-from = \"{}\"", show_period(head.effective_from)));
        line(format!("payment-days = {}\nlate-days = {}", head.payment_days, head.late_days));
        let spans = [
            ("prove", frame.prove_window),
            ("dispute", frame.dispute_window),
            ("resolve", frame.resolve_window),
            ("close-grace", head.close_grace),
        ];
        spans.iter().for_each(|(name, seconds)| line(format!("{name} = \"{}\"", show_span(*seconds))));
        line(format!("\n[disputes]\ntimeout = \"{}\"", name_of(&TIMEOUTS, &head.timeout_rule)));
        line(format!("penalty-percent = \"{}\"", show_percent(head.penalty_bps)));
        let commitment = &head.commitment;
        if commitment.amount > 0 {
            let (from, to) = (show_period(commitment.from), show_period(commitment.to));
            line(format!("\n[commitment]\namount = \"{}\"", show_decimal(commitment.amount, decimals)));
            line(format!("from = \"{from}\"\nto = \"{to}\""));
            let lanes: Vec<_> = committed(commitment.lanes).map(|lane| format!("\"{}\"", lane.name())).collect();
            line(format!("lanes = [{}]\nwith-tax = {}", lanes.join(", "), commitment.with_tax));
        }
        for step in &head.sla {
            let [below, reduction] = [step.below_bps, step.reduction_bps].map(|bps| show_percent(u32::from(bps)));
            line(format!("\n[[sla]]\nbelow-percent = \"{below}\"\nreduction-percent = \"{reduction}\""));
        }
        if self.lanes.is_empty() {
            out.push_str("\n[lanes]\n");
        }
        self.lanes.iter().for_each(|terms| self.write_lane(&mut out, terms));
        out
    }

    fn write_lane(&self, out: &mut String, terms: &LaneTerms) {
        let (Some(lane), Some(counting)) = (lane(terms.lane), self.counting(terms.lane)) else { return };
        // writing into a string does not fail
        let _ = writeln!(out, "\n[lanes.{}]\nper = \"{}\"", lane.name(), counting.show(terms.per));
        if (terms.first, terms.next) != (1, 1) {
            let [first, next] = [terms.first, terms.next].map(|units| counting.show(u64::from(units)));
            let _ = writeln!(out, "increment = \"{first}/{next}\"");
        }
        // what is left of a step: rounded up unless the block says otherwise
        let increment = terms.increment().ok();
        if let Some(increment) = increment.filter(|increment| *increment != Increment::EXACT) {
            let _ = writeln!(out, "increment-rounding = \"{}\"", name_of(&ROUNDINGS, &increment.rounding));
        }
        write_prices(out, "", &terms.tiers, &counting);
        write_prices(out, "unbalanced-", &terms.unbalanced, &counting);
    }

    /// Who publishes the exchange rate.
    pub fn rate_source(&self) -> String {
        let text = self.head.rate_source.iter().take_while(|byte| **byte != 0);
        text.map(|byte| char::from(*byte)).collect()
    }
}

/// Lanes that count toward a commitment.
pub(crate) fn committed(bits: u8) -> impl Iterator<Item = Lane> {
    Lane::ALL.into_iter().filter(move |lane| bits & 1u8.wrapping_shl(*lane as u32) != 0)
}

fn write_prices(out: &mut String, prefix: &str, tiers: &[Tier], counting: &Counting) {
    let money = |amount| show_decimal(amount, counting.decimals);
    match tiers {
        [] => {}
        [Tier { start: 0, rate, fixed: 0 }] => {
            let _ = writeln!(out, "{prefix}price = \"{}\"", money(*rate));
        }
        tiers => {
            let _ = writeln!(out, "{prefix}tiers = [");
            for Tier { start, rate, fixed } in tiers {
                let (from, price, fixed) = (counting.show(*start), money(*rate), money(*fixed));
                let _ = writeln!(out, "  {{ from = \"{from}\", price = \"{price}\", fixed = \"{fixed}\" }},");
            }
            let _ = writeln!(out, "]");
        }
    }
}

/// A TOML string of printable ASCII.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

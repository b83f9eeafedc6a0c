//! Events in words, as far as the node still has the transactions.

use std::{collections::BTreeMap, fmt};

use gesim_client::{
    history::{self, Event, Happened},
    RpcTransport,
};
use gesim_core::Lane;
use serde::Serialize;
use settlement::events::Ending;
use solana_pubkey::Pubkey;

use crate::{amount, commands::batch::moment, output::as_opt_text};

/// What the transactions say, or why they do not.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Past {
    events: Vec<Told>,
    /// Why events may be missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    event: &'static str,
    #[serde(serialize_with = "as_opt_text")]
    at: Option<i64>,
    signature: String,
    words: String,
    /// Stablecoin of the smallest unit.
    amounts: BTreeMap<&'static str, String>,
}

impl Past {
    pub fn of(rpc: &RpcTransport, address: &Pubkey, decimals: u8) -> Self {
        match history::of(rpc, address) {
            Ok(happened) => {
                let events: Vec<Told> = happened.iter().filter_map(|one| told(one, address, decimals)).collect();
                let missing = events.is_empty().then(|| "the node does not keep its transactions any more".into());
                Self { events, missing }
            }
            Err(error) => Self { events: Vec::new(), missing: Some(format!("the node does not tell: {error}")) },
        }
    }
}

fn told(happened: &Happened, address: &Pubkey, decimals: u8) -> Option<Told> {
    let money = |units: u64| amount::format(units, decimals);
    let (words, amounts): (String, Vec<(&'static str, u64)>) = match &happened.event {
        Event::BatchCommitted(e) if e.batch == *address => (
            format!(
                "committed: {} records in {} chunks, under terms {}, prover {}",
                e.records, e.chunks, e.terms, e.prover
            ),
            vec![],
        ),
        Event::ProofsVerified(e) if e.batch == *address => {
            (format!("proofs verified: {} of {} chunks", e.verified_after, e.chunks), vec![])
        }
        Event::TotalsOpened(e) if e.batch == *address => (
            format!("totals opened: invoice {}, the period costs {} with it", money(e.invoice), money(e.billed)),
            vec![("invoice", e.invoice), ("billed", e.billed), ("reward", e.reward)],
        ),
        Event::NoteIssued(e) if e.batch == *address || e.statement == *address => {
            (format!("note {} issued over {}", e.sequence, money(e.invoice)), vec![("invoice", e.invoice)])
        }
        Event::BatchAccepted(e) if e.batch == *address => {
            (format!("accepted: {} is payable", money(e.payable)), vec![("payable", e.payable)])
        }
        Event::BatchDisputed(e) if e.batch == *address => {
            let lanes = Lane::ALL.iter().zip(e.lanes).filter(|(_, amount)| *amount > 0);
            let lanes: Vec<_> = lanes.map(|(lane, amount)| format!("{} {}", lane.name(), money(amount))).collect();
            let words =
                format!("disputed: {} ({}); {} stays payable", money(e.disputed), lanes.join(", "), money(e.payable));
            (words, vec![("disputed", e.disputed), ("payable", e.payable)])
        }
        Event::BatchResolved(e) if e.batch == *address => {
            let by = match e.ending {
                Ending::Both => "both sides agreed",
                Ending::Arbiter => "the arbiter decided",
                Ending::Timeout => "nobody decided in time: the terms' rule",
            };
            let dropped = e.disputed.saturating_sub(e.award);
            let words = format!("dispute ended, {by}: {} paid, {} dropped", money(e.award), money(dropped));
            (words, vec![("disputed", e.disputed), ("award", e.award), ("payable", e.payable)])
        }
        Event::BatchSettled(e) if e.batch == *address => {
            let [mno, prover, set_off, margin] = [e.mno_amount, e.prover_amount, e.set_off, e.margin].map(money);
            let words = format!("paid: operator {mno}, prover {prover}, margin {margin}; set off {set_off}");
            let amounts =
                [("mno", e.mno_amount), ("prover", e.prover_amount), ("setOff", e.set_off), ("margin", e.margin)];
            (words, amounts.to_vec())
        }
        Event::BatchCancelled(e) if e.batch == *address => ("cancelled: not proven in time".into(), vec![]),
        Event::RecordChecked(e) if e.batch == *address => {
            (format!("record shown: chunk {}, position {}", e.chunk, e.position), vec![])
        }
        Event::RecordStruck(e) => {
            let words = format!(
                "record struck out: chunk {}, position {}; the price fell by {}, {} of it is owed back and {} as penalty",
                e.chunk,
                e.position,
                money(e.price_fell),
                money(e.charge),
                money(e.penalty)
            );
            (words, vec![("priceFell", e.price_fell), ("charge", e.charge), ("penalty", e.penalty), ("owed", e.owed)])
        }
        Event::PeriodOpened(e) => (
            format!("opened under terms {} at {} / {}, published {}", e.terms, e.numerator, e.denominator, e.date),
            vec![],
        ),
        Event::PeriodClosed(e) if e.statement == *address => {
            (format!("closed: {} billed", money(e.billed)), vec![("billed", e.billed)])
        }
        Event::StatementRebilled(e) if e.statement == *address => (
            format!(
                "rated anew under terms {}: {} more, {} less; {} waits for a note",
                e.terms,
                money(e.up),
                money(e.down),
                money(e.debit_due)
            ),
            vec![("up", e.up), ("down", e.down), ("billed", e.billed), ("debitDue", e.debit_due)],
        ),
        _ => return None,
    };
    let amounts = amounts.into_iter().map(|(name, amount)| (name, amount.to_string())).collect();
    let signature = happened.signature.to_string();
    Some(Told { event: happened.event.name(), at: happened.at, signature, words, amounts })
}

impl fmt::Display for Past {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Told { at, words, .. } in &self.events {
            writeln!(f, "  {}  {words}", at.map_or_else(|| "some time".into(), moment))?;
        }
        match &self.missing {
            Some(why) => writeln!(f, "  {why}"),
            None => Ok(()),
        }
    }
}

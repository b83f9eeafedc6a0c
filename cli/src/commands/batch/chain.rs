//! A batch as the chain knows it: how far it is, what it costs, and what is left to pay when.

use std::fmt;

use gesim_core::Lane;
use serde::Serialize;
use settlement::state::{Batch as OnChain, BatchKind, BatchState, Terms};

use crate::{
    amount,
    commands::period::Books,
    identity::day,
    output::{as_opt_text, as_text},
};

/// Amounts are of the stablecoin's smallest unit.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chain {
    state: String,
    kind: &'static str,
    /// Version of the terms it was rated under.
    terms: u32,
    verified: u32,
    chunks: u32,
    #[serde(serialize_with = "as_text")]
    invoice: u64,
    #[serde(serialize_with = "as_text")]
    payable: u64,
    #[serde(serialize_with = "as_text")]
    disputed: u64,
    disputed_lanes: Vec<Disputed>,
    /// What disputes have dropped.
    #[serde(serialize_with = "as_text")]
    dropped: u64,
    /// What claims have taken out of the period's price, and what of it the MNO owes back.
    #[serde(serialize_with = "as_text")]
    struck: u64,
    #[serde(serialize_with = "as_text")]
    clawed: u64,
    #[serde(serialize_with = "as_text")]
    paid: u64,
    /// Not paid, because the MNO owed it.
    #[serde(serialize_with = "as_text")]
    set_off: u64,
    /// Payable and neither paid nor set off.
    #[serde(serialize_with = "as_text")]
    due: u64,
    #[serde(serialize_with = "as_text")]
    reward_due: u64,
    prover: String,
    /// Unix seconds; 0 when it has not happened.
    committed_at: i64,
    opened_at: i64,
    deadline: i64,
    /// What ends at the deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<&'static str>,
    /// Unix seconds: the invoice's day and the terms' payment days.
    #[serde(serialize_with = "as_opt_text")]
    due_at: Option<i64>,
    #[serde(skip)]
    decimals: Option<u8>,
}

#[derive(Serialize)]
struct Disputed {
    lane: &'static str,
    #[serde(serialize_with = "as_text")]
    amount: u64,
}

const DAY: i64 = 86_400;

/// What ends at a batch's deadline.
pub fn window(state: &OnChain) -> Option<&'static str> {
    match state.state {
        BatchState::Committed => Some("prove"),
        BatchState::Opened => Some("dispute"),
        BatchState::Disputed => Some("resolve"),
        _ => None,
    }
}

/// When an invoice is due: the terms' payment days behind its opening.
pub fn due_at(state: &OnChain, terms: &Terms) -> Option<i64> {
    (state.opened_at > 0).then(|| state.opened_at + i64::from(terms.head.payment_days) * DAY)
}

impl Chain {
    pub fn new(state: &OnChain) -> Self {
        let lanes = Lane::ALL.iter().zip(state.disputed_lanes).filter(|(_, amount)| *amount > 0);
        Self {
            state: format!("{:?}", state.state).to_lowercase(),
            kind: if state.kind == BatchKind::Note { "note" } else { "usage" },
            terms: state.terms,
            verified: state.verified,
            chunks: state.chunks,
            invoice: state.invoice,
            payable: state.payable,
            disputed: state.disputed,
            disputed_lanes: lanes.map(|(lane, amount)| Disputed { lane: lane.name(), amount }).collect(),
            dropped: state.invoice.saturating_sub(state.payable).saturating_sub(state.disputed),
            struck: state.struck,
            clawed: state.clawed,
            paid: state.paid,
            set_off: state.set_off,
            due: state.due().unwrap_or(0),
            reward_due: state.reward_due,
            prover: state.prover.to_string(),
            committed_at: state.committed_at,
            opened_at: state.opened_at,
            deadline: state.deadline,
            window: window(state),
            due_at: None,
            decimals: None,
        }
    }

    /// With what the agreement says about days and decimals.
    pub fn with(mut self, books: &Books, state: &OnChain, terms: Option<&Terms>) -> Self {
        self.decimals = Some(books.mint.decimals);
        self.due_at = terms.and_then(|terms| due_at(state, terms));
        self
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let money =
            |units: u64| self.decimals.map_or_else(|| units.to_string(), |decimals| amount::format(units, decimals));
        writeln!(f, "  on-chain: {}, {} of {} chunks verified", self.state, self.verified, self.chunks)?;
        if self.opened_at > 0 {
            writeln!(f, "  invoice {} of {} under terms {}", money(self.invoice), day(self.opened_at), self.terms)?;
            writeln!(f, "  payable {}, paid {}, due {}", money(self.payable), money(self.paid), money(self.due))?;
        }
        for (amount, what) in [
            (self.set_off, "set off against what the operator owed"),
            (self.dropped, "dropped by a dispute"),
            (self.struck, "struck out by claims"),
            (self.clawed, "of it to be given back"),
            (self.disputed, "disputed"),
        ] {
            if amount > 0 {
                writeln!(f, "  {} {what}", money(amount))?;
            }
        }
        for Disputed { lane, amount } in &self.disputed_lanes {
            writeln!(f, "    {lane:<9} {}", money(*amount))?;
        }
        if let Some(window) = self.window {
            writeln!(f, "  the {window} window ends {}", moment(self.deadline))?;
        }
        match self.due_at {
            Some(at) if self.due > 0 => writeln!(f, "  to be paid by {}", day(at)),
            _ => Ok(()),
        }
    }
}

/// A point in time as people read it, UTC.
pub fn moment(unix: i64) -> String {
    let second = unix.rem_euclid(DAY);
    format!("{} {:02}:{:02}:{:02} UTC", day(unix), second / 3_600, second / 60 % 60, second % 60)
}

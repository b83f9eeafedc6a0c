use std::fmt;

use gesim_client::addresses::settlement as seeds;
use serde::Serialize;
use settlement::state::{bond::BOND_HOLD, Agreement, AgreementState};

use crate::{
    amount,
    commands::period::Books,
    identity::day,
    output::{as_opt_text, as_text},
};

/// Amounts are of the stablecoin's smallest unit.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    agreement: String,
    account: String,
    #[serde(serialize_with = "as_text")]
    bond: u64,
    #[serde(serialize_with = "as_text")]
    owed: u64,
    /// Cumulative.
    #[serde(serialize_with = "as_text")]
    owed_total: u64,
    #[serde(serialize_with = "as_text")]
    repaid_total: u64,
    /// Unix seconds from which it can be withdrawn if nothing is owed; null while the agreement lasts.
    #[serde(serialize_with = "as_opt_text")]
    held_until: Option<i64>,
    #[serde(skip)]
    decimals: u8,
}

impl Shown {
    pub fn new(books: &Books, state: &Agreement) -> Self {
        let frame = &state.frame;
        let windows = [frame.prove_window, frame.dispute_window, frame.resolve_window, BOND_HOLD];
        let held: i64 = windows.map(i64::from).iter().sum();
        let ended = state.state == AgreementState::Terminated;
        Self {
            agreement: books.address.to_string(),
            account: seeds::bond(&books.address).0.to_string(),
            bond: state.bond,
            owed: state.owed,
            owed_total: state.owed_total,
            repaid_total: state.repaid_total,
            held_until: ended.then(|| state.terminated_at.saturating_add(held)),
            decimals: books.mint.decimals,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let money = |units| amount::format(units, self.decimals);
        writeln!(f, "Bond {} of agreement {}", money(self.bond), self.agreement)?;
        writeln!(f, "  in {}", self.account)?;
        let totals = (money(self.owed_total), money(self.repaid_total));
        writeln!(f, "  the operator owes {} (ever owed {}, given back {})", money(self.owed), totals.0, totals.1)?;
        match self.held_until {
            Some(at) => writeln!(f, "  held until {}, and as long as anything is owed", day(at)),
            None => writeln!(f, "  held as long as the agreement lasts"),
        }
    }
}

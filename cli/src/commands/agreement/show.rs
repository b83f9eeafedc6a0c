use std::fmt;

use anyhow::Result;
use clap::Args;
use gesim_client::fetch;
use gesim_core::Lane;
use serde::Serialize;
use settlement::state::Agreement;
use solana_pubkey::Pubkey;

use crate::{context::Context, output::as_text, parse::measure_name};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim agreement show <AGREEMENT>")]
pub struct Show {
    agreement: Pubkey,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    agreement: String,
    state: String,
    proposed_by: String,
    id: u32,
    mno: String,
    mvno: String,
    mint: String,
    payout: String,
    measure: &'static str,
    currency_decimals: u8,
    rounding: &'static str,
    prove_window: u32,
    dispute_window: u32,
    resolve_window: u32,
    #[serde(serialize_with = "as_text")]
    prover_reward: u64,
    contract_hash: String,
    tariff: Vec<LaneRow>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LaneRow {
    lane: &'static str,
    #[serde(serialize_with = "as_text")]
    threshold: u64,
    #[serde(serialize_with = "as_text")]
    fixed: u64,
    #[serde(serialize_with = "as_text")]
    rate_below: u64,
    #[serde(serialize_with = "as_text")]
    rate_above: u64,
    #[serde(serialize_with = "as_text")]
    per: u64,
}

impl Shown {
    pub fn new(address: &Pubkey, state: &Agreement) -> Self {
        let rows = Lane::ALL.iter().zip(&state.tariff).map(|(lane, tariff)| LaneRow {
            lane: lane.name(),
            threshold: tariff.threshold,
            fixed: tariff.fixed,
            rate_below: tariff.rate_below,
            rate_above: tariff.rate_above,
            per: tariff.per,
        });
        Self {
            agreement: address.to_string(),
            state: format!("{:?}", state.state).to_lowercase(),
            proposed_by: format!("{:?}", state.proposed_by).to_lowercase(),
            id: state.id,
            mno: state.mno.to_string(),
            mvno: state.mvno.to_string(),
            mint: state.mint.to_string(),
            payout: state.payout.to_string(),
            measure: measure_name(state.measure),
            currency_decimals: state.currency_decimals,
            rounding: ["floor", "half-even", "ceil"].get(usize::from(state.rounding)).unwrap_or(&"unknown"),
            prove_window: state.prove_window,
            dispute_window: state.dispute_window,
            resolve_window: state.resolve_window,
            prover_reward: state.prover_reward,
            contract_hash: hex::encode(state.contract_hash),
            tariff: rows.collect(),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Agreement {} ({}, proposed by the {})", self.agreement, self.state, self.proposed_by)?;
        writeln!(f, "  MNO {}, MVNO {}", self.mno, self.mvno)?;
        writeln!(f, "  paid in {} to {}", self.mint, self.payout)?;
        writeln!(f, "  batches count {}, rounding {}", self.measure, self.rounding)?;
        writeln!(
            f,
            "  windows: prove {} s, dispute {} s, resolve {} s",
            self.prove_window, self.dispute_window, self.resolve_window
        )?;
        writeln!(f, "  prover reward {} a chunk, contract {}", self.prover_reward, self.contract_hash)?;
        for row in &self.tariff {
            writeln!(
                f,
                "  {:<9} {} / {} per {} (threshold {}, fixed {})",
                row.lane, row.rate_below, row.rate_above, row.per, row.threshold, row.fixed
            )?;
        }
        Ok(())
    }
}

impl Show {
    pub fn run(&self, context: &Context) -> Result<()> {
        let state = fetch::fetch(&context.reader(), "agreement", &self.agreement)?;
        context.output.emit(&Shown::new(&self.agreement, &state))
    }
}

use std::fmt;

use anyhow::Result;
use gesim_client::Transport;
use gesim_core::{layout::CircuitSize, Lane, Measure};
use gesim_prover::Batch;
use serde::Serialize;
use settlement::state::Batch as OnChain;
use solana_pubkey::Pubkey;

use super::{chain::Chain, select};
use crate::{commands::period::Books, output::as_text, parse::measure_name};

/// A batch as its owner or as the chain knows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchShown {
    batch: String,
    agreement: String,
    period: u32,
    sequence: u32,
    measure: &'static str,
    circuit: &'static str,
    root: String,
    chunks: u32,
    records: u64,
    lanes: Vec<LaneTotal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<Folder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain: Option<Chain>,
}

/// What only the owner knows before the totals are opened.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Folder {
    path: String,
    proven: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LaneTotal {
    lane: &'static str,
    unit: &'static str,
    #[serde(serialize_with = "as_text")]
    total: u64,
    /// In tariff units; known once the totals are opened.
    #[serde(serialize_with = "as_text")]
    amount: u64,
}

impl fmt::Display for LaneTotal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<9} {} {}s", self.lane, self.total, self.unit)?;
        match self.amount {
            0 => Ok(()),
            amount => write!(f, ", {amount} tariff units"),
        }
    }
}

/// Lanes that have totals.
pub fn lanes(totals: &[u64; 8], amounts: &[u64; 8], measure: Measure) -> Vec<LaneTotal> {
    let unit = |lane: &Lane| match measure {
        Measure::Units => lane.unit(),
        Measure::Charge => "tap-unit",
    };
    let row = |((lane, total), amount): ((&Lane, &u64), &u64)| LaneTotal {
        lane: lane.name(),
        unit: unit(lane),
        total: *total,
        amount: *amount,
    };
    let rows = Lane::ALL.iter().zip(totals).zip(amounts);
    rows.filter(|((_, total), amount)| **total > 0 || **amount > 0).map(row).collect()
}

impl BatchShown {
    pub fn folder(batch: &Batch) -> Self {
        let context = batch.context();
        Self {
            batch: select::address(batch).to_string(),
            agreement: Pubkey::from(context.agreement).to_string(),
            period: context.period,
            sequence: context.sequence,
            measure: measure_name(context.measure as u8),
            circuit: context.circuit.usage_name(),
            root: hex::encode(context.root),
            chunks: context.chunks,
            records: context.records,
            lanes: lanes(&batch.totals().lanes, &[0; 8], context.measure),
            folder: Some(Folder { path: batch.dir().display().to_string(), proven: batch.count_finished() }),
            chain: None,
        }
    }

    pub fn chain(address: &Pubkey, state: &OnChain) -> Self {
        let measure = Measure::try_from(state.measure).unwrap_or(Measure::Units);
        let circuit = CircuitSize::try_from(state.circuit).map_or("unknown", CircuitSize::usage_name);
        Self {
            batch: address.to_string(),
            agreement: state.agreement.to_string(),
            period: state.period,
            sequence: state.sequence,
            measure: measure_name(state.measure),
            circuit,
            root: hex::encode(state.root),
            chunks: state.chunks,
            records: state.records,
            lanes: lanes(&state.lane_totals, &state.lane_amounts, measure),
            folder: None,
            chain: Some(Chain::new(state)),
        }
    }

    /// With what the agreement says: decimals of the stablecoin, when the invoice is due.
    pub fn with_books(self, rpc: &dyn Transport, state: &OnChain) -> Result<Self> {
        let books = Books::fetch(rpc, &state.agreement)?;
        let terms = books.terms(rpc, state.terms)?;
        Ok(Self { chain: self.chain.map(|chain| chain.with(&books, state, Some(&terms))), ..self })
    }

    pub fn with_folder(mut self, batch: &Batch) -> Self {
        self.folder = Self::folder(batch).folder;
        self
    }
}

impl fmt::Display for BatchShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Batch {} (period {}, sequence {})", self.batch, self.period, self.sequence)?;
        writeln!(f, "  agreement {}", self.agreement)?;
        if self.chunks > 0 {
            let Self { records, measure, chunks, circuit, .. } = self;
            writeln!(f, "  {records} records of {measure} in {chunks} chunks of {circuit}")?;
            writeln!(f, "  root {}", self.root)?;
        }
        for lane in &self.lanes {
            writeln!(f, "  {lane}")?;
        }
        if let Some(folder) = &self.folder {
            writeln!(f, "  folder {}: {} of {} chunks proven", folder.path, folder.proven, self.chunks)?;
        }
        if let Some(chain) = &self.chain {
            write!(f, "{chain}")?;
        }
        Ok(())
    }
}

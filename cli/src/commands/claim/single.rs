//! One claim, by the places of its records.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{anyhow, Result};
use clap::Args;
use gesim_client::{fetch, transport::Filter};
use gesim_core::Lane;
use serde::Serialize;
use settlement::state::Opening;
use solana_pubkey::Pubkey;

use super::{
    case::{Case, Opened},
    source::Source,
};
use crate::{
    amount,
    commands::period::Books,
    context::{Chain, Context},
    days::{self, Day},
    failure::Hint,
    output::as_text,
};

/// Where an opening names its agreement: discriminator, version, bump, claimed.
const AGREEMENT: usize = 11;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim claim duplicate --earlier batches/a:0/3 --later batches/b:2/17\n  gesim claim duplicate --earlier first.json --later batches/b:<RECORD_ID>\n\nA file is one that gesim batch open-record wrote. Copies count by period, sequence, chunk and position: the first stays."
)]
pub struct Duplicate {
    /// The copy that stays: FOLDER:CHUNK/POSITION, FOLDER:RECORD_ID, or a file of open-record
    #[arg(long, value_name = "RECORD")]
    earlier: Source,
    /// The copy that is struck
    #[arg(long, value_name = "RECORD")]
    later: Source,
}

/// A record on-chain.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    opening: String,
    batch: String,
    period: u32,
    sequence: u32,
    chunk: u32,
    position: u32,
    lane: &'static str,
    #[serde(serialize_with = "as_text")]
    value: u64,
    record_id: String,
    claimed: bool,
}

impl Shown {
    fn new(address: &Pubkey, state: &Opening) -> Self {
        Self {
            opening: address.to_string(),
            batch: state.batch.to_string(),
            period: state.period,
            sequence: state.sequence,
            chunk: state.chunk,
            position: state.position,
            lane: Lane::try_from(state.lane).map_or("unknown", Lane::name),
            value: state.value,
            record_id: hex::encode(state.record_id),
            claimed: state.claimed,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let struck = if self.claimed { ", struck out" } else { "" };
        writeln!(f, "Record {}{struck}", self.record_id)?;
        let Self { period, sequence, chunk, position, .. } = self;
        writeln!(f, "  period {period}, sequence {sequence}, chunk {chunk}, position {position}")?;
        writeln!(f, "  {} {}, opened at {}", self.lane, self.value, self.opening)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Claimed {
    #[serde(flatten)]
    record: Shown,
    /// What the operator owes back for it, with the penalty; and in all.
    #[serde(serialize_with = "as_text")]
    charged: u64,
    #[serde(serialize_with = "as_text")]
    owed: u64,
    #[serde(skip)]
    decimals: u8,
}

impl fmt::Display for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let money = |units| amount::format(units, self.decimals);
        write!(f, "{}", self.record)?;
        writeln!(f, "  the operator owes {} for it, and {} in all", money(self.charged), money(self.owed))
    }
}

/// Makes a claim and shows what came of it.
fn finish(context: &Context, case: &Case, opened: &Opened, claim: impl FnOnce() -> Result<()>) -> Result<()> {
    let agreement = opened.state.agreement;
    if opened.state.claimed {
        return Err(anyhow!(
            "the record at chunk {}, position {} is struck out already",
            opened.place.chunk,
            opened.place.position
        )
        .hint("gesim claim list shows what is"));
    }
    let before = case.owed_total(&agreement)?;
    claim()?;
    let books = Books::fetch(case.rpc(), &agreement)?;
    let address = opened.place.opening();
    let state: Option<Opening> = fetch::find(case.rpc(), "opening", &address)?;
    let record = Shown::new(&address, state.as_ref().unwrap_or(&opened.state));
    let (charged, owed) = (books.agreement.owed_total - before, books.agreement.owed);
    context.finish(case.session, Claimed { record, charged, owed, decimals: books.mint.decimals })
}

impl Duplicate {
    pub fn run(&self, context: &Context) -> Result<()> {
        let (earlier, later) = (self.earlier.find()?, self.later.find()?);
        let chain: Chain = context.chain()?;
        let session = chain.session(context);
        let mut case = Case::new(&chain, &session);
        let (earlier, later) = (case.open(&earlier)?, case.open(&later)?);
        if earlier.state.record_id != later.state.record_id {
            return Err(anyhow!("the two places hold different records").hint("gesim claim find looks for copies"));
        }
        if earlier.state.place() >= later.state.place() {
            return Err(anyhow!(
                "--later is not behind --earlier: copies count by period, sequence, chunk and position"
            )
            .hint("the other way round"));
        }
        finish(context, &case, &later, || case.duplicate(&earlier, &later))
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim claim period batches/a:0/3\n  gesim claim period record.json --days batches/mine\n\nThe day is kept beside the records in a batch folder: one's own folder of the same file has it, too."
)]
pub struct Period {
    /// FOLDER:CHUNK/POSITION, FOLDER:RECORD_ID, or a file of open-record
    #[arg(value_name = "RECORD")]
    record: Source,
    /// Batch folder that knows the record's day [default: the record's own]
    #[arg(long, value_name = "FOLDER")]
    days: Option<PathBuf>,
}

impl Period {
    pub fn run(&self, context: &Context) -> Result<()> {
        let found = self.record.find()?;
        let folder = self.days.as_deref().or(self.record.folder());
        let folder =
            folder.ok_or_else(|| anyhow!("nothing says on which day the record began").hint("name --days FOLDER"))?;
        let chain: Chain = context.chain()?;
        let session = chain.session(context);
        let mut case = Case::new(&chain, &session);
        let opened = case.open(&found)?;
        let day = day(folder, &opened.state.meta_digest)?;
        finish(context, &case, &opened, || case.out_of_period(&opened, &day))
    }
}

fn day(folder: &Path, digest: &[u8; 32]) -> Result<Day> {
    let mut found = None;
    days::read(folder, |other, day| {
        if other == *digest {
            found = Some(day);
        }
    })?;
    found.ok_or_else(|| anyhow!("the folder {} does not know the record", folder.display()).hint("name --days FOLDER"))
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim claim list <AGREEMENT> --output json")]
pub struct List {
    /// Agreement
    agreement: Pubkey,
}

#[derive(Serialize)]
struct All {
    records: Vec<Shown>,
}

impl fmt::Display for All {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.records.is_empty() {
            true => writeln!(f, "No record of the agreement was opened on-chain."),
            false => self.records.iter().try_for_each(|record| write!(f, "{record}")),
        }
    }
}

impl List {
    pub fn run(&self, context: &Context) -> Result<()> {
        let ours = Filter { offset: AGREEMENT, bytes: self.agreement.to_bytes().to_vec() };
        let mut found: Vec<(Pubkey, Opening)> = fetch::list(&context.reader(), "opening", vec![ours])?;
        found.sort_by_key(|(_, state)| state.place());
        let records = found.iter().map(|(address, state)| Shown::new(address, state)).collect();
        context.output.emit(&All { records })
    }
}

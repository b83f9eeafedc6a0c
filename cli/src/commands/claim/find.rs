use std::{fmt, path::PathBuf};

use anyhow::{anyhow, Result};
use clap::Args;
use gesim_client::{addresses::settlement as seeds, fetch, Transport};
use gesim_prover::Batch;
use serde::Serialize;
use settlement::state::Statement;
use solana_pubkey::Pubkey;

use super::{
    case::Case,
    search::{duplicates, in_order, strays, Copies, Seen, Stray},
};
use crate::{
    amount,
    commands::{batch::open_folder, period::Books},
    context::Context,
    failure::Hint,
    output::{as_opt_text, as_text},
    progress::Progress,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim claim find batches/*                     what is in more than one place, or outside its period\n  gesim claim find batches/* --submit            and have it struck on-chain\n  gesim claim find batches/* --late-days 30      without a cluster\n\nA run that was stopped goes on: the chain knows what was claimed. Claims take the salts of the folders that were\ncommitted; without them ask the operator for files of gesim batch open-record, then gesim claim duplicate."
)]
pub struct Find {
    /// Batch folders of one agreement
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// How many days before its period a record may have begun [default: what the period's terms say]
    #[arg(long, value_name = "DAYS", conflicts_with = "submit")]
    late_days: Option<u16>,
    /// Open and claim what is found
    #[arg(long)]
    submit: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    agreement: String,
    folders: usize,
    records: u64,
    duplicates: Vec<Duplicate>,
    out_of_period: Vec<Outside>,
    /// Claims made by this run.
    claimed: u32,
    /// What the operator owes now, when it was asked.
    #[serde(serialize_with = "as_opt_text")]
    owed: Option<u64>,
    #[serde(skip)]
    decimals: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Duplicate {
    record_id: String,
    /// The first one stays.
    copies: Vec<Copy>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outside {
    record_id: String,
    /// Days since 1970-01-01.
    day: u32,
    #[serde(flatten)]
    copy: Copy,
}

/// One place of a record.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Copy {
    folder: String,
    period: u32,
    sequence: u32,
    chunk: u32,
    position: u32,
    lane: &'static str,
    #[serde(serialize_with = "as_text")]
    value: u64,
    /// Whether it is struck out on-chain; null when nobody asked.
    claimed: Option<bool>,
}

impl Copy {
    fn new(folders: &[Batch], seen: &Seen) -> Self {
        let batch = &folders[seen.spot.folder];
        Self {
            folder: batch.dir().display().to_string(),
            period: batch.context().period,
            sequence: batch.context().sequence,
            chunk: seen.spot.chunk,
            position: seen.spot.position,
            lane: seen.lane.name(),
            value: seen.value,
            claimed: None,
        }
    }
}

impl fmt::Display for Copy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{} ({} {})", self.folder, self.chunk, self.position, self.lane, self.value)?;
        match self.claimed {
            Some(true) => write!(f, ", struck out"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} records in {} batches of agreement {}", self.records, self.folders, self.agreement)?;
        for Duplicate { record_id, copies } in &self.duplicates {
            writeln!(f, "  record {record_id} is in {} places", copies.len())?;
            copies.iter().try_for_each(|copy| writeln!(f, "    {copy}"))?;
        }
        for Outside { record_id, day, copy } in &self.out_of_period {
            let day = crate::identity::day(i64::from(*day) * 86_400);
            writeln!(f, "  record {record_id} of {day} is not one of period {}", copy.period)?;
            writeln!(f, "    {copy}")?;
        }
        if self.duplicates.is_empty() && self.out_of_period.is_empty() {
            writeln!(f, "  nothing that must not have been billed")?;
        }
        match self.owed {
            Some(owed) => writeln!(
                f,
                "  {} claims made; the operator owes {} now",
                self.claimed,
                amount::format(owed, self.decimals)
            ),
            None => Ok(()),
        }
    }
}

impl Find {
    pub fn run(&self, context: &Context) -> Result<()> {
        let folders: Vec<Batch> = self.folders.iter().map(|folder| open_folder(folder)).collect::<Result<_>>()?;
        let folders = in_order(folders)?;
        let agreement = folders.first().map(|batch| Pubkey::from(batch.context().agreement)).unwrap_or_default();
        let rpc = context.reader();
        let progress = Progress::spinner(&context.output, "Reading the records");
        let copies = duplicates(&folders)?;
        let strays =
            strays(&folders, &|period| self.late_days.map_or_else(|| late_days(&rpc, &agreement, period), Ok))?;
        drop(progress);
        let mut report = Report {
            agreement: agreement.to_string(),
            folders: folders.len(),
            records: folders.iter().map(|batch| batch.context().records).sum(),
            duplicates: copies.iter().map(|copies| shown(&folders, copies)).collect(),
            out_of_period: strays.iter().map(|stray| outside(&folders, stray)).collect(),
            claimed: 0,
            owed: None,
            decimals: 0,
        };
        if !self.submit {
            return context.output.emit(&report);
        }
        let chain = context.chain()?;
        let session = chain.session(context);
        let mut case = Case::new(&chain, &session);
        report.claim(&mut case, &folders, &copies, &strays)?;
        report.owed = Some(case.owed(&agreement)?);
        report.decimals = Books::fetch(&chain.rpc, &agreement)?.mint.decimals;
        context.finish(&session, report)
    }
}

/// How late the records of a period may be: its statement's terms say so.
fn late_days(rpc: &dyn Transport, agreement: &Pubkey, period: u32) -> Result<u16> {
    let at = seeds::statement(agreement, period).0;
    let statement: Option<Statement> = fetch::find(rpc, "statement", &at)?;
    let statement = statement.ok_or_else(|| {
        anyhow!("period {period} is not open: nobody has said which terms it has")
            .hint("name --late-days, or open the period")
    })?;
    let terms: settlement::state::Terms = fetch::fetch(rpc, "terms", &seeds::terms(agreement, statement.terms).0)?;
    Ok(terms.head.late_days)
}

fn shown(folders: &[Batch], copies: &Copies) -> Duplicate {
    let places = copies.seen.iter().map(|seen| Copy::new(folders, seen)).collect();
    Duplicate { record_id: hex::encode(copies.record_id), copies: places }
}

fn outside(folders: &[Batch], stray: &Stray) -> Outside {
    let copy = Copy::new(folders, &stray.seen);
    Outside { record_id: hex::encode(stray.record_id), day: stray.day.day, copy }
}

impl Report {
    /// Duplicates first: a copy that is struck for its day is no reason to strike another one.
    fn claim(&mut self, case: &mut Case, folders: &[Batch], copies: &[Copies], strays: &[Stray]) -> Result<()> {
        let billed = folders.iter().map(|batch| case.is_billed(batch)).collect::<Result<Vec<bool>>>()?;
        for (shown, copies) in self.duplicates.iter_mut().zip(copies) {
            let mut stays = None;
            let places = shown.copies.iter_mut().zip(&copies.seen);
            // What is not billed is no copy of anything yet.
            for (copy, seen) in places.filter(|(_, seen)| billed[seen.spot.folder]) {
                let opened = case.open_place(
                    &folders[seen.spot.folder],
                    seen.spot.chunk,
                    seen.spot.position,
                    &copies.record_id,
                )?;
                copy.claimed = Some(opened.state.claimed);
                if opened.state.claimed {
                    continue;
                }
                match &stays {
                    None => stays = Some(opened),
                    Some(first) => {
                        case.duplicate(first, &opened)?;
                        copy.claimed = Some(true);
                        self.claimed += 1;
                    }
                }
            }
        }
        let strays = self.out_of_period.iter_mut().zip(strays);
        for (shown, stray) in strays.filter(|(_, stray)| billed[stray.seen.spot.folder]) {
            let spot = stray.seen.spot;
            let opened = case.open_place(&folders[spot.folder], spot.chunk, spot.position, &stray.record_id)?;
            if !opened.state.claimed {
                case.out_of_period(&opened, &stray.day)?;
                self.claimed += 1;
            }
            shown.copy.claimed = Some(true);
        }
        Ok(())
    }
}

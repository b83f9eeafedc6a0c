use std::{fmt, fs::File, path::PathBuf};

use anyhow::{anyhow, Context as _, Result};
use clap::{Args, ValueEnum};
use gesim_cdr::{
    checks::{Checker, Findings, Limits},
    open::Reading,
    tap::Policy,
    FileSummary,
};
use gesim_client::{addresses::settlement as seeds, fetch, Transport};
use gesim_core::layout::CircuitSize;
use gesim_intake::{digest, Gap, Taken};
use gesim_prover::{random_nonce, Batch, BatchParams};
use serde::Serialize;
use settlement::state::{Agreement, Mno, Statement, Terms};
use solana_pubkey::Pubkey;

use super::{check, files as known};
use crate::{
    commands::batch::BatchShown,
    context::Context,
    failure::Hint,
    files::{self, refused, FileArgs},
    ingest, keys, parse,
    progress::Progress,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim cdr ingest CDWERFDXLKJE00001 --agreement <AGREEMENT>\n  gesim cdr ingest usage.csv --mapping columns.toml --recipient XLKJE --sequence 7 --agreement <AGREEMENT>\n\nThe batch folder holds the records and the secret of their salts: it never leaves its owner. A file is taken once: the\nsame file again changes nothing, another file with its number is refused, and missing numbers are told."
)]
pub struct Ingest {
    /// Billing file of any format that has usage
    file: PathBuf,
    #[command(flatten)]
    reading: FileArgs,
    /// Agreement the records are billed under
    #[arg(long)]
    agreement: Pubkey,
    /// Period, YYYYMM [default: the month the file became available]
    #[arg(long, value_parser = parse::period)]
    period: Option<u32>,
    /// Sequence number of the batch [default: the file's]
    #[arg(long)]
    sequence: Option<u32>,
    /// Folder to make [default: batches/<AGREEMENT>-<PERIOD>-<SEQUENCE> in the data folder]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Key of record ids, shared with the other side [default: keys/<AGREEMENT>.key in the data folder]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Circuit to prove with [default: by the number of records]
    #[arg(long, value_enum)]
    circuit: Option<Size>,
    /// Take a file that its sender marked as test data
    #[arg(long)]
    test_data: bool,
    /// Limits of the sanity checks (TOML, see `cdr check`)
    #[arg(long, value_name = "FILE")]
    limits: Option<PathBuf>,
    /// Make the batch although the file was taken before
    #[arg(long)]
    again: bool,
}

/// The batch, and what there is to say about its file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ingested {
    #[serde(flatten)]
    batch: BatchShown,
    /// When the same file was taken before: nothing was done this time.
    repeat: Option<String>,
    /// Files of the same sender that are missing.
    gaps: Vec<Gap>,
    findings: Findings,
}

impl fmt::Display for Ingested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(taken_at) = &self.repeat {
            writeln!(f, "This file was taken on {taken_at}: nothing was done")?;
        }
        write!(f, "{}", self.batch)?;
        for Gap { from, to, files } in &self.gaps {
            writeln!(f, "  remark: {files} files are missing, {from} to {to}: gesim cdr rap --missing {from} --until {to} asks for them")?;
        }
        for (kind, count) in &self.findings.counts {
            writeln!(f, "  remark: {kind:?} {count} times: gesim cdr check shows where")?;
        }
        Ok(())
    }
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Size {
    Small,
    Large,
}

impl From<Size> for CircuitSize {
    fn from(size: Size) -> Self {
        match size {
            Size::Small => Self::Small,
            Size::Large => Self::Large,
        }
    }
}

impl Ingest {
    pub fn run(&self, context: &Context) -> Result<()> {
        let rpc = context.reader();
        let agreement: Agreement = fetch::fetch(&rpc, "agreement", &self.agreement)?;
        let mno: Mno = fetch::fetch(&rpc, "MNO", &agreement.mno)?;
        let measure = agreement.frame.measure()?;

        let progress = Progress::spinner(&context.output, "Checking the file");
        let tadig = String::from_utf8_lossy(&mno.tadig).into_owned();
        let reading = self.read_as(&tadig)?;
        let file = files::usage(&self.file, &reading, Policy::for_measure(measure))?;
        if file.sender.as_ref() != Some(&tadig) {
            let sender = file.sender.as_deref().unwrap_or("nobody");
            return Err(anyhow!("the file is from {sender}, the agreement is with {tadig}")
                .hint("name the agreement with the file's sender"));
        }
        if file.test && !self.test_data {
            return Err(anyhow!("the sender marked the file as test data: nobody pays for it")
                .hint("take it all the same with --test-data"));
        }
        let month = file.available.or(file.latest).map(|stamp| crate::parse::period_of(stamp.unix()));
        let period = self.period.or(month).context("the file has no date: name the period with --period")?;
        let sequence = self.sequence.or(file.sequence).context("the file has no number: give one with --sequence")?;
        let sum = digest(File::open(&self.file)?).with_context(|| format!("reading {}", self.file.display()))?;
        let key_path = match &self.key {
            Some(path) => path.clone(),
            None => context.data("keys").join(format!("{}.key", self.agreement)),
        };
        let key = match &self.key {
            Some(path) => keys::read(path)?,
            None => keys::read_or_create(&key_path)?.0,
        };
        let folder = match &self.folder {
            Some(folder) => folder.clone(),
            None => context.data("batches").join(format!("{}-{period}-{sequence}", self.agreement)),
        };
        let mut ledger = known::ledger(context)?;
        let taken_before = ledger.find(&file, sum).map_err(known::told)?;
        if let Some(taken_at) = taken_before.filter(|_| !self.again) {
            let batch = Batch::open(&folder).map_err(ingest::prover);
            let batch = batch.with_context(|| format!("this file was taken on {taken_at}, and its batch is not here"));
            let batch = BatchShown::folder(&batch.hint("make it again with --again")?);
            let gaps = ledger.gaps(&file).map_err(known::told)?;
            return context.output.emit(&Ingested {
                batch,
                repeat: Some(taken_at),
                gaps,
                findings: Findings::default(),
            });
        }
        let params = BatchParams {
            program: settlement::ID.to_bytes(),
            cluster: rpc.genesis_hash()?.to_bytes(),
            agreement: self.agreement.to_bytes(),
            period,
            sequence,
            measure,
            nonce: random_nonce(),
        };
        progress.step("Looking for what is remarkable");
        let findings = self.look(&reading, &file)?;
        progress.step("Hashing the records");
        let increments = self.increments(&rpc, &agreement, period)?;
        let circuit = self.circuit.map(Into::into);
        let records = files::records(&self.file, &reading)?;
        let batch = ingest::ingest_records(records, &folder, params, increments, circuit, &key, &|_| {})?;
        // only now: a file whose batch failed was not taken
        let taken = ledger.take(&file, &self.file.display().to_string(), sum).map_err(known::told)?;
        let gaps = match taken {
            Taken::New { gaps } => gaps,
            Taken::Repeat { .. } => ledger.gaps(&file).map_err(known::told)?,
        };
        drop(progress);
        context.output.emit(&Ingested { batch: BatchShown::folder(&batch), repeat: None, gaps, findings })
    }

    /// What the file's format does not say is what the agreement and the command say.
    fn read_as(&self, tadig: &str) -> Result<Reading> {
        let mut reading = self.reading.reading(&self.file)?;
        if !reading.format.names_parties() {
            reading.options.sender.get_or_insert(tadig.parse()?);
        }
        if !reading.format.numbers_files() {
            reading.options.sequence = reading.options.sequence.or(self.sequence);
        }
        Ok(reading)
    }

    fn look(&self, reading: &Reading, file: &FileSummary) -> Result<Findings> {
        let limits: Limits = check::limits(self.limits.as_ref())?;
        let mut checker = Checker::new(limits, file.available);
        for record in files::records(&self.file, reading)? {
            checker.look(&record.map_err(refused)?);
        }
        Ok(checker.finish())
    }

    /// By the terms that rate the period; before it is open, by those in force.
    fn increments(&self, rpc: &dyn Transport, agreement: &Agreement, period: u32) -> Result<ingest::Increments> {
        let statement = seeds::statement(&self.agreement, period).0;
        let statement: Option<Statement> = fetch::find(rpc, "statement", &statement)?;
        let number = statement.map_or(agreement.terms, |statement| statement.terms);
        let terms = seeds::terms(&self.agreement, number).0;
        let terms: Terms = fetch::fetch(rpc, "terms", &terms)
            .map_err(anyhow::Error::from)
            .hint("both sides sign the agreement's terms first: gesim agreement sign <DOCUMENT>")?;
        Ok(ingest::Increments::new(&terms.lanes)?.within(period, terms.head.late_days))
    }
}

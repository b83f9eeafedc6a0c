use std::path::PathBuf;

use anyhow::{anyhow, Result};
use clap::{Args, ValueEnum};
use gesim_cdr::tap::Policy;
use gesim_client::{addresses::settlement as seeds, fetch, Transport};
use gesim_core::layout::CircuitSize;
use gesim_prover::{random_nonce, BatchParams};
use settlement::state::{Agreement, Mno, Statement, Terms};
use solana_pubkey::Pubkey;

use crate::{commands::batch::BatchShown, context::Context, failure::Hint, ingest, keys, parse, progress::Progress};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim cdr ingest CDWERFDXLKJE00001 --agreement <AGREEMENT>\n\nThe batch folder holds the records and the secret of their salts: it never leaves its owner."
)]
pub struct Ingest {
    /// TAP file
    file: PathBuf,
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
        let file = ingest::transfer_batch(&self.file, Policy::for_measure(measure))?;
        let tadig = String::from_utf8_lossy(&mno.tadig).into_owned();
        if file.sender != tadig {
            return Err(anyhow!("the file is from {}, the agreement is with {tadig}", file.sender)
                .hint("name the agreement with the file's sender"));
        }
        if file.test && !self.test_data {
            return Err(anyhow!("the sender marked the file as test data: nobody pays for it")
                .hint("take it all the same with --test-data"));
        }
        let period = self.period.unwrap_or_else(|| crate::parse::period_of(file.available.unix()));
        let sequence = self.sequence.unwrap_or(file.sequence);
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
        let params = BatchParams {
            program: settlement::ID.to_bytes(),
            cluster: rpc.genesis_hash()?.to_bytes(),
            agreement: self.agreement.to_bytes(),
            period,
            sequence,
            measure,
            nonce: random_nonce(),
        };
        progress.step("Hashing the records");
        let increments = self.increments(&rpc, &agreement, period)?;
        let circuit = self.circuit.map(Into::into);
        let batch = ingest::ingest(&self.file, &folder, params, increments, circuit, &key, &|_| {})?;
        drop(progress);
        context.output.emit(&BatchShown::folder(&batch))
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
        ingest::Increments::new(&terms.lanes)
    }
}

use std::{fmt, path::PathBuf};

use anyhow::{anyhow, Result};
use clap::Args;
use gesim_core::Lane;
use gesim_prover::{Artifacts, OpeningProver, RecordOpening};
use serde::Serialize;

use super::select;
use crate::{context::Context, ingest, output::as_text, parse, progress::Progress};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim batch open-record <FOLDER> --chunk 0 --position 2 --file record.json\n  gesim batch open-record <FOLDER> --record-id <HEX> --file record.json\n\nThe file shows this record's value and digests, and nothing about the others."
)]
pub struct OpenRecord {
    /// Batch folder
    folder: PathBuf,
    /// The record by its id
    #[arg(long, value_name = "HEX", value_parser = parse::hash, conflicts_with_all = ["chunk", "position"])]
    record_id: Option<[u8; 32]>,
    /// The record by its chunk
    #[arg(long, requires = "position")]
    chunk: Option<u32>,
    /// And its position in it
    #[arg(long, requires = "chunk")]
    position: Option<u32>,
    /// Where to write the opening
    #[arg(short, long)]
    file: PathBuf,
}

/// One record that was opened.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    pub file: String,
    pub chunk: u32,
    pub position: u32,
    pub lane: &'static str,
    #[serde(serialize_with = "as_text")]
    pub value: u64,
    pub record_id: String,
    pub meta_digest: String,
}

impl Opened {
    pub fn new(file: &std::path::Path, opening: &RecordOpening) -> Self {
        Self {
            file: file.display().to_string(),
            chunk: opening.chunk,
            position: opening.position,
            lane: Lane::try_from(opening.lane).map_or("unknown", Lane::name),
            value: opening.value,
            record_id: hex::encode(opening.record_id),
            meta_digest: hex::encode(opening.meta_digest),
        }
    }
}

impl fmt::Display for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Record {} at chunk {}, position {}", self.record_id, self.chunk, self.position)?;
        writeln!(f, "  {} {}, metadata {}", self.lane, self.value, self.meta_digest)?;
        writeln!(f, "  in {}", self.file)
    }
}

impl OpenRecord {
    pub fn run(&self, context: &Context) -> Result<()> {
        let batch = select::open(&self.folder)?;
        let (chunk, position) = match (self.record_id, self.chunk, self.position) {
            (Some(id), ..) => batch.find(&id).map_err(ingest::prover)?,
            (None, Some(chunk), Some(position)) => (chunk, position),
            _ => return Err(anyhow!("say which record: --record-id, or --chunk and --position")),
        };
        let progress = Progress::spinner(&context.output, "Proving the record");
        let artifacts = Artifacts::standard().map_err(ingest::prover)?;
        let prover = OpeningProver::load(&artifacts, batch.context().circuit).map_err(ingest::prover)?;
        let (opening, _) = prover.open(&batch, chunk, position).map_err(ingest::prover)?;
        opening.write(&self.file).map_err(ingest::prover)?;
        drop(progress);
        context.output.emit(&Opened::new(&self.file, &opening))
    }
}

use std::{
    fmt,
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
};

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use gesim_cdr::{
    charging::{self, GenerateOptions},
    generate::{generate, Options},
};
use gesim_core::Tadig;
use serde::Serialize;

use crate::{context::Context, output::as_text, parse};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim cdr generate --records 100000 --seed 7 --file sample.tap\n  gesim cdr generate --to charging --records 1000 --file sample.cdr"
)]
pub struct Generate {
    /// Where to write; a file that is there is replaced
    #[arg(short, long)]
    file: PathBuf,
    /// Format to write
    #[arg(long, value_enum, default_value_t)]
    to: Made,
    /// Call events
    #[arg(long, default_value_t = 1000)]
    records: u64,
    /// The same seed gives the same file
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// TADIG code of who bills
    #[arg(long, value_parser = parse::tadig, default_value = "WERFD")]
    sender: Tadig,
    /// TADIG code of who is billed
    #[arg(long, value_parser = parse::tadig, default_value = "XLKJE")]
    recipient: Tadig,
    /// File sequence number
    #[arg(long, default_value_t = 1)]
    sequence: u32,
    /// TAP decimal places
    #[arg(long, default_value_t = 3)]
    decimals: u8,
    /// Subscribers among whom the calls are spread
    #[arg(long, default_value_t = 5000)]
    subscribers: u64,
    /// Month of the calls; without it, they are made on 2026-01-05
    #[arg(long, value_name = "CCYYMM")]
    month: Option<u32>,
}

#[derive(ValueEnum, Debug, Clone, Copy, Default)]
enum Made {
    /// TAP 3.12
    #[default]
    Tap,
    /// CDRs of TS 32.298 in a file of TS 32.297: no charges, no parties
    Charging,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Generated {
    file: String,
    records: u64,
    octets: u64,
    #[serde(serialize_with = "as_text")]
    total_charge: u64,
}

impl fmt::Display for Generated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} records in {} octets, total charge {} TAP units",
            self.file, self.records, self.octets, self.total_charge
        )
    }
}

impl Generate {
    pub fn run(&self, context: &Context) -> Result<()> {
        let options = Options {
            sequence: self.sequence,
            decimals: self.decimals,
            subscribers: self.subscribers,
            ..Options::new(self.records, self.seed, self.sender, self.recipient)
        };
        let options = match self.month {
            Some(month) => options.in_month(month)?,
            None => options,
        };
        let file = File::create(&self.file).with_context(|| format!("writing {}", self.file.display()))?;
        let mut out = BufWriter::new(file);
        let (records, octets, total_charge) = match self.to {
            Made::Tap => {
                let made = generate(&options, &mut out)?;
                (made.records, made.octets, made.total_charge)
            }
            Made::Charging => {
                let of = GenerateOptions {
                    sequence: self.sequence,
                    start: options.start,
                    span: options.span,
                    subscribers: u32::try_from(self.subscribers)?,
                    ..GenerateOptions::new(u32::try_from(self.records)?, self.seed)
                };
                let made = charging::generate(&of, &mut out)?;
                (made.records, made.octets, 0)
            }
        };
        out.flush().with_context(|| format!("writing {}", self.file.display()))?;
        context.output.emit(&Generated { file: self.file.display().to_string(), records, octets, total_charge })
    }
}

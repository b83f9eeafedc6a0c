mod aggregate;
mod commands;
mod record;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand, ValueEnum};
use gesim_core::Tadig;
use solana_pubkey::Pubkey;

use record::Metric;

/// Signs, checks and aggregates measurements of an operator's service level
#[derive(Parser)]
#[command(
    version,
    after_help = "Example:
  gesim-oracle sign -k oracle.json --mno DEUD1 --metric availability --value 999800 --device 89049032 >> a.jsonl
  gesim-oracle aggregate --period 202611 --oracle KEY_A --oracle KEY_B a.jsonl b.jsonl"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Data goes to stdout, remarks to stderr
    #[arg(long, global = true, value_enum, default_value_t = Output::Display)]
    output: Output,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
enum Output {
    Display,
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Sign one measurement; prints it as a line of JSON
    #[command(after_help = "Example:
  gesim-oracle sign -k oracle.json --mno DEUD1 --metric latency --value 41000 --device 89049032")]
    Sign(Sign),
    /// Check records one by one: form, signature, period and value
    #[command(after_help = "Examples:
  gesim-oracle verify a.jsonl
  gesim-oracle verify --oracle KEY_A --output json < a.jsonl")]
    Verify(Verify),
    /// Reduce the records of several oracles to one median per operator and metric
    #[command(after_help = "Example:
  gesim-oracle aggregate --period 202611 --oracle KEY_A --oracle KEY_B --oracle KEY_C --quorum 2 *.jsonl")]
    Aggregate(Aggregate),
}

#[derive(clap::Args)]
struct Sign {
    /// The oracle's key, a file of `solana-keygen`
    #[arg(short, long)]
    keypair: PathBuf,
    /// The operator's TADIG code
    #[arg(long)]
    mno: Tadig,
    #[arg(long, value_enum)]
    metric: Metric,
    /// An integer in the metric's unit
    #[arg(long)]
    value: u64,
    /// The measuring device's identifier (EID, ICCID, serial); only a keyed hash of it is written
    #[arg(long)]
    device: String,
    /// Unix seconds of the measurement; the period is its month in UTC [default: now]
    #[arg(long)]
    timestamp: Option<i64>,
    /// Must never repeat for one key [default: random]
    #[arg(long)]
    nonce: Option<u64>,
}

#[derive(clap::Args)]
struct Verify {
    /// Files of JSON lines; none reads stdin
    files: Vec<PathBuf>,
    /// Accept only these oracles
    #[arg(long = "oracle")]
    oracles: Vec<Pubkey>,
}

#[derive(clap::Args)]
struct Aggregate {
    /// Files of JSON lines; none reads stdin
    files: Vec<PathBuf>,
    /// The oracles that count; repeat for each
    #[arg(long = "oracle", required = true)]
    oracles: Vec<Pubkey>,
    /// YYYYMM
    #[arg(long)]
    period: u32,
    /// Oracles that must have measured [default: more than half of those given]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    quorum: Option<u32>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Sign(args) => commands::sign(args),
        Command::Verify(args) => commands::verify(args, cli.output),
        Command::Aggregate(args) => commands::aggregate(args, cli.output),
    };
    result.unwrap_or_else(|error| {
        match cli.output {
            Output::Display => eprintln!("Error: {error:#}"),
            Output::Json => eprintln!("{}", serde_json::json!({ "schemaVersion": 1, "error": format!("{error:#}") })),
        }
        ExitCode::FAILURE
    })
}

use std::path::PathBuf;

use clap::{Args, Parser};
use gesim_client::PriorityFee;

use crate::{commands::Command, output::Mode};

/// From a billing file to a paid operator: plans, usage proofs and settlement on Solana
#[derive(Parser, Debug)]
#[command(
    name = "gesim",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Examples:\n  gesim demo                          the whole way in this process\n  gesim localnet                      a real local node; then use --url l\n  gesim config show                   settings, and where each comes from"
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Options everywhere")]
pub struct Global {
    /// Cluster: m (mainnet), t (testnet), d (devnet), l (local node), or a URL [env: GESIM_URL]
    #[arg(short = 'u', long, global = true, value_name = "URL_OR_MONIKER")]
    pub url: Option<String>,
    /// Signer: a keypair file, or prompt: for a seed phrase [env: GESIM_KEYPAIR]
    #[arg(short = 'k', long, global = true, value_name = "SIGNER")]
    pub keypair: Option<String>,
    /// Wait until transactions are processed, confirmed or finalized [env: GESIM_COMMITMENT]
    #[arg(long, global = true, value_name = "LEVEL")]
    pub commitment: Option<String>,
    /// Pay for going first: auto, none, or micro-lamports a compute unit [env: GESIM_PRIORITY_FEE]
    #[arg(long, global = true, value_name = "FEE")]
    pub priority_fee: Option<PriorityFee>,
    /// Show what would happen (logs, compute units, fee, balances) and send nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Do not ask for confirmation on mainnet
    #[arg(short = 'y', long, global = true)]
    pub yes: bool,
    /// How data is written [env: GESIM_OUTPUT]
    #[arg(long, global = true, value_enum, value_name = "MODE")]
    pub output: Option<Mode>,
    /// No progress and no remarks on stderr
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Settings file [env: GESIM_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where batches, agreement keys, sessions and the credential are kept [env: GESIM_DATA]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

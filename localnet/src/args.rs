use std::path::PathBuf;

use anyhow::{anyhow, Context, Result};
use clap::{Parser, ValueEnum};
use gesim_programs::Program;
use solana_keypair::read_keypair_file;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use surfpool_types::{BlockProductionMode, RpcConfig, SimnetConfig, SurfpoolConfig};

const LAMPORTS_PER_SOL: u64 = 1_000_000_000;

/// A real local Solana node with GeSIM's programs loaded and a stablecoin funded
#[derive(Parser, Debug)]
#[command(
    name = "gesim-localnet",
    version,
    after_help = "Example:\n  gesim-localnet --keypair ~/.config/solana/id.json --rpc-port 8899"
)]
pub struct Args {
    /// Port of JSON-RPC
    #[arg(long, default_value_t = 8899)]
    pub rpc_port: u16,
    /// Port of the WebSocket
    #[arg(long, default_value_t = 8900)]
    pub ws_port: u16,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// Keypair file that owns the programs and gets SOL and stablecoin
    #[arg(short, long)]
    pub keypair: Option<PathBuf>,
    /// Further addresses that get SOL and stablecoin
    #[arg(long, value_name = "ADDRESS")]
    pub fund: Vec<Pubkey>,
    /// Milliseconds of one slot
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u64).range(10..=10_000))]
    pub slot_time: u64,
    /// Load no programs: to try a deployment
    #[arg(long)]
    pub bare: bool,
    /// How the ready line is written
    #[arg(long, value_enum, default_value_t = Output::Display)]
    pub output: Output,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    Display,
    Json,
}

impl Args {
    /// Everybody who gets money; the first owns the programs.
    pub fn funded(&self) -> Result<Vec<Pubkey>> {
        let mut funded = Vec::new();
        if let Some(path) = &self.keypair {
            let keypair = read_keypair_file(path)
                .map_err(|e| anyhow!("{e}"))
                .with_context(|| format!("reading the keypair {}", path.display()))
                .context("make one with: solana-keygen new")?;
            funded.push(keypair.pubkey());
        }
        funded.extend(&self.fund);
        Ok(funded)
    }

    /// The programs the node begins with.
    pub fn programs(&self) -> Vec<Program> {
        if self.bare {
            return Vec::new();
        }
        gesim_programs::PROGRAMS.to_vec()
    }

    pub fn surfpool(&self) -> Result<SurfpoolConfig> {
        Ok(SurfpoolConfig {
            simnets: vec![SimnetConfig {
                offline_mode: true,
                remote_rpc_url: None,
                slot_time: self.slot_time,
                block_production_mode: BlockProductionMode::Clock,
                airdrop_addresses: self.funded()?,
                airdrop_token_amount: 1_000 * LAMPORTS_PER_SOL,
                instruction_profiling_enabled: false,
                log_bytes_limit: None,
                ..SimnetConfig::default()
            }],
            rpc: RpcConfig {
                bind_host: self.host.clone(),
                bind_port: self.rpc_port,
                ws_port: self.ws_port,
                ..RpcConfig::default()
            },
            ..SurfpoolConfig::default()
        })
    }
}

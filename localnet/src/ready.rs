use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;
use solana_pubkey::Pubkey;

use crate::{
    args::{Args, Output},
    stablecoin,
};

/// What the node tells when it answers: one object, printed once on stdout.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ready {
    schema_version: u8,
    rpc_url: String,
    ws_url: String,
    stablecoin: String,
    decimals: u8,
    /// Each funded address holds this many units, as a string.
    funding: String,
    funded: Vec<String>,
    programs: Vec<Program>,
}

#[derive(Serialize)]
struct Program {
    name: &'static str,
    address: String,
}

impl Ready {
    pub fn new(args: &Args, funded: &[Pubkey]) -> Self {
        Self {
            schema_version: 1,
            rpc_url: format!("http://{}:{}", args.host, args.rpc_port),
            ws_url: format!("ws://{}:{}", args.host, args.ws_port),
            stablecoin: stablecoin::address().to_string(),
            decimals: stablecoin::DECIMALS,
            funding: stablecoin::FUNDING.to_string(),
            funded: funded.iter().map(ToString::to_string).collect(),
            programs: args
                .programs()
                .into_iter()
                .map(|p| Program { name: p.name, address: Pubkey::from(p.id).to_string() })
                .collect(),
        }
    }

    pub fn print(&self, output: Output) -> Result<()> {
        let mut out = io::stdout().lock();
        match output {
            Output::Json => writeln!(out, "{}", serde_json::to_string(self)?)?,
            Output::Display => {
                writeln!(out, "Ready: RPC {}, WebSocket {}", self.rpc_url, self.ws_url)?;
                writeln!(out, "Stablecoin {} ({} decimals)", self.stablecoin, self.decimals)?;
                for address in &self.funded {
                    writeln!(out, "Funded {address}: 1,000 SOL and {} units", self.funding)?;
                }
                for program in &self.programs {
                    writeln!(out, "Program {:<10} {}", program.name, program.address)?;
                }
                writeln!(out, "Stop it with ctrl-c.")?;
            }
        }
        out.flush()?;
        Ok(())
    }
}

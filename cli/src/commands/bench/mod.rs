mod cdr;
mod eid;
mod month;
mod pipeline;
mod prove;
mod verify;

use std::fmt;

use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

use crate::context::Context;

#[derive(Subcommand, Debug)]
pub enum Bench {
    /// Compute units of verifying proofs, beside groth16-solana one by one
    Verify(verify::Verify),
    /// Time of witnesses and proofs on this machine
    Prove(prove::Prove),
    /// Time of an EID possession proof on this machine
    Eid(eid::Eid),
    /// The whole way: from a billing file's bytes to the operator's payout
    Pipeline(pipeline::Pipeline),
    /// Reading TAP files, beside pycrate
    Cdr(cdr::Cdr),
    /// A month of two operators' traffic, settled both ways
    Month(month::Month),
}

impl Bench {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Verify(command) => command.run(context),
            Self::Prove(command) => command.run(context),
            Self::Eid(command) => command.run(context),
            Self::Pipeline(command) => command.run(context),
            Self::Cdr(command) => command.run(context),
            Self::Month(command) => command.run(context),
        }
    }
}

/// Whom a figure is compared with.
#[derive(Serialize, Debug, Clone, Copy)]
#[serde(rename_all = "camelCase")]
struct Peer {
    name: &'static str,
    version: &'static str,
    /// In the same run; otherwise it is the peer's published figure.
    measured: bool,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Beside {} ({})", self.name, self.version)
    }
}

/// To three decimals.
fn round(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

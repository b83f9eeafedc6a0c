mod bind;
mod prove;
mod register;
mod show;

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;
use solana_pubkey::Pubkey;

use crate::context::Context;

/// The credential that was named, or the data folder's own.
pub fn credential(context: &Context, named: Option<&PathBuf>) -> PathBuf {
    named.cloned().unwrap_or_else(|| context.data("credential.json"))
}

/// What the device keeps of a session.
pub fn session_file(context: &Context, session: &Pubkey) -> PathBuf {
    context.data("sessions").join(format!("{session}.json"))
}

fn proof_file(context: &Context, session: &Pubkey) -> PathBuf {
    context.data("sessions").join(format!("{session}.proof.json"))
}

#[derive(Subcommand, Debug)]
pub enum Eid {
    /// Enrol the device's eUICC with a registrar, and keep the credential
    Register(register::Register),
    /// Prove possession of the EID that a session was opened with
    Prove(prove::Prove),
    /// Bind the EID to the session's wallet and entitlement
    Bind(bind::Bind),
    /// Move a binding to the session's wallet and entitlement
    Rebind(bind::Rebind),
    /// Close a binding that is over, and give the rent back to its payer
    Unbind(bind::Unbind),
    /// Show bindings of a wallet, or one of them
    Show(show::Show),
}

impl Eid {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Register(command) => command.run(context),
            Self::Prove(command) => command.run(context),
            Self::Bind(command) => command.run(context),
            Self::Rebind(command) => command.run(context),
            Self::Unbind(command) => command.run(context),
            Self::Show(command) => command.run(context),
        }
    }
}

//! Agreements: one document that both sides read, sign and execute.

mod check;
mod create;
mod document;
mod new;
mod show;
mod sign;
mod signing;
mod versions;

use anyhow::Result;
use clap::Subcommand;

pub use signing::{propose, sign, Signed};

use crate::context::Context;

#[derive(Subcommand, Debug)]
pub enum Agreement {
    /// Write a document to begin with
    New(new::New),
    /// Check a document and say in words what its terms mean
    Check(check::Check),
    /// Print the hash that stands for a document and its terms
    Hash(check::Hash),
    /// Render a document with its terms in words, as text or as a page
    Render(check::Render),
    /// Propose the agreement of a document, and sign it
    Create(create::Create),
    /// Sign a document: the other side's version if it says the same, else a new one
    Sign(sign::Sign),
    /// End an agreement: no new batches
    Terminate(sign::Terminate),
    /// Show an agreement and the terms in force
    Show(show::Show),
    /// List the versions of an agreement's terms
    Versions(versions::Versions),
}

impl Agreement {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::New(command) => command.run(context),
            Self::Check(command) => command.run(context),
            Self::Hash(command) => command.run(context),
            Self::Render(command) => command.run(),
            Self::Create(command) => command.run(context),
            Self::Sign(command) => command.run(context),
            Self::Terminate(command) => command.run(context),
            Self::Show(command) => command.run(context),
            Self::Versions(command) => command.run(context),
        }
    }
}

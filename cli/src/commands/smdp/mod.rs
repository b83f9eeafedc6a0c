mod ci;
mod lab;
mod register;
mod show;

use anyhow::Result;
use clap::Subcommand;

use crate::context::Context;

#[derive(Subcommand, Debug)]
pub enum Smdp {
    /// GSMA CI keys and intermediate CAs that certificates are trusted under
    #[command(subcommand)]
    Ci(ci::Ci),
    /// Register certificates of SM-DP+ servers, or of an intermediate CA: anyone may
    Register(register::Register),
    /// Let a certificate count for nothing from now on (the identity program's authority does)
    Revoke(register::Revoke),
    /// Make a CI, an SM-DP+ and a software eUICC for tests and private networks
    Lab(lab::Lab),
    /// Run the SM-DP+ of a lab
    Serve(lab::Serve),
    /// Show registered certificates
    Show(show::Show),
}

impl Smdp {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Ci(command) => command.run(context),
            Self::Register(command) => command.run(context),
            Self::Revoke(command) => command.run(context),
            Self::Lab(command) => command.run(context),
            Self::Serve(command) => command.run(context),
            Self::Show(command) => command.run(context),
        }
    }
}

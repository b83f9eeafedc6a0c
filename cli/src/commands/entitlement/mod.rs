mod activate;
mod operator;
mod refund;
mod show;

use anyhow::Result;
use clap::Subcommand;

use crate::context::Context;

#[derive(Subcommand, Debug)]
pub enum Entitlement {
    /// Burn one token and start the entitlement
    Activate(activate::Activate),
    /// Say that a pending entitlement is provided (the catalog's operator does)
    Confirm(operator::Confirm),
    /// Say that a pending entitlement cannot be provided (the catalog's operator does)
    Fail(operator::Fail),
    /// Show entitlements and purchases of a holder
    Show(show::Show),
    /// Take the money back: for units not activated in time, or an entitlement that was not provided
    Refund(refund::Refund),
    /// Take a share of what the operator did not bill, where the plan gives it to subscribers
    Claim(refund::Claim),
}

impl Entitlement {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Activate(command) => command.run(context),
            Self::Confirm(command) => command.run(context),
            Self::Fail(command) => command.run(context),
            Self::Show(command) => command.run(context),
            Self::Refund(command) => command.run(context),
            Self::Claim(command) => command.run(context),
        }
    }
}

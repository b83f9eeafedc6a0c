mod buy;
mod create;
mod show;
mod state;

use anyhow::Result;
use clap::Subcommand;

use crate::context::Context;

#[derive(Subcommand, Debug)]
pub enum Plan {
    /// Publish a plan: a token class, and a pool for its money
    Create(Box<create::Create>),
    /// List plans
    List(show::List),
    /// Show a plan
    Show(show::Show),
    /// Buy units: stablecoin into escrow, tokens to the buyer
    Buy(buy::Buy),
    /// Take a plan off sale for the time being
    Pause(state::Change),
    /// Put a paused plan on sale again
    Resume(state::Change),
    /// Take a plan off sale for ever
    Retire(state::Change),
}

impl Plan {
    pub fn run(&self, context: &Context) -> Result<()> {
        use catalog::state::PlanState;
        match self {
            Self::Create(command) => command.run(context),
            Self::List(command) => command.run(context),
            Self::Show(command) => command.run(context),
            Self::Buy(command) => command.run(context),
            Self::Pause(command) => command.run(context, PlanState::Paused),
            Self::Resume(command) => command.run(context, PlanState::Active),
            Self::Retire(command) => command.run(context, PlanState::Retired),
        }
    }
}

use anchor_lang::prelude::*;

use crate::setup::TRUSTED_SETUP;

/// Reads only.
#[derive(Accounts)]
pub struct TrustedSetup {}

impl TrustedSetup {
    /// Returns and logs which trusted setup the deployed program relies on: simulate it to ask a cluster.
    pub fn run(_ctx: Context<Self>) -> Result<String> {
        msg!("{}", TRUSTED_SETUP);
        Ok(TRUSTED_SETUP.to_string())
    }
}

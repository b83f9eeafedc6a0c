//! GeSIM identity: which SM-DP+ keys are genuine, which server answered a device's challenge, and that a wallet's device
//! holds an enrolled EID. No EID, no session plaintext and no key ever reaches the chain.
use anchor_lang::prelude::*;
#[cfg(target_os = "solana")]
use sbpf_builtins as _;

pub mod error;
pub mod events;
pub mod instructions;
pub mod setup;
pub mod state;

pub use instructions::*;

declare_id!("9oFUiFgTxcgmxHUDRa6ANBqrtXVEm2YapPwk13vduFbK");

#[program]
pub mod identity {
    use super::*;

    pub fn trusted_setup(ctx: Context<TrustedSetup>) -> Result<String> {
        TrustedSetup::run(ctx)
    }

    pub fn initialize<'info>(ctx: Context<'info, Initialize<'info>>, cluster: [u8; 32], ci_delay: u32) -> Result<()> {
        Initialize::run(ctx, cluster, ci_delay)
    }
}

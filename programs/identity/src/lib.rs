//! GeSIM identity: which SM-DP+ keys are genuine, which server answered a device's challenge, and that a wallet's device
//! holds an enrolled EID. No EID, no session plaintext and no key ever reaches the chain.
use anchor_lang::prelude::*;
#[cfg(target_os = "solana")]
use sbpf_builtins as _;

pub mod error;
pub mod events;
pub mod instructions;
pub mod possession;
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
    pub fn create_registrar<'info>(ctx: Context<'info, CreateRegistrar<'info>>, id: u32) -> Result<()> {
        CreateRegistrar::run(ctx, id)
    }

    pub fn propose_registrar_authority<'info>(
        ctx: Context<'info, ProposeRegistrarAuthority<'info>>,
        new_authority: Pubkey,
    ) -> Result<()> {
        ProposeRegistrarAuthority::run(ctx, new_authority)
    }

    pub fn accept_registrar_authority<'info>(ctx: Context<'info, AcceptRegistrarAuthority<'info>>) -> Result<()> {
        AcceptRegistrarAuthority::run(ctx)
    }

    pub fn append_leaf<'info>(
        ctx: Context<'info, AppendLeaf<'info>>,
        tag: [u8; 32],
        eidc: [u8; 32],
        idc: [u8; 32],
        expiry: i64,
    ) -> Result<()> {
        AppendLeaf::run(ctx, tag, eidc, idc, expiry)
    }

    pub fn revoke_leaf<'info>(ctx: Context<'info, RevokeLeaf<'info>>, siblings: [[u8; 32]; 20]) -> Result<()> {
        RevokeLeaf::run(ctx, siblings)
    }

    pub fn rotate_epoch<'info>(ctx: Context<'info, RotateEpoch<'info>>) -> Result<()> {
        RotateEpoch::run(ctx)
    }

    pub fn bind_eid<'info>(
        ctx: Context<'info, BindEid<'info>>,
        plan: Pubkey,
        root: [u8; 32],
        nullifier: [u8; 32],
        proof: [u8; 256],
    ) -> Result<()> {
        BindEid::run(ctx, plan, root, nullifier, &proof)
    }

    pub fn rebind<'info>(ctx: Context<'info, Rebind<'info>>, root: [u8; 32], proof: [u8; 256]) -> Result<()> {
        Rebind::run(ctx, root, &proof)
    }

    pub fn unbind<'info>(ctx: Context<'info, Unbind<'info>>) -> Result<()> {
        Unbind::run(ctx)
    }
}

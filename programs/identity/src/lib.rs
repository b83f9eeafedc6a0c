//! GeSIM identity: which SM-DP+ keys are genuine, which server answered a device's challenge, and that a wallet's device
//! holds an enrolled EID. No EID, no session plaintext and no key ever reaches the chain.
use anchor_lang::prelude::*;
#[cfg(target_os = "solana")]
use sbpf_builtins as _;

pub mod certificate;
pub mod error;
pub mod events;
pub mod instructions;
pub mod possession;
pub mod precompile;
pub mod setup;
pub mod state;
pub mod tls;

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

    pub fn propose_authority<'info>(ctx: Context<'info, ProposeAuthority<'info>>, new_authority: Pubkey) -> Result<()> {
        ProposeAuthority::run(ctx, new_authority)
    }

    pub fn accept_authority<'info>(ctx: Context<'info, AcceptAuthority<'info>>) -> Result<()> {
        AcceptAuthority::run(ctx)
    }

    pub fn set_paused<'info>(ctx: Context<'info, SetPaused<'info>>, paused: u8) -> Result<()> {
        SetPaused::run(ctx, paused)
    }

    pub fn propose_ci<'info>(ctx: Context<'info, ProposeCi<'info>>, key: [u8; 33], ski: [u8; 20]) -> Result<()> {
        ProposeCi::run(ctx, key, ski)
    }

    pub fn confirm_issuer<'info>(ctx: Context<'info, ConfirmIssuer<'info>>) -> Result<()> {
        ConfirmIssuer::run(ctx)
    }

    pub fn retire_issuer<'info>(ctx: Context<'info, RetireIssuer<'info>>) -> Result<()> {
        RetireIssuer::run(ctx)
    }

    pub fn restore_issuer<'info>(ctx: Context<'info, RestoreIssuer<'info>>) -> Result<()> {
        RestoreIssuer::run(ctx)
    }

    pub fn register_intermediate<'info>(ctx: Context<'info, RegisterIntermediate<'info>>, key: [u8; 33]) -> Result<()> {
        RegisterIntermediate::run(ctx, key)
    }

    pub fn register_smdp<'info>(ctx: Context<'info, RegisterSmdp<'info>>, tbs_hash: [u8; 32]) -> Result<()> {
        RegisterSmdp::run(ctx, tbs_hash)
    }

    pub fn revoke_smdp<'info>(ctx: Context<'info, RevokeSmdp<'info>>) -> Result<()> {
        RevokeSmdp::run(ctx)
    }

    pub fn open_session<'info>(ctx: Context<'info, OpenSession<'info>>, args: OpenSessionArgs) -> Result<()> {
        OpenSession::run(ctx, args)
    }

    pub fn record_provenance<'info>(ctx: Context<'info, RecordProvenance<'info>>, dn: [u8; 32]) -> Result<()> {
        RecordProvenance::run(ctx, dn)
    }

    pub fn record_provenance_tls13<'info>(
        ctx: Context<'info, RecordProvenanceTls13<'info>>,
        dn: [u8; 32],
    ) -> Result<()> {
        RecordProvenanceTls13::run(ctx, dn)
    }

    pub fn record_server_auth<'info>(ctx: Context<'info, RecordServerAuth<'info>>, r: [u8; 32]) -> Result<()> {
        RecordServerAuth::run(ctx, r)
    }

    pub fn open_transcript<'info>(ctx: Context<'info, OpenTranscript<'info>>, size: u16) -> Result<()> {
        OpenTranscript::run(ctx, size)
    }

    pub fn write_transcript<'info>(
        ctx: Context<'info, WriteTranscript<'info>>,
        offset: u16,
        bytes: Vec<u8>,
    ) -> Result<()> {
        WriteTranscript::run(ctx, offset, bytes)
    }

    pub fn close_transcript<'info>(ctx: Context<'info, CloseTranscript<'info>>) -> Result<()> {
        CloseTranscript::run(ctx)
    }

    pub fn close_session<'info>(ctx: Context<'info, CloseSession<'info>>) -> Result<()> {
        CloseSession::run(ctx)
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
        tag_commitment: [u8; 32],
        eidc: [u8; 32],
        idc: [u8; 32],
        expiry: i64,
    ) -> Result<()> {
        AppendLeaf::run(ctx, tag_commitment, eidc, idc, expiry)
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

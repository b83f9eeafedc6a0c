//! GeSIM settlement: MNOs and agreements, usage batches and their proofs, invoices and payouts (ADR 0001 and 0002).
//!
//! A batch is committed, proven chunk by chunk, opened to its totals, joins its period's statement, is accepted or disputed,
//! and paid out of escrow (ADR 0011).
//! Money moves by `settle_batch` only, and only into the accounts that agreement, batch and pool name.
//! Which trusted setup the verifying keys come from is in the program's bytes: see `setup`.

use anchor_lang::prelude::*;
#[cfg(target_os = "solana")]
use sbpf_builtins as _;

pub mod error;
pub mod events;
pub mod instructions;
pub mod setup;
pub mod state;

pub use instructions::*;
use state::{Frame, LaneTerms, TermsHead};

declare_id!("7cXLa6zofPaC97yrCwWZHiPhZ1M1NQ8y1NMbYQTy3oTd");

#[program]
pub mod settlement {
    use super::*;

    pub fn initialize(ctx: Context<Initialize>, cluster: [u8; 32]) -> Result<()> {
        Initialize::run(ctx, cluster)
    }

    pub fn propose_authority(ctx: Context<ProposeAuthority>, successor: Pubkey) -> Result<()> {
        ProposeAuthority::run(ctx, successor)
    }

    pub fn accept_authority(ctx: Context<AcceptAuthority>) -> Result<()> {
        AcceptAuthority::run(ctx)
    }

    pub fn set_paused(ctx: Context<SetPaused>, paused: u8) -> Result<()> {
        SetPaused::run(ctx, paused)
    }

    pub fn trusted_setup(ctx: Context<TrustedSetup>) -> Result<String> {
        TrustedSetup::run(ctx)
    }

    pub fn register_mno(ctx: Context<RegisterMno>, tadig: [u8; 5], authority: Pubkey) -> Result<()> {
        RegisterMno::run(ctx, tadig, authority)
    }

    pub fn propose_mno_authority(ctx: Context<ProposeMnoAuthority>, successor: Pubkey) -> Result<()> {
        ProposeMnoAuthority::run(ctx, successor)
    }

    pub fn accept_mno_authority(ctx: Context<AcceptMnoAuthority>) -> Result<()> {
        AcceptMnoAuthority::run(ctx)
    }

    pub fn propose_agreement(ctx: Context<ProposeAgreement>, id: u32, frame: Frame) -> Result<()> {
        ProposeAgreement::run(ctx, id, frame)
    }

    pub fn draft_terms(ctx: Context<DraftTerms>, head: TermsHead) -> Result<()> {
        DraftTerms::run(ctx, head)
    }

    pub fn set_lane(ctx: Context<SetLane>, lane: LaneTerms) -> Result<()> {
        SetLane::run(ctx, lane)
    }

    pub fn sign_terms(ctx: Context<SignTerms>, contract_hash: [u8; 32]) -> Result<()> {
        SignTerms::run(ctx, contract_hash)
    }

    pub fn terminate_agreement(ctx: Context<TerminateAgreement>) -> Result<()> {
        TerminateAgreement::run(ctx)
    }

    pub fn propose_mvno_authority(ctx: Context<ProposeMvnoAuthority>, successor: Pubkey) -> Result<()> {
        ProposeMvnoAuthority::run(ctx, successor)
    }

    pub fn accept_mvno_authority(ctx: Context<AcceptMvnoAuthority>) -> Result<()> {
        AcceptMvnoAuthority::run(ctx)
    }

    pub fn set_payout(ctx: Context<SetPayout>) -> Result<()> {
        SetPayout::run(ctx)
    }

    pub fn post_bond(ctx: Context<PostBond>, amount: u64) -> Result<()> {
        PostBond::run(ctx, amount)
    }

    pub fn collect_bond(ctx: Context<CollectBond>) -> Result<()> {
        CollectBond::run(ctx)
    }

    pub fn withdraw_bond(ctx: Context<WithdrawBond>) -> Result<()> {
        WithdrawBond::run(ctx)
    }

    pub fn open_period(ctx: Context<OpenPeriod>, period: u32, rate: ExchangeRate) -> Result<()> {
        OpenPeriod::run(ctx, period, rate)
    }

    pub fn close_period(ctx: Context<ClosePeriod>) -> Result<()> {
        ClosePeriod::run(ctx)
    }

    pub fn grow_statement(ctx: Context<GrowStatement>) -> Result<()> {
        GrowStatement::run(ctx)
    }

    pub fn rerate_statement(ctx: Context<RerateStatement>, rate: ExchangeRate) -> Result<()> {
        RerateStatement::run(ctx, rate)
    }

    pub fn balance_statement(ctx: Context<BalanceStatement>) -> Result<()> {
        BalanceStatement::run(ctx)
    }

    pub fn bill_commitment(ctx: Context<BillCommitment>) -> Result<()> {
        BillCommitment::run(ctx)
    }

    pub fn issue_note(ctx: Context<IssueNote>) -> Result<()> {
        IssueNote::run(ctx)
    }

    pub fn commit_batch(ctx: Context<CommitBatch>, period: u32, sequence: u32, commitment: Commitment) -> Result<()> {
        CommitBatch::run(ctx, period, sequence, commitment)
    }

    pub fn open_buffer(ctx: Context<OpenBuffer>, id: u32, first_chunk: u32, slots: u16) -> Result<()> {
        OpenBuffer::run(ctx, id, first_chunk, slots)
    }

    pub fn grow_buffer(ctx: Context<GrowBuffer>) -> Result<()> {
        GrowBuffer::run(ctx)
    }

    pub fn write_buffer(ctx: Context<WriteBuffer>, offset: u32, bytes: Vec<u8>) -> Result<()> {
        WriteBuffer::run(ctx, offset, bytes)
    }

    pub fn verify_proofs(ctx: Context<VerifyProofs>, first: u32, count: u16, pok: [u8; 64]) -> Result<()> {
        VerifyProofs::run(ctx, first, count, pok)
    }

    pub fn close_buffer(ctx: Context<CloseBuffer>) -> Result<()> {
        CloseBuffer::run(ctx)
    }

    pub fn open_totals(ctx: Context<OpenTotals>, totals: [u64; 8], blinding: [u8; 32]) -> Result<()> {
        OpenTotals::run(ctx, totals, blinding)
    }

    pub fn accept_batch(ctx: Context<AcceptBatch>) -> Result<()> {
        AcceptBatch::run(ctx)
    }

    pub fn dispute_batch(ctx: Context<DisputeBatch>, lanes: [u64; 8]) -> Result<()> {
        DisputeBatch::run(ctx, lanes)
    }

    pub fn resolve_batch(ctx: Context<ResolveBatch>, award: u64) -> Result<()> {
        ResolveBatch::run(ctx, award)
    }

    pub fn award_batch(ctx: Context<AwardBatch>, award: u64) -> Result<()> {
        AwardBatch::run(ctx, award)
    }

    pub fn expire_batch(ctx: Context<ExpireBatch>) -> Result<()> {
        ExpireBatch::run(ctx)
    }

    pub fn settle_batch(ctx: Context<SettleBatch>) -> Result<()> {
        SettleBatch::run(ctx)
    }

    pub fn check_record(ctx: Context<CheckRecord>, record: Record, proof: [u8; 256]) -> Result<()> {
        CheckRecord::run(ctx, record, proof)
    }

    pub fn open_record(ctx: Context<OpenRecord>, record: Record, proof: [u8; 256]) -> Result<()> {
        OpenRecord::run(ctx, record, proof)
    }

    pub fn close_opening(ctx: Context<CloseOpening>) -> Result<()> {
        CloseOpening::run(ctx)
    }

    pub fn claim_duplicate(ctx: Context<ClaimDuplicate>) -> Result<()> {
        ClaimDuplicate::run(ctx)
    }

    pub fn claim_out_of_period(ctx: Context<ClaimOutOfPeriod>, day: u32, detail: [u8; 32]) -> Result<()> {
        ClaimOutOfPeriod::run(ctx, day, detail)
    }
}

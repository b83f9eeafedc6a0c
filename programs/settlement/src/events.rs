//! What happened, with amounts before and after. Emitted as self-CPIs, which logs cannot truncate.

use anchor_lang::prelude::*;
use gesim_core::layout::LANES;

use crate::state::Side;

#[event]
pub struct Initialized {
    pub authority: Pubkey,
    pub cluster: [u8; 32],
    /// Which verifying keys the program trusts.
    pub setup: String,
}

/// A step of a two-step change of authority: of the program, an MNO or an agreement's MVNO.
#[event]
pub struct AuthorityProposed {
    pub account: Pubkey,
    pub authority: Pubkey,
    pub successor: Pubkey,
}

#[event]
pub struct AuthorityAccepted {
    pub account: Pubkey,
    pub before: Pubkey,
    pub after: Pubkey,
}

#[event]
pub struct PausedSet {
    pub before: u8,
    pub after: u8,
}

#[event]
pub struct MnoRegistered {
    pub mno: Pubkey,
    pub tadig: [u8; 5],
    pub authority: Pubkey,
}

#[event]
pub struct AgreementProposed {
    pub agreement: Pubkey,
    pub mno: Pubkey,
    pub mvno: Pubkey,
    pub proposed_by: Side,
    pub contract_hash: [u8; 32],
}

#[event]
pub struct AgreementSigned {
    pub agreement: Pubkey,
    pub signed_by: Side,
}

#[event]
pub struct AgreementTerminated {
    pub agreement: Pubkey,
    pub terminated_by: Side,
}

#[event]
pub struct PayoutSet {
    pub agreement: Pubkey,
    pub before: Pubkey,
    pub after: Pubkey,
}

#[event]
pub struct RateSet {
    pub agreement: Pubkey,
    pub period: u32,
    pub numerator: u64,
    pub denominator: u64,
}

#[event]
pub struct BatchCommitted {
    pub batch: Pubkey,
    pub agreement: Pubkey,
    pub period: u32,
    pub sequence: u32,
    pub root: [u8; 32],
    pub ctx: [u8; 32],
    pub records: u64,
    pub chunks: u32,
    pub prover: Pubkey,
    pub deadline: i64,
}

#[event]
pub struct ProofsVerified {
    pub batch: Pubkey,
    pub verified_before: u32,
    pub verified_after: u32,
    pub chunks: u32,
    pub commitment: [u8; 32],
}

#[event]
pub struct TotalsOpened {
    pub batch: Pubkey,
    pub lane_totals: [u64; LANES],
    pub lane_amounts: [u64; LANES],
    pub invoice: u64,
    pub reward: u64,
    pub deadline: i64,
}

#[event]
pub struct BatchAccepted {
    pub batch: Pubkey,
    pub payable: u64,
}

#[event]
pub struct BatchDisputed {
    pub batch: Pubkey,
    pub invoice: u64,
    pub deadline: i64,
}

#[event]
pub struct BatchResolved {
    pub batch: Pubkey,
    pub invoice: u64,
    pub payable_before: u64,
    pub payable_after: u64,
}

#[event]
pub struct BatchSettled {
    pub batch: Pubkey,
    pub pool: Pubkey,
    pub mno_amount: u64,
    pub prover_amount: u64,
    pub margin: u64,
    pub paid_before: u64,
    pub paid_after: u64,
    pub payable: u64,
}

#[event]
pub struct BatchCancelled {
    pub batch: Pubkey,
    /// Whether it was disputed: else its totals were not opened in time.
    pub disputed: bool,
    pub invoice: u64,
}

/// One record of a batch, shown to be there by an opening proof.
#[event]
pub struct RecordChecked {
    pub batch: Pubkey,
    pub chunk: u32,
    pub lane: u8,
    pub position: u32,
    pub value: u64,
    pub record_id: [u8; 32],
    pub meta_digest: [u8; 32],
}

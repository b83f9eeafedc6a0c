//! What happened, with amounts before and after. Emitted as self-CPIs, which logs cannot truncate.

use anchor_lang::prelude::*;
use gesim_core::layout::LANES;

use crate::state::{
    statement::{Change, EntryKind},
    Side, Statement, TermsState,
};

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
}

#[event]
pub struct TermsDrafted {
    pub agreement: Pubkey,
    pub number: u32,
    pub drafted_by: Side,
}

#[event]
pub struct TermsSigned {
    pub agreement: Pubkey,
    pub number: u32,
    pub signed_by: Side,
    pub contract_hash: [u8; 32],
    pub state: TermsState,
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
pub struct PeriodOpened {
    pub agreement: Pubkey,
    pub period: u32,
    pub terms: u32,
    pub numerator: u64,
    pub denominator: u64,
    pub date: u32,
}

#[event]
pub struct PeriodClosed {
    pub statement: Pubkey,
    pub period: u32,
    pub billed: u64,
}

/// A period costs more or less than before, for a reason that no batch carries.
#[event]
pub struct StatementRebilled {
    pub statement: Pubkey,
    pub kind: EntryKind,
    pub terms: u32,
    pub up: u64,
    pub down: u64,
    pub billed: u64,
    /// Waits for a note.
    pub debit_due: u64,
}

impl StatementRebilled {
    pub fn new(address: Pubkey, statement: &Statement, kind: EntryKind, change: Change) -> Self {
        let Change { up, down } = change;
        let Statement { terms, billed, debit_due, .. } = *statement;
        Self { statement: address, kind, terms, up, down, billed, debit_due }
    }
}

#[event]
pub struct NoteIssued {
    pub batch: Pubkey,
    pub statement: Pubkey,
    pub sequence: u32,
    pub invoice: u64,
    pub deadline: i64,
}

/// A record left its period's price: it was billed twice, or in the wrong period.
#[event]
pub struct RecordStruck {
    pub batch: Pubkey,
    pub chunk: u32,
    pub position: u32,
    pub kind: EntryKind,
    pub price_fell: u64,
    /// What of it the MNO gives back, and the penalty on that.
    pub charge: u64,
    pub penalty: u64,
    /// All that it owes now.
    pub owed: u64,
}

#[event]
pub struct BondChanged {
    pub agreement: Pubkey,
    pub before: u64,
    pub after: u64,
    pub owed: u64,
}

#[event]
pub struct BatchCommitted {
    pub batch: Pubkey,
    pub agreement: Pubkey,
    pub period: u32,
    pub sequence: u32,
    pub terms: u32,
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
    /// What the period costs with it.
    pub billed: u64,
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
    pub lanes: [u64; LANES],
    pub disputed: u64,
    /// The rest, payable at once.
    pub payable: u64,
    pub deadline: i64,
}

/// What ended a dispute.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Both,
    Arbiter,
    Timeout,
}

#[event]
pub struct BatchResolved {
    pub batch: Pubkey,
    pub ending: Ending,
    pub disputed: u64,
    pub award: u64,
    pub payable: u64,
}

#[event]
pub struct BatchSettled {
    pub batch: Pubkey,
    pub pool: Pubkey,
    pub mno_amount: u64,
    pub prover_amount: u64,
    /// Not paid, because the MNO owed it.
    pub set_off: u64,
    pub margin: u64,
    pub paid_before: u64,
    pub paid_after: u64,
    pub payable: u64,
}

/// A batch whose totals were not opened in time.
#[event]
pub struct BatchCancelled {
    pub batch: Pubkey,
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

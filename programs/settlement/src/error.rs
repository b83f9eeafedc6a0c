use anchor_lang::prelude::*;

/// Numbered from 6300, so that no two of GeSIM's programs share a number. New errors go to the end.
#[error_code(offset = 6300)]
#[derive(PartialEq, Eq)]
pub enum SettlementError {
    #[msg("this operation is paused")]
    Paused,
    #[msg("only the program's authority may do this")]
    NotTheAuthority,
    #[msg("only the named successor may accept")]
    NotTheSuccessor,
    #[msg("the pause bits name an operation that does not exist")]
    UnknownPauseBits,
    #[msg("a TADIG code is five characters of A-Z and 0-9")]
    BadTadig,
    #[msg("only the MNO's authority may do this")]
    NotTheMno,
    #[msg("only the MVNO's authority may do this")]
    NotTheMvno,
    #[msg("only one of the agreement's two sides may do this")]
    NotASide,
    #[msg("the agreement is not in the state this needs")]
    WrongAgreementState,
    #[msg(
        "a lane's prices count per one unit or more, with ascending tiers from 0, and increments of one unit or more"
    )]
    BadTariff,
    #[msg("the measure is 0 (units) or 1 (TAP charges)")]
    BadMeasure,
    #[msg("the rounding is 0 (floor), 1 (half to even) or 2 (ceiling)")]
    BadRounding,
    #[msg("a currency has 18 decimals at most")]
    BadDecimals,
    #[msg("a window lasts from one second to 400 days")]
    BadWindow,
    #[msg("a period is YYYYMM between 200001 and 209912")]
    BadPeriod,
    #[msg("numerator and denominator of a rate are above zero")]
    BadRate,
    #[msg("a sequence number is between 1 and 99999")]
    BadSequence,
    #[msg("the circuit is 0 (small) or 1 (large)")]
    BadCircuit,
    #[msg("a batch has between 1 and 1024 chunks")]
    BadChunks,
    #[msg("the records do not fit the chunks: each chunk holds at least one and at most what the circuit takes")]
    BadRecords,
    #[msg("a field element must be below the BN254 scalar modulus")]
    NotAFieldElement,
    #[msg("the token account belongs to another mint")]
    WrongMint,
    #[msg("the batch is not in the state this needs")]
    WrongBatchState,
    #[msg("the account belongs to another batch")]
    WrongBatch,
    #[msg("the account belongs to another agreement")]
    WrongAgreement,
    #[msg("a proof buffer has between 1 and 42 slots, for chunks of its batch")]
    BadBufferSize,
    #[msg("these bytes or slots lie outside the proof buffer")]
    OutsideBuffer,
    #[msg("only the buffer's writer may do this, or anyone once the buffer is spent and is to be closed")]
    NotTheWriter,
    #[msg("proofs are verified in order: start at the first chunk that is not verified yet")]
    OutOfOrder,
    #[msg("the proofs do not verify: one of them, or the folded proof of knowledge, does not fit the batch")]
    InvalidProof,
    #[msg("not every chunk is verified yet")]
    NotVerified,
    #[msg("the totals do not open the batch's commitment")]
    WrongTotals,
    #[msg("the window has closed")]
    TooLate,
    #[msg("the window is still open")]
    TooEarly,
    #[msg("the amount is above the invoice")]
    AboveInvoice,
    #[msg("the token account is not the one the agreement or the batch names")]
    WrongTokenAccount,
    #[msg("the pool has nothing left for the MNO, or has reached its outflow limit for now")]
    EmptyPool,
    #[msg("a lane is 0 to 7, a position is inside the chunk and a value below 2^36")]
    BadRecord,
    #[msg("the amount does not fit in 64 bits")]
    Overflow,
    #[msg("an invariant does not hold")]
    Invariant,
    #[msg("the terms are not in the state this needs")]
    WrongTermsState,
    #[msg("these are not the statement's terms")]
    WrongTerms,
    #[msg("a tax, penalty, commitment, late days or SLA step of the terms is out of range, or balanced prices name no reverse agreement")]
    BadTerms,
    #[msg("this is not the hash of the terms as the program holds them")]
    WrongContractHash,
    #[msg("terms can only be changed by the side that drafts them, before it signs")]
    NotADraft,
    #[msg("the period's statement is closed")]
    StatementClosed,
    #[msg("the period's statement is not closed yet")]
    StatementOpen,
    #[msg("the statement has no room for another entry: call grow_statement first")]
    StatementFull,
    #[msg("the terms do not cover this period")]
    NotEffective,
    #[msg("a dispute names at least one unit and at most the invoice")]
    BadDispute,
    #[msg("the award is above what is disputed")]
    AboveDispute,
    #[msg("only the arbiter the terms name may do this")]
    NotTheArbiter,
    #[msg("there is nothing to bill or to collect")]
    NothingDue,
    #[msg("the two openings are not two places of one record under this agreement, the earlier one first")]
    NotADuplicate,
    #[msg("a claim has already struck this record")]
    AlreadyClaimed,
    #[msg("the day and the detail do not open the record's metadata digest")]
    WrongMetadata,
    #[msg("the record may be billed in this period")]
    InsidePeriod,
    #[msg("the reverse statement is not the one the terms name, for the same period")]
    WrongReverse,
    #[msg("the bond cannot be withdrawn yet: the agreement must be terminated for long enough, and nothing owed")]
    BondHeld,
}

use anchor_lang::prelude::*;
use gesim_verifier::verify_committed_batch;

use crate::{
    error::SettlementError,
    events::ProofsVerified,
    setup::usage_key,
    state::{batch::BatchState, config::pause, seeds, Batch, Config, ProofBuffer, Statements},
};

/// Verifies the proofs of chunks `first .. first + count` in one pairing product, with their folded proof of knowledge.
/// `first` is the first chunk not verified yet: nothing is skipped, and nothing counts twice. Anyone may ask for it.
///
/// The batch keeps nothing between transactions but `verified` and the commitment that the next proof must begin from. `pok`
/// fits these proofs after this commitment only: a buffer rewritten, or a batch moved on, in between is refused.
///
/// 0. config
/// 1. `[writable]` batch
/// 2. buffer of that batch
#[event_cpi]
#[derive(Accounts)]
pub struct VerifyProofs<'info> {
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::BATCH, batch.agreement.as_ref(), &batch.period.to_le_bytes(), &batch.sequence.to_le_bytes()],
        bump = batch.bump)]
    pub batch: Box<Account<'info, Batch>>,
    #[account(seeds = [seeds::BUFFER, buffer.batch.as_ref(), buffer.writer.as_ref(), &buffer.id.to_le_bytes()],
        bump = buffer.bump,
        has_one = batch @ SettlementError::WrongBatch)]
    pub buffer: Box<Account<'info, ProofBuffer>>,
}

impl VerifyProofs<'_> {
    fn validate(&self, first: u32, count: u16) -> Result<()> {
        self.config.running(pause::VERIFY)?;
        self.batch.require_state(BatchState::Committed)?;
        self.batch.in_time(Clock::get()?.unix_timestamp)?;
        require!(first == self.batch.verified, SettlementError::OutOfOrder);
        require!(count > 0, SettlementError::OutsideBuffer);
        Ok(())
    }

    /// The commitment after the last of the proofs.
    fn verify(&self, first: u32, count: u16, pok: &[u8; 64]) -> Result<[u8; 32]> {
        let (batch, info) = (&self.batch, self.buffer.to_account_info());
        let data = info.try_borrow_data()?;
        let slots = self.buffer.proofs(&data, first, count)?;
        let Statements { proofs, inputs, commitment } = Statements::new(batch, first, slots)?;
        if let Err(error) = verify_committed_batch(usage_key(batch.circuit()?), &proofs, pok, &inputs) {
            msg!("{}", error);
            return err!(SettlementError::InvalidProof);
        }
        Ok(commitment)
    }
}

impl VerifyProofs<'_> {
    pub fn run(ctx: Context<Self>, first: u32, count: u16, pok: [u8; 64]) -> Result<()> {
        ctx.accounts.validate(first, count)?;
        let commitment = ctx.accounts.verify(first, count, &pok)?;
        let batch = &mut ctx.accounts.batch;
        let verified_after = first.checked_add(u32::from(count)).ok_or(SettlementError::Overflow)?;
        batch.verified = verified_after;
        batch.commitment = commitment;
        batch.invariant()?;
        let event = ProofsVerified {
            batch: batch.key(),
            verified_before: first,
            verified_after,
            chunks: batch.chunks,
            commitment,
        };
        emit_cpi!(event);
        Ok(())
    }
}

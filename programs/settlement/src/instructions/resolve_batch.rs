use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::{BatchResolved, Ending},
    state::{seeds, Agreement, Batch, BatchState, Mno},
};

/// Both sides end a dispute with a correction: so much of the disputed part is paid, the rest dropped. As long as nobody
/// has let the dispute lapse they may: two signatures need no deadline.
///
/// 0. `[signer]` authority of the MNO
/// 1. `[signer]` authority of the MVNO
/// 2. mno
/// 3. agreement
/// 4. `[writable]` batch
#[event_cpi]
#[derive(Accounts)]
pub struct ResolveBatch<'info> {
    pub mno_authority: Signer<'info>,
    pub mvno: Signer<'info>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump)]
    pub mno: Box<Account<'info, Mno>>,
    #[account(seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mno @ SettlementError::WrongAgreement)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(mut, seeds = [seeds::BATCH, batch.agreement.as_ref(), &batch.period.to_le_bytes(), &batch.sequence.to_le_bytes()],
        bump = batch.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub batch: Box<Account<'info, Batch>>,
}

impl ResolveBatch<'_> {
    pub fn run(ctx: Context<Self>, award: u64) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        let agreement = &accounts.agreement;
        agreement.signed_by_both(&accounts.mno.authority, accounts.mno_authority.key, accounts.mvno.key)?;
        let batch = &mut accounts.batch;
        batch.require_state(BatchState::Disputed)?;
        let disputed = batch.disputed;
        batch.end_dispute(award, agreement.frame.prover_reward)?;
        batch.invariant()?;
        let event = BatchResolved { batch: batch.key(), ending: Ending::Both, disputed, award, payable: batch.payable };
        emit_cpi!(event);
        Ok(())
    }
}

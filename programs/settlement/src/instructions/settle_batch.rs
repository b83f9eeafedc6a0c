use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use escrow::{program::Escrow, state::Pool};

use crate::{
    error::SettlementError,
    events::BatchSettled,
    state::{config::pause, seeds, Agreement, Batch, BatchState, Config},
};

/// Pays a batch out of a pool of its agreement: margin that is due, then prover and MNO. What the MNO owes is set off first:
/// that money stays in the pool. A pool that is short, or at its outflow limit, pays what it can; the rest is taken later,
/// from the same pool or another one. Anyone may ask for it.
///
/// 0. config
/// 1. `[writable]` agreement
/// 2. `[writable]` batch
/// 3. authority: this program's `["authority"]`, which escrow obeys
/// 4. config of escrow
/// 5. `[writable]` pool of the agreement
/// 6. `[writable]` vault of the pool
/// 7. mint
/// 8. `[writable]` treasury of the pool
/// 9. `[writable]` mno_token: the agreement's payout account
/// 10. `[writable]` prover_token: the batch's
/// 11. token program
/// 12. event authority of escrow
/// 13. escrow program
#[event_cpi]
#[derive(Accounts)]
pub struct SettleBatch<'info> {
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(mut, seeds = [seeds::BATCH, batch.agreement.as_ref(), &batch.period.to_le_bytes(), &batch.sequence.to_le_bytes()],
        bump = batch.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub batch: Box<Account<'info, Batch>>,
    /// CHECK: signs by its seeds only
    #[account(seeds = [seeds::AUTHORITY], bump = config.authority_bump)]
    pub authority: UncheckedAccount<'info>,
    /// CHECK: escrow looks at it
    pub escrow_config: UncheckedAccount<'info>,
    #[account(mut, has_one = agreement @ SettlementError::WrongAgreement)]
    pub pool: Box<Account<'info, Pool>>,
    #[account(mut)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(address = agreement.mint @ SettlementError::WrongMint)]
    pub mint: Box<InterfaceAccount<'info, Mint>>,
    /// CHECK: escrow knows the pool's treasury
    #[account(mut)]
    pub treasury: UncheckedAccount<'info>,
    /// CHECK: the one the MNO named; escrow checks the mint
    #[account(mut, address = agreement.payout @ SettlementError::WrongTokenAccount)]
    pub mno_token: UncheckedAccount<'info>,
    /// CHECK: the one named at commitment; escrow checks the mint
    #[account(mut, address = batch.prover_token @ SettlementError::WrongTokenAccount)]
    pub prover_token: UncheckedAccount<'info>,
    pub token_program: Interface<'info, TokenInterface>,
    /// CHECK: escrow looks at it
    pub escrow_event_authority: UncheckedAccount<'info>,
    pub escrow_program: Program<'info, Escrow>,
}

impl<'info> SettleBatch<'info> {
    fn validate(&self, now: i64) -> Result<()> {
        self.config.running(pause::SETTLE)?;
        match self.batch.state {
            // Of a disputed batch, what is not disputed.
            BatchState::Accepted | BatchState::Disputed => Ok(()),
            // Silence is consent, once the window is over.
            BatchState::Opened => self.batch.past_deadline(now),
            _ => err!(SettlementError::WrongBatchState),
        }
    }

    /// What the pool can pay now: its wholesale, inside what escrow's outflow limit leaves once the margin is paid.
    fn available(&self, now: i64) -> u64 {
        let pool = &self.pool;
        let window_end = pool.outflow_start.saturating_add(i64::from(pool.outflow_window));
        let spent = if now >= window_end { 0 } else { pool.outflow_spent };
        pool.wholesale.min(pool.outflow_limit.saturating_sub(spent).saturating_sub(pool.margin_due))
    }

    fn release(&self, mno_amount: u64, prover_amount: u64) -> Result<()> {
        let accounts = escrow::cpi::accounts::Release {
            authority: self.authority.to_account_info(),
            config: self.escrow_config.to_account_info(),
            pool: self.pool.to_account_info(),
            vault: self.vault.to_account_info(),
            mint: self.mint.to_account_info(),
            treasury: self.treasury.to_account_info(),
            mno_token: self.mno_token.to_account_info(),
            // A prover who is owed nothing must not be able to stand in the way.
            prover_token: (prover_amount > 0).then(|| self.prover_token.to_account_info()),
            token_program: self.token_program.to_account_info(),
            event_authority: self.escrow_event_authority.to_account_info(),
            program: self.escrow_program.to_account_info(),
        };
        let signer: &[&[u8]] = &[seeds::AUTHORITY, &[self.config.authority_bump]];
        let signers = [signer];
        let context = CpiContext::new_with_signer(self.escrow_program.key(), accounts, &signers);
        escrow::cpi::release(context, mno_amount, prover_amount)
    }
}

impl SettleBatch<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        let now = Clock::get()?.unix_timestamp;
        accounts.validate(now)?;
        let available = accounts.available(now);
        let (paid_before, margin_before) = (accounts.batch.paid, accounts.pool.total_treasury);
        let set_off = accounts.batch.set_off_against(&mut accounts.agreement)?;
        let (mno_amount, prover_amount) = accounts.batch.pay(available)?;
        let batch = &accounts.batch;
        let moved = batch.paid > paid_before || set_off > 0;
        require!(moved || batch.state == BatchState::Settled, SettlementError::EmptyPool);
        batch.invariant()?;
        accounts.agreement.invariant()?;

        accounts.release(mno_amount, prover_amount)?;
        accounts.pool.reload()?;
        let margin = accounts.pool.total_treasury.checked_sub(margin_before).ok_or(SettlementError::Overflow)?;
        let event = BatchSettled {
            batch: accounts.batch.key(),
            pool: accounts.pool.key(),
            mno_amount,
            prover_amount,
            set_off,
            margin,
            paid_before,
            paid_after: accounts.batch.paid,
            payable: accounts.batch.payable,
        };
        emit_cpi!(event);
        Ok(())
    }
}

use anchor_lang::prelude::*;
use gesim_core::layout::LANES;

use crate::{
    error::SettlementError,
    events::NoteIssued,
    state::{
        config::pause, seeds, statement::FIRST_NOTE, Agreement, Batch, BatchKind, BatchState, Config, Statement,
        BOOKS_VERSION,
    },
};

/// Invoices what re-ratings have added to a period, as a batch without records: disputed, accepted and paid like any other.
/// Anyone who pays for the account may.
///
/// 0. `[signer, writable]` payer
/// 1. config
/// 2. agreement
/// 3. `[writable]` statement
/// 4. `[writable]` batch, created: sequence 100,000 + notes so far
/// 5. system program
#[event_cpi]
#[derive(Accounts)]
pub struct IssueNote<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(mut, seeds = [seeds::STATEMENT, statement.agreement.as_ref(), &statement.period.to_le_bytes()], bump = statement.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub statement: Box<Account<'info, Statement>>,
    #[account(init, payer = payer, space = Batch::SPACE,
        seeds = [seeds::BATCH, agreement.key().as_ref(), &statement.period.to_le_bytes(),
            &seeds::next_note(statement.notes)], bump)]
    pub batch: Box<Account<'info, Batch>>,
    pub system_program: Program<'info, System>,
}

impl IssueNote<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::COMMIT)?;
        let (agreement, statement, batch) = (&accounts.agreement, &mut accounts.statement, &mut accounts.batch);
        let amount = statement.debit_due;
        require!(amount > 0, SettlementError::NothingDue);
        let sequence = FIRST_NOTE.checked_add(statement.notes).ok_or(SettlementError::Overflow)?;
        statement.debit_due = 0;
        statement.notes = statement.notes.checked_add(1).ok_or(SettlementError::Overflow)?;
        statement.invariant()?;
        let now = Clock::get()?.unix_timestamp;
        batch.set_inner(Batch {
            version: BOOKS_VERSION,
            bump: ctx.bumps.batch,
            state: BatchState::Opened,
            kind: BatchKind::Note,
            agreement: agreement.key(),
            period: statement.period,
            sequence,
            terms: statement.terms,
            measure: agreement.frame.measure,
            circuit: 0,
            chunks: 0,
            records: 0,
            root: [0; 32],
            nonce: [0; 32],
            ctx: [0; 32],
            commitment: [0; 32],
            verified: 0,
            lane_totals: [0; LANES],
            lane_amounts: [0; LANES],
            invoice: 0,
            payable: 0,
            paid: 0,
            set_off: 0,
            disputed_lanes: [0; LANES],
            disputed: 0,
            struck: 0,
            clawed: 0,
            prover: Pubkey::default(),
            // nobody proved anything: the reward is nothing, and this account is never paid
            prover_token: agreement.payout,
            reward_due: 0,
            reward_paid: 0,
            committed_at: now,
            opened_at: now,
            deadline: 0,
            reserved: [0; 64],
        });
        batch.set_invoice(amount, 0);
        batch.set_deadline(now, agreement.frame.dispute_window)?;
        batch.invariant()?;
        let event = NoteIssued {
            batch: batch.key(),
            statement: statement.key(),
            sequence,
            invoice: amount,
            deadline: batch.deadline,
        };
        emit_cpi!(event);
        Ok(())
    }
}

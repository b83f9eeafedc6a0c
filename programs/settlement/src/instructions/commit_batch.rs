use anchor_lang::prelude::*;
use anchor_spl::{associated_token::get_associated_token_address_with_program_id, token_interface::TokenAccount};
use gesim_core::{
    inputs::{BatchContext, INITIAL_COMMITMENT},
    layout::{CircuitSize, LANES, MAX_CHUNKS},
    poseidon::is_canonical,
};

use crate::{
    error::SettlementError,
    events::BatchCommitted,
    state::{
        batch::MAX_SEQUENCE, config::pause, seeds, Agreement, AgreementState, Batch, BatchKind, BatchState, Config,
        Mno, Statement, BOOKS_VERSION,
    },
};

/// What the MNO commits to.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct Commitment {
    pub root: [u8; 32],
    pub records: u64,
    pub chunks: u32,
    pub circuit: u8,
    pub nonce: [u8; 32],
}

impl Commitment {
    fn validate(&self) -> Result<CircuitSize> {
        let circuit = CircuitSize::try_from(self.circuit).map_err(|_| SettlementError::BadCircuit)?;
        require!(self.chunks > 0 && self.chunks <= MAX_CHUNKS, SettlementError::BadChunks);
        let most = u64::from(self.chunks).checked_mul(circuit.records() as u64).ok_or(SettlementError::Overflow)?;
        require!(self.records >= u64::from(self.chunks) && self.records <= most, SettlementError::BadRecords);
        require!(is_canonical(&self.root), SettlementError::NotAFieldElement);
        Ok(circuit)
    }
}

/// The MNO fixes records of a period: root, counts, prover. The period must be open, its exchange rate with it.
///
/// 0. `[signer, writable]` payer
/// 1. `[signer]` authority of the MNO
/// 2. config
/// 3. mno
/// 4. agreement
/// 5. `[writable]` statement of the period
/// 6. prover: who is rewarded
/// 7. prover_token: the prover's associated token account of the agreement's mint. Anyone can create that one again, so a
///    prover who closes it cannot hold the MNO's payment up.
/// 8. `[writable]` batch, created
/// 9. system program
#[event_cpi]
#[derive(Accounts)]
#[instruction(period: u32, sequence: u32)]
pub struct CommitBatch<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump,
        has_one = authority @ SettlementError::NotTheMno)]
    pub mno: Box<Account<'info, Mno>>,
    #[account(seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mno @ SettlementError::WrongAgreement)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(mut, seeds = [seeds::STATEMENT, agreement.key().as_ref(), &period.to_le_bytes()], bump = statement.bump,
        has_one = agreement @ SettlementError::WrongAgreement)]
    pub statement: Box<Account<'info, Statement>>,
    /// CHECK: an address to reward, nothing more.
    pub prover: UncheckedAccount<'info>,
    #[account(constraint = prover_token.mint == agreement.mint @ SettlementError::WrongMint)]
    pub prover_token: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(init, payer = payer, space = Batch::SPACE,
        seeds = [seeds::BATCH, agreement.key().as_ref(), &period.to_le_bytes(), &sequence.to_le_bytes()], bump)]
    pub batch: Box<Account<'info, Batch>>,
    pub system_program: Program<'info, System>,
}

impl CommitBatch<'_> {
    fn validate(&self, sequence: u32) -> Result<()> {
        self.config.running(pause::COMMIT)?;
        require!(self.agreement.state == AgreementState::Active, SettlementError::WrongAgreementState);
        self.statement.require_open()?;
        require!((1..=MAX_SEQUENCE).contains(&sequence), SettlementError::BadSequence);
        let token = self.prover_token.to_account_info();
        let expected = get_associated_token_address_with_program_id(self.prover.key, &self.agreement.mint, token.owner);
        require_keys_eq!(*token.key, expected, SettlementError::WrongTokenAccount);
        require_keys_eq!(self.prover_token.owner, *self.prover.key, SettlementError::WrongTokenAccount);
        Ok(())
    }
}

impl CommitBatch<'_> {
    pub fn run(ctx: Context<Self>, period: u32, sequence: u32, commitment: Commitment) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.validate(sequence)?;
        let circuit = commitment.validate()?;
        let agreement = &accounts.agreement;
        let Commitment { root, records, chunks, nonce, .. } = commitment;
        let context = BatchContext {
            program: crate::ID.to_bytes(),
            cluster: accounts.config.cluster,
            agreement: agreement.key().to_bytes(),
            period,
            sequence,
            measure: agreement.frame.measure()?,
            circuit,
            records,
            chunks,
            root,
            nonce,
        };
        let now = Clock::get()?.unix_timestamp;
        let batch = &mut accounts.batch;
        batch.set_inner(Batch {
            version: BOOKS_VERSION,
            bump: ctx.bumps.batch,
            state: BatchState::Committed,
            kind: BatchKind::Usage,
            agreement: agreement.key(),
            period,
            sequence,
            terms: accounts.statement.terms,
            measure: agreement.frame.measure,
            circuit: commitment.circuit,
            chunks,
            records,
            root,
            nonce,
            ctx: context.hash(),
            commitment: INITIAL_COMMITMENT,
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
            prover: accounts.prover.key(),
            prover_token: accounts.prover_token.key(),
            reward_due: 0,
            reward_paid: 0,
            committed_at: now,
            opened_at: 0,
            deadline: 0,
            reserved: [0; 64],
        });
        batch.set_deadline(now, agreement.frame.prove_window)?;
        batch.invariant()?;
        let statement = &mut accounts.statement;
        statement.open_batches = statement.open_batches.checked_add(1).ok_or(SettlementError::Overflow)?;
        let event = BatchCommitted {
            batch: batch.key(),
            agreement: agreement.key(),
            period,
            sequence,
            terms: batch.terms,
            root,
            ctx: batch.ctx,
            records,
            chunks,
            prover: batch.prover,
            deadline: batch.deadline,
        };
        emit_cpi!(event);
        Ok(())
    }
}

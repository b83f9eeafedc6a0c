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
        batch::MAX_SEQUENCE, config::pause, period_rate::require_period, seeds, Agreement, AgreementState, Batch,
        BatchState, Config, Mno, PeriodRate, VERSION,
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

/// The MNO fixes a period's records: root, counts, prover. The period's rate must stand already, so that the
/// MVNO cannot hold an invoice up by not signing one.
///
/// 0. `[signer, writable]` payer
/// 1. `[signer]` authority of the MNO
/// 2. config
/// 3. mno
/// 4. agreement
/// 5. rate of the period
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
    #[account(seeds = [seeds::RATE, agreement.key().as_ref(), &period.to_le_bytes()], bump = rate.bump)]
    pub rate: Box<Account<'info, PeriodRate>>,
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
    fn validate(&self, period: u32, sequence: u32) -> Result<()> {
        self.config.running(pause::COMMIT)?;
        require!(self.agreement.state == AgreementState::Active, SettlementError::WrongAgreementState);
        require_period(period)?;
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
        accounts.validate(period, sequence)?;
        let circuit = commitment.validate()?;
        let agreement = &accounts.agreement;
        let Commitment { root, records, chunks, nonce, .. } = commitment;
        let context = BatchContext {
            program: crate::ID.to_bytes(),
            cluster: accounts.config.cluster,
            agreement: agreement.key().to_bytes(),
            period,
            sequence,
            measure: agreement.measure()?,
            circuit,
            records,
            chunks,
            root,
            nonce,
        };
        let now = Clock::get()?.unix_timestamp;
        let batch = &mut accounts.batch;
        batch.set_inner(Batch {
            version: VERSION,
            bump: ctx.bumps.batch,
            state: BatchState::Committed,
            agreement: agreement.key(),
            period,
            sequence,
            measure: agreement.measure,
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
            prover: accounts.prover.key(),
            prover_token: accounts.prover_token.key(),
            reward_due: 0,
            committed_at: now,
            opened_at: 0,
            deadline: 0,
            reserved: [0; 64],
        });
        batch.set_deadline(now, agreement.prove_window)?;
        batch.invariant()?;
        let event = BatchCommitted {
            batch: batch.key(),
            agreement: agreement.key(),
            period,
            sequence,
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

use anchor_lang::prelude::*;
use gesim_core::{
    inputs::{opening_input, OpenedRecord},
    layout::{LANES, VALUE_LIMIT},
    poseidon::is_canonical,
};
use gesim_verifier::{verify, Proof};

use crate::{
    error::SettlementError,
    events::RecordChecked,
    setup::opening_key,
    state::{config::pause, seeds, Batch, Config},
};

/// One record as its opening proof shows it.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct Record {
    pub chunk: u32,
    pub lane: u8,
    pub position: u32,
    pub value: u64,
    pub record_id: [u8; 32],
    pub meta_digest: [u8; 32],
}

/// Shows on-chain that a record is in a batch, and nothing about the others. Changes nothing but the log.
///
/// 0. config
/// 1. batch
#[event_cpi]
#[derive(Accounts)]
pub struct CheckRecord<'info> {
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::BATCH, batch.agreement.as_ref(), &batch.period.to_le_bytes(), &batch.sequence.to_le_bytes()],
        bump = batch.bump)]
    pub batch: Box<Account<'info, Batch>>,
}

impl Record {
    /// Verifies the opening proof of this record against a batch.
    pub fn verify(&self, batch: &Batch, proof: &Proof) -> Result<()> {
        let limit = batch.circuit()?.records() as u64;
        let fits = self.chunk < batch.chunks
            && usize::from(self.lane) < LANES
            && u64::from(self.position) < limit
            && self.value < VALUE_LIMIT;
        require!(fits, SettlementError::BadRecord);
        let canonical = is_canonical(&self.record_id) && is_canonical(&self.meta_digest);
        require!(canonical, SettlementError::NotAFieldElement);
        let Self { chunk, lane, position, value, record_id, meta_digest } = *self;
        let opened = OpenedRecord { chunk, lane, position, value, record_id, meta_digest };
        let input = opening_input(&batch.ctx, &batch.root, &opened).map_err(|_| SettlementError::NotAFieldElement)?;
        if let Err(error) = verify(opening_key(batch.circuit()?), proof, &input) {
            msg!("{}", error);
            return err!(SettlementError::InvalidProof);
        }
        Ok(())
    }
}

impl CheckRecord<'_> {
    pub fn run(ctx: Context<Self>, record: Record, proof: Proof) -> Result<()> {
        ctx.accounts.config.running(pause::VERIFY)?;
        let batch = &ctx.accounts.batch;
        record.verify(batch, &proof)?;
        let Record { chunk, lane, position, value, record_id, meta_digest } = record;
        let event = RecordChecked { batch: batch.key(), chunk, lane, position, value, record_id, meta_digest };
        emit_cpi!(event);
        Ok(())
    }
}

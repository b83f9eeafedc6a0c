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

impl CheckRecord<'_> {
    fn validate(&self, record: &Record) -> Result<()> {
        self.config.running(pause::VERIFY)?;
        let limit = self.batch.circuit()?.records() as u64;
        let fits = record.chunk < self.batch.chunks
            && usize::from(record.lane) < LANES
            && u64::from(record.position) < limit
            && record.value < VALUE_LIMIT;
        require!(fits, SettlementError::BadRecord);
        let canonical = is_canonical(&record.record_id) && is_canonical(&record.meta_digest);
        require!(canonical, SettlementError::NotAFieldElement);
        Ok(())
    }
}

impl CheckRecord<'_> {
    pub fn run(ctx: Context<Self>, record: Record, proof: Proof) -> Result<()> {
        ctx.accounts.validate(&record)?;
        let batch = &ctx.accounts.batch;
        let Record { chunk, lane, position, value, record_id, meta_digest } = record;
        let opened = OpenedRecord { chunk, lane, position, value, record_id, meta_digest };
        let input = opening_input(&batch.ctx, &batch.root, &opened).map_err(|_| SettlementError::NotAFieldElement)?;
        if let Err(error) = verify(opening_key(batch.circuit()?), &proof, &input) {
            msg!("{}", error);
            return err!(SettlementError::InvalidProof);
        }
        let event = RecordChecked { batch: batch.key(), chunk, lane, position, value, record_id, meta_digest };
        emit_cpi!(event);
        Ok(())
    }
}

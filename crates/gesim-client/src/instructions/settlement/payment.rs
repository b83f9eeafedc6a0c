use settlement::{
    accounts, instruction,
    state::{Agreement, Batch},
};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, config, event_authority, seeds, ID};
use crate::addresses;

/// A pool that pays: its address and what is in it.
#[derive(Debug, Clone)]
pub struct Payer<'a> {
    pub pool: Pubkey,
    pub state: &'a escrow::state::Pool,
}

/// Pays margin, prover and MNO.
pub fn settle_batch(batch: Pubkey, state: &Batch, agreement: &Agreement, payer: &Payer) -> Instruction {
    let accounts = accounts::SettleBatch {
        config: config(),
        agreement: state.agreement,
        batch,
        authority: seeds::authority().0,
        escrow_config: addresses::escrow::config(),
        pool: payer.pool,
        vault: addresses::escrow::vault(&payer.pool),
        mint: agreement.mint,
        treasury: payer.state.treasury,
        mno_token: agreement.payout,
        prover_token: state.prover_token,
        token_program: payer.state.token_program,
        escrow_event_authority: crate::instructions::event_authority(&escrow::ID),
        escrow_program: escrow::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::SettleBatch {})
}

/// Ends a batch, or its dispute, that ran out of time.
pub fn expire_batch(batch: Pubkey, state: &Batch) -> Instruction {
    let accounts = accounts::ExpireBatch {
        config: config(),
        agreement: state.agreement,
        terms: seeds::terms(&state.agreement, state.terms).0,
        statement: seeds::statement(&state.agreement, state.period).0,
        batch,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::ExpireBatch {})
}

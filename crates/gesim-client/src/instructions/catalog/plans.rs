use anchor_lang::system_program;
use anchor_spl::token_2022;
use catalog::{
    accounts, instruction,
    state::{Catalog, PlanState},
    CreatePlanArgs,
};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, escrow_call, event_authority, ID};
use crate::{
    addresses::{catalog as at, escrow},
    token::MintInfo,
};

/// Publishes a plan: its id is the catalog's plan count.
pub fn create_plan(
    payer: Pubkey,
    address: Pubkey,
    state: &Catalog,
    agreement: Pubkey,
    coin: &MintInfo,
    args: CreatePlanArgs,
) -> Instruction {
    let plan = at::plan(&address, state.plan_count);
    let pool = escrow::pool(&plan, &agreement);
    let accounts = accounts::CreatePlan {
        authority: state.authority,
        payer,
        config: at::config(),
        catalog: address,
        plan,
        mint: at::mint(&plan),
        agreement,
        coin: coin.address,
        treasury: state.treasury,
        pool,
        vault: escrow::vault(&pool),
        escrow: escrow_call(),
        coin_program: coin.program,
        token_2022_program: token_2022::ID,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::CreatePlan { args })
}

pub fn set_plan_state(authority: Pubkey, catalog: Pubkey, plan: Pubkey, state: PlanState) -> Instruction {
    let accounts = accounts::SetPlanState { authority, catalog, plan, event_authority: event_authority(), program: ID };
    build(accounts, instruction::SetPlanState { state })
}

/// Starts the end of a retired plan: what is left is shared out once everything is billed.
pub fn begin_close(authority: Pubkey, catalog: Pubkey, plan: Pubkey, pool: Pubkey) -> Instruction {
    let accounts = accounts::BeginClose { authority, catalog, plan, pool, escrow: escrow_call() };
    build(accounts, instruction::BeginClose {})
}

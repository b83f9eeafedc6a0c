use anchor_lang::system_program;
use anchor_spl::token_2022;
use catalog::{
    accounts, instruction,
    state::{Entitlement, Plan},
};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, escrow_call, event_authority, ID};
use crate::{
    addresses::{catalog as at, escrow},
    token::{associated, MintInfo},
};

/// A plan with its address and the stablecoin it is paid in.
#[derive(Debug, Clone)]
pub struct PlanRef<'a> {
    pub address: Pubkey,
    pub state: &'a Plan,
    pub coin: MintInfo,
}

impl PlanRef<'_> {
    /// Where a holder keeps the plan's tokens.
    pub fn token(&self, holder: &Pubkey) -> Pubkey {
        associated(holder, &self.state.mint, &token_2022::ID)
    }

    fn vault(&self) -> Pubkey {
        escrow::vault(&self.state.pool)
    }
}

/// Pays into escrow and mints tokens to the buyer's associated account, which must exist.
pub fn purchase(plan: &PlanRef, buyer: Pubkey, payer: Pubkey, units: u64, nonce: u64) -> Instruction {
    let accounts = accounts::Purchase {
        buyer,
        payer,
        config: at::config(),
        plan: plan.address,
        mint: plan.state.mint,
        buyer_plan_token: plan.token(&buyer),
        buyer_coin: plan.coin.account(&buyer),
        coin: plan.coin.address,
        pool: plan.state.pool,
        vault: plan.vault(),
        position: escrow::position(&plan.state.pool, &buyer, nonce),
        escrow: escrow_call(),
        coin_program: plan.coin.program,
        token_2022_program: token_2022::ID,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::Purchase { units, nonce })
}

/// What identity has recorded of a holder, for a plan with an access rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The holder's binding: with access 1 and 2.
    pub binding: Option<Pubkey>,
    /// The session that the binding was made with: with access 2.
    pub session: Option<Pubkey>,
}

/// Burns one token against a position with open units.
pub fn activate(
    plan: &PlanRef,
    holder: Pubkey,
    payer: Pubkey,
    position: Pubkey,
    nonce: u64,
    evidence: Evidence,
) -> Instruction {
    let accounts = accounts::Activate {
        holder,
        payer,
        config: at::config(),
        plan: plan.address,
        mint: plan.state.mint,
        holder_plan_token: plan.token(&holder),
        entitlement: at::entitlement(&plan.address, &holder, nonce),
        pool: plan.state.pool,
        vault: plan.vault(),
        position,
        escrow: escrow_call(),
        token_2022_program: token_2022::ID,
        system_program: system_program::ID,
        binding: evidence.binding,
        session: evidence.session,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::Activate { nonce })
}

/// The operator says that the entitlement is provided.
pub fn confirm_activation(plan: &PlanRef, operator: Pubkey, entitlement: Pubkey, state: &Entitlement) -> Instruction {
    let accounts = accounts::ConfirmActivation {
        operator,
        config: at::config(),
        catalog: plan.state.catalog,
        plan: plan.address,
        entitlement,
        pool: plan.state.pool,
        vault: plan.vault(),
        position: state.position,
        escrow: escrow_call(),
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::ConfirmActivation {})
}

/// The operator says that it cannot be.
pub fn fail_activation(plan: &PlanRef, operator: Pubkey, entitlement: Pubkey) -> Instruction {
    let accounts = accounts::FailActivation {
        operator,
        config: at::config(),
        catalog: plan.state.catalog,
        plan: plan.address,
        entitlement,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::FailActivation {})
}

/// Money back for units that were not activated in time.
pub fn refund_unactivated(plan: &PlanRef, holder: Pubkey, position: Pubkey, units: u64) -> Instruction {
    let accounts = accounts::RefundUnactivated {
        holder,
        config: at::config(),
        plan: plan.address,
        mint: plan.state.mint,
        holder_plan_token: plan.token(&holder),
        holder_coin: plan.coin.account(&holder),
        coin: plan.coin.address,
        pool: plan.state.pool,
        vault: plan.vault(),
        position,
        escrow: escrow_call(),
        coin_program: plan.coin.program,
        token_2022_program: token_2022::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::RefundUnactivated { units })
}

/// Money back for an entitlement that was not provided.
pub fn refund_failed(plan: &PlanRef, holder: Pubkey, entitlement: Pubkey, state: &Entitlement) -> Instruction {
    let accounts = accounts::RefundFailed {
        holder,
        config: at::config(),
        plan: plan.address,
        entitlement,
        holder_coin: plan.coin.account(&holder),
        coin: plan.coin.address,
        pool: plan.state.pool,
        vault: plan.vault(),
        position: state.position,
        escrow: escrow_call(),
        coin_program: plan.coin.program,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::RefundFailed {})
}

/// A subscriber's share of what the operator did not bill.
pub fn claim_remainder(plan: &PlanRef, holder: Pubkey, entitlement: Pubkey) -> Instruction {
    let accounts = accounts::ClaimRemainder {
        holder,
        config: at::config(),
        plan: plan.address,
        entitlement,
        holder_coin: plan.coin.account(&holder),
        coin: plan.coin.address,
        pool: plan.state.pool,
        vault: plan.vault(),
        escrow: escrow_call(),
        coin_program: plan.coin.program,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::ClaimRemainder {})
}

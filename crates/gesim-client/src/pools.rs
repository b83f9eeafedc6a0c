//! Escrow's pools, found by what they belong to.

use escrow::state::Pool;
use solana_pubkey::Pubkey;

use crate::{
    error::Result,
    fetch::{fetch as read, list},
    transport::{Filter, Transport},
};

/// Discriminator, version, bump, vault bump, state; then the plan.
const PLAN: usize = 12;
const AGREEMENT: usize = PLAN + 32;

/// One pool.
pub fn fetch(transport: &dyn Transport, address: &Pubkey) -> Result<Pool> {
    read(transport, "pool", address)
}

/// Every pool whose money an agreement's batches can be paid from.
pub fn of_agreement(transport: &dyn Transport, agreement: &Pubkey) -> Result<Vec<(Pubkey, Pool)>> {
    list(transport, "pool", vec![Filter { offset: AGREEMENT, bytes: agreement.to_bytes().to_vec() }])
}

/// Every pool of a plan.
pub fn of_plan(transport: &dyn Transport, plan: &Pubkey) -> Result<Vec<(Pubkey, Pool)>> {
    list(transport, "pool", vec![Filter { offset: PLAN, bytes: plan.to_bytes().to_vec() }])
}

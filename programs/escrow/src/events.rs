//! What happened, with the amounts before and after. Emitted as inner instructions: logs may be cut.

use anchor_lang::prelude::*;

#[event]
pub struct Initialized {
    pub authority: Pubkey,
}

#[event]
pub struct AuthorityProposed {
    pub authority: Pubkey,
    pub proposed: Pubkey,
}

#[event]
pub struct AuthorityAccepted {
    pub previous: Pubkey,
    pub authority: Pubkey,
}

#[event]
pub struct PausedSet {
    pub before: u8,
    pub after: u8,
}

#[event]
pub struct OutflowLimitSet {
    pub pool: Pubkey,
    pub window: u32,
    pub before: u64,
    pub after: u64,
}

#[event]
pub struct PoolCreated {
    pub pool: Pubkey,
    pub plan: Pubkey,
    pub agreement: Pubkey,
    pub mint: Pubkey,
    pub treasury: Pubkey,
    pub unit_price: u64,
    pub margin_bps: u16,
}

#[event]
pub struct TreasurySet {
    pub pool: Pubkey,
    pub before: Pubkey,
    pub after: Pubkey,
}

#[event]
pub struct Deposited {
    pub pool: Pubkey,
    pub position: Pubkey,
    pub buyer: Pubkey,
    pub units: u64,
    pub amount: u64,
    pub held_before: u64,
    pub held_after: u64,
    pub vault_before: u64,
    pub vault_after: u64,
}

#[event]
pub struct ActivationBegun {
    pub pool: Pubkey,
    pub position: Pubkey,
    pub open: u64,
    pub pending: u64,
}

#[event]
pub struct Earned {
    pub pool: Pubkey,
    pub position: Pubkey,
    pub margin: u64,
    pub wholesale: u64,
    pub held_before: u64,
    pub held_after: u64,
    pub wholesale_before: u64,
    pub wholesale_after: u64,
}

#[event]
pub struct Refunded {
    pub pool: Pubkey,
    pub position: Pubkey,
    pub holder: Pubkey,
    pub units: u64,
    pub amount: u64,
    pub held_before: u64,
    pub held_after: u64,
    pub vault_before: u64,
    pub vault_after: u64,
}

#[event]
pub struct Released {
    pub pool: Pubkey,
    pub agreement: Pubkey,
    pub margin: u64,
    pub mno: u64,
    pub prover: u64,
    pub wholesale_before: u64,
    pub wholesale_after: u64,
    pub vault_before: u64,
    pub vault_after: u64,
}

#[event]
pub struct MarginPaid {
    pub pool: Pubkey,
    pub amount: u64,
    pub vault_before: u64,
    pub vault_after: u64,
}

#[event]
pub struct CloseBegun {
    pub pool: Pubkey,
    pub close_after: i64,
}

#[event]
pub struct PoolClosed {
    pub pool: Pubkey,
    pub wholesale_before: u64,
    pub treasury: u64,
    pub remainder: u64,
    pub remainder_per_unit: u64,
    pub vault_before: u64,
    pub vault_after: u64,
}

#[event]
pub struct RemainderPaid {
    pub pool: Pubkey,
    pub holder: Pubkey,
    pub amount: u64,
    pub remainder_before: u64,
    pub remainder_after: u64,
    pub vault_before: u64,
    pub vault_after: u64,
}

#[event]
pub struct PositionClosed {
    pub position: Pubkey,
    pub payer: Pubkey,
}

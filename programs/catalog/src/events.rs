//! What happened, with the counts before and after. Emitted as inner instructions: logs may be cut.

use anchor_lang::prelude::*;

use crate::state::{EntitlementState, PlanState};

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
pub struct CatalogCreated {
    pub catalog: Pubkey,
    pub authority: Pubkey,
    pub operator: Pubkey,
    pub treasury: Pubkey,
    pub mint: Pubkey,
}

#[event]
pub struct CatalogAuthorityProposed {
    pub catalog: Pubkey,
    pub authority: Pubkey,
    pub proposed: Pubkey,
}

#[event]
pub struct CatalogAuthorityAccepted {
    pub catalog: Pubkey,
    pub previous: Pubkey,
    pub authority: Pubkey,
}

#[event]
pub struct OperatorSet {
    pub catalog: Pubkey,
    pub before: Pubkey,
    pub after: Pubkey,
}

#[event]
pub struct TreasurySet {
    pub catalog: Pubkey,
    pub before: Pubkey,
    pub after: Pubkey,
}

#[event]
pub struct PlanCreated {
    pub catalog: Pubkey,
    pub plan: Pubkey,
    pub plan_id: u32,
    pub mint: Pubkey,
    pub pool: Pubkey,
    pub agreement: Pubkey,
    pub price: u64,
    pub terms: [u8; 32],
    pub access: u8,
    pub registrar: Pubkey,
}

#[event]
pub struct PlanStateSet {
    pub plan: Pubkey,
    pub before: PlanState,
    pub after: PlanState,
}

#[event]
pub struct Purchased {
    pub plan: Pubkey,
    pub buyer: Pubkey,
    pub position: Pubkey,
    pub units: u64,
    pub amount: u64,
    pub issued_before: u64,
    pub issued_after: u64,
}

#[event]
pub struct Activated {
    pub plan: Pubkey,
    pub entitlement: Pubkey,
    pub holder: Pubkey,
    pub position: Pubkey,
    pub state: EntitlementState,
    pub starts_at: i64,
    pub expires_at: i64,
    pub confirm_by: i64,
    pub activated_before: u64,
    pub activated_after: u64,
    /// What showed that the holder may, where the plan asks.
    pub binding: Option<Pubkey>,
    pub session: Option<Pubkey>,
}

#[event]
pub struct EntitlementChanged {
    pub entitlement: Pubkey,
    pub holder: Pubkey,
    pub before: EntitlementState,
    pub after: EntitlementState,
    pub starts_at: i64,
    pub expires_at: i64,
}

#[event]
pub struct UnitsRefunded {
    pub plan: Pubkey,
    pub holder: Pubkey,
    pub position: Pubkey,
    pub units: u64,
    pub refunded_before: u64,
    pub refunded_after: u64,
}

#[event]
pub struct RemainderClaimed {
    pub entitlement: Pubkey,
    pub holder: Pubkey,
}

#[event]
pub struct EntitlementClosed {
    pub entitlement: Pubkey,
    pub payer: Pubkey,
}

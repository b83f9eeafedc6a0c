//! Plans, positions and entitlements, found by what they belong to.

use catalog::state::{Entitlement, Plan};
use escrow::state::Position;
use solana_pubkey::Pubkey;

use crate::{
    error::Result,
    fetch,
    instructions::catalog::PlanRef,
    token::MintInfo,
    transport::{Filter, Transport},
};

/// Where the first key stands: behind discriminator, version, bump, and further bytes of each kind.
const PLAN_CATALOG: usize = 11;
const POSITION_POOL: usize = 10;
const POSITION_BUYER: usize = POSITION_POOL + 32;
const ENTITLEMENT_PLAN: usize = 12;
const ENTITLEMENT_HOLDER: usize = ENTITLEMENT_PLAN + 32;

/// Plans of a catalog, or of all of them.
pub fn plans(transport: &dyn Transport, catalog: Option<&Pubkey>) -> Result<Vec<(Pubkey, Plan)>> {
    let filters = catalog.map(|key| Filter { offset: PLAN_CATALOG, bytes: key.to_bytes().to_vec() });
    fetch::list(transport, "plan", filters.into_iter().collect())
}

/// A plan with its stablecoin.
pub fn plan(transport: &dyn Transport, address: &Pubkey) -> Result<(Plan, MintInfo)> {
    let plan: Plan = fetch::fetch(transport, "plan", address)?;
    let coin = MintInfo::fetch(transport, &plan.coin)?;
    Ok((plan, coin))
}

/// What instructions take of a plan.
pub fn plan_ref(address: Pubkey, state: &Plan, coin: MintInfo) -> PlanRef<'_> {
    PlanRef { address, state, coin }
}

/// Purchases of a pool.
pub fn positions(transport: &dyn Transport, pool: &Pubkey) -> Result<Vec<(Pubkey, Position)>> {
    fetch::list(transport, "position", vec![Filter { offset: POSITION_POOL, bytes: pool.to_bytes().to_vec() }])
}

/// Purchases of a buyer.
pub fn positions_of(transport: &dyn Transport, buyer: &Pubkey) -> Result<Vec<(Pubkey, Position)>> {
    fetch::list(transport, "position", vec![Filter { offset: POSITION_BUYER, bytes: buyer.to_bytes().to_vec() }])
}

/// Entitlements of a holder.
pub fn entitlements(transport: &dyn Transport, holder: &Pubkey) -> Result<Vec<(Pubkey, Entitlement)>> {
    let filter = Filter { offset: ENTITLEMENT_HOLDER, bytes: holder.to_bytes().to_vec() };
    fetch::list(transport, "entitlement", vec![filter])
}

/// A position with open units: the holder's own first, then anybody's, since units are interchangeable. For a
/// refund its deadline must be over.
pub fn open_position(
    transport: &dyn Transport,
    pool: &Pubkey,
    holder: &Pubkey,
    refundable_at: Option<i64>,
) -> Result<Option<(Pubkey, Position)>> {
    let fits =
        |position: &Position| position.units_open > 0 && refundable_at.is_none_or(|now| now > position.activate_by);
    let mut open: Vec<_> = positions(transport, pool)?.into_iter().filter(|(_, state)| fits(state)).collect();
    open.sort_by_key(|(_, state)| (state.buyer != *holder, state.activate_by));
    Ok(open.into_iter().next())
}

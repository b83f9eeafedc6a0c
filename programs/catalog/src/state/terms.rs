//! The commitment to a plan's terms: one field element, readable by circuits.
//!
//! ```text
//! quotas  = P(quota_0 .. quota_7)
//! parties = SHA-256("gesim:plan:v1" || program || catalog || agreement || coin [|| registrar]), first byte 0
//! terms   = P(quotas, parties, contract_hash[0..16], contract_hash[16..32], plan_id, price, validity,
//!             activation_window, confirmation_window, settle_grace, margin_bps, 256 remainder_policy + access)
//! ```
//!
//! The registrar counts when access is not 0, so that the terms of plans without an access rule are what they ever were.

use anchor_lang::prelude::*;
use gesim_core::{
    digest::sha256_field,
    poseidon::{field, poseidon, Field},
    CoreError,
};

use super::{access, Plan};
use crate::error::CatalogError;

const TAG: &[u8] = b"gesim:plan:v1";

pub fn terms(plan: &Plan) -> Result<Field> {
    hash(plan).map_err(|_| error!(CatalogError::Terms))
}

fn hash(plan: &Plan) -> std::result::Result<Field, CoreError> {
    let lanes = plan.quotas.map(field);
    let quotas = poseidon(&[&lanes[0], &lanes[1], &lanes[2], &lanes[3], &lanes[4], &lanes[5], &lanes[6], &lanes[7]])?;
    let registrar = match plan.access {
        access::ANYONE => &[][..],
        _ => plan.registrar.as_ref(),
    };
    let [catalog, agreement, coin] = [&plan.catalog, &plan.agreement, &plan.coin].map(Pubkey::as_ref);
    let parties = sha256_field(&[TAG, crate::ID.as_ref(), catalog, agreement, coin, registrar]);
    let (high, low) = halves(&plan.contract_hash);
    let flags = u64::from(u16::from_be_bytes([plan.remainder_policy as u8, plan.access]));
    poseidon(&[
        &quotas,
        &parties,
        &high,
        &low,
        &field(plan.plan_id.into()),
        &field(plan.price),
        &field(plan.validity.into()),
        &field(plan.activation_window.into()),
        &field(plan.confirmation_window.into()),
        &field(plan.settle_grace.into()),
        &field(plan.margin_bps.into()),
        &field(flags),
    ])
}

/// A digest can be above the modulus; its halves cannot.
fn halves(digest: &[u8; 32]) -> (Field, Field) {
    let (mut high, mut low) = ([0; 32], [0; 32]);
    high[16..].copy_from_slice(&digest[..16]);
    low[16..].copy_from_slice(&digest[16..]);
    (high, low)
}

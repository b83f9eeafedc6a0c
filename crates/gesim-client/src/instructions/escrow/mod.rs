//! Escrow: what its authority and anybody may ask of it. Everything else reaches it through catalog and settlement.

mod admin;

pub use admin::*;
pub use escrow::ID;

fn event_authority() -> solana_pubkey::Pubkey {
    super::event_authority(&ID)
}

//! Addresses that GeSIM's programs derive.

/// Identity's own functions.
pub use identity::state::seeds as identity;
/// Settlement's own functions.
pub use settlement::state::seeds as settlement;

pub mod escrow {
    use escrow::{state::seeds, ID};
    use solana_pubkey::Pubkey;

    pub fn config() -> Pubkey {
        Pubkey::find_program_address(&[seeds::CONFIG], &ID).0
    }

    pub fn pool(plan: &Pubkey, agreement: &Pubkey) -> Pubkey {
        Pubkey::find_program_address(&[seeds::POOL, plan.as_ref(), agreement.as_ref()], &ID).0
    }

    pub fn vault(pool: &Pubkey) -> Pubkey {
        Pubkey::find_program_address(&[seeds::VAULT, pool.as_ref()], &ID).0
    }

    pub fn position(pool: &Pubkey, buyer: &Pubkey, nonce: u64) -> Pubkey {
        let nonce = nonce.to_le_bytes();
        Pubkey::find_program_address(&[seeds::POSITION, pool.as_ref(), buyer.as_ref(), &nonce], &ID).0
    }
}

pub mod catalog {
    use catalog::{state::seeds, ID};
    use solana_pubkey::Pubkey;

    pub fn config() -> Pubkey {
        Pubkey::find_program_address(&[seeds::CONFIG], &ID).0
    }

    /// Signs the program's orders to escrow.
    pub fn authority() -> Pubkey {
        Pubkey::find_program_address(&[seeds::AUTHORITY], &ID).0
    }

    /// `authority` is the one that created it.
    pub fn catalog(authority: &Pubkey, id: u32) -> Pubkey {
        Pubkey::find_program_address(&[seeds::CATALOG, authority.as_ref(), &id.to_le_bytes()], &ID).0
    }

    pub fn plan(catalog: &Pubkey, plan_id: u32) -> Pubkey {
        Pubkey::find_program_address(&[seeds::PLAN, catalog.as_ref(), &plan_id.to_le_bytes()], &ID).0
    }

    /// The plan's token.
    pub fn mint(plan: &Pubkey) -> Pubkey {
        Pubkey::find_program_address(&[seeds::MINT, plan.as_ref()], &ID).0
    }

    pub fn entitlement(plan: &Pubkey, holder: &Pubkey, nonce: u64) -> Pubkey {
        let nonce = nonce.to_le_bytes();
        Pubkey::find_program_address(&[seeds::ENTITLEMENT, plan.as_ref(), holder.as_ref(), &nonce], &ID).0
    }
}

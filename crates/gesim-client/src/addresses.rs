//! Addresses that GeSIM's programs derive.

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

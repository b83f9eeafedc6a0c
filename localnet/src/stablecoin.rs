//! The stablecoin of the local node: an SPL Token mint with six decimals at an address that never changes.

use anyhow::{anyhow, Result};
use sha2::{Digest, Sha256};
use solana_keypair::Keypair;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_associated_token_account_interface::address::get_associated_token_address;
use spl_token_interface::state::{Account as TokenAccount, AccountState, Mint};
use surfpool_core::{solana_account::Account, surfnet::locker::SurfnetSvmLocker};

pub const DECIMALS: u8 = 6;
/// What each funded address gets: ten million.
pub const FUNDING: u64 = 10_000_000_000_000;

/// Always the same, so that scripts can name it.
pub fn address() -> Pubkey {
    let seed: [u8; 32] = Sha256::digest(b"gesim development stablecoin").into();
    Keypair::new_from_array(seed).pubkey()
}

/// Writes the mint and one associated token account for each funded address. The first address may mint more.
pub fn create(locker: &SurfnetSvmLocker, funded: &[Pubkey]) -> Result<()> {
    let mint = Mint {
        mint_authority: funded.first().copied().into(),
        supply: FUNDING.saturating_mul(funded.len() as u64),
        decimals: DECIMALS,
        is_initialized: true,
        freeze_authority: None.into(),
    };
    write(locker, address(), mint)?;
    for owner in funded {
        let account = TokenAccount {
            mint: address(),
            owner: *owner,
            amount: FUNDING,
            state: AccountState::Initialized,
            ..TokenAccount::default()
        };
        write(locker, get_associated_token_address(owner, &address()), account)?;
    }
    Ok(())
}

fn write<T: Pack>(locker: &SurfnetSvmLocker, at: Pubkey, state: T) -> Result<()> {
    let mut data = vec![0; T::LEN];
    state.pack_into_slice(&mut data);
    locker
        .with_svm_writer(|svm| {
            let lamports = svm.inner.minimum_balance_for_rent_exemption(data.len());
            let account =
                Account { lamports, data, owner: spl_token_interface::ID, executable: false, rent_epoch: u64::MAX };
            svm.set_account(&at, account)
        })
        .map_err(|e| anyhow!("{e}").context(format!("writing {at}")))
}

//! Reading GeSIM's accounts.

use anchor_lang::{AccountDeserialize, Discriminator, Owner};
use solana_account::Account;
use solana_pubkey::Pubkey;

use crate::{
    error::{ClientError, Result},
    transport::{Filter, Transport},
};

/// Reads one account of a GeSIM program; owner and discriminator must be right.
pub fn fetch<T: AccountDeserialize + Owner>(
    transport: &dyn Transport,
    what: &'static str,
    address: &Pubkey,
) -> Result<T> {
    parse(what, address, &transport.require(what, address)?)
}

/// [`fetch`] for an account that may not be there.
pub fn find<T: AccountDeserialize + Owner>(
    transport: &dyn Transport,
    what: &'static str,
    address: &Pubkey,
) -> Result<Option<T>> {
    transport.account(address)?.map(|account| parse(what, address, &account)).transpose()
}

/// All accounts of a kind, narrowed by filters behind the discriminator (offsets count from the account's start).
pub fn list<T: AccountDeserialize + Owner + Discriminator>(
    transport: &dyn Transport,
    what: &'static str,
    mut filters: Vec<Filter>,
) -> Result<Vec<(Pubkey, T)>> {
    filters.insert(0, Filter { offset: 0, bytes: T::DISCRIMINATOR.to_vec() });
    let found = transport.program_accounts(&T::owner(), &filters)?;
    let mut parsed = Vec::with_capacity(found.len());
    for (address, account) in found {
        parsed.push((address, parse(what, &address, &account)?));
    }
    parsed.sort_by_key(|(address, _)| *address);
    Ok(parsed)
}

fn parse<T: AccountDeserialize + Owner>(what: &'static str, address: &Pubkey, account: &Account) -> Result<T> {
    let bad = |reason: String| ClientError::Malformed { what, address: *address, reason };
    if account.owner != T::owner() {
        return Err(bad(format!("the program {} owns it", account.owner)));
    }
    T::try_deserialize(&mut account.data.as_slice()).map_err(|error| bad(error.to_string()))
}

//! Every token account before and after, and whether any money appeared or vanished.

use anyhow::Result;
use gesim_client::{
    addresses::escrow,
    token::{balance, MintInfo},
    Session,
};
use serde::Serialize;
use solana_pubkey::Pubkey;

use super::{cast::Cast, market::Market};
use crate::output::as_text;

/// One token account.
#[derive(Serialize, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Balance {
    pub name: &'static str,
    pub account: String,
    pub mint: String,
    #[serde(serialize_with = "as_text")]
    pub before: u64,
    #[serde(serialize_with = "as_text")]
    pub after: u64,
}

#[derive(Debug, Clone)]
pub struct Balances {
    pub accounts: Vec<Balance>,
    /// The stablecoin's accounts add up to what they added up to before, and to what exists.
    pub conserved: bool,
}

struct Watched {
    name: &'static str,
    account: Pubkey,
    mint: Pubkey,
    before: u64,
}

pub struct Ledger {
    coin: Pubkey,
    accounts: Vec<Watched>,
}

impl Ledger {
    /// After the stablecoin is funded, before anything is sold.
    pub fn open(cast: &Cast, session: &Session) -> Result<Self> {
        let coin = cast.mint().address;
        let mut accounts = Vec::new();
        for (name, account) in cast.accounts() {
            accounts.push(Watched { name, account, mint: coin, before: balance(session.transport, &account)? });
        }
        Ok(Self { coin, accounts })
    }

    /// Accounts that the plan brought: empty when they were made.
    pub fn watch(mut self, market: &Market) -> Self {
        let vault = escrow::vault(&market.pool);
        self.accounts.push(Watched { name: "escrow vault", account: vault, mint: self.coin, before: 0 });
        let tokens = market.tokens;
        let (name, mint) = ("subscriber's plan tokens", market.plan_mint);
        self.accounts.push(Watched { name, account: tokens, mint, before: 0 });
        self
    }

    pub fn close(self, session: &Session) -> Result<Balances> {
        let mut accounts = Vec::new();
        for watched in &self.accounts {
            accounts.push(Balance {
                name: watched.name,
                account: watched.account.to_string(),
                mint: watched.mint.to_string(),
                before: watched.before,
                after: balance(session.transport, &watched.account)?,
            });
        }
        let sum = |of: fn(&Balance) -> u64| -> u128 {
            let coin = self.coin.to_string();
            accounts.iter().filter(|row| row.mint == coin).map(|row| u128::from(of(row))).sum()
        };
        let supply = u128::from(MintInfo::fetch(session.transport, &self.coin)?.supply);
        let (before, after) = (sum(|row| row.before), sum(|row| row.after));
        Ok(Balances { conserved: before == after && after == supply, accounts })
    }
}

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

/// What one token account holds.
#[derive(Serialize, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Balance {
    pub name: &'static str,
    pub account: String,
    pub mint: String,
    #[serde(serialize_with = "as_text")]
    pub amount: u64,
}

/// Every token account, in the same order both times.
#[derive(Serialize, Debug, Clone)]
pub struct Balances {
    pub before: Vec<Balance>,
    pub after: Vec<Balance>,
    /// The stablecoin's accounts add up to what they added up to before, and to what exists.
    #[serde(skip)]
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
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for Watched { name, account, mint, before: amount } in &self.accounts {
            let row = |amount| Balance { name, account: account.to_string(), mint: mint.to_string(), amount };
            before.push(row(*amount));
            after.push(row(balance(session.transport, account)?));
        }
        let coin = self.coin.to_string();
        let sum = |rows: &[Balance]| -> u128 {
            rows.iter().filter(|row| row.mint == coin).map(|row| u128::from(row.amount)).sum()
        };
        let supply = u128::from(MintInfo::fetch(session.transport, &self.coin)?.supply);
        let conserved = sum(&before) == sum(&after) && sum(&after) == supply;
        Ok(Balances { before, after, conserved })
    }
}

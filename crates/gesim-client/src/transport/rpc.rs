//! A Solana RPC node: reading, simulating.

use std::time::Duration;

use solana_account::Account;
use solana_account_decoder_client_types::UiAccountEncoding;
use solana_clock::Clock;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::{
    client_error::Error as RpcError,
    config::{
        RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcSimulateTransactionAccountsConfig,
        RpcSimulateTransactionConfig,
    },
    filter::{Memcmp, MemcmpEncodedBytes, RpcFilterType},
};
use solana_transaction::versioned::VersionedTransaction;

use super::{rpc_many, rpc_send, Blockhash, Filter, Receipt, Simulation, Transport};
use crate::error::{ClientError, Result};

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Most accounts one request can ask for.
const MAX_ACCOUNTS: usize = 100;

pub struct RpcTransport {
    pub(crate) client: RpcClient,
}

impl RpcTransport {
    pub fn new(url: &str, commitment: CommitmentConfig) -> Self {
        Self { client: RpcClient::new_with_timeout_and_commitment(url, TIMEOUT, commitment) }
    }

    pub fn version(&self) -> Result<String> {
        Ok(self.client.get_version().map_err(|e| self.network(e))?.solana_core)
    }

    /// Asks a test cluster or a local node for SOL.
    pub fn airdrop(&self, address: &Pubkey, lamports: u64) -> Result<()> {
        let signature = self.client.request_airdrop(address, lamports).map_err(|e| self.network(e))?;
        self.client.poll_for_signature(&signature).map_err(|e| self.network(e))
    }

    pub(crate) fn network(&self, error: RpcError) -> ClientError {
        ClientError::Network { url: self.client.url(), reason: error.to_string() }
    }

    fn unreadable(&self, what: &str) -> ClientError {
        ClientError::Network { url: self.client.url(), reason: format!("{what} is not readable") }
    }
}

impl Transport for RpcTransport {
    fn url(&self) -> String {
        self.client.url()
    }

    fn genesis_hash(&self) -> Result<Hash> {
        self.client.get_genesis_hash().map_err(|e| self.network(e))
    }

    fn now(&self) -> Result<i64> {
        let account = self.require("clock", &solana_sdk_ids::sysvar::clock::ID)?;
        // Clock: slot u64, epoch start i64, epoch u64, leader schedule epoch u64, unix timestamp i64.
        let start = std::mem::size_of::<Clock>().saturating_sub(8);
        let bytes = account.data.get(start..start.saturating_add(8)).and_then(|b| b.try_into().ok());
        bytes.map(i64::from_le_bytes).ok_or_else(|| self.unreadable("the clock"))
    }

    fn blockhash(&self) -> Result<Blockhash> {
        let commitment = self.client.commitment();
        let (hash, valid_until) =
            self.client.get_latest_blockhash_with_commitment(commitment).map_err(|e| self.network(e))?;
        Ok(Blockhash { hash, valid_until })
    }

    fn rent(&self, space: usize) -> Result<u64> {
        self.client.get_minimum_balance_for_rent_exemption(space).map_err(|e| self.network(e))
    }

    fn accounts(&self, addresses: &[Pubkey]) -> Result<Vec<Option<Account>>> {
        let mut found = Vec::with_capacity(addresses.len());
        for chunk in addresses.chunks(MAX_ACCOUNTS) {
            found.extend(self.client.get_multiple_accounts(chunk).map_err(|e| self.network(e))?);
        }
        Ok(found)
    }

    fn program_accounts(&self, program: &Pubkey, filters: &[Filter]) -> Result<Vec<(Pubkey, Account)>> {
        let compare = |filter: &Filter| {
            RpcFilterType::Memcmp(Memcmp::new(filter.offset, MemcmpEncodedBytes::Bytes(filter.bytes.clone())))
        };
        let config = RpcProgramAccountsConfig {
            filters: Some(filters.iter().map(compare).collect()),
            account_config: RpcAccountInfoConfig {
                encoding: Some(UiAccountEncoding::Base64),
                commitment: Some(self.client.commitment()),
                ..RpcAccountInfoConfig::default()
            },
            ..RpcProgramAccountsConfig::default()
        };
        let found = self.client.get_program_ui_accounts_with_config(program, config).map_err(|e| self.network(e))?;
        let read = |(at, account): (Pubkey, solana_account_decoder_client_types::UiAccount)| {
            account.to_account().map(|account| (at, account)).ok_or_else(|| self.unreadable("an account"))
        };
        found.into_iter().map(read).collect()
    }

    fn recent_priority_fee(&self, writable: &[Pubkey]) -> Result<u64> {
        let fees = self.client.get_recent_prioritization_fees(writable).map_err(|e| self.network(e))?;
        let mut fees: Vec<u64> = fees.into_iter().map(|fee| fee.prioritization_fee).collect();
        fees.sort_unstable();
        // The upper quartile: ahead of most, without an auction against the highest bidder.
        Ok(fees.get(fees.len().saturating_mul(3) / 4).copied().unwrap_or(0))
    }

    fn simulate(&self, transaction: &VersionedTransaction, watch: &[Pubkey]) -> Result<Simulation> {
        let accounts = (!watch.is_empty()).then(|| RpcSimulateTransactionAccountsConfig {
            encoding: Some(UiAccountEncoding::Base64),
            addresses: watch.iter().map(ToString::to_string).collect(),
        });
        let config = RpcSimulateTransactionConfig {
            replace_recent_blockhash: true,
            commitment: Some(self.client.commitment()),
            accounts,
            ..RpcSimulateTransactionConfig::default()
        };
        let done =
            self.client.simulate_transaction_with_config(transaction, config).map_err(|e| self.network(e))?.value;
        let accounts = done.accounts.unwrap_or_default();
        Ok(Simulation {
            error: done.err.map(Into::into),
            logs: done.logs.unwrap_or_default(),
            units: done.units_consumed.unwrap_or(0),
            accounts: accounts.into_iter().map(|account| account.and_then(|a| a.to_account())).collect(),
        })
    }

    fn submit(&self, transaction: &VersionedTransaction, valid_until: u64) -> Result<Receipt> {
        rpc_send::submit(self, transaction, valid_until)
    }

    fn submit_many(
        &self,
        transactions: &[VersionedTransaction],
        valid_until: u64,
        landed: &dyn Fn(Receipt),
    ) -> Result<Vec<usize>> {
        rpc_many::submit_many(self, transactions, valid_until, landed)
    }
}

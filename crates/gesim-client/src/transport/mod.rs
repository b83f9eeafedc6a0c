//! The two ways to a cluster: a Solana RPC node, and an SVM in this process.

mod rpc;
mod rpc_many;
mod rpc_send;
mod svm;

use solana_account::Account;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;

pub use rpc::RpcTransport;
pub use svm::SvmTransport;

use crate::error::{ClientError, Result};

/// A blockhash and the last block height at which transactions that carry it are valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blockhash {
    pub hash: Hash,
    pub valid_until: u64,
}

/// What a transaction would do.
#[derive(Debug, Clone, Default)]
pub struct Simulation {
    pub error: Option<TransactionError>,
    pub logs: Vec<String>,
    pub units: u64,
    /// The watched accounts afterwards, in the order asked for.
    pub accounts: Vec<Option<Account>>,
}

/// A transaction that landed and succeeded.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub signature: Signature,
    /// Compute units, when the node keeps them.
    pub units: Option<u64>,
    /// Lamports.
    pub fee: Option<u64>,
    pub logs: Vec<String>,
}

/// Picks accounts of a program by bytes at an offset.
#[derive(Debug, Clone)]
pub struct Filter {
    pub offset: usize,
    pub bytes: Vec<u8>,
}

pub trait Transport {
    /// What people call the cluster: its URL, or `embedded`.
    fn url(&self) -> String;
    fn genesis_hash(&self) -> Result<Hash>;
    /// The cluster's clock, unix seconds.
    fn now(&self) -> Result<i64>;
    fn blockhash(&self) -> Result<Blockhash>;
    fn rent(&self, space: usize) -> Result<u64>;
    fn accounts(&self, addresses: &[Pubkey]) -> Result<Vec<Option<Account>>>;
    fn program_accounts(&self, program: &Pubkey, filters: &[Filter]) -> Result<Vec<(Pubkey, Account)>>;
    /// What others lately paid for transactions that write these accounts, micro-lamports a compute unit.
    fn recent_priority_fee(&self, writable: &[Pubkey]) -> Result<u64>;
    /// Runs a transaction without its effects. Signatures and blockhash are not checked.
    fn simulate(&self, transaction: &VersionedTransaction, watch: &[Pubkey]) -> Result<Simulation>;
    /// Sends a signed transaction and waits until it is confirmed. Sending the same one again is harmless: the
    /// receipt of the first is returned. [`ClientError::Expired`] means that it can never land any more.
    fn submit(&self, transaction: &VersionedTransaction, valid_until: u64) -> Result<Receipt>;

    /// [`Transport::submit`] for transactions that do not depend on each other. `landed` hears of each. Returns the
    /// places of those that expired; any other error ends it.
    fn submit_many(
        &self,
        transactions: &[VersionedTransaction],
        valid_until: u64,
        landed: &dyn Fn(Receipt),
    ) -> Result<Vec<usize>> {
        let mut expired = Vec::new();
        for (place, transaction) in transactions.iter().enumerate() {
            match self.submit(transaction, valid_until) {
                Ok(receipt) => landed(receipt),
                Err(ClientError::Expired { .. }) => expired.push(place),
                Err(error) => return Err(error),
            }
        }
        Ok(expired)
    }

    fn account(&self, address: &Pubkey) -> Result<Option<Account>> {
        Ok(self.accounts(&[*address])?.pop().flatten())
    }

    fn require(&self, what: &'static str, address: &Pubkey) -> Result<Account> {
        self.account(address)?.ok_or(ClientError::NotFound { what, address: *address })
    }

    fn balance(&self, address: &Pubkey) -> Result<u64> {
        Ok(self.account(address)?.map_or(0, |account| account.lamports))
    }
}

//! The SVM in this process: the same programs, loaded from the bytes that came with this crate.

use std::{
    cell::{RefCell, RefMut},
    time::{SystemTime, UNIX_EPOCH},
};

use litesvm::LiteSVM;
use solana_account::Account;
use solana_clock::Clock;
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;

use super::{Blockhash, Filter, Receipt, Simulation, Transport};
use crate::{
    decode::{refusal, refused},
    error::{ClientError, Result},
};

/// Seconds of one slot in the embedded cluster, rounded up.
const SLOT_SECONDS: i64 = 1;

pub struct SvmTransport {
    svm: RefCell<LiteSVM>,
}

impl SvmTransport {
    /// A fresh cluster with GeSIM's programs, at the present time.
    pub fn new() -> Result<Self> {
        let mut svm = LiteSVM::new();
        for program in gesim_programs::PROGRAMS {
            svm.add_program(Pubkey::from(program.id), program.elf)
                .map_err(|e| ClientError::invalid(format!("the {} program does not load: {e}", program.name)))?;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        let mut clock: Clock = svm.get_sysvar();
        clock.unix_timestamp = i64::try_from(now).unwrap_or(i64::MAX);
        svm.set_sysvar(&clock);
        Ok(Self { svm: RefCell::new(svm) })
    }

    /// Lets time pass.
    pub fn advance(&self, seconds: i64) -> Result<()> {
        let mut svm = self.svm.borrow_mut();
        let mut clock: Clock = svm.get_sysvar();
        clock.unix_timestamp = clock.unix_timestamp.saturating_add(seconds);
        clock.slot = clock.slot.saturating_add(u64::try_from(seconds / SLOT_SECONDS).unwrap_or(0).max(1));
        svm.set_sysvar(&clock);
        svm.expire_blockhash();
        Ok(())
    }

    pub fn airdrop(&self, address: &Pubkey, lamports: u64) -> Result<()> {
        let mut svm = self.svm.borrow_mut();
        svm.airdrop(address, lamports).map_err(|failed| refused("airdrop", failed.err, failed.meta.logs))?;
        svm.expire_blockhash();
        Ok(())
    }

    /// The SVM itself, for tests that reach behind the transport.
    pub fn svm(&self) -> RefMut<'_, LiteSVM> {
        self.svm.borrow_mut()
    }
}

impl Transport for SvmTransport {
    fn url(&self) -> String {
        "embedded".into()
    }

    fn genesis_hash(&self) -> Result<Hash> {
        Ok(Hash::new_from_array(gesim_core::digest::sha256(&[b"gesim embedded cluster"])))
    }

    fn now(&self) -> Result<i64> {
        Ok(self.svm.borrow().get_sysvar::<Clock>().unix_timestamp)
    }

    fn blockhash(&self) -> Result<Blockhash> {
        Ok(Blockhash { hash: self.svm.borrow().latest_blockhash(), valid_until: u64::MAX })
    }

    fn rent(&self, space: usize) -> Result<u64> {
        Ok(self.svm.borrow().minimum_balance_for_rent_exemption(space))
    }

    fn accounts(&self, addresses: &[Pubkey]) -> Result<Vec<Option<Account>>> {
        let svm = self.svm.borrow();
        Ok(addresses.iter().map(|at| svm.get_account(at).filter(|account| account.lamports > 0)).collect())
    }

    fn program_accounts(&self, program: &Pubkey, filters: &[Filter]) -> Result<Vec<(Pubkey, Account)>> {
        let holds = |account: &Account, filter: &Filter| {
            account.data.get(filter.offset..).is_some_and(|rest| rest.starts_with(&filter.bytes))
        };
        let mut found = self.svm.borrow().get_program_accounts(program);
        found.retain(|(_, account)| account.lamports > 0 && filters.iter().all(|filter| holds(account, filter)));
        Ok(found)
    }

    fn recent_priority_fee(&self, _writable: &[Pubkey]) -> Result<u64> {
        Ok(0)
    }

    fn simulate(&self, transaction: &VersionedTransaction, watch: &[Pubkey]) -> Result<Simulation> {
        let svm = self.svm.borrow();
        match svm.simulate_transaction(transaction.clone()) {
            Ok(done) => {
                let after = |at: &Pubkey| {
                    let changed = done.post_accounts.iter().find(|(key, _)| key == at);
                    changed.map_or_else(|| svm.get_account(at), |(_, account)| Some(account.clone().into()))
                };
                Ok(Simulation {
                    error: None,
                    units: done.meta.compute_units_consumed,
                    accounts: watch.iter().map(after).collect(),
                    logs: done.meta.logs,
                })
            }
            Err(failed) => Ok(Simulation {
                error: Some(failed.err),
                units: failed.meta.compute_units_consumed,
                logs: failed.meta.logs,
                accounts: watch.iter().map(|at| svm.get_account(at)).collect(),
            }),
        }
    }

    fn submit(&self, transaction: &VersionedTransaction, _valid_until: u64) -> Result<Receipt> {
        let receipt = self.run(transaction);
        // The next transaction gets another blockhash, so that an equal one is another one.
        self.svm.borrow_mut().expire_blockhash();
        receipt
    }

    /// All under one blockhash: they were signed for it together.
    fn submit_many(
        &self,
        transactions: &[VersionedTransaction],
        _valid_until: u64,
        landed: &dyn Fn(Receipt),
    ) -> Result<Vec<usize>> {
        let mut expired = Vec::new();
        for (place, transaction) in transactions.iter().enumerate() {
            match self.run(transaction) {
                Ok(receipt) => landed(receipt),
                Err(ClientError::Expired { .. }) => expired.push(place),
                Err(error) => return Err(error),
            }
        }
        self.svm.borrow_mut().expire_blockhash();
        Ok(expired)
    }
}

impl SvmTransport {
    fn run(&self, transaction: &VersionedTransaction) -> Result<Receipt> {
        let mut svm = self.svm.borrow_mut();
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        let result = match svm.send_transaction(transaction.clone()) {
            Err(failed) if failed.err == TransactionError::AlreadyProcessed => {
                svm.get_transaction(&signature).cloned().unwrap_or(Err(failed))
            }
            other => other,
        };
        match result {
            Ok(meta) => Ok(Receipt {
                signature: meta.signature,
                units: Some(meta.compute_units_consumed),
                fee: Some(meta.fee),
                logs: meta.logs,
            }),
            Err(failed) if failed.err == TransactionError::BlockhashNotFound => Err(ClientError::Expired { signature }),
            Err(failed) => {
                let mut refusal = refusal("", failed.err, failed.meta.logs);
                refusal.signature = Some(signature);
                Err(ClientError::Refused(Box::new(refusal)))
            }
        }
    }
}

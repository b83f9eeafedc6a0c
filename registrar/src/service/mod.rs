//! The registrar itself: what it does when a device asks, and what it tells the chain. No HTTP in here.

mod enrol;
mod paths;
mod settle;

use std::sync::{Mutex, MutexGuard, PoisonError};

use gesim_core::eid_tree::EidTree;
use rand::{rngs::OsRng, RngCore};

pub use enrol::field;
pub use settle::Step;

use crate::{
    chain::LeafChain,
    error::{RegistrarError, Result},
    euicc::Server,
    key::{self, TagKey, CHECK_LEN},
    store::{Epoch, Owner, Store},
};

/// Unix seconds.
pub type Clock = Box<dyn Fn() -> i64 + Send + Sync>;

/// This machine's clock.
pub fn system_clock() -> Clock {
    Box::new(|| time::OffsetDateTime::now_utc().unix_timestamp())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How long a nonce can be answered.
    pub nonce_seconds: u32,
    /// How long an enrolment lasts, unless the eUICC's certificate ends earlier.
    pub leaf_seconds: u32,
    /// Nonces that wait for an answer.
    pub most_open: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self { nonce_seconds: 300, leaf_seconds: 365 * 86_400, most_open: 10_000 }
    }
}

pub struct Registrar {
    store: Mutex<Store>,
    tree: Mutex<EidTree>,
    key: Mutex<Box<dyn TagKey>>,
    key_check: [u8; CHECK_LEN],
    server: Server,
    policy: Policy,
    clock: Clock,
    owner: Owner,
    /// One change of the chain at a time.
    turn: Mutex<()>,
}

impl Registrar {
    /// Puts the parts together. Before it enrols, [`Registrar::check_key`].
    pub fn new(store: Store, key: Box<dyn TagKey>, server: Server, policy: Policy, clock: Clock) -> Result<Self> {
        let key_check = key::check_value(key.as_ref())?;
        let tree = EidTree::from_leaves(store.tree_leaves()?)?;
        let owner = store.owner()?;
        Ok(Self {
            store: Mutex::new(store),
            tree: Mutex::new(tree),
            key: Mutex::new(key),
            key_check,
            server,
            policy,
            clock,
            owner,
            turn: Mutex::new(()),
        })
    }

    /// A registrar without a file, for one process: the chain's present tree must be empty.
    pub fn in_memory(chain: &dyn LeafChain, key: Box<dyn TagKey>, server: Server, clock: Clock) -> Result<Self> {
        let head = chain.head()?;
        let owner = Owner { address: chain.registrar(), cluster: chain.cluster()? };
        let epoch = Epoch { epoch: head.epoch, tree: head.tree, key_check: key::check_value(key.as_ref())? };
        let store = Store::in_memory(&owner, &epoch, clock())?;
        Self::new(store, key, server, Policy::default(), clock)
    }

    /// Refuses a key that is not the one of the present epoch: its tags would be others.
    pub fn check_key(&self) -> Result<()> {
        match self.key_check == self.store().epoch()?.key_check {
            true => Ok(()),
            false => Err(RegistrarError::OtherKey),
        }
    }

    /// Refuses a chain that is another one than the database's, or a tree that others appended to.
    pub fn check(&self, chain: &dyn LeafChain) -> Result<()> {
        let owner = Owner { address: chain.registrar(), cluster: chain.cluster()? };
        if owner != self.owner {
            let address = bs58(&self.owner.address);
            return Err(RegistrarError::OtherRegistrar(format!("{address} on another cluster, or another address")));
        }
        self.compare(chain)
    }

    pub fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    fn now(&self) -> i64 {
        (self.clock)()
    }
}

/// A thread that died while it held a lock left nothing half done: SQLite's transactions see to that, and the tree hashes
/// before it writes.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut out = [0; N];
    OsRng.try_fill_bytes(&mut out).map_err(|e| RegistrarError::Internal(format!("no randomness: {e}")))?;
    Ok(out)
}

pub(crate) fn bs58(key: &[u8; 32]) -> String {
    solana_pubkey::Pubkey::from(*key).to_string()
}

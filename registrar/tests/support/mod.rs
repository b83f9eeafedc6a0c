//! A chain in process, a registrar on it, and devices with an eUICC that signs as SGP.22 says.
#![allow(dead_code)] // every test file takes what it needs

pub mod client;
pub mod device;
pub mod http;

use std::{
    path::PathBuf,
    sync::{
        atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering::SeqCst},
        Arc, Mutex, PoisonError,
    },
};

use gesim_client::{
    error::{ClientError, Result},
    instructions::identity as build,
    Session, SvmTransport, Transport,
};
use gesim_core::poseidon::Field;
use gesim_registrar::{
    chain::{Change, Enrolled, Head},
    euicc::Server,
    key::{check_value, FileKey},
    service::Clock,
    store::{Epoch, Owner, Sent, Store},
    LeafChain, OnChain, Policy, Registrar,
};
use gesim_rsp::{chain::Trust, pki::Pki};
use solana_keypair::Keypair;
use solana_signer::Signer;
use tempfile::TempDir;

pub const ADDRESS: &str = "registrar.test";

/// The chain, shared with the service, and ways to break it.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Mutex<OnChain<SvmTransport>>>,
    /// Nothing answers.
    pub down: Arc<AtomicBool>,
    /// So many transactions land without an answer.
    pub mute: Arc<AtomicU32>,
    /// So many transactions never land, and it is said that they cannot any more.
    pub lost: Arc<AtomicU32>,
    /// So many transactions are not even sent.
    pub cut: Arc<AtomicU32>,
    /// So many transactions land, and it is said that they cannot any more.
    pub lied: Arc<AtomicU32>,
}

impl Desk {
    /// A cluster with the identity program at work, and a registrar's accounts.
    pub fn new() -> Self {
        let svm = SvmTransport::new().expect("the programs load");
        let authority = Keypair::new();
        svm.airdrop(&authority.pubkey(), 1_000_000_000_000).expect("airdrop");
        let me = authority.pubkey();
        let cluster = svm.genesis_hash().expect("genesis").to_bytes();
        let initialize = build::initialize(me, me, cluster, 0);
        Session::new(&svm, &authority).send("initialise", &[initialize], &[]).expect("initialised");
        let chain = OnChain::new(svm, authority.insecure_clone(), authority, &me, 7, 0);
        chain.create(7).expect("registrar");
        let inner = Arc::new(Mutex::new(chain));
        let none = Arc::<AtomicU32>::default;
        Self { inner, down: Arc::default(), mute: none(), lost: none(), cut: none(), lied: none() }
    }

    /// The chain behind all faults.
    pub fn with<T>(&self, work: impl FnOnce(&OnChain<SvmTransport>) -> T) -> T {
        work(&self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Time passes on the chain.
    pub fn advance(&self, seconds: i64) {
        self.with(|chain| chain.transport.advance(seconds)).expect("time passes");
    }

    fn up(&self) -> Result<()> {
        match self.down.load(SeqCst) {
            true => Err(ClientError::Network { url: "test".into(), reason: "down".into() }),
            false => Ok(()),
        }
    }
}

fn takes(counter: &AtomicU32) -> bool {
    counter.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok()
}

impl LeafChain for Desk {
    fn registrar(&self) -> [u8; 32] {
        self.with(|chain| chain.registrar())
    }

    fn cluster(&self) -> Result<[u8; 32]> {
        self.up()?;
        self.with(|chain| chain.cluster())
    }

    fn head(&self) -> Result<Head> {
        self.up()?;
        self.with(|chain| chain.head())
    }

    fn enrolled(&self, tree: &[u8; 32], tag_commitment: &Field) -> Result<Option<Enrolled>> {
        self.up()?;
        self.with(|chain| chain.enrolled(tree, tag_commitment))
    }

    fn prepare(&self, change: &Change) -> Result<Sent> {
        self.up()?;
        self.with(|chain| chain.prepare(change))
    }

    fn submit(&self, sent: &Sent) -> Result<()> {
        self.up()?;
        let network = |reason: &str| Err(ClientError::Network { url: "test".into(), reason: reason.into() });
        if takes(&self.cut) {
            return network("it was not sent");
        }
        if takes(&self.lost) {
            return Err(ClientError::Expired { signature: sent.signature.into() });
        }
        let landed = self.with(|chain| chain.submit(sent));
        match () {
            () if takes(&self.mute) => network("the answer was lost"),
            () if takes(&self.lied) => Err(ClientError::Expired { signature: sent.signature.into() }),
            () => landed,
        }
    }
}

/// Everything of one test.
pub struct World {
    pub folder: TempDir,
    pub desk: Desk,
    pub pki: Pki,
    pub clock: Arc<AtomicI64>,
}

impl World {
    pub fn new() -> Self {
        Self::with_pki(Pki::new(Default::default()))
    }

    pub fn with_pki(pki: Pki) -> Self {
        let folder = TempDir::new().expect("scratch folder");
        FileKey::create(&folder.path().join("tag.key")).expect("key");
        let desk = Desk::new();
        let now = desk.with(|chain| chain.transport.now()).expect("clock");
        let world = Self { folder, desk, pki, clock: Arc::new(AtomicI64::new(now)) };
        let key = FileKey::open(&world.path("tag.key")).expect("key");
        let head = world.desk.head().expect("head");
        let owner = Owner { address: world.desk.registrar(), cluster: world.desk.cluster().expect("cluster") };
        let epoch = Epoch { epoch: head.epoch, tree: head.tree, key_check: check_value(&key).expect("check") };
        Store::create(&world.path("registrar.db"), &owner, &epoch, now).expect("database");
        world
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn clock(&self) -> Clock {
        let clock = Arc::clone(&self.clock);
        Box::new(move || clock.load(SeqCst))
    }

    /// Time passes everywhere.
    pub fn advance(&self, seconds: i64) {
        self.clock.fetch_add(seconds, SeqCst);
        self.desk.advance(seconds);
    }

    pub fn server(&self) -> Server {
        let trust = Trust::from_certificates([self.pki.ci.certificate.as_slice()]).expect("CI");
        Server::new(ADDRESS, (&self.pki.dp_auth).into(), trust, self.clock.load(SeqCst)).expect("server")
    }

    /// The registrar, as a new process would open it.
    pub fn open(&self) -> Registrar {
        self.open_with(Policy::default())
    }

    pub fn open_with(&self, policy: Policy) -> Registrar {
        let store = Store::open(&self.path("registrar.db")).expect("database");
        let key = FileKey::open(&self.path("tag.key")).expect("key");
        let registrar = Registrar::new(store, Box::new(key), self.server(), policy, self.clock());
        registrar.expect("registrar")
    }
}

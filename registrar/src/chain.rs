//! The chain as the registrar needs it: a head to compare with, transactions that are signed before they are sent, and
//! what became of an enrolment. No eidTag comes here: commitments to them do.

use anchor_lang::AccountDeserialize;
use gesim_client::{
    error::{ClientError, Result},
    fetch,
    instructions::identity as build,
    session, RpcTransport, SvmTransport, Transport,
};
use gesim_core::{eid::EID_TREE_DEPTH, poseidon::Field};
use identity::state::{seeds, Enrolment, Registrar, Tree};
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use crate::store::Sent;

/// Compute units that any of the three changes fits in, measured and doubled.
const UNITS: u32 = 100_000;

/// A change of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Append {
        tree: [u8; 32],
        tag_commitment: Field,
        eidc: Field,
        idc: Field,
        expiry: i64,
    },
    Revoke {
        tree: [u8; 32],
        tag_commitment: Field,
        siblings: Box<[Field; EID_TREE_DEPTH]>,
    },
    /// From this epoch to the next one.
    Rotate {
        epoch: u32,
    },
}

/// The registrar as the chain has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub epoch: u32,
    pub tree: [u8; 32],
    /// Leaves appended so far.
    pub count: u32,
    /// None before the first leaf.
    pub root: Option<Field>,
}

/// What an EID has in a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enrolled {
    pub index: u32,
    pub leaf: Field,
    pub revoked: bool,
}

/// Where leaves go. A change is prepared, kept, and sent: the same one may be sent again at any time.
pub trait LeafChain {
    fn registrar(&self) -> [u8; 32];
    /// Genesis hash.
    fn cluster(&self) -> Result<[u8; 32]>;
    fn head(&self) -> Result<Head>;
    fn enrolled(&self, tree: &[u8; 32], tag_commitment: &Field) -> Result<Option<Enrolled>>;
    fn prepare(&self, change: &Change) -> Result<Sent>;
    /// Waits until it is confirmed. [`ClientError::Expired`]: it can never land any more.
    fn submit(&self, sent: &Sent) -> Result<()>;
}

/// A way to a transport: an owned one, or a borrowed one.
pub trait Reach {
    fn reach(&self) -> &dyn Transport;
}

impl Reach for RpcTransport {
    fn reach(&self) -> &dyn Transport {
        self
    }
}

impl Reach for SvmTransport {
    fn reach(&self) -> &dyn Transport {
        self
    }
}

impl Reach for &dyn Transport {
    fn reach(&self) -> &dyn Transport {
        *self
    }
}

impl Reach for &SvmTransport {
    fn reach(&self) -> &dyn Transport {
        *self
    }
}

/// A registrar on a cluster.
pub struct OnChain<T> {
    pub transport: T,
    authority: Keypair,
    payer: Keypair,
    registrar: Pubkey,
    /// Micro-lamports a compute unit.
    price: u64,
}

impl<T: Reach> OnChain<T> {
    /// `id` tells registrars of one first authority (`origin`) apart.
    pub fn new(transport: T, authority: Keypair, payer: Keypair, origin: &Pubkey, id: u32, price: u64) -> Self {
        Self { transport, authority, payer, registrar: seeds::registrar(origin, id).0, price }
    }

    pub fn authority(&self) -> &Keypair {
        &self.authority
    }

    /// A zero-copy account is read only when it has its length.
    fn tree(&self, address: &Pubkey) -> Result<Tree> {
        let account = self.transport.reach().require("tree", address)?;
        let bad = |reason: &str| ClientError::Malformed { what: "tree", address: *address, reason: reason.into() };
        if account.owner != identity::ID || account.data.len() != Tree::SPACE {
            return Err(bad("its owner or length is another one"));
        }
        Tree::try_deserialize(&mut account.data.as_slice()).map_err(|error| bad(&error.to_string()))
    }

    fn registry(&self, tree: &[u8; 32]) -> build::Registry {
        build::Registry { registrar: self.registrar, tree: Pubkey::from(*tree) }
    }

    /// Makes the registrar's accounts, unless they are there.
    pub fn create(&self, id: u32) -> Result<()> {
        if self.transport.reach().account(&self.registrar)?.is_some() {
            return Ok(());
        }
        let create = build::create_registrar(self.authority.pubkey(), self.payer.pubkey(), id);
        let session = session::Session::new(self.transport.reach(), &self.payer);
        session.send("create registrar", &[create], &[&self.authority])?;
        Ok(())
    }
}

impl<T: Reach> LeafChain for OnChain<T> {
    fn registrar(&self) -> [u8; 32] {
        self.registrar.to_bytes()
    }

    fn cluster(&self) -> Result<[u8; 32]> {
        Ok(self.transport.reach().genesis_hash()?.to_bytes())
    }

    fn head(&self) -> Result<Head> {
        let registrar: Registrar = fetch::fetch(self.transport.reach(), "registrar", &self.registrar)?;
        let tree = self.tree(&registrar.tree)?;
        let root = (tree.count > 0).then(|| *tree.root());
        Ok(Head { epoch: registrar.epoch, tree: registrar.tree.to_bytes(), count: tree.count, root })
    }

    fn enrolled(&self, tree: &[u8; 32], tag_commitment: &Field) -> Result<Option<Enrolled>> {
        let address = seeds::enrolment(&Pubkey::from(*tree), tag_commitment).0;
        let found: Option<Enrolment> = fetch::find(self.transport.reach(), "enrolment", &address)?;
        Ok(found.map(|it| Enrolled { index: it.index, leaf: it.leaf, revoked: it.revoked }))
    }

    fn prepare(&self, change: &Change) -> Result<Sent> {
        let (authority, payer) = (self.authority.pubkey(), self.payer.pubkey());
        let instruction = match change {
            Change::Append { tree, tag_commitment, eidc, idc, expiry } => {
                let (tag_commitment, eid_commitment) = (*tag_commitment, *eidc);
                let leaf = build::NewLeaf { tag_commitment, eid_commitment, idc: *idc, expiry: *expiry };
                build::append_leaf(authority, payer, self.registry(tree), leaf)
            }
            Change::Revoke { tree, tag_commitment, siblings } => {
                build::revoke_leaf(authority, self.registry(tree), *tag_commitment, **siblings)
            }
            Change::Rotate { epoch } => build::rotate_epoch(authority, payer, self.registrar, *epoch),
        };
        let mut all = vec![ComputeBudgetInstruction::set_compute_unit_limit(UNITS)];
        if self.price > 0 {
            all.push(ComputeBudgetInstruction::set_compute_unit_price(self.price));
        }
        all.push(instruction);
        let blockhash = self.transport.reach().blockhash()?;
        let signed = session::sign(&self.payer, &all, &[&self.authority], blockhash.hash)?;
        let signature = signed.signatures.first().copied().unwrap_or_default();
        let bytes = bincode::serialize(&signed).map_err(|e| ClientError::invalid(e.to_string()))?;
        Ok(Sent { signature: signature.into(), bytes, valid_until: blockhash.valid_until })
    }

    fn submit(&self, sent: &Sent) -> Result<()> {
        let transaction: VersionedTransaction =
            bincode::deserialize(&sent.bytes).map_err(|e| ClientError::invalid(format!("a kept transaction: {e}")))?;
        self.transport.reach().submit(&transaction, sent.valid_until).map(|_| ())
    }
}

//! A registrar on a chain, one method an instruction, and its tree as anybody can rebuild it.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use gesim_core::{eid::Possession, eid_tree::EidTree, poseidon::Field};
use identity::{
    accounts, instruction as ix,
    state::{seeds, Session},
    OpenSessionArgs, ID,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::{
    calls,
    device::{context, prove, scope, Device, Proven},
};
use crate::chain::{event_authority, instruction, Chain};

/// Genesis hash of the cluster, as the program is told.
pub const CLUSTER: [u8; 32] = [7; 32];
/// Seconds that bindings last.
pub const TERM: u32 = 60 * 86_400;

/// Puts the configuration on a chain, with no delay for CIs.
pub fn initialize(chain: &Chain) -> Instruction {
    calls::initialize(chain, CLUSTER, 0)
}

/// A registrar and its tree as anybody can rebuild it.
pub struct Registry {
    pub authority: Keypair,
    pub address: Pubkey,
    pub tree: Pubkey,
    pub leaves: EidTree,
}

impl Registry {
    /// Opens one on a chain where the program is initialised.
    pub fn open(chain: &mut Chain, id: u32) -> Self {
        let authority = chain.keypair();
        let address = seeds::registrar(&authority.pubkey(), id).0;
        let registry = Self { authority, address, tree: seeds::tree(&address, 0).0, leaves: EidTree::new() };
        chain.ok(&[registry.create(chain, id)], &[&registry.authority]);
        registry
    }

    /// Enrols the device until then.
    pub fn enrol(&mut self, chain: &mut Chain, device: &mut Device, expiry: i64) {
        (device.expiry, device.index) = (expiry, self.leaves.len());
        chain.ok(&[self.append_leaf(chain, device)], &[&self.authority]);
        self.leaves.push(device.leaf()).expect("the tree has room");
    }

    pub fn revoke(&mut self, chain: &mut Chain, device: &Device) {
        chain.ok(&[self.revoke_leaf(device)], &[&self.authority]);
        self.leaves.clear(device.index).expect("the leaf is there");
    }

    /// The true statement about a device in a session.
    pub fn statement(&self, chain: &Chain, device: &Device, session: &Pubkey, plan: &Pubkey) -> Possession {
        let state: Session = chain.fetch(session);
        let witness = device.witness(&self.leaves);
        let context = context(chain, session).hash();
        witness.statement(scope(plan), state.binding_expires, context).expect("field elements")
    }

    pub fn prove(&self, chain: &Chain, device: &Device, session: &Pubkey, plan: &Pubkey) -> Proven {
        prove(&device.witness(&self.leaves), &self.statement(chain, device, session, plan))
    }

    pub fn create(&self, chain: &Chain, id: u32) -> Instruction {
        let accounts = accounts::CreateRegistrar {
            authority: self.authority.pubkey(),
            payer: chain.payer.pubkey(),
            config: seeds::config().0,
            registrar: seeds::registrar(&self.authority.pubkey(), id).0,
            tree: seeds::tree(&seeds::registrar(&self.authority.pubkey(), id).0, 0).0,
            system_program: system_program::ID,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::CreateRegistrar { id })
    }

    pub fn propose_authority(&self, new_authority: Pubkey) -> Instruction {
        let accounts = accounts::ProposeRegistrarAuthority {
            authority: self.authority.pubkey(),
            registrar: self.address,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::ProposeRegistrarAuthority { new_authority })
    }

    pub fn accept_authority(&self, pending_authority: Pubkey) -> Instruction {
        let accounts = accounts::AcceptRegistrarAuthority {
            pending_authority,
            registrar: self.address,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::AcceptRegistrarAuthority {})
    }

    /// The device's leaf, at the next free place.
    pub fn append_leaf(&self, chain: &Chain, device: &Device) -> Instruction {
        let (tag_commitment, eidc, idc) = (device.tag_commitment(), device.eidc(), device.idc());
        self.append(chain, ix::AppendLeaf { tag_commitment, eidc, idc, expiry: device.expiry })
    }

    pub fn append(&self, chain: &Chain, leaf: ix::AppendLeaf) -> Instruction {
        let accounts = accounts::AppendLeaf {
            authority: self.authority.pubkey(),
            payer: chain.payer.pubkey(),
            config: seeds::config().0,
            registrar: self.address,
            tree: self.tree,
            enrolment: self.enrolment(&leaf.tag_commitment),
            system_program: system_program::ID,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, leaf)
    }

    pub fn enrolment(&self, tag_commitment: &Field) -> Pubkey {
        seeds::enrolment(&self.tree, tag_commitment).0
    }

    pub fn revoke_leaf(&self, device: &Device) -> Instruction {
        let accounts = accounts::RevokeLeaf {
            authority: self.authority.pubkey(),
            registrar: self.address,
            tree: self.tree,
            enrolment: self.enrolment(&device.tag_commitment()),
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::RevokeLeaf { siblings: self.leaves.path(device.index) })
    }

    pub fn rotate_epoch(&self, chain: &Chain, next: u32) -> Instruction {
        let accounts = accounts::RotateEpoch {
            authority: self.authority.pubkey(),
            payer: chain.payer.pubkey(),
            registrar: self.address,
            old_tree: self.tree,
            new_tree: seeds::tree(&self.address, next).0,
            system_program: system_program::ID,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::RotateEpoch {})
    }

    pub fn bind_eid(&self, chain: &Chain, session: &Pubkey, plan: &Pubkey, proven: &Proven) -> Instruction {
        let accounts = accounts::BindEid {
            wallet: chain.fetch::<Session>(session).wallet,
            payer: chain.payer.pubkey(),
            config: seeds::config().0,
            registrar: self.address,
            tree: self.tree,
            session: *session,
            binding: self.binding(&proven.nullifier),
            system_program: system_program::ID,
            event_authority: event_authority(&ID),
            program: ID,
        };
        let Proven { root, nullifier, proof } = proven.clone();
        instruction(ID, accounts, ix::BindEid { plan: *plan, root, nullifier, proof })
    }

    pub fn rebind(&self, chain: &Chain, session: &Pubkey, binding: &Pubkey, proven: &Proven) -> Instruction {
        let accounts = accounts::Rebind {
            wallet: chain.fetch::<Session>(session).wallet,
            config: seeds::config().0,
            registrar: self.address,
            tree: self.tree,
            session: *session,
            binding: *binding,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, ix::Rebind { root: proven.root, proof: proven.proof })
    }

    pub fn binding(&self, nullifier: &Field) -> Pubkey {
        seeds::binding(&self.address, nullifier).0
    }
}

pub fn unbind(binding: &Pubkey, payer: &Pubkey) -> Instruction {
    let accounts =
        accounts::Unbind { binding: *binding, payer: *payer, event_authority: event_authority(&ID), program: ID };
    instruction(ID, accounts, ix::Unbind {})
}

/// A session's address, and the instruction that opens it with a device.
pub fn open_session(
    chain: &Chain,
    wallet: &Pubkey,
    counter: u64,
    entitlement: &Pubkey,
    device: &Device,
    binding_term: u32,
) -> (Pubkey, Instruction) {
    let (rid, euicc_commit, bind_c) = (Default::default(), [9; 32], device.bind_c());
    let args = OpenSessionArgs { counter, rid, entitlement: *entitlement, bind_c, euicc_commit, binding_term };
    (seeds::session(wallet, counter).0, calls::open_session(*wallet, chain.payer.pubkey(), args))
}

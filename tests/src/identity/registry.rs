//! A registrar on a chain, devices that it enrols, and the possession proofs that they make.

use std::sync::LazyLock;

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use gesim_core::{
    eid::{self, BindingContext, Possession},
    eid_tree::EidTree,
    poseidon::{field, Field},
    Eid,
};
use gesim_prover::{Artifacts, EidProver, EidWitness};
use gesim_verifier::Proof;
use identity::{
    accounts, instruction as ix,
    state::{seeds, Config, Session},
    OpenSessionArgs, ID,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::chain::{event_authority, instruction, program_data, Chain};

/// Genesis hash of the cluster, as the program is told.
pub const CLUSTER: [u8; 32] = [7; 32];
/// Seconds that bindings last.
pub const TERM: u32 = 60 * 86_400;

static PROVER: LazyLock<EidProver> = LazyLock::new(|| {
    let artifacts = Artifacts::standard().expect("the artifacts are there");
    EidProver::load(&artifacts).expect("the possession circuit loads")
});

pub fn initialize(chain: &Chain) -> Instruction {
    let accounts = accounts::Initialize {
        authority: chain.payer.pubkey(),
        payer: chain.payer.pubkey(),
        program_data: program_data(&ID),
        config: seeds::config().0,
        system_program: system_program::ID,
        event_authority: event_authority(&ID),
        program: ID,
    };
    instruction(ID, accounts, ix::Initialize { cluster: CLUSTER, ci_delay: 0 })
}

/// A device: its EID, its secrets, and where its leaf is.
#[derive(Clone)]
pub struct Device {
    pub eid: Eid,
    pub salt: Field,
    pub sk: Field,
    pub tag: Field,
    pub r: Field,
    pub index: u32,
    pub expiry: i64,
}

impl Device {
    /// All of it different for every number.
    pub fn new(number: u64) -> Self {
        const FIRST: u128 = 89_049_032_000_000_000_000_000_000_000_000;
        let eid = Eid::new(FIRST - FIRST % 97 + 1 + 97 * u128::from(number)).expect("the check digits are right");
        let part = |which: u64| field(number << 8 | which);
        Self { eid, salt: part(1), sk: part(2), tag: part(3), r: part(4), index: 0, expiry: 0 }
    }

    pub fn idc(&self) -> Field {
        eid::identity_commitment(&self.sk).expect("field elements")
    }

    pub fn eidc(&self) -> Field {
        eid::eid_commitment(self.eid, &self.salt).expect("field elements")
    }

    pub fn leaf(&self) -> Field {
        eid::leaf(&self.eidc(), &self.idc(), &self.tag, self.expiry).expect("field elements")
    }

    /// What its sessions are opened with.
    pub fn bind_c(&self) -> Field {
        eid::binding_commitment(self.eid, &self.r).expect("field elements")
    }

    pub fn nullifier(&self, plan: &Pubkey) -> Field {
        eid::nullifier(&self.tag, &scope(plan)).expect("field elements")
    }

    pub fn witness(&self, tree: &EidTree) -> EidWitness {
        let Self { eid, salt, sk, tag, r, index, expiry } = self.clone();
        EidWitness { eid, salt, sk, tag, expiry, index, siblings: tree.path(index), r }
    }
}

pub fn scope(plan: &Pubkey) -> Field {
    eid::scope(&ID.to_bytes(), &plan.to_bytes())
}

/// What the program will derive from a session, for whoever proves.
pub fn context(chain: &Chain, session: &Pubkey) -> BindingContext {
    let state: Session = chain.fetch(session);
    BindingContext {
        program: ID.to_bytes(),
        cluster: chain.fetch::<Config>(&seeds::config().0).cluster,
        wallet: state.wallet.to_bytes(),
        entitlement: state.entitlement.to_bytes(),
        challenge: state.challenge,
        expires: state.expires_slot,
    }
}

/// A proof with the public values that a caller names.
#[derive(Clone)]
pub struct Proven {
    pub root: Field,
    pub nullifier: Field,
    pub proof: Proof,
}

/// Proves whatever statement the witness supports.
pub fn prove(witness: &EidWitness, statement: &Possession) -> Proven {
    let (proof, _) = PROVER.prove(witness, statement).expect("the statement is true");
    Proven { root: statement.root, nullifier: statement.nullifier, proof }
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
        let (eidc, idc) = (device.eidc(), device.idc());
        self.append(chain, ix::AppendLeaf { tag: device.tag, eidc, idc, expiry: device.expiry })
    }

    pub fn append(&self, chain: &Chain, leaf: ix::AppendLeaf) -> Instruction {
        let accounts = accounts::AppendLeaf {
            authority: self.authority.pubkey(),
            payer: chain.payer.pubkey(),
            config: seeds::config().0,
            registrar: self.address,
            tree: self.tree,
            enrolment: self.enrolment(&leaf.tag),
            system_program: system_program::ID,
            event_authority: event_authority(&ID),
            program: ID,
        };
        instruction(ID, accounts, leaf)
    }

    pub fn enrolment(&self, tag: &Field) -> Pubkey {
        seeds::enrolment(&self.tree, tag).0
    }

    pub fn revoke_leaf(&self, device: &Device) -> Instruction {
        let accounts = accounts::RevokeLeaf {
            authority: self.authority.pubkey(),
            registrar: self.address,
            tree: self.tree,
            enrolment: self.enrolment(&device.tag),
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
    let session = seeds::session(wallet, counter).0;
    let accounts = accounts::OpenSession {
        wallet: *wallet,
        payer: chain.payer.pubkey(),
        config: seeds::config().0,
        session,
        slot_hashes: seeds::SLOT_HASHES,
        system_program: system_program::ID,
        event_authority: event_authority(&ID),
        program: ID,
    };
    let args = OpenSessionArgs {
        counter,
        rid: Default::default(),
        entitlement: *entitlement,
        bind_c: device.bind_c(),
        euicc_commit: [9; 32],
        binding_term,
    };
    (session, instruction(ID, accounts, ix::OpenSession { args }))
}

pub fn set_paused(chain: &Chain, paused: u8) -> Instruction {
    let accounts = accounts::SetPaused {
        authority: chain.payer.pubkey(),
        config: seeds::config().0,
        event_authority: event_authority(&ID),
        program: ID,
    };
    instruction(ID, accounts, ix::SetPaused { paused })
}

//! Devices with EIDs, and the possession proofs that they make.

use std::sync::LazyLock;

use anchor_lang::prelude::Pubkey;
use gesim_core::{
    eid::{self, BindingContext, Possession},
    eid_tree::EidTree,
    poseidon::{field, Field},
    Eid,
};
use gesim_prover::{Artifacts, EidProver, EidWitness};
use gesim_verifier::Proof;
use identity::{
    state::{seeds, Config, Session},
    ID,
};

use crate::chain::Chain;

static PROVER: LazyLock<EidProver> = LazyLock::new(|| {
    let artifacts = Artifacts::standard().expect("the artifacts are there");
    EidProver::load(&artifacts).expect("the possession circuit loads")
});

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

    /// What the chain is told of the tag.
    pub fn tag_commitment(&self) -> Field {
        eid::tag_commitment(&self.tag).expect("a field element")
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

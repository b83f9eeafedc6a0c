//! Possession of an EID: the secret of an enrolled one is held, for one scope, session and wallet (ADR 0009).

use gesim_core::{
    eid::{self, Possession, EID_TREE_DEPTH},
    poseidon::{is_canonical, Field},
    Eid,
};
use gesim_groth16::Assignment;
use gesim_verifier::{keys::EID_POSSESSION, verify, Proof, VerifyingKey};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    circuit::{Circuit, Timings},
    witness::{eid_example, eid_signals, element},
    Artifacts, ProverError, Result,
};

pub(crate) const CIRCUIT: &str = "eid_possession";

/// What the device knows, and does not show: its credential, the path of its leaf as it is now, and the blinding that
/// its session was opened with. Wiped when it goes; it has no debug output.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct EidWitness {
    pub eid: Eid,
    /// Hides the EID in its leaf; from the registrar.
    pub salt: Field,
    /// The device's secret.
    pub sk: Field,
    /// The registrar's name for the EID.
    pub tag: Field,
    /// Until when the leaf is valid, unix seconds.
    pub expiry: i64,
    /// The leaf's place, and the siblings from there to the root.
    pub index: u32,
    pub siblings: [Field; EID_TREE_DEPTH],
    /// Hides the EID in the session's `bind_c`.
    pub r: Field,
}

impl EidWitness {
    /// The root that leaf and path lead to.
    pub fn root(&self) -> Result<Field> {
        let idc = eid::identity_commitment(&self.sk)?;
        let leaf = eid::leaf(&eid::eid_commitment(self.eid, &self.salt)?, &idc, &self.tag, self.expiry)?;
        Ok(eid::root(&leaf, self.index, &self.siblings)?)
    }

    /// What this witness shows for a scope, a time and a context.
    pub fn statement(&self, scope: Field, min_expiry: i64, ctx: Field) -> Result<Possession> {
        Ok(Possession {
            root: self.root()?,
            nullifier: eid::nullifier(&self.tag, &scope)?,
            scope,
            bind_c: eid::binding_commitment(self.eid, &self.r)?,
            min_expiry,
            ctx,
        })
    }

    /// Which part of the statement does not hold; a proof of it could not be made.
    fn check(&self, statement: &Possession) -> Result<()> {
        let Self { salt, sk, tag, r, .. } = self;
        let Possession { root, nullifier, scope, bind_c, ctx, .. } = statement;
        let named = [("salt", salt), ("sk", sk), ("tag", tag), ("r", r), ("root", root), ("nullifier", nullifier)];
        let named = named.into_iter().chain([("scope", scope), ("bind_c", bind_c), ("ctx", ctx)]);
        let mut named = named.chain(self.siblings.iter().map(|sibling| ("sibling", sibling)));
        let refused = |refusal| Err(ProverError::Eid(refusal));
        if let Some((name, _)) = named.find(|(_, value)| !is_canonical(value)) {
            return refused(EidRefusal::Field(name));
        }
        let (expiry, min_expiry) = (self.expiry, statement.min_expiry);
        if expiry < min_expiry {
            return refused(EidRefusal::Expired { expiry, min_expiry });
        }
        let own = self.statement(*scope, min_expiry, *ctx)?;
        match own {
            _ if own.root != *root => refused(EidRefusal::Root),
            _ if own.nullifier != *nullifier => refused(EidRefusal::Nullifier),
            _ if own.bind_c != *bind_c => refused(EidRefusal::Binding),
            _ => Ok(()),
        }
    }
}

/// Why there is no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EidRefusal {
    #[error("{0} is not a field element")]
    Field(&'static str),
    #[error("the enrolment ends at {expiry} (unix seconds) and must last until {min_expiry}")]
    Expired { expiry: i64, min_expiry: i64 },
    #[error("leaf and path lead to another root")]
    Root,
    #[error("the nullifier is not this credential's in this scope")]
    Nullifier,
    #[error("the session was opened with another EID or another blinding")]
    Binding,
    #[error("it does not verify for this statement")]
    Proof,
}

impl EidRefusal {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Field(_) => Some("elements are 32 bytes, big-endian, below the BN254 scalar modulus"),
            Self::Expired { .. } => Some("enrol again, or open a session with a shorter term"),
            Self::Root => Some("fetch the leaf's path again: the registrar's tree has changed, or the leaf is revoked"),
            Self::Nullifier => Some("take the nullifier of the plan that the session is for"),
            Self::Binding => Some("prove with the credential that the session was opened with, or open another one"),
            Self::Proof => Some("prove again for the session, wallet and plan that it is for"),
        }
    }
}

/// Proves possession of EIDs.
pub struct EidProver {
    circuit: Circuit<VerifyingKey>,
}

impl EidProver {
    /// The name of its circuit's artifacts.
    pub const CIRCUIT: &'static str = CIRCUIT;

    /// Loads circuit and key, and checks both.
    pub fn load(artifacts: &Artifacts) -> Result<Self> {
        Ok(Self { circuit: Circuit::load(artifacts, CIRCUIT, &EID_POSSESSION, &eid_example()?)? })
    }

    /// Every wire for a public input that is told, as [`crate::UsageProver::witness`].
    pub fn witness(&self, witness: &EidWitness, statement: &Possession, x: &Field) -> Result<Assignment> {
        self.circuit.solve(&eid_signals(witness, statement)?, &[element(x)?])
    }

    /// Proves a statement, which is checked first, so that an error says which part of it is false.
    pub fn prove(&self, witness: &EidWitness, statement: &Possession) -> Result<(Proof, Timings)> {
        witness.check(statement)?;
        self.circuit.prove(|| eid_signals(witness, statement), &statement.input()?)
    }
}

/// Whether a proof holds for a statement.
pub fn verify_possession(proof: &Proof, statement: &Possession) -> Result<()> {
    verify(&EID_POSSESSION, proof, &statement.input()?).map_err(|_| ProverError::Eid(EidRefusal::Proof))
}

//! One circuit with its constraints and its key: from given values to a proof that was verified.
//!
//! Files are found by the manifest's folder and mapped, not hashed: they are hundreds of megabytes. What is checked is
//! what they say they are (the circuit's digest), every index in them, and the key's single points against the
//! verifier's. Whoever can write to the cache can thus change a key's other points, or the order of solving, and gains
//! failed proofs: every proof is verified before it leaves, blinding included, because a proof with other blinding
//! points does not verify. `cargo xtask circuits` compares digests of whole files.

use std::time::{Duration, Instant};

use gesim_groth16::{commit::Commitment, prove::Prover, Assignment, Error, Fr, System};
use rand::rngs::OsRng;

use gesim_core::poseidon::Field;
use gesim_verifier::{encode, verify, verify_committed, CommittedKey, CommittedProof, Proof, VerifyingKey};
use zeroize::Zeroizing;

use crate::{
    keys::{self, Trusted},
    witness::{element, Plan, Signals},
    Artifacts, ProverError, Result,
};

/// How long one proof took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Computing the witness.
    pub witness: Duration,
    /// Proving it, and committing to parts of it before.
    pub prove: Duration,
}

pub(crate) struct Circuit<K: 'static> {
    system: System,
    prover: Prover,
    plan: Plan,
    /// The committed wires, as positions among the given ones.
    committed: Vec<usize>,
    verifying: &'static K,
}

impl<K: Trusted> Circuit<K> {
    /// Loads a circuit whose signals are like the example's.
    pub fn load(artifacts: &Artifacts, name: &'static str, verifying: &'static K, example: &Signals) -> Result<Self> {
        let bad = |path: &std::path::Path| {
            let path = path.to_owned();
            move |reason: String| ProverError::BadArtifact { path, reason }
        };
        let path = artifacts.file(name, "proving.key")?;
        let key = keys::load(&path, name, verifying)?;
        let path = artifacts.file(name, "circuit.sys")?;
        let system = System::open(&path).map_err(|e| bad(&path)(e.to_string()))?;
        let size = system.size();
        let sizes = key.sizes();
        if *system.digest() != key.identity().r1cs_digest
            || [size.wires, size.constraints, size.public]
                != [sizes.wires, sizes.constraints, sizes.public_inputs].map(|count| count as usize)
        {
            return Err(bad(&path)("the proving key is of another circuit".into()));
        }
        let given = system.given();
        let plan =
            Plan::new(given.iter().map(|(_, name)| name.as_str()), example).map_err(|e| bad(&path)(e.to_string()))?;
        let position = |wire: &u32| given.binary_search_by_key(wire, |(given, _)| *given);
        let committed = key.committed_wires().iter().map(position).collect::<std::result::Result<_, _>>();
        let committed = committed.map_err(|_| bad(&path)("a committed wire is not given".into()))?;
        Ok(Self { system, prover: Prover::new(key), plan, committed, verifying })
    }

    /// Every wire. An error where the circuit refuses.
    pub fn solve(&self, signals: &Signals, public: &[Fr]) -> Result<Assignment> {
        self.solve_given(&Zeroizing::new(self.plan.values(signals)?), public)
    }

    fn solve_given(&self, given: &[Fr], public: &[Fr]) -> Result<Assignment> {
        self.system.solve(given, public).map_err(|error| match error {
            Error::Witness(reason) => ProverError::Witness(reason),
            other => ProverError::Witness(other.to_string()),
        })
    }
}

impl Circuit<VerifyingKey> {
    /// Proves for the public input `x`. No proof leaves without the verifier's consent.
    pub fn prove(&self, signals: impl FnOnce() -> Result<Signals>, x: &Field) -> Result<(Proof, Timings)> {
        let start = Instant::now();
        let assignment = self.solve(&signals()?, &[element(x)?])?;
        let solved = Instant::now();
        let proof = self.prover.prove(&assignment, &mut OsRng).map_err(failed)?;
        let timings = Timings { witness: solved - start, prove: solved.elapsed() };
        let proof = encode::proof(&proof.a, &proof.b, &proof.c);
        verify(self.verifying, &proof, x).map_err(|e| ProverError::Proving(e.to_string()))?;
        Ok((proof, timings))
    }
}

/// A proof with a commitment, and its proof of knowledge.
pub(crate) type Committed = (CommittedProof, [u8; 64]);

impl Circuit<CommittedKey> {
    /// Proves for the public input `x`; the other one is the challenge that the committed wires draw. No proof leaves
    /// without the verifier's consent.
    pub fn prove(&self, signals: impl FnOnce() -> Result<Signals>, x: &Field) -> Result<(Committed, Timings)> {
        let start = Instant::now();
        let given = Zeroizing::new(self.plan.values(&signals()?)?);
        let committed = Zeroizing::new(self.committed.iter().map(|at| given[*at]).collect::<Vec<_>>());
        let ready = Instant::now();
        let commitment = self.prover.commit(&committed).map_err(failed)?;
        let drawn = Instant::now();
        let assignment = self.solve_given(&given, &[element(x)?, commitment.challenge()])?;
        let solved = Instant::now();
        let proof = self.prover.prove(&assignment, &mut OsRng).map_err(failed)?;
        let timings =
            Timings { witness: (ready - start) + (solved - drawn), prove: (drawn - ready) + solved.elapsed() };
        let Commitment { point, pok } = commitment;
        let proof = encode::committed_proof(&proof.a, &proof.b, &proof.c, &point);
        let pok = encode::g1(&pok);
        verify_committed(self.verifying, &proof, &pok, x).map_err(|e| ProverError::Proving(e.to_string()))?;
        Ok(((proof, pok), timings))
    }
}

fn failed(error: Error) -> ProverError {
    ProverError::Proving(error.to_string())
}

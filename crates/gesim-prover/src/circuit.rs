//! One circuit with its key: from an input to a proof that was verified.

use std::time::{Duration, Instant};

use rand::rngs::OsRng;
use snarkrs_groth16::{prove::prove_unchecked, scrub, PreparedCircuit, StageTimings};

use gesim_core::poseidon::Field;
use gesim_verifier::{verify, VerifyingKey};

use crate::{keys, poseidon::to_bytes, witness::Calculator, Artifacts, ProverError, Result};

/// How long one proof took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Computing the witness.
    pub witness: Duration,
    /// Proving it.
    pub prove: Duration,
}

pub(crate) struct Circuit {
    calculator: Calculator,
    key: Box<dyn PreparedCircuit>,
    verifying: &'static VerifyingKey,
}

impl Circuit {
    pub fn load(artifacts: &Artifacts, name: &'static str, verifying: &'static VerifyingKey) -> Result<Self> {
        let key = keys::load(artifacts, name, verifying)?;
        let calculator = Calculator::load(artifacts, name)?;
        Ok(Self { calculator, key, verifying })
    }

    /// Proves `input`, whose public input is `x`. No proof leaves without the verifier's consent.
    pub fn prove(&self, input: &serde_json::Value, x: &Field) -> Result<([u8; 256], Timings)> {
        let start = Instant::now();
        let mut witness = self.calculator.calculate(input)?;
        let computed = Instant::now();
        if witness.get(1).map(to_bytes).as_ref() != Some(x) {
            scrub(&mut witness);
            return Err(ProverError::Witness("its public input is another one".into()));
        }
        let proof = prove_unchecked(self.key.as_ref(), &witness, &mut OsRng, &mut StageTimings::default());
        let timings = Timings { witness: computed - start, prove: computed.elapsed() };
        scrub(&mut witness);
        let proof = keys::encode(&proof.map_err(|e| ProverError::Proving(e.to_string()))?);
        verify(self.verifying, &proof, x).map_err(|e| ProverError::Proving(e.to_string()))?;
        Ok((proof, timings))
    }
}

//! What makes the proofs.

use gesim_core::layout::CircuitSize;
use gesim_prover::{keys::usage_key, verify_usage, Artifacts, ChunkInput, ProverError, UsageProver};

use crate::job::{Circuit, Job};

/// A prover as the fleet sees it.
pub trait Engine: Send + Sync {
    /// What it can prove.
    fn circuits(&self) -> Vec<Circuit>;
    /// Proves a job of one of its circuits. What comes back was verified for the job's public input.
    fn prove(&self, circuit: &Circuit, job: &Job) -> Result<Vec<u8>, ProverError>;
}

/// The usage circuit of a size, pinned to the key this program trusts.
pub fn circuit(size: CircuitSize) -> Circuit {
    Circuit { name: size.usage_name().into(), fingerprint: usage_key(size).fingerprint }
}

/// The circuits of this machine's artifacts.
pub struct LocalEngine {
    provers: Vec<UsageProver>,
}

impl LocalEngine {
    /// Loads the keys of these sizes; each is checked against the one this program trusts.
    pub fn load(artifacts: &Artifacts, sizes: &[CircuitSize]) -> Result<Self, ProverError> {
        let provers = sizes.iter().map(|size| UsageProver::load(artifacts, *size)).collect::<Result<_, _>>()?;
        Ok(Self { provers })
    }
}

impl Engine for LocalEngine {
    fn circuits(&self) -> Vec<Circuit> {
        self.provers.iter().map(|prover| circuit(prover.size())).collect()
    }

    fn prove(&self, wanted: &Circuit, job: &Job) -> Result<Vec<u8>, ProverError> {
        let input = ChunkInput::decode(&job.input)?;
        let x = input.statement()?.x;
        if (input.ctx, input.index, x) != (job.ctx, job.index, job.x) || input.values.len() != job.records as usize {
            return Err(ProverError::Job("its secret part is about another chunk than its label"));
        }
        let fits = |prover: &&UsageProver| prover.size() == input.size && &circuit(prover.size()) == wanted;
        let prover = self.provers.iter().find(fits).ok_or(ProverError::Job("it is for another circuit or key"))?;
        let (proof, _) = prover.prove_input(&input)?;
        Ok(verify_usage(input.size, &proof.wire(), &job.x)?.to_vec())
    }
}

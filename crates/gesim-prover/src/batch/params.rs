//! What a batch is bound to.

use rand::{rngs::OsRng, RngCore};

use gesim_core::{inputs::BatchContext, layout::CircuitSize, poseidon::Field, Measure};

use super::files::{PublicFile, SCHEMA_VERSION};

/// What the batch's proofs are bound to, as far as it is known before its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchParams {
    /// Address of the settlement program.
    pub program: [u8; 32],
    /// Genesis hash of the cluster.
    pub cluster: [u8; 32],
    pub agreement: [u8; 32],
    /// YYYYMM.
    pub period: u32,
    pub sequence: u32,
    pub measure: Measure,
    /// See [`random_nonce`].
    pub nonce: [u8; 32],
}

/// A nonce for a new batch, from the operating system.
pub fn random_nonce() -> [u8; 32] {
    let mut nonce = [0; 32];
    OsRng.fill_bytes(&mut nonce);
    nonce
}

impl BatchParams {
    pub(super) fn context(&self, circuit: CircuitSize, records: u64, chunks: u32, root: Field) -> BatchContext {
        BatchContext {
            program: self.program,
            cluster: self.cluster,
            agreement: self.agreement,
            period: self.period,
            sequence: self.sequence,
            measure: self.measure,
            circuit,
            records,
            chunks,
            root,
            nonce: self.nonce,
        }
    }
}

impl From<&BatchContext> for BatchParams {
    fn from(context: &BatchContext) -> Self {
        let BatchContext { program, cluster, agreement, period, sequence, measure, nonce, .. } = *context;
        Self { program, cluster, agreement, period, sequence, measure, nonce }
    }
}

impl From<&BatchContext> for PublicFile {
    fn from(context: &BatchContext) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            program: context.program,
            cluster: context.cluster,
            agreement: context.agreement,
            period: context.period,
            sequence: context.sequence,
            measure: context.measure.into(),
            circuit: context.circuit.into(),
            records: context.records,
            chunks: context.chunks,
            root: context.root,
            nonce: context.nonce,
            ctx: context.hash(),
        }
    }
}

impl PublicFile {
    pub(crate) fn context(&self) -> BatchContext {
        BatchContext {
            program: self.program,
            cluster: self.cluster,
            agreement: self.agreement,
            period: self.period,
            sequence: self.sequence,
            measure: self.measure.into(),
            circuit: self.circuit.into(),
            records: self.records,
            chunks: self.chunks,
            root: self.root,
            nonce: self.nonce,
        }
    }
}

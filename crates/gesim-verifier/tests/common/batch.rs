use gesim_verifier::{
    encode, fold_poks, sample::CommittedPoints, verify_committed, verify_committed_batch, CommittedProof, VerifyError,
};

use super::committed;

/// A batch as its submitter holds it: with the proofs of knowledge not folded yet.
#[derive(Clone)]
pub struct Batch {
    pub proofs: Vec<CommittedProof>,
    pub poks: Vec<[u8; 64]>,
    pub inputs: Vec<[u8; 32]>,
}

impl Batch {
    pub fn new(count: usize) -> Self {
        let sample = committed();
        Self {
            proofs: sample.proofs[..count].to_vec(),
            poks: sample.poks[..count].to_vec(),
            inputs: sample.inputs[..count].to_vec(),
        }
    }

    pub fn folded(&self) -> Result<[u8; 64], VerifyError> {
        fold_poks(&committed().key, &self.proofs.iter().collect::<Vec<_>>(), &self.inputs, &self.poks)
    }

    pub fn verify_with(&self, pok: &[u8; 64]) -> Result<(), VerifyError> {
        verify_committed_batch(&committed().key, &self.proofs.iter().collect::<Vec<_>>(), pok, &self.inputs)
    }

    /// Folds and verifies.
    pub fn verify(&self) -> Result<(), VerifyError> {
        self.verify_with(&self.folded()?)
    }

    pub fn one(&self, at: usize) -> Result<(), VerifyError> {
        verify_committed(&committed().key, &self.proofs[at], &self.poks[at], &self.inputs[at])
    }

    pub fn put(&mut self, at: usize, points: &CommittedPoints) {
        (self.proofs[at], self.poks[at]) = (points.encode(), encode::g1(&points.pok));
    }
}

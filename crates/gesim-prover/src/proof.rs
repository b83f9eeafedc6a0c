//! Finished chunk proofs and their files.

use std::{fs, path::PathBuf};

use serde::{Deserialize, Serialize};

use gesim_core::poseidon::Field;
use gesim_verifier::{verify_committed, CommittedProof};

use crate::{
    batch::{proofs_dir, read_json, write_json, Statement, SCHEMA_VERSION},
    circuit::Committed,
    encoding,
    keys::usage_key,
    Batch, ProverError, Result,
};

const PROOF_BYTES: usize = 320;

/// The proof of one chunk, as the chain takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkProof {
    pub index: u32,
    /// A, B, C and the commitment D in the syscalls' encoding, A not negated (ADR 0005).
    pub proof: CommittedProof,
    /// D's proof of knowledge: a batch folds them into one.
    pub pok: [u8; 64],
    pub c_in: Field,
    pub c_out: Field,
    /// Public input.
    pub x: Field,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ProofFile {
    schema_version: u64,
    index: u32,
    #[serde(with = "encoding::hex")]
    c_in: Field,
    #[serde(with = "encoding::hex")]
    c_out: Field,
    #[serde(with = "encoding::hex")]
    x: Field,
    #[serde(with = "encoding::hex")]
    proof: CommittedProof,
    #[serde(with = "encoding::hex")]
    pok: [u8; 64],
}

impl ChunkProof {
    /// Bytes in a proof buffer: the proof, then `c_out`.
    pub const BYTES: usize = PROOF_BYTES + 32;
    /// Bytes in which a proof travels: the proof, then its proof of knowledge.
    pub const WIRE: usize = PROOF_BYTES + 64;

    pub(crate) fn new(statement: &Statement, (proof, pok): Committed) -> Self {
        let Statement { index, c_in, c_out, x } = *statement;
        Self { index, proof, pok, c_in, c_out, x }
    }

    /// What a worker sends.
    pub fn wire(&self) -> [u8; Self::WIRE] {
        let mut bytes = [0; Self::WIRE];
        bytes[..PROOF_BYTES].copy_from_slice(&self.proof);
        bytes[PROOF_BYTES..].copy_from_slice(&self.pok);
        bytes
    }

    /// What a proof buffer holds for it.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..PROOF_BYTES].copy_from_slice(&self.proof);
        bytes[PROOF_BYTES..].copy_from_slice(&self.c_out);
        bytes
    }

    fn statement(&self) -> Statement {
        Statement { index: self.index, c_in: self.c_in, c_out: self.c_out, x: self.x }
    }
}

impl Batch {
    /// The finished proof of a chunk, when there is one and it holds. A file that cannot be read as one, or whose
    /// proof does not verify, counts as absent: it is proven again.
    pub fn finished_proof(&self, index: u32) -> Result<Option<ChunkProof>> {
        let statement = self.statement(index)?;
        let path = self.proof_path(index);
        if !path.exists() {
            return Ok(None);
        }
        let file: ProofFile = match read_json(&path) {
            Ok(file) => file,
            Err(ProverError::Io { path, source }) => return Err(ProverError::Io { path, source }),
            Err(_) => return Ok(None),
        };
        let ProofFile { index, c_in, c_out, x, proof, pok, .. } = file;
        let proof = ChunkProof { index, proof, pok, c_in, c_out, x };
        let holds = proof.statement() == statement
            && verify_committed(usage_key(self.context().circuit), &proof.proof, &proof.pok, &statement.x).is_ok();
        Ok(holds.then_some(proof))
    }

    /// All proofs in the order of chunks; an error names the first chunk that has none yet.
    pub fn finished_proofs(&self) -> Result<Vec<ChunkProof>> {
        let proof = |index| self.finished_proof(index)?.ok_or(ProverError::ProofMissing { index });
        (0..self.context().chunks).map(proof).collect()
    }

    /// How many chunks have a proof file; the files are not looked into.
    pub fn count_finished(&self) -> u32 {
        (0..self.context().chunks).filter(|index| self.proof_path(*index).exists()).count() as u32
    }

    pub(crate) fn store_proof(&self, proof: &ChunkProof) -> Result<()> {
        let folder = proofs_dir(self.dir());
        fs::create_dir_all(&folder).map_err(ProverError::io(&folder))?;
        let ChunkProof { index, proof, pok, c_in, c_out, x } = proof.clone();
        let file = ProofFile { schema_version: SCHEMA_VERSION, index, c_in, c_out, x, proof, pok };
        write_json(&self.proof_path(index), &file)
    }

    fn proof_path(&self, index: u32) -> PathBuf {
        proofs_dir(self.dir()).join(format!("{index:04}.json"))
    }
}

//! Opening single records of a batch: to the counterparty as a file, or to the chain.

use gesim_groth16::Assignment;
use serde::{Deserialize, Serialize};

use gesim_core::{
    inputs::{opening_input, BatchContext, OpenedRecord},
    layout::CircuitSize,
    poseidon::Field,
};
use gesim_verifier::{verify, VerifyingKey};

use crate::{
    batch::{read_json, write_json, PublicFile, SCHEMA_VERSION},
    circuit::{Circuit, Timings},
    encoding,
    keys::opening_key,
    witness::{element, opening_example, opening_signals, OpeningInput},
    Artifacts, Batch, ProverError, Result,
};

/// One record with the proof that it stands where it says in a committed batch. It says nothing about the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordOpening {
    schema_version: u64,
    /// The batch, as its public file describes it.
    batch: PublicFile,
    pub chunk: u32,
    pub lane: u8,
    /// 105 x row + column in the chunk.
    pub position: u32,
    pub value: u64,
    #[serde(with = "encoding::hex")]
    pub record_id: Field,
    #[serde(with = "encoding::hex")]
    pub meta_digest: Field,
    #[serde(with = "encoding::hex")]
    pub proof: [u8; 256],
}

impl RecordOpening {
    /// The context of the batch it claims to belong to.
    pub fn context(&self) -> BatchContext {
        self.batch.context()
    }

    pub fn record(&self) -> OpenedRecord {
        let Self { chunk, lane, position, value, record_id, meta_digest, .. } = *self;
        OpenedRecord { chunk, lane, position, value, record_id, meta_digest }
    }

    /// Writes it as a file that [`RecordOpening::read`] takes.
    pub fn write(&self, path: &std::path::Path) -> Result<()> {
        write_json(path, self)
    }

    /// Reads a file; unknown fields and versions are refused. The proof is not checked: see [`verify_opening`].
    pub fn read(path: &std::path::Path) -> Result<Self> {
        read_json(path)
    }
}

/// Opens records of batches of one size.
pub struct OpeningProver {
    size: CircuitSize,
    circuit: Circuit<VerifyingKey>,
}

impl OpeningProver {
    /// Loads the size's opening circuit and key, and checks both.
    pub fn load(artifacts: &Artifacts, size: CircuitSize) -> Result<Self> {
        let circuit = Circuit::load(artifacts, size.opening_name(), opening_key(size), &opening_example(size)?)?;
        Ok(Self { size, circuit })
    }

    /// Every wire for a public input that is told, as [`crate::UsageProver::witness`].
    pub fn witness(&self, input: &OpeningInput, x: &Field) -> Result<Assignment> {
        self.circuit.solve(&opening_signals(input)?, &[element(x)?])
    }

    /// Opens the record at a position of a chunk; [`Batch::find`] tells both for a record id.
    pub fn open(&self, batch: &Batch, chunk: u32, position: u32) -> Result<(RecordOpening, Timings)> {
        let size = batch.context().circuit;
        if size != self.size {
            return Err(ProverError::WrongCircuit { batch: size.opening_name(), prover: self.size.opening_name() });
        }
        let input = OpeningInput::new(batch, &batch.chunk(chunk)?, position)?;
        let OpenedRecord { lane, value, record_id, meta_digest, .. } = input.record;
        let x = opening_input(batch.ctx(), batch.root(), &input.record)?;
        let (proof, timings) = self.circuit.prove(|| opening_signals(&input), &x)?;
        let opening = RecordOpening {
            schema_version: SCHEMA_VERSION,
            batch: PublicFile::from(batch.context()),
            chunk,
            lane,
            position,
            value,
            record_id,
            meta_digest,
            proof,
        };
        Ok((opening, timings))
    }
}

/// Whether an opening holds for the batch that the chain knows by `ctx` and `root`.
pub fn verify_opening(opening: &RecordOpening, ctx: &Field, root: &Field) -> Result<()> {
    let context = opening.context();
    if &context.root != root {
        return Err(ProverError::Opening("it is about a batch with another root"));
    }
    if &context.hash() != ctx || &opening.batch.ctx != ctx {
        return Err(ProverError::Opening("it is about another batch: the contexts differ"));
    }
    let x = opening_input(ctx, root, &opening.record())?;
    verify(opening_key(context.circuit), &opening.proof, &x)
        .map_err(|_| ProverError::Opening("its proof does not verify"))
}

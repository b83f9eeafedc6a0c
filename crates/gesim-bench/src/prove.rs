//! This project's prover beside snarkrs: one plain circuit, one key, one witness, in one run.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use ark_bn254::Bn254;
use ark_ff::BigInt;
use gesim_groth16::{
    key::{self, from_zkey, Identity, KeyParts},
    prove::{Proof, Prover, Timings},
    system::Assignment,
    Fq, Fq2, Fr, G1Affine, G2Affine,
};
use rand::rngs::OsRng;
use rayon::prelude::*;
use snarkrs_field::Zero;
use snarkrs_formats::{Coefficients, ProvingKey};
use snarkrs_groth16::{cpu::CpuBackend, prove::prove_unchecked, Backend, StageTimings};

use crate::BenchError;

/// What one run measured. Times are the shortest of all rounds; every proof of every round verified.
#[derive(Debug, Clone, Copy)]
pub struct Comparison {
    pub constraints: u32,
    pub rounds: u32,
    /// From the witness to a proof: rows of A and B, transforms, sums.
    pub engine: Duration,
    /// The same by snarkrs.
    pub peer: Duration,
    /// The rows' share of `engine`, which a solver of ours leaves behind for nothing.
    pub rows: Duration,
    /// The rest of `engine`.
    pub stages: Timings,
}

impl Comparison {
    /// How many times as fast as the peer.
    pub fn ratio(&self) -> f64 {
        self.peer.as_secs_f64() / self.engine.as_secs_f64()
    }
}

/// Proves `wires`, a witness of the plain circuit of `zkey`, `rounds` times with each prover in turn.
///
/// # Errors
/// [`BenchError::Prove`] for a key that does not load, a witness of another circuit, and a proof that does not verify.
pub fn compare(zkey: &Path, wires: &[Fr], rounds: u32) -> Result<Comparison, BenchError> {
    let parts = from_zkey(zkey, Identity::default()).map_err(failed)?;
    let sizes = parts.sizes;
    if wires.len() != sizes.wires as usize {
        return Err(failed(format!("{} wires instead of {}", wires.len(), sizes.wires)));
    }
    let verifier = Verifier::new(&parts, wires);
    let folder = tempfile::tempdir().map_err(failed)?;
    let path = folder.path().join("proving.key");
    key::write(&path, &parts).map_err(failed)?;
    drop(parts);
    let prover = Prover::open(&path).map_err(failed)?;

    let peer_key = ProvingKey::from_bytes_unchecked(std::fs::read(zkey).map_err(failed)?).map_err(failed)?;
    let matrices = [0, 1].map(|matrix| Matrix::new(&peer_key.coeffs, matrix, sizes.constraints as usize));
    let peer = CpuBackend::new().prepare(peer_key).map_err(failed)?;
    let peer_wires: Vec<_> = wires.iter().map(their_scalar).collect();

    let mut best = Comparison {
        constraints: sizes.constraints,
        rounds,
        engine: Duration::MAX,
        peer: Duration::MAX,
        rows: Duration::MAX,
        stages: Timings::default(),
    };
    for _ in 0..rounds {
        let start = Instant::now();
        let [a, b] = matrices.each_ref().map(|matrix| matrix.times(wires));
        let rows = start.elapsed();
        let assignment = Assignment { wires: wires.to_vec(), a, b };
        let (proof, stages) = prover.prove_timed(&assignment, &mut OsRng).map_err(failed)?;
        verifier.check(&proof)?;
        if rows + stages.total < best.engine {
            best = Comparison { engine: rows + stages.total, rows, stages, ..best };
        }

        let start = Instant::now();
        let proof = prove_unchecked(peer.as_ref(), &peer_wires, &mut OsRng, &mut StageTimings::default());
        best.peer = best.peer.min(start.elapsed());
        verifier.check(&theirs(&proof.map_err(failed)?))?;
    }
    Ok(best)
}

fn failed(error: impl ToString) -> BenchError {
    BenchError::Prove(error.to_string())
}

/// arkworks' verifier: neither prover judges itself.
struct Verifier {
    key: ark_groth16::PreparedVerifyingKey<Bn254>,
    public: Vec<Fr>,
}

impl Verifier {
    fn new(parts: &KeyParts, wires: &[Fr]) -> Self {
        let key = ark_groth16::VerifyingKey {
            alpha_g1: parts.fixed.alpha_g1,
            beta_g2: parts.fixed.beta_g2,
            gamma_g2: parts.fixed.gamma_g2,
            delta_g2: parts.fixed.delta_g2,
            gamma_abc_g1: parts.ic.clone(),
        };
        let public = wires[1..=parts.sizes.public_inputs as usize].to_vec();
        Self { key: ark_groth16::prepare_verifying_key(&key), public }
    }

    fn check(&self, proof: &Proof) -> Result<(), BenchError> {
        let proof = ark_groth16::Proof { a: proof.a, b: proof.b, c: proof.c };
        match ark_groth16::Groth16::<Bn254>::verify_proof(&self.key, &proof, &self.public) {
            Ok(true) => Ok(()),
            Ok(false) => Err(failed("a proof does not verify: the witness is not one of this circuit's")),
            Err(error) => Err(failed(error)),
        }
    }
}

/// One of the key's matrices, by rows.
struct Matrix {
    ends: Vec<u32>,
    entries: Vec<(u32, Fr)>,
}

impl Matrix {
    /// The first `rows` rows: those of the public wires come after them, and the engine adds them itself.
    fn new(all: &Coefficients, matrix: usize, rows: usize) -> Self {
        let values = all.value[matrix].iter().map(|value| Fr::new_unchecked(BigInt(value.0 .0)));
        Self {
            ends: all.row_ptr[matrix][..=rows].to_vec(),
            entries: all.signal[matrix].iter().copied().zip(values).collect(),
        }
    }

    fn times(&self, wires: &[Fr]) -> Vec<Fr> {
        let row = |ends: &[u32]| {
            let entries = &self.entries[ends[0] as usize..ends[1] as usize];
            entries.iter().map(|(wire, value)| wires[*wire as usize] * value).sum()
        };
        self.ends.par_windows(2).map(row).collect()
    }
}

/// The peer's proof; its arkworks is another version with the same representation.
fn theirs(proof: &snarkrs_groth16::Proof) -> Proof {
    let fq = |x: &snarkrs_field::Fq| Fq::new_unchecked(BigInt(x.0 .0));
    let g1 = |point: &snarkrs_field::G1Affine| G1Affine::new_unchecked(fq(&point.x), fq(&point.y));
    let fq2 = |x: &snarkrs_field::Fq2| Fq2::new(fq(&x.c0), fq(&x.c1));
    let b = G2Affine::new_unchecked(fq2(&proof.b.x), fq2(&proof.b.y));
    Proof { a: g1(&proof.a), b, c: g1(&proof.c) }
}

fn their_scalar(value: &Fr) -> snarkrs_field::Fr {
    let mut out = snarkrs_field::Fr::zero();
    out.0 .0 = value.0 .0;
    out
}

//! What is measured: the proofs of a sample as the benchmark's program reads them.

use std::ops::Range;

use gesim_verifier::{
    encode, fold_poks,
    sample::{CommittedSample, Sample},
    CommittedKey, VerifyingKey,
};
use verify_bench::{BATCH, COMMITTED, COMMITTED_KEY_SIZE, GROTH16_SOLANA, KEY_SIZE, READ};

use crate::{
    chain::{Chain, Done},
    BenchError,
};

/// Proofs of one kind under one key, and the chain that verifies them.
pub trait Subject {
    /// How results name it.
    const NAME: &'static str;
    /// Added to every mode.
    const OFFSET: u8;
    /// Proofs that groth16-solana, or this verifier one by one, can take in one transaction.
    const ALONE: usize;

    fn key(&self) -> Vec<u8>;

    /// Inputs and proofs of a range, for one of the program's modes.
    fn data(&self, mode: u8, range: Range<usize>) -> Result<Vec<u8>, BenchError>;

    /// Verifies a range in one transaction.
    fn run(&self, chain: &mut Chain, mode: u8, range: Range<usize>) -> Result<Done, BenchError> {
        let data = self.data(mode, range.clone())?;
        chain.send(mode + Self::OFFSET, data).map_err(|reason| BenchError::Refused {
            kind: Self::NAME,
            mode,
            proofs: range.len(),
            reason,
        })
    }
}

/// A plain key as account 0 holds it.
pub fn plain_key(vk: &VerifyingKey) -> Vec<u8> {
    let parts: [&[u8]; 7] =
        [&vk.alpha_g1, &vk.beta_g2, &vk.gamma_g2, &vk.delta_g2, &vk.ic[0], &vk.ic[1], &vk.fingerprint];
    let bytes = parts.concat();
    debug_assert_eq!(bytes.len(), KEY_SIZE);
    bytes
}

/// A key with a commitment as account 0 holds it.
pub fn committed_key(vk: &CommittedKey) -> Vec<u8> {
    let parts: [&[u8]; 8] = [
        &vk.alpha_g1,
        &vk.beta_g2,
        &vk.gamma_g2,
        &vk.delta_g2,
        vk.ic.as_flattened(),
        &vk.fingerprint,
        &vk.commitment_g,
        &vk.commitment_sigma_neg,
    ];
    let bytes = parts.concat();
    debug_assert_eq!(bytes.len(), COMMITTED_KEY_SIZE);
    bytes
}

impl Subject for Sample {
    const NAME: &'static str = "groth16";
    const OFFSET: u8 = 0;
    const ALONE: usize = 16;

    fn key(&self) -> Vec<u8> {
        plain_key(&self.key)
    }

    fn data(&self, mode: u8, range: Range<usize>) -> Result<Vec<u8>, BenchError> {
        let mut proofs = self.proofs[range.clone()].to_vec();
        if mode == GROTH16_SOLANA {
            for (proof, ark) in proofs.iter_mut().zip(&self.ark_proofs[range.clone()]) {
                proof[..64].copy_from_slice(&encode::g1(&-ark.a));
            }
        }
        Ok([self.inputs[range].as_flattened(), proofs.as_flattened()].concat())
    }
}

impl Subject for CommittedSample {
    const NAME: &'static str = "committed";
    const OFFSET: u8 = COMMITTED;
    const ALONE: usize = 10;

    fn key(&self) -> Vec<u8> {
        committed_key(&self.key)
    }

    fn data(&self, mode: u8, range: Range<usize>) -> Result<Vec<u8>, BenchError> {
        let mut proofs = self.proofs[range.clone()].to_vec();
        let (inputs, poks) = (&self.inputs[range.clone()], &self.poks[range.clone()]);
        let folded = |proofs: &[_]| fold_poks(&self.key, &proofs.iter().collect::<Vec<_>>(), inputs, poks);
        let poks = match mode {
            BATCH | READ => folded(&proofs).map_err(|error| BenchError::Sample(error.to_string()))?.to_vec(),
            _ => poks.as_flattened().to_vec(),
        };
        if mode == GROTH16_SOLANA {
            for (proof, points) in proofs.iter_mut().zip(&self.points[range.clone()]) {
                proof[..64].copy_from_slice(&encode::g1(&-points.a));
            }
        }
        Ok([inputs.as_flattened(), proofs.as_flattened(), &poks].concat())
    }
}

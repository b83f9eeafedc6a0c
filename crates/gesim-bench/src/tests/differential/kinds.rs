//! The two kinds of proof, and what arkworks says about each.

use ark_bn254::{Bn254, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::{pairing::Pairing, AffineRepr, PrimeGroup};
use ark_ff::{BigInteger, PrimeField, Zero};
use gesim_verifier::{
    sample::{CommittedSample, Sample},
    verify, verify_batch, verify_committed, verify_committed_batch, VerifyError,
};
use solana_sha256_hasher::hashv;

use super::Case;
use crate::subject::Subject;

pub trait Kind: Subject + Sync {
    /// Where the G1 points begin; B is at 64.
    const G1: &'static [usize];

    /// Proof (with its proof of knowledge) and input.
    fn whole(&self, at: usize) -> (Vec<u8>, [u8; 32]);
    /// The proofs of many cases as the program reads them.
    fn join(cases: &[Case]) -> Vec<u8>;
    fn batch_of_one(&self, bytes: &[u8], input: &[u8; 32]) -> Result<(), VerifyError>;
    fn single(&self, bytes: &[u8], input: &[u8; 32]) -> bool;
    /// None for bytes that are no points or no number.
    fn equations(&self, bytes: &[u8], input: &[u8; 32]) -> Option<bool>;

    fn arkworks(&self, bytes: &[u8], input: &[u8; 32]) -> bool {
        self.equations(bytes, input).unwrap_or(false)
    }
}

fn number<F: PrimeField>(bytes: &[u8]) -> Option<F> {
    let value = F::from_be_bytes_mod_order(bytes);
    (value.into_bigint().to_bytes_be() == bytes).then_some(value)
}

fn g1(bytes: &[u8]) -> Option<G1Affine> {
    let point = G1Affine::new_unchecked(number(&bytes[..32])?, number(&bytes[32..64])?);
    point.is_on_curve().then_some(point)
}

pub fn g2(bytes: &[u8]) -> Option<G2Affine> {
    let coordinate = |at: usize| number::<Fq>(&bytes[at..at + 32]);
    let point =
        G2Affine::new_unchecked(Fq2::new(coordinate(32)?, coordinate(0)?), Fq2::new(coordinate(96)?, coordinate(64)?));
    (point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve()).then_some(point)
}

fn is_one(g1: impl IntoIterator<Item = G1Affine>, g2: impl IntoIterator<Item = G2Affine>) -> bool {
    Bn254::multi_pairing(g1, g2).is_zero()
}

/// gnark's hash of a commitment, written down once more: RFC 9380's expansion, then one big number modulo r.
fn challenge(commitment: &[u8]) -> Fr {
    let tag: &[u8] = b"bsb22-commitment\x10";
    let b0 = hashv(&[&[0; 64], commitment, &[0, 48, 0], tag]).to_bytes();
    let b1 = hashv(&[&b0, &[1], tag]).to_bytes();
    let mixed: Vec<u8> = b0.iter().zip(b1).map(|(a, b)| a ^ b).collect();
    let b2 = hashv(&[&mixed, &[2], tag]).to_bytes();
    Fr::from_be_bytes_mod_order(&[&b1[..], &b2[..16]].concat())
}

impl Kind for CommittedSample {
    const G1: &'static [usize] = &[0, 192, 256, 320];

    fn whole(&self, at: usize) -> (Vec<u8>, [u8; 32]) {
        ([&self.proofs[at][..], &self.poks[at]].concat(), self.inputs[at])
    }

    fn join(cases: &[Case]) -> Vec<u8> {
        let part =
            |range: std::ops::Range<usize>| cases.iter().flat_map(move |case| case.bytes[range.clone()].to_vec());
        part(0..320).chain(part(320..384)).collect()
    }

    fn batch_of_one(&self, bytes: &[u8], input: &[u8; 32]) -> Result<(), VerifyError> {
        let (proof, pok) = bytes.split_at(320);
        verify_committed_batch(&self.key, &[proof.try_into().unwrap()], pok.try_into().unwrap(), &[*input])
    }

    fn single(&self, bytes: &[u8], input: &[u8; 32]) -> bool {
        let (proof, pok) = bytes.split_at(320);
        verify_committed(&self.key, proof.try_into().unwrap(), pok.try_into().unwrap(), input).is_ok()
    }

    fn equations(&self, bytes: &[u8], input: &[u8; 32]) -> Option<bool> {
        let (a, b, c) = (g1(&bytes[..64])?, g2(&bytes[64..192])?, g1(&bytes[192..256])?);
        let (d, pok) = (g1(&bytes[256..320])?, g1(&bytes[320..])?);
        let (x, key) = (number::<Fr>(input)?, &self.key);
        let [ic_0, ic_1, ic_2] = key.ic.map(|point| g1(&point).unwrap());
        let public = ic_1 * x + ic_2 * challenge(&bytes[256..320]) + ic_0 + d;
        let second = |point: &[u8; 128]| g2(point).unwrap();
        let left = [-a, g1(&key.alpha_g1)?, public.into(), c];
        let right = [b, second(&key.beta_g2), second(&key.gamma_g2), second(&key.delta_g2)];
        let commitment = [second(&key.commitment_sigma_neg), second(&key.commitment_g)];
        Some(is_one(left, right) && is_one([d, pok], commitment))
    }
}

impl Kind for Sample {
    const G1: &'static [usize] = &[0, 192];

    fn whole(&self, at: usize) -> (Vec<u8>, [u8; 32]) {
        (self.proofs[at].to_vec(), self.inputs[at])
    }

    fn join(cases: &[Case]) -> Vec<u8> {
        cases.iter().flat_map(|case| case.bytes.clone()).collect()
    }

    fn batch_of_one(&self, bytes: &[u8], input: &[u8; 32]) -> Result<(), VerifyError> {
        verify_batch(&self.key, &[bytes.try_into().unwrap()], &[*input])
    }

    fn single(&self, bytes: &[u8], input: &[u8; 32]) -> bool {
        verify(&self.key, bytes.try_into().unwrap(), input).is_ok()
    }

    fn equations(&self, bytes: &[u8], input: &[u8; 32]) -> Option<bool> {
        let (a, b, c) = (g1(&bytes[..64])?, g2(&bytes[64..192])?, g1(&bytes[192..256])?);
        let (x, key) = (number::<Fr>(input)?, &self.proving_key.vk);
        let public = key.gamma_abc_g1[1] * x + key.gamma_abc_g1[0];
        let right = [b, key.beta_g2, key.gamma_g2, key.delta_g2];
        Some(is_one([-a, key.alpha_g1, public.into(), c], right))
    }
}

/// A random point of a group.
pub fn random_g1(scalar: u64) -> G1Affine {
    (<Bn254 as Pairing>::G1::generator() * Fr::from(scalar)).into()
}

pub fn random_g2(scalar: u64) -> G2Affine {
    (G2Affine::generator() * Fr::from(scalar)).into()
}

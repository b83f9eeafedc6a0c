//! The secret factors of a contribution.

use anyhow::{ensure, Result};
use rand::{rngs::OsRng, RngCore};
use sha2::{Digest, Sha256, Sha512};
use snarkrs_field::{Fr, PrimeField, Zero};
use zeroize::Zeroizing;

/// The value of a beacon is hashed 2^N times; beyond the last exponent, checking it would take hours.
pub const BEACON_EXPONENTS: std::ops::RangeInclusive<u8> = 10..=32;

/// Erased when dropped.
pub struct Factors {
    pub delta: Zeroizing<Fr>,
    pub sigma: Zeroizing<Fr>,
    seed: Zeroizing<[u8; 64]>,
}

impl Factors {
    /// Fresh ones: 64 bytes of the system's randomness, mixed with what the contributor typed in.
    pub fn fresh(entropy: &str) -> Result<Self> {
        let mut system = Zeroizing::new([0; 64]);
        OsRng.try_fill_bytes(system.as_mut())?;
        let hash = Sha512::new().chain_update(*system).chain_update(entropy).finalize();
        Self::from_seed(Zeroizing::new(hash.into()))
    }

    /// Those of a public value, for everyone to draw again.
    pub fn of_beacon(value: &[u8], exponent: u8) -> Result<Self> {
        ensure!(BEACON_EXPONENTS.contains(&exponent), "a beacon's exponent is {BEACON_EXPONENTS:?}, not {exponent}");
        ensure!(!value.is_empty(), "the beacon has no value");
        let mut last: [u8; 32] = Sha256::digest(value).into();
        for _ in 1..1_u64 << exponent {
            last = Sha256::digest(last).into();
        }
        Self::from_seed(Zeroizing::new(Sha512::digest(last).into()))
    }

    fn from_seed(seed: Zeroizing<[u8; 64]>) -> Result<Self> {
        let (delta, sigma) = (draw(&seed, b"delta", &[]), draw(&seed, b"sigma", &[]));
        ensure!(!delta.is_zero() && !sigma.is_zero(), "a factor is zero");
        Ok(Self { delta, sigma, seed })
    }

    /// The random parts of the proofs of knowledge; no seed serves two transcripts with one of them.
    pub fn nonces(&self, transcript: &[u8; 32]) -> [Zeroizing<Fr>; 2] {
        [b"proof of delta", b"proof of sigma"].map(|what| draw(&self.seed, what, transcript))
    }
}

fn draw(seed: &[u8; 64], what: &[u8], context: &[u8]) -> Zeroizing<Fr> {
    let hash = Sha512::new().chain_update(seed).chain_update(context).chain_update(what).finalize();
    let bytes: Zeroizing<[u8; 64]> = Zeroizing::new(hash.into());
    Zeroizing::new(Fr::from_le_bytes_mod_order(bytes.as_ref()))
}

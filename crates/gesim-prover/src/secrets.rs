//! Salts and blindings, all drawn from one secret seed, so that a proof made again after a kill commits to the same
//! values as before.

use rand::{rngs::OsRng, RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use snarkrs_field::{Fr, Zero};
use zeroize::{Zeroize, ZeroizeOnDrop};

use gesim_core::{poseidon::Field, Lane};

/// Stream of the blindings; a lane's salts have the lane's number.
const BLINDINGS: u64 = 64;
/// 32-bit words a value takes: 32 bytes, of which 31 are used.
const WORDS: u128 = 8;

/// The seed of a batch. Whoever knows it can look for the batch's records by guessing.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Seed([u8; 32]);

impl Seed {
    /// From the operating system.
    pub fn random() -> Self {
        let mut seed = [0; 32];
        OsRng.fill_bytes(&mut seed);
        Self(seed)
    }

    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Salts of a lane's records from `start` on (counted in the lane): 248 random bits each.
    pub(crate) fn salts(&self, lane: Lane, start: u64, count: usize) -> Vec<Fr> {
        let mut stream = self.stream(lane as u64, start);
        (0..count).map(|_| element(&mut stream)).collect()
    }

    /// Blinding of the commitment that chunk `index` starts from; the first one is 0 by definition.
    pub(crate) fn blinding(&self, index: u32) -> Fr {
        match index {
            0 => Fr::zero(),
            _ => element(&mut self.stream(BLINDINGS, u64::from(index))),
        }
    }

    fn stream(&self, stream: u64, value: u64) -> ChaCha20Rng {
        let mut rng = ChaCha20Rng::from_seed(self.0);
        rng.set_stream(stream);
        rng.set_word_pos(u128::from(value) * WORDS);
        rng
    }
}

fn element(rng: &mut ChaCha20Rng) -> Fr {
    let mut bytes: Field = [0; 32];
    rng.fill_bytes(&mut bytes);
    bytes[0] = 0;
    crate::poseidon::from_bytes(&bytes).expect("248 bits are below the modulus")
}

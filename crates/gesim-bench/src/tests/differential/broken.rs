//! What can be done to a proof and its input.

use ark_bn254::{Fq, Fq2, Fr, G2Affine};
use ark_ff::{BigInteger, PrimeField, UniformRand};
use gesim_verifier::{encode, BASE_MODULUS, SCALAR_MODULUS};
use rand_chacha::{rand_core::RngCore, ChaCha20Rng};

use super::kinds::{g2, random_g1, random_g2, Kind};

#[derive(Debug, Clone, Copy)]
pub enum Breakage {
    /// Nothing.
    Whole,
    /// A by t and B by 1/t, which is another proof of the same.
    Rerandomised,
    /// One bit anywhere: the proof or its input.
    Bit,
    /// A G1 point and another one change places.
    Swapped,
    /// A G1 point, or B, out of another proof.
    Foreign,
    /// Another proof's input, or a random one.
    Input,
    /// The input plus a multiple of r.
    InputAlias,
    /// A point becomes its opposite.
    Negated,
    /// A coordinate plus q.
    CoordinateAlias,
    /// A point, or everything, becomes infinity.
    Infinity,
    /// Random coordinates.
    OffCurve,
    /// Another point of the group.
    Random,
    /// B on the twist, outside of G2.
    OtherSubgroup,
    /// x and y of a G1 point, or the halves of B's coordinates, change places.
    Coordinates,
}

use Breakage::*;

/// A quarter of all cases is left whole.
pub fn breakage(rng: &mut ChaCha20Rng) -> Breakage {
    const CHANGES: [Breakage; 12] = [
        Bit,
        Swapped,
        Foreign,
        Input,
        InputAlias,
        Negated,
        CoordinateAlias,
        Infinity,
        OffCurve,
        Random,
        OtherSubgroup,
        Coordinates,
    ];
    match rng.next_u32() % 16 {
        0..3 => Whole,
        3 => Rerandomised,
        change => CHANGES[change as usize - 4],
    }
}

/// Bytes of a number plus another one, as long as 32 bytes hold it; else the bytes themselves.
fn plus(bytes: &[u8], modulus: &[u8; 32], times: u32) -> [u8; 32] {
    let mut out: [u8; 32] = bytes.try_into().unwrap();
    for _ in 0..times {
        let mut carry = 0u16;
        let mut next = out;
        for (byte, add) in next.iter_mut().zip(modulus).rev() {
            let sum = u16::from(*byte) + u16::from(*add) + carry;
            *byte = sum as u8;
            carry = sum >> 8;
        }
        if carry == 0 {
            out = next;
        }
    }
    out
}

fn negated(coordinate: &[u8]) -> [u8; 32] {
    let value = -Fq::from_be_bytes_mod_order(coordinate);
    value.into_bigint().to_bytes_be().try_into().unwrap()
}

/// A point of the twist that is not in G2.
fn outside_g2(rng: &mut ChaCha20Rng) -> G2Affine {
    loop {
        let Some(point) = G2Affine::get_point_from_x_unchecked(Fq2::rand(rng), false) else { continue };
        if !point.is_in_correct_subgroup_assuming_on_curve() {
            return point;
        }
    }
}

impl Breakage {
    /// What every verifier must say.
    pub fn expected(self) -> bool {
        matches!(self, Whole | Rerandomised)
    }

    pub fn apply<K: Kind>(self, kind: &K, at: usize, bytes: &mut [u8], input: &mut [u8; 32], rng: &mut ChaCha20Rng) {
        let mut pick = |count: usize| rng.next_u64() as usize % count;
        let other = (at + 1 + pick(super::PROOFS - 1)) % super::PROOFS;
        let (first, second) = (pick(K::G1.len()), pick(K::G1.len() - 1));
        let one = K::G1[first];
        let two = K::G1[(first + 1 + second) % K::G1.len()];
        // B's turn as often as any other point's.
        let on_b = pick(K::G1.len() + 1) == 0;
        let whole = if on_b { 64..192 } else { one..one + 64 };
        match self {
            Whole => {}
            Rerandomised => {
                let t = Fr::rand(rng);
                let a = ark_bn254::G1Affine::new(
                    Fq::from_be_bytes_mod_order(&bytes[..32]),
                    Fq::from_be_bytes_mod_order(&bytes[32..64]),
                );
                let b = g2(&bytes[64..192]).unwrap();
                bytes[..64].copy_from_slice(&encode::g1(&(a * t).into()));
                let inverse = ark_ff::Field::inverse(&t).unwrap();
                bytes[64..192].copy_from_slice(&encode::g2(&(b * inverse).into()));
            }
            Bit => {
                let bit = pick(8 * (bytes.len() + 32));
                match bytes.get_mut(bit / 8) {
                    Some(byte) => *byte ^= 1 << (bit % 8),
                    None => input[bit / 8 - bytes.len()] ^= 1 << (bit % 8),
                }
            }
            Swapped => {
                let point = bytes[one..one + 64].to_vec();
                bytes.copy_within(two..two + 64, one);
                bytes[two..two + 64].copy_from_slice(&point);
            }
            Foreign => bytes[whole.clone()].copy_from_slice(&kind.whole(other).0[whole]),
            Input if on_b => *input = encode::scalar(&Fr::rand(rng)),
            Input => *input = kind.whole(other).1,
            InputAlias => *input = plus(input, &SCALAR_MODULUS, 1 + pick(4) as u32),
            Negated if on_b => {
                for y in [128, 160] {
                    let value = negated(&bytes[y..y + 32]);
                    bytes[y..y + 32].copy_from_slice(&value);
                }
            }
            Negated => {
                let y = negated(&bytes[one + 32..one + 64]);
                bytes[one + 32..one + 64].copy_from_slice(&y);
            }
            CoordinateAlias => {
                let coordinate = 32 * pick(bytes.len() / 32);
                let alias = plus(&bytes[coordinate..coordinate + 32], &BASE_MODULUS, 1 + pick(4) as u32);
                bytes[coordinate..coordinate + 32].copy_from_slice(&alias);
            }
            Infinity if pick(8) == 0 => bytes.fill(0),
            Infinity => bytes[whole].fill(0),
            OffCurve => {
                for coordinate in whole.step_by(32) {
                    let value = Fq::rand(rng).into_bigint().to_bytes_be();
                    bytes[coordinate..coordinate + 32].copy_from_slice(&value);
                }
            }
            Random if on_b => bytes[64..192].copy_from_slice(&encode::g2(&random_g2(rng.next_u64()))),
            Random => bytes[one..one + 64].copy_from_slice(&encode::g1(&random_g1(rng.next_u64()))),
            OtherSubgroup => bytes[64..192].copy_from_slice(&encode::g2(&outside_g2(rng))),
            Coordinates if on_b => {
                for half in [64, 128] {
                    let (left, right) = bytes[half..half + 64].split_at_mut(32);
                    left.swap_with_slice(right);
                }
            }
            Coordinates => {
                let (x, y) = bytes[one..one + 64].split_at_mut(32);
                x.swap_with_slice(y);
            }
        }
    }
}

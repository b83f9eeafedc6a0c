//! Groth16 over BN254, with or without one Pedersen commitment (ADR 0005, 0006).
//!
//! A circuit is two memory-mapped files: its constraints with the order that solves them ([`system`]), and its proving
//! key ([`key`]).

pub mod commit;
pub mod error;
pub mod fft;
pub mod key;
pub mod msm;
pub mod prove;
pub mod simd;
pub mod system;

pub use ark_bn254::{Fq, Fq2, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
pub use error::{Error, Result};
pub use system::{Assignment, System};

/// A G1 point as keys store it: x, y in Montgomery form (R = 2^256), little-endian words. Never infinity.
pub type G1Raw = [u64; 8];
/// A G2 point: x0, x1, y0, y1.
pub type G2Raw = [u64; 16];
/// A scalar in canonical form, little-endian words, below r.
pub type Scalar = [u64; 4];

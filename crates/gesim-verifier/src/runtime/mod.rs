//! What the chain's runtime does for a program, and the same on the host. Everything is written into the caller's
//! memory: a program's heap never gives memory back. Numbers and points are kept as words in memory order, because
//! byte arrays without alignment cost SBPF an instruction a byte.

#[cfg(target_os = "solana")]
mod chain;
#[cfg(target_os = "solana")]
use chain as imp;
#[cfg(not(target_os = "solana"))]
mod host;
#[cfg(not(target_os = "solana"))]
use host as imp;

use crate::VerifyError;

/// A number: 32 big-endian bytes, as words in memory order.
pub type Number = [u64; 4];
/// A G1 point: x, y.
pub type G1 = [u64; 8];

const ADD: u64 = 0;
const MULTIPLY: u64 = 2;
const PAIRING: u64 = 3;

/// The words' bytes.
#[inline(always)]
pub fn bytes(words: &[u64]) -> &[u8] {
    // SAFETY: the same memory, of a type without alignment, and every byte is initialised.
    unsafe { core::slice::from_raw_parts(words.as_ptr().cast(), core::mem::size_of_val(words)) }
}

#[inline(always)]
fn bytes_mut(words: &mut [u64]) -> &mut [u8] {
    // SAFETY: as above, and any bytes make words.
    unsafe { core::slice::from_raw_parts_mut(words.as_mut_ptr().cast(), core::mem::size_of_val(words)) }
}

/// Copies bytes into words of the same length; both lengths are constants wherever this is called.
#[inline(always)]
pub fn copy(to: &mut [u64], from: &[u8]) {
    let to = bytes_mut(to);
    assert!(to.len() == from.len());
    imp::copy(to, from);
}

/// Bytes as words in memory order.
#[inline(always)]
pub fn read<const N: usize, const WORDS: usize>(from: &[u8; N]) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    copy(&mut words, from);
    words
}

/// SHA-256 of the parts, one after the other.
#[inline(always)]
pub fn sha256(parts: &[&[u8]]) -> Number {
    let mut out = [0; 4];
    imp::sha256(parts, bytes_mut(&mut out));
    out
}

#[inline(always)]
fn curve(operation: u64, input: &[u64], out: &mut [u64]) -> Result<(), VerifyError> {
    if imp::curve(operation, bytes(input), bytes_mut(out)) {
        Ok(())
    } else {
        Err(VerifyError::InvalidPoint)
    }
}

/// The sum of two G1 points.
#[inline(always)]
pub fn add(points: &[G1; 2], out: &mut G1) -> Result<(), VerifyError> {
    curve(ADD, points.as_flattened(), out)
}

/// A G1 point's eight words and a scalar's four, multiplied. Refuses a point that is not on the curve; G1 is the
/// whole curve.
#[inline(always)]
pub fn multiply(point_and_scalar: &[u64; 12], out: &mut G1) -> Result<(), VerifyError> {
    curve(MULTIPLY, point_and_scalar, out)
}

/// Whether the product of the pairings of (G1, G2) pairs is one. Refuses points off the curve or outside G2.
pub fn pairing_is_one(pairs: &[u64]) -> Result<(), VerifyError> {
    let mut answer = [0; 4];
    curve(PAIRING, pairs, &mut answer)?;
    if u64::from_be(answer[3]) == 1 {
        Ok(())
    } else {
        Err(VerifyError::ProofInvalid)
    }
}

//! The three curve operations, written into the caller's memory. On-chain they are called directly: the library's
//! functions allocate their results, and a program's heap never gives memory back.

use crate::VerifyError;

#[cfg(target_os = "solana")]
mod backend {
    use solana_define_syscall::definitions::sol_alt_bn128_group_op;

    pub const ADD: u64 = 0;
    pub const MULTIPLY: u64 = 2;
    pub const PAIRING: u64 = 3;

    #[inline(always)]
    pub fn run(operation: u64, input: &[u8], out: &mut [u8]) -> bool {
        // SAFETY: the syscall reads `input.len()` bytes and writes 64 (a point) or 32 (a pairing's answer),
        // which every caller in this file provides.
        unsafe { sol_alt_bn128_group_op(operation, input.as_ptr(), input.len() as u64, out.as_mut_ptr()) == 0 }
    }
}

#[cfg(not(target_os = "solana"))]
mod backend {
    use solana_bn254::prelude::{alt_bn128_g1_addition_be, alt_bn128_g1_multiplication_be, alt_bn128_pairing_be};

    pub const ADD: u64 = 0;
    pub const MULTIPLY: u64 = 2;
    pub const PAIRING: u64 = 3;

    pub fn run(operation: u64, input: &[u8], out: &mut [u8]) -> bool {
        let result = match operation {
            ADD => alt_bn128_g1_addition_be(input),
            MULTIPLY => alt_bn128_g1_multiplication_be(input),
            _ => alt_bn128_pairing_be(input),
        };
        result.is_ok_and(|bytes| {
            out.copy_from_slice(&bytes);
            true
        })
    }
}

fn checked(done: bool) -> Result<(), VerifyError> {
    if done {
        Ok(())
    } else {
        Err(VerifyError::InvalidPoint)
    }
}

/// The sum of two G1 points.
#[inline(always)]
pub fn add(points: &[[u8; 64]; 2], out: &mut [u8; 64]) -> Result<(), VerifyError> {
    checked(backend::run(backend::ADD, points.as_flattened(), out))
}

/// A G1 point (64 bytes) times a scalar (32 bytes). Refuses a point that is not on the curve; G1 is the whole curve.
#[inline(always)]
pub fn multiply(point_and_scalar: &[u8; 96], out: &mut [u8; 64]) -> Result<(), VerifyError> {
    checked(backend::run(backend::MULTIPLY, point_and_scalar, out))
}

/// A point beside a scalar, as `multiply` reads them.
#[inline(always)]
pub fn scaled(point: &[u8; 64], scalar: &[u8; 32]) -> [u8; 96] {
    let mut out = [0; 96];
    out[..64].copy_from_slice(point);
    out[64..].copy_from_slice(scalar);
    out
}

/// Whether the product of the pairings of (G1, G2) pairs is one. Refuses points off the curve or outside G2.
pub fn pairing_is_one(pairs: &[u8]) -> Result<(), VerifyError> {
    let mut answer = [0; 32];
    checked(backend::run(backend::PAIRING, pairs, &mut answer))?;
    if answer[31] == 1 {
        Ok(())
    } else {
        Err(VerifyError::ProofInvalid)
    }
}

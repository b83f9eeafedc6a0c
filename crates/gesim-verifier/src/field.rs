//! The two moduli, and what is the canonical form of a number.

use crate::{
    runtime::{Number, G1},
    VerifyError,
};

/// The order r of the groups: the field of scalars and public inputs. Big-endian.
pub const SCALAR_MODULUS: [u8; 32] = [
    0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d, 0x28, 0x33, 0xe8,
    0x48, 0x79, 0xb9, 0x70, 0x91, 0x43, 0xe1, 0xf5, 0x93, 0xf0, 0x00, 0x00, 0x01,
];

/// The modulus q of the field of coordinates. Big-endian.
pub const BASE_MODULUS: [u8; 32] = [
    0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d, 0x97, 0x81, 0x6a,
    0x91, 0x68, 0x71, 0xca, 0x8d, 0x3c, 0x20, 0x8c, 0x16, 0xd8, 0x7c, 0xfd, 0x47,
];

/// q, most significant word first.
const BASE_WORDS: [u64; 4] =
    [0x3064_4e72_e131_a029, 0xb850_45b6_8181_585d, 0x9781_6a91_6871_ca8d, 0x3c20_8c16_d87c_fd47];

/// Both moduli start with 0x30, so the first byte settles all but one value in a hundred.
#[inline(always)]
pub fn is_below(value: &[u8; 32], modulus: &[u8; 32]) -> bool {
    value[0] < modulus[0] || value < modulus
}

/// A public input must have one encoding only: x + r would be a second one of the same statement.
#[inline(always)]
pub fn check_input(input: &[u8; 32]) -> Result<(), VerifyError> {
    if is_below(input, &SCALAR_MODULUS) {
        Ok(())
    } else {
        Err(VerifyError::NonCanonicalInput)
    }
}

/// Whether the encoding is the point at infinity's: all zero. The first byte settles nearly every case.
#[inline(always)]
pub fn is_zero(point: &[u8]) -> bool {
    point[0] == 0 && point.iter().all(|byte| *byte == 0)
}

/// Turns a canonical G1 point into its opposite: y becomes q - y. Infinity stays as it is.
#[inline(always)]
pub fn negate(point: &mut G1) {
    if point.iter().all(|word| *word == 0) {
        return;
    }
    let [_, _, _, _, y @ ..]: &mut G1 = point;
    let y: &mut Number = y;
    let mut borrow = false;
    for (word, modulus) in y.iter_mut().zip(BASE_WORDS).rev() {
        let (rest, first) = modulus.overflowing_sub(u64::from_be(*word));
        let (rest, second) = rest.overflowing_sub(u64::from(borrow));
        *word = rest.to_be();
        borrow = first | second;
    }
}

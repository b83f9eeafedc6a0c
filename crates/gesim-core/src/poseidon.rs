//! Poseidon over BN254 with circomlib's parameters: the syscall on-chain, light-poseidon elsewhere.

use solana_poseidon::{hashv, Endianness, Parameters};

use crate::CoreError;

/// A field element: 32 bytes, big-endian, below the modulus.
pub type Field = [u8; 32];

/// The field's modulus r, big-endian.
pub const MODULUS: Field = [
    0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d, 0x28, 0x33, 0xe8,
    0x48, 0x79, 0xb9, 0x70, 0x91, 0x43, 0xe1, 0xf5, 0x93, 0xf0, 0x00, 0x00, 0x01,
];

/// An integer as a field element.
pub fn field(value: u64) -> Field {
    let mut out = [0; 32];
    out[24..].copy_from_slice(&value.to_be_bytes());
    out
}

/// Whether the bytes are the canonical form of a field element.
pub fn is_canonical(value: &Field) -> bool {
    value < &MODULUS
}

/// The hash of 1 to 12 field elements. An element at or above the modulus is an error.
pub fn poseidon(inputs: &[&[u8]]) -> Result<Field, CoreError> {
    hashv(Parameters::Bn254X5, Endianness::BigEndian, inputs)
        .map(|hash| hash.to_bytes())
        .map_err(|_| CoreError::FieldElement)
}

//! SHA-256 digests that fit the field: the first byte is cleared, 248 bits stay.

use crate::poseidon::Field;

/// Clears the byte that could carry a digest over the modulus.
pub fn to_field(mut digest: [u8; 32]) -> Field {
    digest[0] = 0;
    digest
}

/// SHA-256 over the parts: the syscall on-chain.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    solana_sha256_hasher::hashv(parts).to_bytes()
}

/// SHA-256 over the parts, as a field element.
pub fn sha256_field(parts: &[&[u8]]) -> Field {
    to_field(sha256(parts))
}

use solana_bn254::prelude::{alt_bn128_g1_addition_be, alt_bn128_g1_multiplication_be, alt_bn128_pairing_be};

pub fn copy(to: &mut [u8], from: &[u8]) {
    to.copy_from_slice(from);
}

pub fn sha256(parts: &[&[u8]], out: &mut [u8]) {
    out.copy_from_slice(solana_sha256_hasher::hashv(parts).as_ref());
}

/// The syscalls' own code.
pub fn curve(operation: u64, input: &[u8], out: &mut [u8]) -> bool {
    let result = match operation {
        super::ADD => alt_bn128_g1_addition_be(input),
        super::MULTIPLY => alt_bn128_g1_multiplication_be(input),
        _ => alt_bn128_pairing_be(input),
    };
    result.is_ok_and(|bytes| {
        out.copy_from_slice(&bytes);
        true
    })
}

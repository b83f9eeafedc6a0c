use crate::{
    runtime::{bytes, sha256},
    scalar::Challenges,
};

/// A challenge before it is reduced modulo r: 48 big-endian bytes, as words in memory order.
pub type Wide = [u64; 6];

/// RFC 9380's `expand_message_xmd` over SHA-256 of a commitment's 64 bytes, 48 bytes long.
#[inline(always)]
pub fn expand(commitment: &[u8; 64]) -> Wide {
    // A block of zeros, the message, the length of the output as two bytes, a zero byte, the tag.
    const END: &[u8] = b"\x00\x30\x00bsb22-commitment\x10";
    let first = sha256(&[&[0; 64], commitment, END]);
    // Then hashes of the one before it xor the first, with their number.
    let one = sha256(&[bytes(&first), b"\x01bsb22-commitment\x10"]);
    let mut mixed = first;
    for (word, other) in mixed.iter_mut().zip(one) {
        *word ^= other;
    }
    let [e, f, ..] = sha256(&[bytes(&mixed), b"\x02bsb22-commitment\x10"]);
    let [a, b, c, d] = one;
    [a, b, c, d, e, f]
}

/// What a commitment draws: gnark's hash_to_field with the tag `bsb22-commitment`, 32 big-endian bytes below r.
pub fn challenge(commitment: &[u8; 64]) -> [u8; 32] {
    let words = Challenges::new(expand(commitment)).reduced();
    let mut out = [0; 32];
    out.copy_from_slice(bytes(&words));
    out
}

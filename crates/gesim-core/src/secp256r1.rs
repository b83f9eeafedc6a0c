//! The one layout in which GeSIM takes instructions of the secp256r1 precompile (SIMD-0075, ADR 0009): one signature,
//! everything in the instruction's own data, back to back.
//!
//! ```text
//! 0   count 1, padding 0
//! 2   offsets: signature 49, its instruction 0xFFFF; key 16, its instruction 0xFFFF; message 113, its length,
//!     its instruction 0xFFFF (u16 each, little-endian)
//! 16  key, SEC1 compressed
//! 49  signature, r || s, s in the lower half
//! 113 message
//! ```

/// `Secp256r1SigVerify1111111111111111111111111`
pub const PROGRAM: [u8; 32] = [
    0x06, 0x92, 0x0d, 0xec, 0x2f, 0xea, 0x71, 0xb5, 0xb7, 0x23, 0x81, 0x4d, 0x74, 0x2d, 0xa9, 0x03, 0x1c, 0x83, 0xe7,
    0x5f, 0xdb, 0x79, 0x5d, 0x56, 0x8e, 0x75, 0x47, 0x80, 0x20, 0x00, 0x00, 0x00,
];
pub const KEY_AT: usize = 16;
pub const SIGNATURE_AT: usize = 49;
pub const MESSAGE_AT: usize = 113;
/// Of a compressed key, and of a signature.
pub const KEY_LEN: usize = 33;
pub const SIGNATURE_LEN: usize = 64;

/// The 16 bytes in front of the key.
pub fn header(message_len: u16) -> [u8; KEY_AT] {
    let own = 0xffff_u16;
    let fields = [SIGNATURE_AT as u16, own, KEY_AT as u16, own, MESSAGE_AT as u16, message_len, own];
    let mut out = [0; KEY_AT];
    out[0] = 1;
    for (bytes, field) in out[2..].chunks_exact_mut(2).zip(fields) {
        bytes.copy_from_slice(&field.to_le_bytes());
    }
    out
}

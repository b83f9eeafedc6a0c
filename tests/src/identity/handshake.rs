//! What TLS servers sign, put together by hand.

use gesim_core::digest::sha256;

/// ServerECDHParams with a point of P-256 and a key of X25519; the points are nobody's.
pub fn p256_parameters() -> Vec<u8> {
    [&[3, 0, 0x17, 65, 4][..], &[0x5A; 64]].concat()
}

pub fn x25519_parameters() -> Vec<u8> {
    [&[3, 0, 0x1D, 32][..], &[0x5A; 32]].concat()
}

/// What a TLS 1.2 server signs.
pub fn server_key_exchange(client_random: &[u8; 32], parameters: &[u8]) -> Vec<u8> {
    [&client_random[..], &[0x77; 32], parameters].concat()
}

/// What a TLS 1.3 server signs over a handshake.
pub fn certificate_verify(handshake: &[u8]) -> Vec<u8> {
    [&[0x20; 64][..], b"TLS 1.3, server CertificateVerify\0", &sha256(&[handshake])].concat()
}

/// A handshake message.
pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u32).to_be_bytes();
    [&[kind], &length[1..], body].concat()
}

/// A hello with this random; what follows it is not read.
pub fn hello(kind: u8, random: &[u8; 32]) -> Vec<u8> {
    message(kind, &[&[3, 3][..], random, &[0; 40]].concat())
}

pub const HELLO_RETRY_REQUEST: [u8; 32] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11,
    0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];

/// ClientHello, ServerHello, EncryptedExtensions, Certificate.
pub fn tls13(client_random: &[u8; 32]) -> [Vec<u8>; 4] {
    [hello(1, client_random), hello(2, &[0x78; 32]), message(8, &[0, 0]), message(11, &[0x33; 600])]
}

//! What an SM-DP+'s TLS key signs in a handshake, read strictly.

use anchor_lang::prelude::*;
use gesim_core::digest::sha256;

use crate::error::IdentityError;

const RANDOM: usize = 32;
/// ServerECDHParams in front of the point: named_curve, the curve, the point's length and its form.
const P256: &[u8] = &[3, 0x00, 0x17, 65, 4];
const P256_REST: usize = 64;
const X25519: &[u8] = &[3, 0x00, 0x1D, 32];
const X25519_REST: usize = 32;

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const ENCRYPTED_EXTENSIONS: u8 = 8;
const CERTIFICATE: u8 = 11;
const LEGACY_VERSION: [u8; 2] = [3, 3];
/// The random of a ServerHello that is a HelloRetryRequest: SHA-256("HelloRetryRequest").
const HELLO_RETRY_REQUEST: [u8; RANDOM] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11,
    0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];
const SERVER_CONTEXT: &[u8] = b"TLS 1.3, server CertificateVerify\0";

/// TLS 1.2: client_random, server_random, ServerECDHParams; 133 bytes with P-256, 100 with X25519.
pub fn server_key_exchange(message: &[u8], client_random: &[u8; RANDOM]) -> Result<()> {
    let (random, rest) = message.split_at_checked(RANDOM).ok_or(IdentityError::Handshake)?;
    let parameters = rest.get(RANDOM..).ok_or(IdentityError::Handshake)?;
    let has = |head: &[u8], length| parameters.strip_prefix(head).is_some_and(|point| point.len() == length);
    require!(has(P256, P256_REST) || has(X25519, X25519_REST), IdentityError::Handshake);
    require!(random == client_random, IdentityError::WrongClientRandom);
    Ok(())
}

/// TLS 1.3: the content of the server's CertificateVerify over this handshake.
pub fn certificate_verify(message: &[u8], handshake: &[u8], client_random: &[u8; RANDOM]) -> Result<()> {
    let mut rest = handshake;
    let random = hello(&mut rest, CLIENT_HELLO).ok_or(IdentityError::Handshake)?;
    let server_random = hello(&mut rest, SERVER_HELLO).ok_or(IdentityError::Handshake)?;
    require!(server_random != HELLO_RETRY_REQUEST, IdentityError::Handshake);
    body(&mut rest, ENCRYPTED_EXTENSIONS).ok_or(IdentityError::Handshake)?;
    body(&mut rest, CERTIFICATE).ok_or(IdentityError::Handshake)?;
    require!(rest.is_empty(), IdentityError::Handshake);
    require!(random == client_random, IdentityError::WrongClientRandom);
    let hash = sha256(&[handshake]);
    let signed = message.strip_prefix(&[b' '; 64]).and_then(|rest| rest.strip_prefix(SERVER_CONTEXT));
    require!(signed == Some(&hash[..]), IdentityError::WrongMessage);
    Ok(())
}

/// The random of the next message, which must be this kind of hello.
fn hello<'a>(rest: &mut &'a [u8], kind: u8) -> Option<&'a [u8]> {
    body(rest, kind)?.strip_prefix(&LEGACY_VERSION)?.get(..RANDOM)
}

/// The body of the next handshake message, which must be of this kind.
fn body<'a>(rest: &mut &'a [u8], kind: u8) -> Option<&'a [u8]> {
    let [found, high, middle, low, after @ ..] = *rest else { return None };
    let length = usize::try_from(u32::from_be_bytes([0, *high, *middle, *low])).ok()?;
    let (body, after) = after.split_at_checked(length)?;
    *rest = after;
    (*found == kind).then_some(body)
}

//! Object identifiers, as their content octets.

use crate::CertError;

/// The longest registered id: 23 octets, which fit an account's field with their length.
pub const MAX_REGISTERED_ID: usize = 23;

/// 1.2.840.10045.4.3.2
pub const ECDSA_WITH_SHA256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];
/// 1.2.840.10045.2.1
pub const EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
/// 1.2.840.10045.3.1.7
pub const P256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

/// 2.5.29.14
pub const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1D, 0x0E];
/// 2.5.29.15
pub const KEY_USAGE: &[u8] = &[0x55, 0x1D, 0x0F];
/// 2.5.29.17
pub const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1D, 0x11];
/// 2.5.29.19
pub const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1D, 0x13];
/// 2.5.29.31
pub const CRL_POINTS: &[u8] = &[0x55, 0x1D, 0x1F];
/// 2.5.29.32
pub const POLICIES: &[u8] = &[0x55, 0x1D, 0x20];
/// 2.5.29.35
pub const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1D, 0x23];
/// 2.5.29.37
pub const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1D, 0x25];

/// 1.3.6.1.5.5.7.3.1
pub const SERVER_AUTH: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
/// 1.3.6.1.5.5.7.3.2
pub const CLIENT_AUTH: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];

/// 2.23.146.1.2.1, under which SGP.22 numbers its roles
pub const ROLES: &[u8] = &[0x67, 0x81, 0x12, 0x01, 0x02, 0x01];

/// Whether every arc is in its shortest form and the last one ends.
pub fn check(content: &[u8]) -> Result<(), CertError> {
    let mut starts = true;
    for octet in content {
        if starts && *octet == 0x80 {
            return Err(CertError::Oid);
        }
        starts = octet & 0x80 == 0;
    }
    match starts && !content.is_empty() {
        true => Ok(()),
        false => Err(CertError::Oid),
    }
}

/// A registered id that an account can hold.
pub fn registered_id(content: &[u8]) -> Result<&[u8], CertError> {
    check(content)?;
    match content.len() <= MAX_REGISTERED_ID {
        true => Ok(content),
        false => Err(CertError::AltName),
    }
}

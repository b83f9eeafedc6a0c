//! Certificates put together by hand, so that any one thing about them can be wrong.
#![allow(dead_code)]

use std::{fs, path::PathBuf};

/// The folder of the genuine certificates, when it is there.
pub fn fixtures(folder: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures").join(folder);
    if !folder.is_dir() {
        println!("skipped: no external fixtures");
        return None;
    }
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    Some(found)
}

/// A value in DER.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..=0x7F => out.push(length as u8),
        0x80..=0xFF => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(content);
    out
}

pub fn seq(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

pub fn oid(content: &[u8]) -> Vec<u8> {
    tlv(0x06, content)
}

pub fn name(tag: u8, text: &[u8]) -> Vec<u8> {
    seq(&[&tlv(0x31, &seq(&[&oid(&[0x55, 4, 3]), &tlv(tag, text)]))])
}

/// An extension; `critical` as the octets of its BOOLEAN.
pub fn extension(id: u8, critical: &[u8], value: &[u8]) -> Vec<u8> {
    let critical = if critical.is_empty() { vec![] } else { tlv(1, critical) };
    seq(&[&oid(&[0x55, 0x1D, id]), &critical, &tlv(4, value)])
}

pub const CRITICAL: &[u8] = &[0xFF];
pub const PLAIN: &[u8] = &[];
pub const SKI: u8 = 14;
pub const USAGE: u8 = 15;
pub const SAN: u8 = 17;
pub const BASIC: u8 = 19;
pub const CRL: u8 = 31;
pub const POLICIES: u8 = 32;
pub const AKI: u8 = 35;
pub const PURPOSE: u8 = 37;

pub const SERVER_AUTH: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 3, 1];
pub const CLIENT_AUTH: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 3, 2];

pub fn policy(role: u8) -> Vec<u8> {
    seq(&[&seq(&[&oid(&[0x67, 0x81, 0x12, 1, 2, 1, role])])])
}

/// The fields of a TBSCertificate in DER, each replaceable.
#[derive(Clone)]
pub struct Parts {
    pub version: Vec<u8>,
    pub serial: Vec<u8>,
    pub algorithm: Vec<u8>,
    pub issuer: Vec<u8>,
    pub validity: Vec<u8>,
    pub subject: Vec<u8>,
    pub key: Vec<u8>,
    pub extensions: Vec<Vec<u8>>,
}

impl Parts {
    pub fn der(&self) -> Vec<u8> {
        let list: Vec<&[u8]> = self.extensions.iter().map(Vec::as_slice).collect();
        let extensions = tlv(0xA3, &seq(&list));
        let Self { version, serial, algorithm, issuer, validity, subject, key, .. } = self;
        seq(&[version, serial, algorithm, issuer, validity, subject, key, &extensions])
    }

    /// Replaces the extension with this id, or adds it.
    pub fn set(mut self, id: u8, critical: &[u8], value: &[u8]) -> Self {
        let new = extension(id, critical, value);
        match self.extensions.iter_mut().find(|old| old.get(4..7) == Some(&[0x55, 0x1D, id])) {
            Some(old) => *old = new,
            None => self.extensions.push(new),
        }
        self
    }

    pub fn without(mut self, id: u8) -> Self {
        self.extensions.retain(|old| old.get(4..7) != Some(&[0x55, 0x1D, id]));
        self
    }
}

pub fn point() -> Vec<u8> {
    let mut point = vec![4];
    point.extend([0x11; 32]);
    point.extend([0x23; 32]);
    point
}

pub fn key_info(algorithm: &[u8], curve: &[u8], bits: &[u8]) -> Vec<u8> {
    seq(&[&seq(&[&oid(algorithm), &oid(curve)]), &tlv(3, bits)])
}

pub const EC: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1];
pub const P256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7];
pub const ECDSA_SHA256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];

pub fn utc(text: &str) -> Vec<u8> {
    tlv(0x17, text.as_bytes())
}

pub fn generalized(text: &str) -> Vec<u8> {
    tlv(0x18, text.as_bytes())
}

pub fn whole_octets(octets: &[u8]) -> Vec<u8> {
    [&[0], octets].concat()
}

fn common(role: u8, policy_critical: &[u8], usage: &[u8]) -> Parts {
    let key_id = [7; 20];
    Parts {
        version: tlv(0xA0, &tlv(2, &[2])),
        serial: tlv(2, &[1, 0]),
        algorithm: seq(&[&oid(ECDSA_SHA256)]),
        issuer: name(0x0C, b"Test CI"),
        validity: seq(&[&utc("250630131438Z"), &utc("260802131438Z")]),
        subject: name(0x13, b"SM-DP+"),
        key: key_info(EC, P256, &whole_octets(&point())),
        extensions: vec![],
    }
    .set(SKI, PLAIN, &tlv(4, &key_id))
    .set(AKI, PLAIN, &seq(&[&tlv(0x80, &key_id)]))
    .set(USAGE, CRITICAL, &tlv(3, usage))
    .set(POLICIES, policy_critical, &policy(role))
    .set(SAN, PLAIN, &seq(&[&tlv(0x88, &[0x88, 0x37, 10])]))
}

pub fn tls() -> Parts {
    common(3, PLAIN, &[7, 0x80]).set(PURPOSE, CRITICAL, &seq(&[&oid(SERVER_AUTH), &oid(CLIENT_AUTH)])).set(
        SAN,
        PLAIN,
        &seq(&[&tlv(0x82, b"smdp.example.com"), &tlv(0x88, &[0x88, 0x37, 10])]),
    )
}

pub fn auth() -> Parts {
    common(4, CRITICAL, &[7, 0x80])
}

pub fn ca() -> Parts {
    common(0, CRITICAL, &[1, 6]).set(BASIC, CRITICAL, &seq(&[&tlv(1, &[0xFF])]))
}

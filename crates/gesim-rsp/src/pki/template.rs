//! One certificate before it is signed, every part open.

use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::{certificate_pem, encode_oid, oids, Arcs};
use crate::{
    keys::{self, KeyPair},
    tlv::tlv,
};

/// Unix seconds, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    pub not_before: i64,
    pub not_after: i64,
}

/// One attribute of a distinguished name: its type, the tag of its string (`0x0C` UTF-8, `0x13` printable) and the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePart {
    pub kind: Arcs,
    pub tag: u8,
    pub text: String,
}

/// A distinguished name, one attribute a set, in the order in which it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Name(pub Vec<NamePart>);

impl Name {
    /// Countries and serial numbers are PrintableString, everything else UTF8String.
    pub fn new(parts: &[(Arcs, &str)]) -> Self {
        let part = |(kind, text): &(Arcs, &str)| {
            let printable = *kind == oids::COUNTRY || *kind == oids::SERIAL_NUMBER;
            NamePart { kind, tag: if printable { 0x13 } else { 0x0C }, text: (*text).to_owned() }
        };
        Self(parts.iter().map(part).collect())
    }

    pub fn get(&self, kind: Arcs) -> Option<&str> {
        self.0.iter().find(|part| part.kind == kind).map(|part| part.text.as_str())
    }

    pub fn der(&self) -> Vec<u8> {
        let part = |part: &NamePart| {
            let text = tlv(u16::from(part.tag), &[part.text.as_bytes()]);
            tlv(0x31, &[tlv(0x30, &[object(part.kind), text])])
        };
        tlv(0x30, &self.0.iter().map(part).collect::<Vec<_>>())
    }
}

/// An extension; `value` is what the OCTET STRING holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    pub id: Arcs,
    pub critical: bool,
    pub value: Vec<u8>,
}

impl Extension {
    fn der(&self) -> Vec<u8> {
        let critical = if self.critical { vec![0x01, 0x01, 0xFF] } else { Vec::new() };
        tlv(0x30, &[object(self.id), critical, tlv(0x04, &[&self.value])])
    }
}

/// The key a certificate shows: curve and point, which need not fit together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKeyInfo {
    pub curve: Arcs,
    pub point: Vec<u8>,
}

/// A certificate to be. The identifiers of subject's and issuer's keys are ordinary extensions and can be changed.
#[derive(Debug, Clone)]
pub struct Template {
    /// Content octets of the INTEGER.
    pub serial: Vec<u8>,
    pub issuer: Name,
    pub validity: Validity,
    pub subject: Name,
    pub key: PublicKeyInfo,
    pub extensions: Vec<Extension>,
}

impl Template {
    pub fn drop_extension(mut self, id: Arcs) -> Self {
        self.extensions.retain(|extension| extension.id != id);
        self
    }

    pub fn with_extension(mut self, id: Arcs, critical: bool, value: Vec<u8>) -> Self {
        self.extensions.push(Extension { id, critical, value });
        self
    }

    /// Another role: the policy is replaced where it stands.
    pub fn with_policy(mut self, policy: Arcs) -> Self {
        let found = self.extensions.iter_mut().filter(|extension| extension.id == oids::POLICIES);
        found.for_each(|extension| extension.value = policies(policy));
        self
    }

    pub fn with_validity(mut self, not_before: i64, not_after: i64) -> Self {
        self.validity = Validity { not_before, not_after };
        self
    }

    pub fn with_curve(mut self, curve: Arcs) -> Self {
        self.key.curve = curve;
        self
    }

    /// What is signed.
    pub fn tbs(&self) -> Vec<u8> {
        let algorithm = tlv(0x30, &[object(oids::EC_PUBLIC_KEY), object(self.key.curve)]);
        let point = tlv(0x03, &[&[0][..], &self.key.point]);
        let extensions: Vec<_> = self.extensions.iter().map(Extension::der).collect();
        tlv(
            0x30,
            &[
                tlv(0xA0, &[[0x02, 0x01, 0x02]]),
                tlv(0x02, &[&self.serial]),
                signature_algorithm(),
                self.issuer.der(),
                tlv(0x30, &[instant(self.validity.not_before), instant(self.validity.not_after)]),
                self.subject.der(),
                tlv(0x30, &[algorithm, point]),
                tlv(0xA3, &[tlv(0x30, &extensions)]),
            ],
        )
    }

    /// Signed by `issuer`, whose name is not checked: a wrong certificate is made the same way.
    pub fn sign(&self, issuer: &KeyPair, key: KeyPair) -> Issued {
        let tbs = self.tbs();
        let signature = keys::to_der(&issuer.sign(&tbs)).unwrap_or_default();
        let bits = tlv(0x03, &[&[0][..], &signature]);
        Issued { certificate: tlv(0x30, &[tbs, signature_algorithm(), bits]), key, template: self.clone() }
    }
}

/// A certificate with its key.
#[derive(Debug, Clone)]
pub struct Issued {
    /// DER.
    pub certificate: Vec<u8>,
    pub key: KeyPair,
    /// What it was made from: the start of a wrong one.
    pub template: Template,
}

impl Issued {
    pub fn certificate_pem(&self) -> String {
        certificate_pem(&self.certificate)
    }

    /// The signed part, as `register_smdp` takes it.
    pub fn tbs(&self) -> Vec<u8> {
        self.template.tbs()
    }

    pub fn key_id(&self) -> [u8; 20] {
        key_id(&self.key.public65())
    }
}

/// The first 160 bits of SHA-256 over the point (RFC 7093, method 1).
pub(super) fn key_id(point: &[u8]) -> [u8; 20] {
    let mut out = [0; 20];
    out.iter_mut().zip(Sha256::digest(point)).for_each(|(out, octet)| *out = octet);
    out
}

pub(super) fn policies(policy: Arcs) -> Vec<u8> {
    tlv(0x30, &[tlv(0x30, &[object(policy)])])
}

pub(super) fn object(arcs: &[u64]) -> Vec<u8> {
    tlv(0x06, &[encode_oid(arcs)])
}

fn signature_algorithm() -> Vec<u8> {
    tlv(0x30, &[object(oids::ECDSA_SHA256)])
}

/// UTCTime until 2049, GeneralizedTime from then on (RFC 5280).
fn instant(seconds: i64) -> Vec<u8> {
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let year = at.year();
    let rest =
        format!("{:02}{:02}{:02}{:02}{:02}Z", u8::from(at.month()), at.day(), at.hour(), at.minute(), at.second());
    match year {
        1950..=2049 => tlv(0x17, &[format!("{:02}{rest}", year.rem_euclid(100))]),
        _ => tlv(0x18, &[format!("{year:04}{rest}")]),
    }
}

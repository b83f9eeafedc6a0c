//! The part of a certificate that its issuer signed.

use crate::{
    der::{constructed, only, INTEGER, OBJECT_ID, SEQUENCE},
    extensions::Extensions,
    key, name, oid, time, CertError, Role, POINT_LEN,
};

/// A TBSCertificate of the profile, read whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tbs<'a> {
    pub role: Role,
    /// Without the zero octet that keeps it positive.
    pub serial: &'a [u8],
    /// Distinguished names in DER, with their headers.
    pub issuer: &'a [u8],
    pub subject: &'a [u8],
    /// Unix seconds, both included.
    pub not_before: i64,
    pub not_after: i64,
    /// SEC1, uncompressed.
    pub point: &'a [u8; POINT_LEN],
    pub ski: &'a [u8; 20],
    /// The issuer's key; a root may leave it out.
    pub aki: Option<&'a [u8; 20]>,
    /// Content octets of the registered id.
    pub rid: &'a [u8],
    /// DPtls only.
    pub dns: Option<&'a str>,
    /// A CA's: how many CAs may stand below it, when it says so.
    pub path_len: Option<u8>,
}

impl<'a> Tbs<'a> {
    /// The bytes are a TBSCertificate and nothing else. Says nothing about who signed it, nor about the time.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CertError> {
        let mut fields = only(bytes, SEQUENCE)?;
        let mut version = fields.enter(constructed(0))?;
        if version.take(INTEGER)? != [2] {
            return Err(CertError::Version);
        }
        version.end()?;
        let serial = fields.unsigned()?;
        if serial == [0] || serial.len() > 20 {
            return Err(CertError::Serial);
        }
        signature_algorithm(fields.take(SEQUENCE)?)?;
        let issuer = name::read(&mut fields)?;
        let mut validity = fields.enter(SEQUENCE)?;
        let (not_before, not_after) = (time::read(&mut validity)?, time::read(&mut validity)?);
        validity.end()?;
        if not_after < not_before {
            return Err(CertError::Validity);
        }
        let subject = name::read(&mut fields)?;
        let point = key::read(&mut fields)?;
        let extensions = Extensions::read(only(fields.take(constructed(3))?, SEQUENCE)?)?;
        fields.end()?;
        let role = extensions.role()?;
        let names = extensions.names.ok_or(CertError::MissingExtension)?;
        let ski = extensions.ski.ok_or(CertError::MissingExtension)?;
        let (aki, path_len) = (extensions.aki, extensions.ca.flatten());
        let (rid, dns) = (names.rid, names.dns);
        Ok(Self { role, serial, issuer, subject, not_before, not_after, point, ski, aki, rid, dns, path_len })
    }

    /// SEC1, compressed: how keys are written on-chain.
    pub fn key(&self) -> [u8; 33] {
        key::compress(self.point)
    }

    /// Fails outside the validity; `now` in unix seconds.
    pub fn check_validity(&self, now: i64) -> Result<(), CertError> {
        match now {
            _ if now < self.not_before => Err(CertError::NotYetValid),
            _ if now > self.not_after => Err(CertError::Expired),
            _ => Ok(()),
        }
    }
}

/// The content of an AlgorithmIdentifier: ecdsa-with-SHA256 and no parameters.
pub(crate) fn signature_algorithm(content: &[u8]) -> Result<(), CertError> {
    let mut fields = crate::der::Reader::new(content);
    if fields.take(OBJECT_ID)? != oid::ECDSA_WITH_SHA256 {
        return Err(CertError::SignatureAlgorithm);
    }
    fields.end()
}

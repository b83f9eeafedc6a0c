//! A strict reader of the certificates that `gesim-cert` does not know, because no program sees them.

use gesim_cert::{
    der::{constructed, context, one, only, Reader, BOOLEAN, INTEGER, OBJECT_ID, OCTET_STRING, SEQUENCE, SET},
    key, name, time, CertError,
};

use super::{check_time, ChainError, Rule, Which};
use crate::{
    keys,
    pki::{encode_oid, oids, Arcs, EID_PREFIX_DIGITS},
    tlv::tlv,
};

struct Extension<'a> {
    id: &'a [u8],
    critical: bool,
    value: &'a [u8],
}

/// A certificate of an EUM or an eUICC, read whole.
pub struct Parsed<'a> {
    which: Which,
    tbs: &'a [u8],
    signature: &'a [u8],
    pub issuer: &'a [u8],
    pub subject: &'a [u8],
    not_before: i64,
    pub not_after: i64,
    pub point: &'a [u8; 65],
    extensions: Vec<Extension<'a>>,
}

impl<'a> Parsed<'a> {
    pub fn read(der: &'a [u8], which: Which) -> Result<Self, ChainError> {
        Self::fields(der, which).map_err(|error| ChainError { which, rule: error.into() })
    }

    fn fields(der: &'a [u8], which: Which) -> Result<Self, CertError> {
        let mut outer = only(der, SEQUENCE)?;
        let tbs = outer.value()?.whole;
        algorithm(&mut outer)?;
        let signature = outer.octets_of_bits()?;
        outer.end()?;

        let mut fields = only(tbs, SEQUENCE)?;
        if one(fields.take(constructed(0))?, INTEGER)? != [2] {
            return Err(CertError::Version);
        }
        let serial = fields.unsigned()?;
        if serial == [0] || serial.len() > 20 {
            return Err(CertError::Serial);
        }
        algorithm(&mut fields)?;
        let issuer = name::read(&mut fields)?;
        let mut validity = fields.enter(SEQUENCE)?;
        let (not_before, not_after) = (time::read(&mut validity)?, time::read(&mut validity)?);
        validity.end()?;
        let subject = name::read(&mut fields)?;
        let point = key::read(&mut fields)?;
        let mut list = only(fields.take(constructed(3))?, SEQUENCE)?;
        fields.end()?;
        let mut extensions = Vec::new();
        while !list.is_empty() {
            let mut extension = list.enter(SEQUENCE)?;
            let id = extension.take(OBJECT_ID)?;
            let critical = extension.tag() == Some(BOOLEAN);
            if critical {
                extension.truth()?;
            }
            let value = extension.take(OCTET_STRING)?;
            extension.end()?;
            extensions.push(Extension { id, critical, value });
        }
        Ok(Self { which, tbs, signature, issuer, subject, not_before, not_after, point, extensions })
    }

    pub fn error(&self, rule: Rule) -> ChainError {
        ChainError { which: self.which, rule }
    }

    pub fn value(&self, id: Arcs) -> Option<&'a [u8]> {
        let id = encode_oid(id);
        self.extensions.iter().find(|extension| extension.id == id).map(|extension| extension.value)
    }

    /// Time, role, and exactly the extensions of the role.
    pub fn expect(&self, now: i64, role: Arcs, usage: &[u8], allowed: &[(Arcs, bool)]) -> Result<(), ChainError> {
        check_time(self.not_before, self.not_after, now).map_err(|rule| self.error(rule))?;
        let there = |(id, critical): &(Arcs, bool)| {
            let id = encode_oid(id);
            let mut found = self.extensions.iter().filter(|extension| extension.id == id);
            matches!((found.next(), found.next()), (Some(one), None) if one.critical == *critical)
        };
        if self.extensions.len() != allowed.len() || !allowed.iter().all(there) {
            return Err(self.error(Rule::Extensions));
        }
        let policy = tlv(0x30, &[tlv(0x30, &[tlv(0x06, &[encode_oid(role)])])]);
        if self.value(oids::POLICIES) != Some(&policy) {
            return Err(self.error(Rule::Role));
        }
        match self.value(oids::KEY_USAGE) == Some(usage) {
            true => Ok(()),
            false => Err(self.error(Rule::Usage)),
        }
    }

    pub fn authority(&self) -> Result<&'a [u8], ChainError> {
        let wrong = self.error(Rule::IssuerKey);
        let value = self.value(oids::AUTHORITY_KEY_ID).ok_or(wrong)?;
        one(value, SEQUENCE).and_then(|id| one(id, context(0))).map_err(|_| wrong)
    }

    pub fn verify(&self, issuer: &[u8]) -> Result<(), ChainError> {
        let raw = keys::from_der(self.signature).map_err(|error| self.error(error.into()))?;
        keys::verify(issuer, self.tbs, &raw).map_err(|error| self.error(error.into()))
    }

    /// The one organisation, and the digits that EIDs begin with.
    pub fn constraints(&self) -> Result<(&'a str, &'a str), ChainError> {
        let wrong = self.error(Rule::Constraints);
        let value = self.value(oids::NAME_CONSTRAINTS).ok_or(wrong)?;
        let directory = one(value, SEQUENCE)
            .and_then(|value| one(value, constructed(0)))
            .and_then(|permitted| one(permitted, SEQUENCE))
            .and_then(|subtree| one(subtree, constructed(4)))
            .map_err(|_| wrong)?;
        let mut reader = Reader::new(directory);
        let base = name::read(&mut reader).map_err(|_| wrong)?;
        reader.end().map_err(|_| wrong)?;
        let organisation = attribute(base, oids::ORGANISATION).ok_or(wrong)?;
        let prefix = attribute(base, oids::SERIAL_NUMBER).ok_or(wrong)?;
        match prefix.len() == EID_PREFIX_DIGITS && prefix.bytes().all(|digit| digit.is_ascii_digit()) {
            true => Ok((organisation, prefix)),
            false => Err(wrong),
        }
    }
}

fn algorithm(reader: &mut Reader<'_>) -> Result<(), CertError> {
    match one(reader.take(SEQUENCE)?, OBJECT_ID)? == encode_oid(oids::ECDSA_SHA256) {
        true => Ok(()),
        false => Err(CertError::SignatureAlgorithm),
    }
}

/// The text of a distinguished name's only attribute of this kind; none when there are two.
pub fn attribute(name: &[u8], kind: Arcs) -> Option<&str> {
    let kind = encode_oid(kind);
    let mut found = None;
    let mut sets = only(name, SEQUENCE).ok()?;
    while !sets.is_empty() {
        let mut pair = only(sets.take(SET).ok()?, SEQUENCE).ok()?;
        if pair.take(OBJECT_ID).ok()? == kind {
            let text = std::str::from_utf8(pair.value().ok()?.content).ok()?;
            if found.replace(text).is_some() {
                return None;
            }
        }
    }
    found
}

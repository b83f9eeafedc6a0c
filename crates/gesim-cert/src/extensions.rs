//! The extensions of a role: each once, critical where the profile says so, and no other.

use crate::{
    der::{constructed, context, one, only, Reader, BIT_STRING, BOOLEAN, OBJECT_ID, OCTET_STRING, SEQUENCE},
    name, oid, CertError,
};

/// What a certificate is for: SGP.22's roles, as their policy OIDs say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A GSMA CI, or a CA below one: 2.23.146.1.2.1.0
    Ca,
    /// DPtls: 2.23.146.1.2.1.3
    Tls,
    /// DPauth: 2.23.146.1.2.1.4
    Auth,
    /// DPpb: 2.23.146.1.2.1.5
    ProfileBinding,
}

/// What the extensions say. Every field is set once at most.
#[derive(Default)]
pub struct Extensions<'a> {
    role: Option<Role>,
    pub ski: Option<&'a [u8; 20]>,
    pub aki: Option<&'a [u8; 20]>,
    pub names: Option<AltNames<'a>>,
    /// A CA's: how many CAs may stand below it.
    pub ca: Option<Option<u8>>,
    usage: Option<&'a [u8]>,
    tls: Option<()>,
    crl: Option<()>,
}

const DNS_NAME: u8 = context(2);
const REGISTERED_ID: u8 = context(8);
/// Bit strings of the key usages, as DER has them: the number of unused bits, then the octet.
const DIGITAL_SIGNATURE: &[u8] = &[7, 0x80];
const CERT_SIGN: &[u8] = &[2, 0x04];
const CERT_AND_CRL_SIGN: &[u8] = &[1, 0x06];

impl<'a> Extensions<'a> {
    pub fn read(mut list: Reader<'a>) -> Result<Self, CertError> {
        let mut all = Self::default();
        while !list.is_empty() {
            let mut extension = list.enter(SEQUENCE)?;
            let id = extension.take(OBJECT_ID)?;
            let critical = extension.tag() == Some(BOOLEAN);
            if critical {
                extension.truth()?;
            }
            let value = extension.take(OCTET_STRING)?;
            extension.end()?;
            all.add(id, critical, value)?;
        }
        Ok(all)
    }

    fn add(&mut self, id: &[u8], critical: bool, value: &'a [u8]) -> Result<(), CertError> {
        let must_be_critical = match id {
            oid::SUBJECT_KEY_ID => set(&mut self.ski, key_identifier(value, OCTET_STRING)?, false)?,
            oid::AUTHORITY_KEY_ID => set(&mut self.aki, key_identifier(one(value, SEQUENCE)?, context(0))?, false)?,
            oid::KEY_USAGE => set(&mut self.usage, one(value, BIT_STRING)?, true)?,
            oid::EXTENDED_KEY_USAGE => set(&mut self.tls, both_ends_of_tls(value)?, true)?,
            oid::BASIC_CONSTRAINTS => set(&mut self.ca, basic_constraints(value)?, true)?,
            oid::SUBJECT_ALT_NAME => set(&mut self.names, AltNames::read(value)?, false)?,
            oid::CRL_POINTS => set(&mut self.crl, crl_points(value)?, false)?,
            oid::POLICIES => {
                let role = policy(value)?;
                // SGP.26 marks every policy critical but that of DPtls, which browsers' libraries must accept
                set(&mut self.role, role, role != Role::Tls)?
            }
            _ => return Err(CertError::UnknownExtension),
        };
        match critical == must_be_critical {
            true => Ok(()),
            false => Err(CertError::Criticality),
        }
    }

    /// Everything that the role needs is there, and nothing that is another role's.
    pub fn role(&self) -> Result<Role, CertError> {
        let role = self.role.ok_or(CertError::MissingExtension)?;
        let names = self.names.as_ref().ok_or(CertError::MissingExtension)?;
        let usage = self.usage.ok_or(CertError::MissingExtension)?;
        let fits = match role {
            Role::Ca => usage == CERT_SIGN || usage == CERT_AND_CRL_SIGN,
            _ => usage == DIGITAL_SIGNATURE,
        };
        if !fits {
            return Err(CertError::KeyUsage);
        }
        // a root names no issuer but itself
        if role != Role::Ca && self.aki.is_none() {
            return Err(CertError::MissingExtension);
        }
        belongs(role == Role::Ca, self.ca.is_some())?;
        belongs(role == Role::Tls, self.tls.is_some())?;
        match names.dns.is_some() == (role == Role::Tls) {
            true => Ok(role),
            false => Err(CertError::AltName),
        }
    }
}

fn belongs(needed: bool, found: bool) -> Result<(), CertError> {
    match (needed, found) {
        (true, false) => Err(CertError::MissingExtension),
        (false, true) => Err(CertError::UnknownExtension),
        _ => Ok(()),
    }
}

/// Fills a field once; hands back whether the extension must be critical.
fn set<T>(slot: &mut Option<T>, value: T, critical: bool) -> Result<bool, CertError> {
    match slot.replace(value) {
        None => Ok(critical),
        Some(_) => Err(CertError::DuplicateExtension),
    }
}

fn key_identifier(bytes: &[u8], tag: u8) -> Result<&[u8; 20], CertError> {
    one(bytes, tag)?.try_into().map_err(|_| CertError::KeyIdentifier)
}

/// serverAuth and clientAuth, in either order.
fn both_ends_of_tls(value: &[u8]) -> Result<(), CertError> {
    let mut purposes = only(value, SEQUENCE)?;
    let pair = (purposes.take(OBJECT_ID)?, purposes.take(OBJECT_ID)?);
    purposes.end()?;
    match pair == (oid::SERVER_AUTH, oid::CLIENT_AUTH) || pair == (oid::CLIENT_AUTH, oid::SERVER_AUTH) {
        true => Ok(()),
        false => Err(CertError::ExtendedKeyUsage),
    }
}

/// A CA, and how many CAs may stand below it.
fn basic_constraints(value: &[u8]) -> Result<Option<u8>, CertError> {
    let mut fields = only(value, SEQUENCE)?;
    if fields.tag() != Some(BOOLEAN) {
        return Err(CertError::BasicConstraints);
    }
    fields.truth()?;
    let below = match fields.tag() {
        None => None,
        Some(_) => match fields.unsigned()? {
            [number] => Some(*number),
            _ => return Err(CertError::BasicConstraints),
        },
    };
    fields.end()?;
    Ok(below)
}

/// Exactly one policy, without qualifiers.
fn policy(value: &[u8]) -> Result<Role, CertError> {
    let mut information = only(one(value, SEQUENCE)?, SEQUENCE)?;
    let id = information.take(OBJECT_ID)?;
    information.end()?;
    match id.split_last() {
        Some((0, oid::ROLES)) => Ok(Role::Ca),
        Some((3, oid::ROLES)) => Ok(Role::Tls),
        Some((4, oid::ROLES)) => Ok(Role::Auth),
        Some((5, oid::ROLES)) => Ok(Role::ProfileBinding),
        _ => Err(CertError::Policy),
    }
}

/// Distribution points that are nothing but URIs.
fn crl_points(value: &[u8]) -> Result<(), CertError> {
    let mut points = only(value, SEQUENCE)?;
    if points.is_empty() {
        return Err(CertError::CrlPoints);
    }
    while !points.is_empty() {
        let mut uris = only(one(points.take(SEQUENCE)?, constructed(0))?, constructed(0))?;
        if uris.is_empty() {
            return Err(CertError::CrlPoints);
        }
        while !uris.is_empty() {
            let uri = uris.take(context(6))?;
            if uri.is_empty() || !uri.iter().all(u8::is_ascii_graphic) {
                return Err(CertError::CrlPoints);
            }
        }
    }
    Ok(())
}

/// The subject's alternative names: a registered id, and a DNS name for servers.
pub struct AltNames<'a> {
    pub rid: &'a [u8],
    pub dns: Option<&'a str>,
}

impl<'a> AltNames<'a> {
    fn read(value: &'a [u8]) -> Result<Self, CertError> {
        let (mut rid, mut dns) = (None, None);
        let mut names = only(value, SEQUENCE)?;
        while !names.is_empty() {
            let name = names.value()?;
            let first = match name.tag {
                DNS_NAME => dns.replace(name::host(name.content)?).is_none(),
                REGISTERED_ID => rid.replace(oid::registered_id(name.content)?).is_none(),
                _ => false,
            };
            if !first {
                return Err(CertError::AltName);
            }
        }
        Ok(Self { rid: rid.ok_or(CertError::AltName)?, dns })
    }
}

//! SM-DP+ -> CI, with one intermediate CA at most.

use gesim_cert::{Certificate, Role};

use super::{Anchor, ChainError, Rule, Trust, Which};
use crate::{keys, tlv::Tlv};

/// A verified certificate of an SM-DP+.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCertificate {
    pub role: Role,
    /// SEC1, uncompressed.
    pub point: [u8; 65],
    /// SEC1, compressed, as the chain takes it.
    pub key33: [u8; 33],
    /// Content octets of the registered id.
    pub registered_id: Vec<u8>,
    /// DPtls only.
    pub dns: Option<String>,
    /// The CI at the end of the chain.
    pub ci_key_id: [u8; 20],
    pub not_before: i64,
    pub not_after: i64,
    /// What was signed, and with what (`s` low): the payload of `register_smdp`.
    pub tbs: Vec<u8>,
    pub signature: [u8; 64],
}

impl ServerCertificate {
    pub fn expect_registered_id(&self, expected: &[u8]) -> Result<(), ChainError> {
        match self.registered_id == expected {
            true => Ok(()),
            false => Err(ChainError { which: which(self.role), rule: Rule::RegisteredId }),
        }
    }

    /// Names are compared without regard to case; wildcards do not exist in this profile.
    pub fn expect_dns(&self, expected: &str) -> Result<(), ChainError> {
        match &self.dns {
            Some(name) if name.eq_ignore_ascii_case(expected) => Ok(()),
            _ => Err(ChainError { which: which(self.role), rule: Rule::DnsName }),
        }
    }
}

fn which(role: Role) -> Which {
    match role {
        Role::Ca => Which::Intermediate,
        Role::Tls => Which::DpTls,
        Role::Auth => Which::DpAuth,
        Role::ProfileBinding => Which::DpPb,
    }
}

/// Verifies `der` for `role` at `now` (unix seconds). `intermediates` is what the server sent besides, in any order; a CI's own
/// certificate among it is ignored, because only `trust` says which CIs count.
pub fn verify_server(
    trust: &Trust,
    der: &[u8],
    intermediates: &[&[u8]],
    role: Role,
    now: i64,
) -> Result<ServerCertificate, ChainError> {
    let at = |rule| ChainError { which: which(role), rule };
    let leaf = Certificate::parse(der).map_err(|error| at(error.into()))?;
    if leaf.tbs.role != role {
        return Err(at(Rule::Role));
    }
    leaf.tbs.check_validity(now).map_err(|error| at(error.into()))?;
    let issuer_id = leaf.tbs.aki.ok_or(at(Rule::IssuerKey))?;
    let (anchor, issuer) = match trust.find(issuer_id) {
        Some(anchor) => (anchor, anchor.point.clone()),
        None => below_intermediate(trust, &leaf, intermediates, now)?.ok_or(at(Rule::UnknownIssuer))?,
    };
    if anchor.key_id == *issuer_id {
        anchor.check(leaf.tbs.issuer, now)?;
    }
    keys::verify(&issuer, leaf.tbs_der, &leaf.signature).map_err(|error| at(error.into()))?;
    Ok(ServerCertificate {
        role,
        point: *leaf.tbs.point,
        key33: leaf.tbs.key(),
        registered_id: leaf.tbs.rid.to_vec(),
        dns: leaf.tbs.dns.map(str::to_owned),
        ci_key_id: anchor.key_id,
        not_before: leaf.tbs.not_before,
        not_after: leaf.tbs.not_after,
        tbs: leaf.tbs_der.to_vec(),
        signature: keys::low_s(&leaf.signature).map_err(|error| at(error.into()))?,
    })
}

/// The CI above the intermediate CA that issued `leaf`, and that CA's key.
fn below_intermediate<'a>(
    trust: &'a Trust,
    leaf: &Certificate<'_>,
    intermediates: &[&[u8]],
    now: i64,
) -> Result<Option<(&'a Anchor, Vec<u8>)>, ChainError> {
    let at = |rule| ChainError { which: Which::Intermediate, rule };
    for der in intermediates {
        let Ok(ca) = Certificate::parse(der) else { continue };
        if Some(ca.tbs.ski) != leaf.tbs.aki || ca.tbs.role != Role::Ca {
            continue;
        }
        // a root, which counts only when it is in `trust`
        let Some(above) = ca.tbs.aki else { continue };
        if ca.tbs.subject != leaf.tbs.issuer {
            return Err(at(Rule::IssuerName));
        }
        ca.tbs.check_validity(now).map_err(|error| at(error.into()))?;
        let anchor = match trust.find(above) {
            Some(anchor) => anchor,
            // one more CA between them would be one too many
            None if intermediates.iter().any(|der| has_key_id(der, above)) => return Err(at(Rule::TooDeep)),
            None => return Err(at(Rule::UnknownIssuer)),
        };
        anchor.check(ca.tbs.issuer, now)?;
        keys::verify(&anchor.point, ca.tbs_der, &ca.signature).map_err(|error| at(error.into()))?;
        return Ok(Some((anchor, ca.tbs.point.to_vec())));
    }
    Ok(None)
}

fn has_key_id(der: &[u8], key_id: &[u8; 20]) -> bool {
    Tlv::parse(der).is_ok() && Certificate::parse(der).is_ok_and(|other| other.tbs.ski == key_id)
}

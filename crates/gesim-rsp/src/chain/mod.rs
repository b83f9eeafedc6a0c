//! Verification of certificate chains at a given time: eUICC -> EUM -> CI, and SM-DP+ -> (intermediate CA ->) CI.
//!
//! The SM-DP+'s certificates are read by `gesim-cert`, which the chain's program uses too: a device never trusts what the
//! program refuses. EUM and eUICC certificates are never seen by the program; [`device`](self) reads them as strictly.

mod device;
mod error;
mod parsed;
mod server;

pub use device::{verify_euicc, EuiccChain};
pub use error::{ChainError, Rule, Which};
pub use server::{verify_server, ServerCertificate};

use gesim_cert::{Certificate, Role};

use crate::keys;

/// A CI whose word counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    pub key_id: [u8; 20],
    /// SEC1, uncompressed.
    pub point: Vec<u8>,
    /// Its distinguished name in DER, `None` when only the key is known (as the program knows it).
    name: Option<Vec<u8>>,
    validity: Option<(i64, i64)>,
}

impl Anchor {
    /// From the CI's self-signed certificate, whose signature is checked.
    pub fn from_certificate(der: &[u8]) -> Result<Self, ChainError> {
        let at = |rule| ChainError { which: Which::Ci, rule };
        let certificate = Certificate::parse(der).map_err(|error| at(error.into()))?;
        let tbs = certificate.tbs;
        if tbs.role != Role::Ca || tbs.issuer != tbs.subject {
            return Err(at(Rule::NotRoot));
        }
        keys::verify(tbs.point, certificate.tbs_der, &certificate.signature).map_err(|error| at(error.into()))?;
        Ok(Self {
            key_id: *tbs.ski,
            point: tbs.point.to_vec(),
            name: Some(tbs.subject.to_vec()),
            validity: Some((tbs.not_before, tbs.not_after)),
        })
    }

    /// From a key alone, in either SEC1 form, and its identifier.
    pub fn from_key(key_id: [u8; 20], point: &[u8]) -> Result<Self, ChainError> {
        keys::check_point(point).map_err(|error| ChainError { which: Which::Ci, rule: error.into() })?;
        Ok(Self { key_id, point: point.to_vec(), name: None, validity: None })
    }

    /// The CI is valid now, and its name is the one that the certificate below gives.
    fn check(&self, issuer: &[u8], now: i64) -> Result<(), ChainError> {
        let at = |rule| ChainError { which: Which::Ci, rule };
        if let Some((not_before, not_after)) = self.validity {
            check_time(not_before, not_after, now).map_err(at)?;
        }
        match &self.name {
            Some(name) if name != issuer => Err(at(Rule::IssuerName)),
            _ => Ok(()),
        }
    }
}

/// The CIs that count, found by the identifier of their key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust(Vec<Anchor>);

impl Trust {
    pub fn new(anchors: Vec<Anchor>) -> Self {
        Self(anchors)
    }

    /// From the certificates of CIs.
    pub fn from_certificates<'a>(certificates: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, ChainError> {
        certificates.into_iter().map(Anchor::from_certificate).collect::<Result<_, _>>().map(Self)
    }

    pub fn anchors(&self) -> &[Anchor] {
        &self.0
    }

    pub fn find(&self, key_id: &[u8]) -> Option<&Anchor> {
        self.0.iter().find(|anchor| anchor.key_id == key_id)
    }
}

fn check_time(not_before: i64, not_after: i64, now: i64) -> Result<(), Rule> {
    match now {
        _ if now < not_before => Err(Rule::NotYetValid),
        _ if now > not_after => Err(Rule::Expired),
        _ => Ok(()),
    }
}

use std::fmt;

use gesim_cert::CertError;
use thiserror::Error;

use crate::keys::KeyError;

/// Which certificate is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Ci,
    Intermediate,
    DpTls,
    DpAuth,
    DpPb,
    /// An SM-DP+ certificate whose role could not be read.
    Dp,
    Eum,
    Euicc,
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ci => "the CI's certificate",
            Self::Intermediate => "the intermediate CA's certificate",
            Self::DpTls => "the SM-DP+'s TLS certificate (DPtls)",
            Self::DpAuth => "the SM-DP+'s authentication certificate (DPauth)",
            Self::DpPb => "the SM-DP+'s profile binding certificate (DPpb)",
            Self::Dp => "the SM-DP+'s certificate",
            Self::Eum => "the eUICC manufacturer's certificate (EUM)",
            Self::Euicc => "the eUICC's certificate",
        })
    }
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Rule {
    #[error("is not of the profile of SGP.26: {0}")]
    Profile(CertError),
    #[error("has a key that is not on P-256 (brainpoolP256r1?); use the NIST variant of the certificate")]
    UnsupportedCurve,
    #[error("is signed by a CI that is not trusted here; add the CI or use a certificate below a trusted one")]
    UnknownIssuer,
    #[error("is not a self-signed root of a CI")]
    NotRoot,
    #[error("names another issuer than the certificate above it")]
    IssuerName,
    #[error("says another issuer's key than the certificate above it has")]
    IssuerKey,
    #[error("is not signed by the issuer it names: {0}")]
    Signature(KeyError),
    #[error("is not valid yet; check the clock")]
    NotYetValid,
    #[error("has expired; it must be renewed")]
    Expired,
    #[error("has the policy of another role")]
    Role,
    #[error("misses an extension of its role, has one too many, twice, or with the wrong critical flag")]
    Extensions,
    #[error("has another key usage, or other basic constraints, than its role")]
    Usage,
    #[error("stands under more intermediate CAs than the one that is allowed")]
    TooDeep,
    #[error("carries name constraints that are not one organisation and a prefix of serial numbers")]
    Constraints,
    #[error(
        "is outside of its manufacturer's name constraints: another organisation, or an EID of another manufacturer"
    )]
    OutsideConstraints,
    #[error("has no EID of 32 digits with right check digits as its serial number")]
    Eid,
    #[error("has another registered id than expected")]
    RegisteredId,
    #[error("has another DNS name than the server's")]
    DnsName,
}

impl From<CertError> for Rule {
    fn from(error: CertError) -> Self {
        match error {
            CertError::UnsupportedCurve => Self::UnsupportedCurve,
            CertError::NotYetValid => Self::NotYetValid,
            CertError::Expired => Self::Expired,
            other => Self::Profile(other),
        }
    }
}

impl From<KeyError> for Rule {
    fn from(error: KeyError) -> Self {
        Self::Signature(error)
    }
}

/// A chain does not hold: which certificate, and which rule it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{which} {rule}")]
pub struct ChainError {
    pub which: Which,
    pub rule: Rule,
}

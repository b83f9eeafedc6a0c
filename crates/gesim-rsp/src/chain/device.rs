//! eUICC -> EUM -> CI.

use gesim_cert::der::{one, OCTET_STRING};
use gesim_core::Eid;

use super::{
    parsed::{attribute, Parsed},
    ChainError, Rule, Trust, Which,
};
use crate::pki::{oids, Arcs};

/// What an eUICC's certificates say, once they verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EuiccChain {
    pub eid: Eid,
    /// The eUICC's key: SEC1, uncompressed.
    pub point: [u8; 65],
    pub ci_key_id: [u8; 20],
    /// The manufacturer's organisation.
    pub manufacturer: String,
    /// When the first of the two certificates ends, unix seconds.
    pub not_after: i64,
}

/// Verifies an eUICC's certificate below its manufacturer's, below a trusted CI, at `now` (unix seconds).
pub fn verify_euicc(trust: &Trust, euicc: &[u8], eum: &[u8], now: i64) -> Result<EuiccChain, ChainError> {
    let eum = Parsed::read(eum, Which::Eum)?;
    eum.expect(now, oids::ROLE_EUM, CERT_SIGN, &EUM_EXTENSIONS)?;
    let anchor = trust.find(eum.authority()?).ok_or(eum.error(Rule::UnknownIssuer))?;
    anchor.check(eum.issuer, now)?;
    eum.verify(&anchor.point)?;
    if eum.value(oids::BASIC_CONSTRAINTS) != Some(CA_WITHOUT_CAS_BELOW) {
        return Err(eum.error(Rule::Usage));
    }
    let (organisation, prefix) = eum.constraints()?;

    let euicc = Parsed::read(euicc, Which::Euicc)?;
    euicc.expect(now, oids::ROLE_EUICC, DIGITAL_SIGNATURE, &EUICC_EXTENSIONS)?;
    if euicc.issuer != eum.subject {
        return Err(euicc.error(Rule::IssuerName));
    }
    if eum.value(oids::SUBJECT_KEY_ID).and_then(|id| one(id, OCTET_STRING).ok()) != Some(euicc.authority()?) {
        return Err(euicc.error(Rule::IssuerKey));
    }
    euicc.verify(eum.point)?;
    let text = attribute(euicc.subject, oids::SERIAL_NUMBER).ok_or(euicc.error(Rule::Eid))?;
    let eid: Eid = text.parse().map_err(|_| euicc.error(Rule::Eid))?;
    if attribute(euicc.subject, oids::ORGANISATION) != Some(organisation) || !text.starts_with(prefix) {
        return Err(euicc.error(Rule::OutsideConstraints));
    }
    Ok(EuiccChain {
        eid,
        point: *euicc.point,
        ci_key_id: anchor.key_id,
        manufacturer: organisation.to_owned(),
        not_after: euicc.not_after.min(eum.not_after),
    })
}

/// Extension by extension: which, and whether it is critical.
const EUM_EXTENSIONS: [(Arcs, bool); 8] = [
    (oids::AUTHORITY_KEY_ID, false),
    (oids::SUBJECT_KEY_ID, false),
    (oids::KEY_USAGE, true),
    (oids::POLICIES, true),
    (oids::ALT_NAME, false),
    (oids::BASIC_CONSTRAINTS, true),
    (oids::CRL_POINTS, false),
    (oids::NAME_CONSTRAINTS, true),
];
const EUICC_EXTENSIONS: [(Arcs, bool); 4] =
    [(oids::AUTHORITY_KEY_ID, false), (oids::SUBJECT_KEY_ID, false), (oids::KEY_USAGE, true), (oids::POLICIES, true)];
// whole values in DER: there is one encoding of each
const CERT_SIGN: &[u8] = &[0x03, 0x02, 0x02, 0x04];
const DIGITAL_SIGNATURE: &[u8] = &[0x03, 0x02, 0x07, 0x80];
const CA_WITHOUT_CAS_BELOW: &[u8] = &[0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x00];

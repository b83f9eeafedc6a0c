//! Mutual authentication from the server's side: what it signs, and what it makes of the eUICC's answer.
//!
//! An SM-DP+ does this for every download. A registrar does the same to learn an EID that cannot be lied about: it chooses
//! the server's challenge as a digest of what it wants to be bound, and the eUICC signs it.

use gesim_cert::{Certificate, Role};
use gesim_core::Eid;
use thiserror::Error;

use crate::{
    asn1::{
        key_id_tlv, signature_tlv, Asn1Error, AuthenticateErrorCode, AuthenticateServerResponse, CtxParams1,
        EuiccInfo1, ServerSigned1,
    },
    chain::{verify_euicc, verify_server, ChainError, EuiccChain, ServerCertificate, Trust},
    es9::{Base64, InitiateAuthenticationResponse, TransactionId},
    keys::{self, KeyError, KeyPair},
    pki::{Issued, Pki},
};

/// A certificate with its key.
#[derive(Debug, Clone)]
pub struct Credential {
    /// DER.
    pub certificate: Vec<u8>,
    pub key: KeyPair,
    /// The intermediate CA above it, DER, when there is one.
    pub intermediates: Vec<Vec<u8>>,
}

impl From<&Issued> for Credential {
    fn from(issued: &Issued) -> Self {
        Self { certificate: issued.certificate.clone(), key: issued.key.clone(), intermediates: Vec::new() }
    }
}

impl Credential {
    /// The key is the certificate's.
    pub fn new(certificate: Vec<u8>, key: KeyPair) -> Result<Self, AuthError> {
        let fits = Certificate::parse(&certificate).is_ok_and(|parsed| parsed.tbs.key() == key.key33());
        match fits {
            true => Ok(Self { certificate, key, intermediates: Vec::new() }),
            false => Err(AuthError::Credential),
        }
    }

    /// One of a PKI's SM-DP+ certificates, with what stands between it and the CI.
    pub fn of(pki: &Pki, issued: &Issued) -> Self {
        let above = pki.intermediate.iter().map(|ca| ca.certificate.clone()).collect();
        Self::from(issued).with_intermediates(above)
    }

    pub fn with_intermediates(mut self, intermediates: Vec<Vec<u8>>) -> Self {
        self.intermediates = intermediates;
        self
    }

    /// Its own chain, as others will see it.
    pub fn verify(&self, trust: &Trust, role: Role, now: i64) -> Result<ServerCertificate, ChainError> {
        let above: Vec<&[u8]> = self.intermediates.iter().map(Vec::as_slice).collect();
        verify_server(trust, &self.certificate, &above, role, now)
    }
}

#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum AuthError {
    #[error("the key is not the certificate's, or the certificate is not one of an SM-DP+; pair them again")]
    Credential,
    #[error(
        "the eUICC and this server trust no CI in common; the eUICC needs a certificate below one of this server's CIs"
    )]
    NoCommonCi,
    #[error(transparent)]
    Message(#[from] Asn1Error),
    #[error(transparent)]
    Chain(#[from] ChainError),
    #[error("the eUICC refused this server: {0:?}")]
    Refused(AuthenticateErrorCode),
    #[error("the eUICC answered another {0} than this server's; begin again")]
    Mismatch(&'static str),
    #[error("the eUICC's signature: {0}")]
    Signature(#[from] KeyError),
}

/// What the eUICC must have signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    pub transaction_id: Vec<u8>,
    pub server_address: String,
    pub server_challenge: [u8; 16],
}

/// Signs serverSigned1 with DPauth for an eUICC that shows `euicc_info1`, below the first CI that both know.
pub fn offer(
    credential: &Credential,
    trust: &Trust,
    euicc_info1: &[u8],
    euicc_challenge: [u8; 16],
    expected: &Expected,
    now: i64,
) -> Result<InitiateAuthenticationResponse, AuthError> {
    let info = EuiccInfo1::decode(euicc_info1)?;
    let own = credential.verify(trust, Role::Auth, now)?;
    let common = |list: &[rasn::types::OctetString]| list.iter().any(|id| id[..] == own.ci_key_id);
    // the eUICC signs below a CI of its choice, which this server must know too
    let signing = info.ci_signing.iter().any(|id| trust.find(id).is_some());
    if !common(&info.ci_verification) || !signing {
        return Err(AuthError::NoCommonCi);
    }
    let signed1 = ServerSigned1 {
        transaction_id: rasn::types::OctetString::from_slice(&expected.transaction_id),
        euicc_challenge: euicc_challenge.into(),
        server_address: expected.server_address.clone(),
        server_challenge: expected.server_challenge.into(),
    };
    let signed1 = signed1.encode()?;
    Ok(InitiateAuthenticationResponse {
        server_signature1: Base64(signature_tlv(&credential.key.sign(&signed1))),
        server_signed1: Base64(signed1),
        transaction_id: TransactionId(expected.transaction_id.clone()),
        euicc_ci_pk_id_to_be_used: Base64(key_id_tlv(&own.ci_key_id)),
        server_certificate: Base64(credential.certificate.clone()),
    })
}

/// An eUICC that proved itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedEuicc {
    pub eid: Eid,
    pub chain: EuiccChain,
    pub ctx_params1: CtxParams1,
    /// Its signature over euiccSigned1; the server's next signature covers it.
    pub signature: [u8; 64],
}

/// Checks an AuthenticateServerResponse: the chain eUICC -> EUM -> CI, the signature, and that it answers `expected`.
pub fn verify_authenticate_response(
    raw: &[u8],
    expected: &Expected,
    trust: &Trust,
    now: i64,
) -> Result<VerifiedEuicc, AuthError> {
    let ok = match AuthenticateServerResponse::decode(raw)? {
        AuthenticateServerResponse::Ok(ok) => ok,
        AuthenticateServerResponse::Error { code, .. } => return Err(AuthError::Refused(code)),
    };
    let chain = verify_euicc(trust, &ok.euicc_certificate, &ok.eum_certificate, now)?;
    keys::verify(&chain.point, &ok.euicc_signed1.raw, &ok.euicc_signed1.signature)?;
    let signed = ok.euicc_signed1.value;
    if signed.server_challenge != expected.server_challenge {
        return Err(AuthError::Mismatch("serverChallenge"));
    }
    if signed.transaction_id != expected.transaction_id {
        return Err(AuthError::Mismatch("transactionId"));
    }
    if signed.server_address != expected.server_address {
        return Err(AuthError::Mismatch("serverAddress"));
    }
    Ok(VerifiedEuicc { eid: chain.eid, chain, ctx_params1: signed.ctx_params1, signature: ok.euicc_signed1.signature })
}

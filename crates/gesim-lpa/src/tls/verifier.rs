//! Decides on the server during the handshake, before anything is sent to it, and keeps what it signed.

use std::sync::{Mutex, PoisonError};

use gesim_cert::Role;
use p256::ecdsa::{signature::Verifier as _, Signature, VerifyingKey};
use rustls::{
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
};

use crate::{
    error::Rule,
    server::{ServerIdentity, ServerRules},
};

/// One handshake's verifier.
#[derive(Debug)]
pub(super) struct Verifier {
    rules: ServerRules,
    outcome: Mutex<Outcome>,
}

/// What a handshake left behind.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub server: Option<ServerIdentity>,
    pub signed: Option<Signed>,
    /// Why the server was refused. rustls' own error says less.
    pub refusal: Option<Rule>,
}

/// Exactly what the server signed, and the signature as `r || s` with a low s.
#[derive(Debug)]
pub(super) struct Signed {
    pub message: Vec<u8>,
    pub signature: [u8; 64],
}

impl Verifier {
    pub fn new(rules: ServerRules) -> Self {
        Self { rules, outcome: Mutex::default() }
    }

    pub fn take_outcome(&self) -> Outcome {
        std::mem::take(&mut *self.outcome.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The server's signature, by the key of the certificate that was accepted a moment ago.
    fn signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        let valid = || {
            let server = outcome.server.as_ref().filter(|server| server.certificate == certificate.as_ref())?;
            let key = VerifyingKey::from_sec1_bytes(&server.key).ok()?;
            let signature = Signature::from_der(signed.signature()).ok()?;
            key.verify(message, &signature).ok()?;
            Some(signature.normalize_s().to_bytes().into())
        };
        match valid() {
            Some(signature) if signed.scheme == SignatureScheme::ECDSA_NISTP256_SHA256 => {
                outcome.signed = Some(Signed { message: message.to_vec(), signature });
                Ok(HandshakeSignatureValid::assertion())
            }
            _ => {
                outcome.refusal = Some(Rule::Signature);
                Err(Error::InvalidCertificate(CertificateError::BadSignature))
            }
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let above: Vec<&[u8]> = intermediates.iter().map(|certificate| certificate.as_ref()).collect();
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        match self.rules.check(Role::Tls, end_entity, &above) {
            Ok(server) => {
                outcome.server = Some(server);
                Ok(ServerCertVerified::assertion())
            }
            Err(error) => {
                outcome.refusal = Some(Rule::Server(error));
                Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }
}

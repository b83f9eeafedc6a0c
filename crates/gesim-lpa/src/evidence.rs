//! What a handshake proves, ready for the chain: one signature over a message that holds the session's challenge.

use gesim_core::{provenance::SessionContext, secp256r1};
use p256::ecdsa::{signature::Verifier as _, Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Rule;

/// Lengths of a signed TLS 1.2 key exchange (two randoms and the parameters of the curve).
const P256_LEN: usize = 133;
const X25519_LEN: usize = 100;
const P256_PARAMETERS: [u8; 5] = [3, 0x00, 0x17, 65, 4];
const X25519_PARAMETERS: [u8; 4] = [3, 0x00, 0x1d, 32];
/// What TLS 1.3 puts in front of the transcript's hash.
const TLS13_CONTEXT: &[u8; 34] = b"TLS 1.3, server CertificateVerify\0";
/// Where a ClientHello's random is: behind the message's header and the version.
const HELLO_RANDOM: usize = 6;

/// A message, the key and its signature: all that the secp256r1 precompile needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedMessage {
    #[serde(with = "crate::hexed")]
    pub message: Vec<u8>,
    /// `r || s`, s in the lower half.
    #[serde(with = "crate::hexed")]
    pub signature: [u8; secp256r1::SIGNATURE_LEN],
    /// SEC1, compressed.
    #[serde(with = "crate::hexed")]
    pub key: [u8; secp256r1::KEY_LEN],
}

impl SignedMessage {
    /// Whether the signature is this key's, and in the only form that the precompile takes.
    pub fn verifies(&self) -> bool {
        let verify = || {
            let key = VerifyingKey::from_sec1_bytes(&self.key).ok()?;
            let signature = Signature::from_slice(&self.signature).ok()?;
            (signature == signature.normalize_s()).then_some(())?;
            key.verify(&self.message, &signature).ok()
        };
        verify().is_some()
    }

    /// Data of the precompile's instruction, in the one layout that the program takes.
    pub fn instruction_data(&self) -> Option<Vec<u8>> {
        secp256r1_instruction_data(&self.key, &self.signature, &self.message)
    }
}

/// See [`SignedMessage::instruction_data`]. `None` for a message of 64 KiB and more.
pub fn secp256r1_instruction_data(key: &[u8; 33], signature: &[u8; 64], message: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(message.len()).ok()?;
    Some([&secp256r1::header(length)[..], key, signature, message].concat())
}

/// How the server signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "version", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Handshake {
    /// A ServerKeyExchange: the message holds `client_random` itself.
    Tls12,
    /// A CertificateVerify: the message holds the hash of the transcript, which holds `client_random`.
    Tls13 {
        /// ClientHello, ServerHello, EncryptedExtensions and Certificate.
        #[serde(with = "crate::hexed")]
        transcript: Vec<u8>,
    },
}

/// A handshake that proves: the key of this certificate answered this session's challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandshakeEvidence {
    pub signed: SignedMessage,
    /// SHA-256 of the certificate's TBS: names the account of the certificate.
    #[serde(with = "crate::hexed")]
    pub tbs_hash: [u8; 32],
    #[serde(with = "crate::hexed")]
    pub client_random: [u8; 32],
    /// The device's randomness in `client_random`: the program needs it.
    #[serde(with = "crate::hexed")]
    pub dn: [u8; 32],
    pub handshake: Handshake,
}

impl HandshakeEvidence {
    /// Everything that the chain will check of it but the certificate's standing.
    pub fn verify(&self, session: &SessionContext) -> Result<(), Rule> {
        let Self { signed, client_random, dn, handshake, .. } = self;
        if session.client_random(dn) != *client_random {
            return Err(Rule::OtherSession);
        }
        match handshake {
            Handshake::Tls12 => key_exchange(&signed.message, client_random)?,
            Handshake::Tls13 { transcript } => {
                if transcript.get(HELLO_RANDOM..).is_none_or(|rest| !rest.starts_with(client_random)) {
                    return Err(Rule::Transcript("its ClientHello has another random"));
                }
                if signed.message != certificate_verify(transcript) {
                    return Err(Rule::Transcript("its hash is not what the server signed"));
                }
            }
        }
        signed.verifies().then_some(()).ok_or(Rule::Signature)
    }
}

/// The form of a signed TLS 1.2 key exchange.
fn key_exchange(message: &[u8], client_random: &[u8; 32]) -> Result<(), Rule> {
    let known = match message.get(64..) {
        Some(parameters) if message.len() == P256_LEN => parameters.starts_with(&P256_PARAMETERS),
        Some(parameters) if message.len() == X25519_LEN => parameters.starts_with(&X25519_PARAMETERS),
        _ => false,
    };
    match known && message.starts_with(client_random) {
        true => Ok(()),
        false => Err(Rule::Transcript("the key exchange is of another form")),
    }
}

/// What a TLS 1.3 server signs for a transcript.
pub(crate) fn certificate_verify(transcript: &[u8]) -> Vec<u8> {
    [&[0x20; 64][..], TLS13_CONTEXT, &Sha256::digest(transcript)].concat()
}

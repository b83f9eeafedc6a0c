//! P-256 keys and signatures as SGP.22 writes them: raw `r || s`, with a low `s` whatever came.
//! Also the one place where randomness is drawn.

use p256::{
    ecdsa::{
        signature::{Signer, Verifier},
        DerSignature, Signature, SigningKey, VerifyingKey,
    },
    elliptic_curve::Generate,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding},
    PublicKey, SecretKey,
};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum KeyError {
    #[error("the signature is not two numbers of the curve's order; expected 64 octets r || s, or their DER form")]
    Malformed,
    #[error("the signature does not verify under this key")]
    Mismatch,
    #[error("the public key is not a point of P-256")]
    Point,
    #[error("the private key is not a number below the curve's order")]
    Secret,
    #[error("the key is not a P-256 private key in PKCS#8; convert it with `openssl pkcs8 -topk8 -nocrypt`")]
    Encoding,
}

/// Octets from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    <[u8; N]>::generate()
}

/// A key pair; its secret is wiped when it is dropped and never printed.
#[derive(Clone)]
pub struct KeyPair {
    secret: SecretKey,
}

impl std::fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyPair({}, secret hidden)", hex::encode(self.key33()))
    }
}

impl KeyPair {
    pub fn generate() -> Self {
        Self { secret: SecretKey::generate() }
    }

    /// The same key for the same seed and label: for tests and demonstrations only.
    pub fn from_seed(seed: &[u8], label: &str) -> Self {
        (0u32..)
            .find_map(|attempt| {
                let parts = [seed, label.as_bytes(), &attempt.to_be_bytes()].concat();
                Self::from_bytes(&Sha256::digest(parts)).ok()
            })
            .unwrap_or_else(Self::generate)
    }

    pub fn from_bytes(secret: &[u8]) -> Result<Self, KeyError> {
        Ok(Self { secret: SecretKey::from_slice(secret).map_err(|_| KeyError::Secret)? })
    }

    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        Ok(Self { secret: SecretKey::from_pkcs8_der(der).map_err(|_| KeyError::Encoding)? })
    }

    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, KeyError> {
        Ok(Self { secret: SecretKey::from_pkcs8_pem(pem).map_err(|_| KeyError::Encoding)? })
    }

    /// The point uncompressed: `04 || x || y`.
    pub fn public65(&self) -> [u8; 65] {
        public65(&self.secret.public_key())
    }

    /// The point compressed, as the chain takes it.
    pub fn key33(&self) -> [u8; 33] {
        let mut out = [0; 33];
        out.copy_from_slice(SigningKey::from(&self.secret).verifying_key().to_sec1_point(true).as_bytes());
        out
    }

    /// `r || s` with a low `s`.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = SigningKey::from(&self.secret).sign(message);
        signature.normalize_s().to_bytes().into()
    }

    /// The shared secret's x coordinate (ECKA).
    pub fn agree(&self, peer: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyError> {
        let peer = PublicKey::from_sec1_bytes(peer).map_err(|_| KeyError::Point)?;
        let shared = self.secret.diffie_hellman(&peer);
        Ok(Zeroizing::new((*shared.raw_secret_bytes()).into()))
    }

    pub fn pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        Ok(Zeroizing::new(self.secret.to_pkcs8_der().map_err(|_| KeyError::Secret)?.as_bytes().to_vec()))
    }

    pub fn pkcs8_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        self.secret.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Secret)
    }
}

fn public65(key: &PublicKey) -> [u8; 65] {
    let mut out = [0; 65];
    out.copy_from_slice(VerifyingKey::from(key).to_sec1_point(false).as_bytes());
    out
}

/// Whether `point` (SEC1, either form) is on the curve.
pub fn check_point(point: &[u8]) -> Result<(), KeyError> {
    PublicKey::from_sec1_bytes(point).map(|_| ()).map_err(|_| KeyError::Point)
}

/// Verifies `r || s` over `message`; either `s` is taken, as SGP.22 does not ask for the low one.
pub fn verify(point: &[u8], message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
    let key = VerifyingKey::from_sec1_bytes(point).map_err(|_| KeyError::Point)?;
    key.verify(message, &parse(signature)?).map_err(|_| KeyError::Mismatch)
}

fn parse(raw: &[u8]) -> Result<Signature, KeyError> {
    Ok(Signature::from_slice(raw).map_err(|_| KeyError::Malformed)?.normalize_s())
}

/// `r || s` with a low `s`: the only form the chain's precompile takes.
pub fn low_s(raw: &[u8]) -> Result<[u8; 64], KeyError> {
    Ok(parse(raw)?.to_bytes().into())
}

/// The DER form of `r || s`, as certificates and TLS have it; `s` stays as it is.
pub fn to_der(raw: &[u8]) -> Result<Vec<u8>, KeyError> {
    let signature = Signature::from_slice(raw).map_err(|_| KeyError::Malformed)?;
    Ok(signature.to_der().as_bytes().to_vec())
}

/// `r || s` with a low `s` from the DER form.
pub fn from_der(der: &[u8]) -> Result<[u8; 64], KeyError> {
    let signature: Signature =
        DerSignature::try_from(der).and_then(Signature::try_from).map_err(|_| KeyError::Malformed)?;
    low_s(&signature.to_bytes())
}

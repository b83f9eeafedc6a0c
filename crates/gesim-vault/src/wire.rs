//! What goes between an operator and a vault: one JSON object a line, and every object but the first is signed as the bytes that it came in.

use std::io::{self, BufRead, Read, Write};

use p256::ecdsa::{
    signature::{Signer, Verifier},
    Signature, SigningKey, VerifyingKey,
};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::{vault::compressed, AuthRequest, AuthVector, Imsi, PublicKey, Secret, SoftVault, VaultError};

pub const VERSION: u8 = 1;
/// No line is longer.
pub const MAX_LINE: u64 = 8 << 10;
/// Seconds that a request may be valid for.
pub const MAX_LIFE: u64 = 60;
const REQUEST: &[u8] = b"gesim-vault request v1\n";
const RESPONSE: &[u8] = b"gesim-vault response v1\n";

/// The server's first line. The challenge is new for every connection, so a request is worth nothing on another one.
#[derive(Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    pub version: u8,
    pub vault: String,
    pub challenge: String,
}

/// Text and a signature over it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    pub payload: String,
    pub signature: String,
}

/// A payload may hold the keys of a vector.
impl Drop for Signed {
    fn drop(&mut self) {
        self.payload.zeroize();
    }
}

#[derive(Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub version: u8,
    pub challenge: String,
    pub operator: String,
    /// 1, 2, 3 .. on one connection.
    pub counter: u64,
    /// Unix seconds.
    pub expires: u64,
    pub call: Call,
}

#[derive(Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Call {
    AuthVector { subscriber: Imsi, request: AuthRequest },
    Resynchronise { subscriber: Imsi, rand: String, auts: String },
}

#[derive(Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Response {
    pub version: u8,
    /// SHA-256 of the request's payload.
    pub request: String,
    pub outcome: Outcome,
}

#[derive(Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    Vector(AuthVector),
    Done,
    Error { code: String, message: String },
}

/// The key with which an operator asks.
pub struct OperatorKey(SigningKey);

impl OperatorKey {
    pub fn generate() -> Result<(Self, Secret<32>), VaultError> {
        loop {
            let secret = Secret::generate()?;
            if let Ok(key) = Self::new(&secret) {
                return Ok((key, secret));
            }
        }
    }

    pub fn new(secret: &Secret<32>) -> Result<Self, VaultError> {
        let key = SigningKey::from_slice(secret.expose());
        key.map(Self).map_err(|_| VaultError::Key("it is no scalar of P-256"))
    }

    pub fn public(&self) -> PublicKey {
        compressed(self.0.verifying_key())
    }

    /// Signs a request.
    pub fn sign(&self, request: &Request) -> Result<Signed, VaultError> {
        let payload = serde_json::to_string(request).map_err(|_| VaultError::Request("it cannot be written"))?;
        let signature: Signature = self.0.sign(&[REQUEST, payload.as_bytes()].concat());
        Ok(Signed { payload, signature: hex::encode(signature.to_bytes()) })
    }
}

/// Opens a request whose signature holds; who may ask for what is seen to later.
pub fn open_request(signed: &Signed) -> Result<(Request, PublicKey), VaultError> {
    let request: Request =
        serde_json::from_str(&signed.payload).map_err(|_| VaultError::Request("its payload is not one"))?;
    if request.version != VERSION {
        return Err(VaultError::Request("its version is unknown"));
    }
    let operator = public_key(&request.operator).ok_or(VaultError::Request("its operator is no key"))?;
    if !verifies(&operator, REQUEST, signed) {
        return Err(VaultError::Request("its signature does not verify"));
    }
    Ok((request, operator))
}

pub fn sign_response(vault: &SoftVault, response: &Response) -> Result<Signed, VaultError> {
    let payload = serde_json::to_string(response).map_err(|_| VaultError::Request("its answer cannot be written"))?;
    let message = Zeroizing::new([RESPONSE, payload.as_bytes()].concat());
    let signature = hex::encode(vault.sign(&message));
    Ok(Signed { payload, signature })
}

/// Opens the answer to a request, made by this vault.
pub fn open_response(signed: &Signed, vault: &PublicKey, request: &Signed) -> Result<Outcome, VaultError> {
    if !verifies(vault, RESPONSE, signed) {
        return Err(VaultError::Server("its signature does not verify"));
    }
    let response: Response =
        serde_json::from_str(&signed.payload).map_err(|_| VaultError::Server("its payload is not one"))?;
    if response.version != VERSION || response.request != digest(&request.payload) {
        return Err(VaultError::Server("it answers another request"));
    }
    Ok(response.outcome)
}

pub fn digest(payload: &str) -> String {
    hex::encode(Sha256::digest(payload))
}

pub fn public_key(text: &str) -> Option<PublicKey> {
    let mut key = [0; 33];
    hex::decode_to_slice(text, &mut key).ok()?;
    VerifyingKey::from_sec1_bytes(&key).ok().map(|_| key)
}

pub(crate) fn verifies(key: &PublicKey, domain: &[u8], signed: &Signed) -> bool {
    let mut bytes = [0; 64];
    let signature = hex::decode_to_slice(&signed.signature, &mut bytes).ok().and(Signature::from_slice(&bytes).ok());
    let key = VerifyingKey::from_sec1_bytes(key).ok();
    let message = Zeroizing::new([domain, signed.payload.as_bytes()].concat());
    key.zip(signature).is_some_and(|(key, signature)| key.verify(&message, &signature).is_ok())
}

/// Reads one line; `None` at the end.
pub fn read_line<T: DeserializeOwned>(from: &mut impl BufRead) -> io::Result<Option<T>> {
    let mut line = Zeroizing::new(Vec::with_capacity(MAX_LINE as usize));
    from.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.pop() != Some(b'\n') {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a line does not end"));
    }
    Ok(Some(serde_json::from_slice(&line)?))
}

pub fn write_line(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut line = Zeroizing::new(Vec::with_capacity(MAX_LINE as usize));
    serde_json::to_writer(&mut *line, value)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()
}

//! How a vault says what it runs on. `docs/vault.md` has the format.
//!
//! Evidence is JSON. Its report data binds the vault's key and the asker's nonce, whatever hardware made it. The only attester here is in
//! software: it proves possession of the vault's key and nothing about the machine, and says so.

use p256::ecdsa::{signature::Verifier, Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{KeyVault, PublicKey, SoftVault, VaultError};

const VERSION: u8 = 1;
const REPORT: &[u8] = b"gesim-vault report data v1\n";
const SOFTWARE_QUOTE: &[u8] = b"gesim-vault software quote v1\n";
/// The kind of evidence that no hardware stands behind.
pub const SOFTWARE: &str = "software";

/// What an attester says, to be verified by somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Evidence {
    pub version: u8,
    /// `software`, or the name of a hardware's quotes such as `sgx-dcap`, `tdx`, `sev-snp`.
    pub kind: String,
    /// What runs, in hexadecimal digits: a hash whose meaning is the kind's.
    pub measurement: String,
    /// SHA-256 over the vault's key and the asker's nonce, in hexadecimal digits.
    pub report_data: String,
    /// The kind's signature or quote, in base64.
    pub signature: String,
    /// DER in base64, leaf first, up to but without the maker's root; empty for software.
    pub certificates: Vec<String>,
}

/// What evidence is about: one vault's key, and a nonce of who asks.
pub fn report_data(vault: &PublicKey, nonce: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update(REPORT).chain_update(vault).chain_update(nonce).finalize().into()
}

/// Something that makes evidence: an enclave's quoting interface, or [`SoftwareAttester`].
pub trait Attester {
    fn kind(&self) -> &'static str;
    fn quote(&self, report_data: &[u8; 32]) -> Result<Evidence, VaultError>;
}

/// Something that judges evidence of one kind: for hardware it holds the maker's root.
pub trait QuoteVerifier {
    fn kind(&self) -> &'static str;
    /// Whether hardware stands behind the kind.
    fn is_hardware(&self) -> bool;
    /// Checks signature, chain and that the quote covers the measurement and this report data.
    fn verify(&self, evidence: &Evidence, report_data: &[u8; 32]) -> Result<(), VaultError>;
}

/// What the asker takes.
pub struct Policy<'a> {
    pub verifiers: Vec<&'a dyn QuoteVerifier>,
    pub demand_hardware: bool,
    /// The programs that are taken, in hexadecimal digits; `None` takes any.
    pub measurements: Option<Vec<String>>,
}

/// Evidence that a policy took, and what it is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    pub kind: String,
    pub measurement: String,
    pub is_hardware: bool,
    pub says: &'static str,
}

/// The asker's side.
pub fn verify(
    evidence: &Evidence,
    vault: &PublicKey,
    nonce: &[u8; 32],
    policy: &Policy,
) -> Result<Verified, VaultError> {
    if evidence.version != VERSION {
        return Err(VaultError::Evidence("its version is unknown"));
    }
    let wanted = report_data(vault, nonce);
    if evidence.report_data != hex::encode(wanted) {
        return Err(VaultError::Evidence("it is about another vault or another nonce"));
    }
    let verifier = policy.verifiers.iter().find(|verifier| verifier.kind() == evidence.kind);
    let verifier = verifier.ok_or(VaultError::Evidence("nobody here can judge its kind"))?;
    if policy.demand_hardware && !verifier.is_hardware() {
        return Err(VaultError::Evidence("hardware is demanded, and this is software's own word"));
    }
    if policy.measurements.as_ref().is_some_and(|taken| !taken.contains(&evidence.measurement)) {
        return Err(VaultError::Evidence("its program is none of those that are taken"));
    }
    verifier.verify(evidence, &wanted)?;
    let says = match verifier.is_hardware() {
        true => "hardware vouches for the program and for the vault's key in it",
        false => "whoever holds the vault's key says so; nothing vouches for the program or the machine",
    };
    Ok(Verified {
        kind: evidence.kind.clone(),
        measurement: evidence.measurement.clone(),
        is_hardware: verifier.is_hardware(),
        says,
    })
}

/// Signs with the vault's own key, over a measurement that the program took of itself.
pub struct SoftwareAttester<'a> {
    pub vault: &'a SoftVault,
    pub measurement: [u8; 32],
}

/// Judges [`SoftwareAttester`]'s evidence.
pub struct SoftwareVerifier {
    pub vault: PublicKey,
}

fn message(measurement: &str, report_data: &[u8; 32]) -> Vec<u8> {
    [SOFTWARE_QUOTE, report_data, measurement.as_bytes()].concat()
}

impl Attester for SoftwareAttester<'_> {
    fn kind(&self) -> &'static str {
        SOFTWARE
    }

    fn quote(&self, report_data: &[u8; 32]) -> Result<Evidence, VaultError> {
        let measurement = hex::encode(self.measurement);
        let signature = self.vault.sign(&message(&measurement, report_data));
        Ok(Evidence {
            version: VERSION,
            kind: SOFTWARE.into(),
            measurement,
            report_data: hex::encode(report_data),
            signature: base64::Engine::encode(&base64::engine::general_purpose::STANDARD, signature),
            certificates: Vec::new(),
        })
    }
}

impl QuoteVerifier for SoftwareVerifier {
    fn kind(&self) -> &'static str {
        SOFTWARE
    }

    fn is_hardware(&self) -> bool {
        false
    }

    fn verify(&self, evidence: &Evidence, report_data: &[u8; 32]) -> Result<(), VaultError> {
        if !evidence.certificates.is_empty() {
            return Err(VaultError::Evidence("software has no certificates"));
        }
        let mut measurement = [0; 32];
        if hex::decode_to_slice(&evidence.measurement, &mut measurement).is_err() {
            return Err(VaultError::Evidence("its measurement is no SHA-256"));
        }
        let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &evidence.signature).ok();
        let signature = bytes.and_then(|bytes| Signature::from_slice(&bytes).ok());
        let key = VerifyingKey::from_sec1_bytes(&self.vault).ok();
        let message = message(&evidence.measurement, report_data);
        let holds = key.zip(signature).is_some_and(|(key, signature)| key.verify(&message, &signature).is_ok());
        holds.then_some(()).ok_or(VaultError::Evidence("its signature does not verify"))
    }
}

impl SoftwareVerifier {
    pub fn of(vault: &impl KeyVault) -> Self {
        Self { vault: vault.public_key() }
    }
}

//! A DID document (W3C DID Core, JSON-LD) under `did:pkh`: the wallet is the subject, the vault's key authenticates for it.
//!
//! A `did:pkh` has no registry: the identifier *is* the account, and anybody makes its basic document from it. The vault's key and the
//! operator's service are what the wallet adds: its signature over [`message`] says so.

use std::{fmt, str::FromStr};

use p256::ecdsa::VerifyingKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{PublicKey, VaultError};

const CONTEXTS: [&str; 2] = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"];
/// Multicodec prefixes of public keys, as varints.
const ED25519: [u8; 2] = [0xed, 0x01];
const P256: [u8; 2] = [0x80, 0x24];
const SERVICE: &str = "GesimAuthenticationVectors";

/// `did:pkh:solana:<chain>:<address>`; the chain is the first 32 characters of the genesis hash (CAIP-2 for Solana).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Did {
    chain: String,
    wallet: [u8; 32],
}

impl Did {
    /// From the whole genesis hash in base58.
    pub fn new(genesis: &str, wallet: [u8; 32]) -> Result<Self, VaultError> {
        let decoded = bs58::decode(genesis).into_vec().ok().filter(|bytes| bytes.len() == 32);
        let chain = decoded.and(genesis.get(..32)).ok_or(VaultError::Did("the genesis hash is not one"))?;
        Ok(Self { chain: chain.into(), wallet })
    }

    pub fn wallet(&self) -> &[u8; 32] {
        &self.wallet
    }

    /// The CAIP-2 name of the chain.
    pub fn chain_id(&self) -> String {
        format!("solana:{}", self.chain)
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "did:pkh:solana:{}:{}", self.chain, bs58::encode(self.wallet).into_string())
    }
}

impl FromStr for Did {
    type Err = VaultError;

    fn from_str(text: &str) -> Result<Self, VaultError> {
        let rest = text.strip_prefix("did:pkh:solana:").ok_or(VaultError::Did("it is no did:pkh:solana"))?;
        let (chain, address) = rest.split_once(':').ok_or(VaultError::Did("it has no address"))?;
        if chain.len() != 32 || bs58::decode(chain).into_vec().is_err() {
            return Err(VaultError::Did("its chain is not 32 characters of a genesis hash"));
        }
        let wallet = address_of(address).ok_or(VaultError::Did("its address is not one of Solana"))?;
        Ok(Self { chain: chain.into(), wallet })
    }
}

fn address_of(text: &str) -> Option<[u8; 32]> {
    let mut wallet = [0; 32];
    let written = bs58::decode(text).onto(&mut wallet).ok()?;
    (written == 32).then_some(wallet)
}

/// What a document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub did: Did,
    pub vault: PublicKey,
    /// Where the operator is reached: an https URL.
    pub operator: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    #[serde(rename = "@context")]
    context: Vec<String>,
    id: String,
    verification_method: Vec<Method>,
    authentication: Vec<String>,
    assertion_method: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    service: Vec<Service>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Method {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    controller: String,
    public_key_multibase: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Service {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    service_endpoint: String,
}

impl Identity {
    /// The document; the same identity always gives the same bytes.
    pub fn to_json(&self) -> Result<String, VaultError> {
        self.check()?;
        serde_json::to_string_pretty(&self.document()).map_err(|_| VaultError::Did("it cannot be written"))
    }

    /// Takes exactly the documents that [`Identity::to_json`] writes, in any spacing and order of fields.
    pub fn from_json(text: &str) -> Result<Self, VaultError> {
        let document: Document = serde_json::from_str(text).map_err(|_| VaultError::Did("it is not one in JSON"))?;
        let did: Did = document.id.parse()?;
        let method = document.verification_method.iter().find(|method| method.id == format!("{did}#vault"));
        let vault = method.and_then(|method| vault_key(&method.public_key_multibase));
        let vault = vault.ok_or(VaultError::Did("it names no vault key"))?;
        let operator = document.service.first().map(|service| service.service_endpoint.clone());
        let this = Self { did, vault, operator };
        this.check()?;
        // Everything else follows from these three; what differs is not ours.
        let same = serde_json::to_value(this.document()).ok() == serde_json::to_value(&document).ok();
        same.then_some(this).ok_or(VaultError::Did("it says something else as well"))
    }

    fn check(&self) -> Result<(), VaultError> {
        VerifyingKey::from_sec1_bytes(&self.vault).map_err(|_| VaultError::Did("the vault's key is no P-256 point"))?;
        let is_url = |url: &str| {
            let rest = url.strip_prefix("https://").unwrap_or_default();
            !rest.is_empty()
                && !rest.starts_with('/')
                && url.len() <= 512
                && rest.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if self.operator.as_deref().is_some_and(|url| !is_url(url)) {
            return Err(VaultError::Did("the operator's service is no https URL"));
        }
        Ok(())
    }

    fn document(&self) -> Document {
        let id = self.did.to_string();
        let (wallet, vault) = (format!("{id}#wallet"), format!("{id}#vault"));
        let method = |name: &str, key: String| Method {
            id: name.into(),
            kind: "Multikey".into(),
            controller: id.clone(),
            public_key_multibase: key,
        };
        let operator = self.operator.iter().map(|url| Service {
            id: format!("{id}#operator"),
            kind: SERVICE.into(),
            service_endpoint: url.clone(),
        });
        Document {
            context: CONTEXTS.map(String::from).into(),
            verification_method: vec![
                method(&wallet, multibase(ED25519, self.did.wallet())),
                method(&vault, multibase(P256, &self.vault)),
            ],
            authentication: vec![wallet.clone(), vault],
            assertion_method: vec![wallet],
            service: operator.collect(),
            id,
        }
    }
}

/// What a wallet signs for a document: an off-chain message of Solana (version 0, ASCII) with the document's hash, which a hardware wallet can show
/// and which no transaction looks like.
pub fn message(document: &str) -> Vec<u8> {
    let text = format!("GeSIM DID document, sha256 {}", hex::encode(Sha256::digest(document)));
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes();
    [&b"\xffsolana offchain"[..], &[0, 0], &length, text.as_bytes()].concat()
}

fn multibase(prefix: [u8; 2], key: &[u8]) -> String {
    format!("z{}", bs58::encode([&prefix, key].concat()).into_string())
}

fn vault_key(text: &str) -> Option<PublicKey> {
    let bytes = bs58::decode(text.strip_prefix('z')?).into_vec().ok()?;
    bytes.strip_prefix(&P256)?.try_into().ok()
}

//! The configuration file, and what it leads to.

use std::{
    net::SocketAddr,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use gesim_client::RpcTransport;
use gesim_rsp::{auth::Credential, chain::Trust, keys::KeyPair};
use p256::{pkcs8::DecodePrivateKey, SecretKey};
use rustls::pki_types::{pem::PemObject, CertificateDer};
use serde::Deserialize;
use solana_commitment_config::CommitmentConfig;
use solana_keypair::{read_keypair_file, Keypair};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use zeroize::Zeroizing;

use crate::{
    chain::OnChain,
    error::{RegistrarError, Result},
    euicc::Server,
    http::{Settings, Tls},
    key::{FileKey, Pin, Pkcs11Key, TagKey},
    service::Policy,
};

/// What every key means.
pub const EXAMPLE: &str = include_str!("../registrar.example.toml");
const DAY: u32 = 86_400;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    listen: Option<SocketAddr>,
    health: Option<SocketAddr>,
    database: PathBuf,
    address: String,
    chain: Chain,
    certificates: Certificates,
    tag_key: Key,
    tls: Option<TlsFiles>,
    #[serde(default)]
    limits: Limits,
    /// Where the file is.
    #[serde(skip)]
    folder: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chain {
    url: String,
    commitment: Option<String>,
    keypair: PathBuf,
    payer: Option<PathBuf>,
    #[serde(default)]
    id: u32,
    origin: Option<String>,
    #[serde(default)]
    priority_fee: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    ci: Vec<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    file: Option<PathBuf>,
    module: Option<PathBuf>,
    token: Option<String>,
    label: Option<String>,
    pin_file: Option<PathBuf>,
    pin_env: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TlsFiles {
    certificate: PathBuf,
    key: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    nonce_seconds: Option<u32>,
    leaf_days: Option<u32>,
    open_enrolments: Option<u32>,
    per_minute: Option<u32>,
    connections: Option<usize>,
    body: Option<usize>,
    wait_seconds: Option<u64>,
}

impl Config {
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| RegistrarError::file(path, e))?;
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        Self::parse(&text, folder)
    }

    pub fn parse(text: &str, folder: PathBuf) -> Result<Self> {
        let mut config: Self = toml::from_str(text).map_err(|e| RegistrarError::Config(e.to_string()))?;
        config.folder = folder;
        config.policy()?;
        Ok(config)
    }

    fn at(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    pub fn database(&self) -> PathBuf {
        self.at(&self.database)
    }

    pub fn id(&self) -> u32 {
        self.chain.id
    }

    /// The file of the tag's key, when it is in one.
    pub fn key_file(&self) -> Option<PathBuf> {
        self.tag_key.file.as_ref().map(|file| self.at(file))
    }

    pub fn policy(&self) -> Result<Policy> {
        let (standard, limits) = (Policy::default(), &self.limits);
        let policy = Policy {
            nonce_seconds: limits.nonce_seconds.unwrap_or(standard.nonce_seconds),
            leaf_seconds: limits.leaf_days.map_or(standard.leaf_seconds, |days| days.saturating_mul(DAY)),
            most_open: limits.open_enrolments.unwrap_or(standard.most_open),
        };
        let bad = |reason: &str| Err(RegistrarError::Config(reason.into()));
        match policy {
            _ if !(10..=3_600).contains(&policy.nonce_seconds) => bad("nonce_seconds is 10 to 3600"),
            _ if !(DAY..=DAY * 3_650).contains(&policy.leaf_seconds) => bad("leaf_days is 1 to 3650"),
            _ if policy.most_open == 0 => bad("open_enrolments is at least 1"),
            policy => Ok(policy),
        }
    }

    pub fn settings(&self) -> Result<Settings> {
        let (standard, limits) = (Settings::default(), &self.limits);
        let tls = match &self.tls {
            Some(files) => Some(Tls::load(&self.at(&files.certificate), &self.at(&files.key))?),
            None => None,
        };
        let connections = limits.connections.unwrap_or(standard.connections);
        let body = limits.body.unwrap_or(standard.body);
        if !(1..=100_000).contains(&connections) || !(4_096..=1 << 20).contains(&body) {
            return Err(RegistrarError::Config("connections is 1 to 100000, body 4096 to 1048576".into()));
        }
        Ok(Settings {
            listen: self.listen.unwrap_or(standard.listen),
            health: self.health,
            tls,
            insecure: false,
            connections,
            body,
            per_minute: limits.per_minute.unwrap_or(standard.per_minute),
            wait: limits.wait_seconds.map_or(standard.wait, |seconds| Duration::from_secs(seconds.min(120))),
        })
    }

    pub fn chain(&self) -> Result<OnChain<RpcTransport>> {
        let Chain { url, commitment, keypair, payer, id, origin, priority_fee } = &self.chain;
        let level = CommitmentConfig::from_str(commitment.as_deref().unwrap_or("confirmed"))
            .map_err(|_| RegistrarError::Config("commitment is processed, confirmed or finalized".into()))?;
        let open = |path: &Path| -> Result<Keypair> {
            let path = self.at(path);
            read_keypair_file(&path).map_err(|e| RegistrarError::file(path, e))
        };
        let authority = open(keypair)?;
        let payer = payer.as_ref().map_or_else(|| Ok(authority.insecure_clone()), |path| open(path))?;
        let origin = match origin {
            Some(text) => Pubkey::from_str(text).map_err(|_| RegistrarError::Config("origin is no address".into()))?,
            None => authority.pubkey(),
        };
        let transport = RpcTransport::new(url, level);
        Ok(OnChain::new(transport, authority, payer, &origin, *id, *priority_fee))
    }

    pub fn tag_key(&self) -> Result<Box<dyn TagKey>> {
        let Key { file, module, token, label, pin_file, pin_env } = &self.tag_key;
        let bad =
            || RegistrarError::Config("tag_key has file, or module, token, label and one of pin_file, pin_env".into());
        let pin = match (pin_file, pin_env) {
            (Some(path), None) => Some(Pin::File(self.at(path))),
            (None, Some(name)) => Some(Pin::Env(name.clone())),
            _ => None,
        };
        match (file, module, token, label, pin) {
            (Some(file), None, None, None, None) if pin_file.is_none() => Ok(Box::new(FileKey::open(&self.at(file))?)),
            (None, Some(module), Some(token), Some(label), Some(pin)) => {
                Ok(Box::new(Pkcs11Key::open(&self.at(module), token, label, pin)?))
            }
            _ => Err(bad()),
        }
    }

    pub fn server(&self, now: i64) -> Result<Server> {
        let Certificates { certificate, key, ci } = &self.certificates;
        let cis = ci.iter().map(|path| read_certificate(&self.at(path))).collect::<Result<Vec<_>>>()?;
        let trust = Trust::from_certificates(cis.iter().map(Vec::as_slice))
            .map_err(|e| RegistrarError::Config(e.to_string()))?;
        let credential = Credential::new(read_certificate(&self.at(certificate))?, read_key(&self.at(key))?)
            .map_err(|e| RegistrarError::Config(e.to_string()))?;
        Server::new(&self.address, credential, trust, now)
    }
}

/// PEM or DER.
fn read_certificate(path: &Path) -> Result<Vec<u8>> {
    let bytes = std::fs::read(path).map_err(|e| RegistrarError::file(path, e))?;
    match bytes.starts_with(b"-----") {
        true => {
            CertificateDer::from_pem_slice(&bytes).map(|der| der.to_vec()).map_err(|e| RegistrarError::file(path, e))
        }
        false => Ok(bytes),
    }
}

/// PKCS#8 in PEM, that nobody else can read.
fn read_key(path: &Path) -> Result<KeyPair> {
    let bad = |reason: String| RegistrarError::file(path, reason);
    let mode = std::fs::metadata(path).map_err(|e| bad(e.to_string()))?.mode();
    if mode & 0o077 != 0 {
        return Err(bad("others can read it: chmod 600".into()));
    }
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|e| bad(e.to_string()))?);
    let secret = SecretKey::from_pkcs8_pem(&text).map_err(|_| bad("it is no P-256 key in PKCS#8 PEM".into()))?;
    let octets = Zeroizing::new(secret.to_bytes());
    KeyPair::from_bytes(octets.as_slice()).map_err(|e| bad(e.to_string()))
}

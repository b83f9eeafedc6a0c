//! What the device offers: signatures and transcripts that the chain can check, and nothing else.

use std::sync::Arc;

use rustls::{
    client::Resumption,
    crypto::{
        ring::{cipher_suite as suite, default_provider, kx_group},
        CryptoProvider, SupportedKxGroup,
    },
    version::{TLS12, TLS13},
    ClientConfig, SupportedCipherSuite,
};

use super::{keylog::HandshakeKeys, random::ChosenRandom, verifier::Verifier};

/// A version of TLS, both with evidence of its own kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    Tls12,
    Tls13,
}

/// An elliptic-curve group of the key exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// secp256r1
    P256,
    X25519,
}

impl Group {
    fn supported(self) -> &'static dyn SupportedKxGroup {
        match self {
            Self::P256 => kx_group::SECP256R1,
            Self::X25519 => kx_group::X25519,
        }
    }
}

/// TLS 1.2: ECDSA only; the suite's hash does not matter to what is signed, SHA-256 is all that the chain needs to know.
const TLS12_SUITES: [SupportedCipherSuite; 2] =
    [suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256];
/// TLS 1.3: the suite's hash is the transcript's, which the chain computes with SHA-256.
const TLS13_SUITES: [SupportedCipherSuite; 2] =
    [suite::TLS13_AES_128_GCM_SHA256, suite::TLS13_CHACHA20_POLY1305_SHA256];

/// A configuration for one connection: no resumption, no early data, no client certificate.
pub(super) fn config(
    version: Version,
    groups: &[Group],
    verifier: Arc<Verifier>,
    keys: Arc<HandshakeKeys>,
) -> Result<ClientConfig, rustls::Error> {
    let (suites, version) = match version {
        Version::Tls12 => (TLS12_SUITES, &TLS12),
        Version::Tls13 => (TLS13_SUITES, &TLS13),
    };
    let provider = CryptoProvider {
        cipher_suites: suites.to_vec(),
        kx_groups: groups.iter().map(|group| group.supported()).collect(),
        secure_random: &ChosenRandom,
        ..default_provider()
    };
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[version])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    config.key_log = keys;
    Ok(config)
}

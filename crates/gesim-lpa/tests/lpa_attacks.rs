//! Somebody stands between the device and the server, or plays an old handshake back: refused during the handshake.

mod lpa_support;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use gesim_lpa::{
    tls::{connect, Options, Versions},
    Rule, Step,
};
use gesim_rsp::{
    chain::{ChainError, Rule as ChainRule},
    keys::KeyPair,
    pki::{Issued, Pki, PkiConfig},
};
use lpa_support::{options, parrot, pki, refusal, rules, session, tap, SServer};
use rustls::{
    pki_types::{CertificateDer, PrivatePkcs8KeyDer},
    server::ResolvesServerCert,
    sign::CertifiedKey,
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A server that shows a certificate which is not for its key. openssl would not.
#[derive(Debug)]
struct Mismatched(Arc<CertifiedKey>);

impl ResolvesServerCert for Mismatched {
    fn resolve(&self, _: rustls::server::ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

async fn mismatched(certificate: &Issued, key: &KeyPair) -> SocketAddr {
    let provider = rustls::crypto::ring::default_provider();
    let der = PrivatePkcs8KeyDer::from(key.pkcs8_der().expect("a key").to_vec()).into();
    let signing = provider.key_provider.load_private_key(der).expect("a key");
    let chain = vec![CertificateDer::from(certificate.certificate.clone())];
    let resolver = Mismatched(Arc::new(CertifiedKey::new(chain, signing)));
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(resolver));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = TlsAcceptor::from(Arc::new(config.clone())).accept(stream).await;
        }
    });
    address
}

#[tokio::test]
async fn another_key_fails() {
    let pki = pki();
    for versions in [Versions::Tls12, Versions::Tls13] {
        let honest = mismatched(&pki.dp_tls, &pki.dp_tls.key).await;
        connect(&session(9), &rules(&pki), &options(honest, versions)).await.expect("the same server with its own key");
        let address = mismatched(&pki.dp_tls, &KeyPair::generate()).await;
        let error = refusal(&rules(&pki), &options(address, versions)).await;
        assert!(matches!(*error.rule, Rule::Signature), "{error}");
    }
}

#[tokio::test]
async fn terminating_middlebox_fails() {
    // It reaches the genuine server, but what it shows to the device is its own.
    let (own, middle) = (pki(), Pki::new(PkiConfig { seed: Some([8; 32]), ..PkiConfig::default() }));
    let genuine = SServer::start(&own.dp_tls, &[], &[]);
    connect(&session(9), &rules(&own), &options(genuine.address, Versions::Prefer12))
        .await
        .expect("the way to the server");
    let address = mismatched(&middle.dp_tls, &middle.dp_tls.key).await;
    let error = refusal(&rules(&own), &options(address, Versions::Prefer12)).await;
    assert!(matches!(*error.rule, Rule::Server(ChainError { rule: ChainRule::UnknownIssuer, .. })), "{error}");
    // Nor does a copy of the genuine certificate help it.
    let address = mismatched(&own.dp_tls, &middle.dp_tls.key).await;
    let error = refusal(&rules(&own), &options(address, Versions::Prefer12)).await;
    assert!(matches!(*error.rule, Rule::Signature), "{error}");
}

#[tokio::test]
async fn replayed_handshake_fails() {
    let pki = pki();
    for (argument, versions) in [("-tls1_2", Versions::Tls12), ("-tls1_3", Versions::Tls13)] {
        let server = SServer::start(&pki.dp_tls, &[], &[argument]);
        let (address, wire) = tap(server.address).await;
        connect(&session(1), &rules(&pki), &options(address, versions)).await.expect("a handshake to record");
        let player = parrot(wire.server_bytes()).await;
        let error = refusal(&rules(&pki), &options(player, versions)).await;
        match versions {
            // The signature is over another client_random.
            Versions::Tls12 => assert!(matches!(*error.rule, Rule::Signature), "{error}"),
            // The keys are others, before it comes to a signature.
            _ => assert!(matches!(*error.rule, Rule::Tls(rustls::Error::DecryptError)), "{error}"),
        }
    }
}

#[tokio::test]
async fn garbled_handshake_fails() {
    // Whatever a server says instead: an error, never a panic, never a connection.
    let pki = pki();
    for (argument, versions) in [("-tls1_2", Versions::Tls12), ("-tls1_3", Versions::Tls13)] {
        let server = SServer::start(&pki.dp_tls, &[], &[argument]);
        let (address, wire) = tap(server.address).await;
        connect(&session(1), &rules(&pki), &options(address, versions)).await.expect("a handshake to record");
        let whole = wire.server_bytes();
        for number in 0..60 {
            let mut bytes = whole.clone();
            let at = number * bytes.len() / 60;
            match number % 3 {
                0 => bytes[at] ^= 1 << (number % 8),
                1 => bytes.truncate(at),
                _ => drop(bytes.drain(at..(at + 7).min(whole.len()))),
            }
            let short = Options { timeout: Duration::from_millis(300), ..options(parrot(bytes).await, versions) };
            let error = refusal(&rules(&pki), &short).await;
            assert_eq!(error.step, Step::Handshake, "octet {at}: {error}");
        }
    }
}

/// A TLS 1.2 ServerHello, and after it what only a resumption has there.
fn resumption(next: &[u8]) -> Vec<u8> {
    // Version, random, an empty session id, the suite, no compression, then extended_master_secret and renegotiation_info.
    let extensions = [&[0, 0x17, 0, 0][..], &[0xff, 0x01, 0, 1, 0]].concat();
    let body = [&[3, 3][..], &[5; 32], &[0], &[0xc0, 0x2b], &[0], &[0, extensions.len() as u8], &extensions].concat();
    let hello = [&[2, 0, 0, body.len() as u8][..], &body].concat();
    [&[22, 3, 3, 0, hello.len() as u8][..], &hello, next].concat()
}

#[tokio::test]
async fn resumed_session_fails() {
    let pki = pki();
    let change_cipher = [20, 3, 3, 0, 1, 1];
    // Type 4: lifetime, and a ticket of one octet.
    let new_ticket = [22, 3, 3, 0, 11, 4, 0, 0, 7, 0, 0, 0, 9, 0, 1, 7];
    for next in [&change_cipher[..], &new_ticket] {
        let address = parrot(resumption(next)).await;
        let error = refusal(&rules(&pki), &options(address, Versions::Tls12)).await;
        assert!(matches!(*error.rule, Rule::Resumed), "{error}: {:?}", error.rule);
    }
}

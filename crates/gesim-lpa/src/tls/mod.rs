//! A TLS connection whose handshake is evidence. rustls is unchanged: `client_random` comes from its provider's
//! randomness (`random`), what the server signed from its certificate verifier (`verifier`), and a TLS 1.3 transcript from
//! the wire (`recorder`, `transcript`).

mod keylog;
mod provider;
mod random;
mod reader;
mod recorder;
mod transcript;
mod verifier;

use std::{io, sync::Arc, time::Duration};

use gesim_core::provenance::SessionContext;
use rand::{rngs::OsRng, RngCore};
use rustls::{pki_types::ServerName, AlertDescription, ContentType, HandshakeKind, HandshakeType};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{client::TlsStream, TlsConnector};

use self::{
    keylog::HandshakeKeys,
    verifier::{Outcome, Verifier},
};
pub use self::{
    provider::{Group, Version},
    recorder::Recorder,
};
use crate::{
    error::{At, LpaError, Result, Rule, Step},
    evidence::{Handshake, HandshakeEvidence, SignedMessage},
    server::{ServerIdentity, ServerRules},
};

/// Which versions are tried, in which order. The server sees one version at a time: offered both, most would take 1.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Versions {
    Tls12,
    Tls13,
    /// TLS 1.2, whose evidence is one message; TLS 1.3 when the server does not speak 1.2.
    #[default]
    Prefer12,
}

/// How to reach a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// `host:port` to dial: the server's, or its gateway's.
    pub address: String,
    pub versions: Versions,
    /// In order of preference; TLS 1.3 sends a share of the first one only.
    pub groups: Vec<Group>,
    /// For connecting, and again for the handshake.
    pub timeout: Duration,
}

impl Options {
    pub fn new(address: impl Into<String>) -> Self {
        let groups = vec![Group::P256, Group::X25519];
        Self { address: address.into(), versions: Versions::default(), groups, timeout: Duration::from_secs(10) }
    }
}

/// A connection to a server that was verified, and the evidence of it. Nothing but the handshake has been sent.
pub struct Connection<S> {
    pub stream: TlsStream<Recorder<S>>,
    pub evidence: HandshakeEvidence,
    pub server: ServerIdentity,
}

/// Connects, handshakes with the session's challenge, and verifies everything.
pub async fn connect(
    session: &SessionContext,
    rules: &ServerRules,
    options: &Options,
) -> Result<Connection<TcpStream>> {
    let first = match options.versions {
        Versions::Tls13 => Version::Tls13,
        Versions::Tls12 | Versions::Prefer12 => Version::Tls12,
    };
    match attempt(session, rules, options, first).await {
        Err(error) if options.versions == Versions::Prefer12 && speaks_another_version(&error) => {
            attempt(session, rules, options, Version::Tls13).await
        }
        outcome => outcome,
    }
}

async fn attempt(
    session: &SessionContext,
    rules: &ServerRules,
    options: &Options,
    version: Version,
) -> Result<Connection<TcpStream>> {
    let stream = timeout(options.timeout, TcpStream::connect(&options.address))
        .await
        .map_err(|_| Rule::Timeout(options.timeout))
        .and_then(|connected| connected.map_err(Rule::Network))
        .at(Step::Connect)?;
    // Every attempt has a random of its own: the server's two answers are unrelated.
    let mut dn = [0; 32];
    OsRng.fill_bytes(&mut dn);
    let handshake = handshake(session, dn, rules, &options.groups, version, stream);
    timeout(options.timeout, handshake)
        .await
        .unwrap_or_else(|_| Err(LpaError::new(Step::Handshake, Rule::Timeout(options.timeout))))
}

/// One handshake over a stream that is connected. `dn` is the device's fresh randomness.
pub async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    session: &SessionContext,
    dn: [u8; 32],
    rules: &ServerRules,
    groups: &[Group],
    version: Version,
    stream: S,
) -> Result<Connection<S>> {
    let name =
        ServerName::try_from(rules.name.clone()).map_err(|_| Rule::Name(rules.name.clone())).at(Step::Handshake)?;
    if groups.is_empty() {
        return Err(LpaError::new(Step::Handshake, Rule::NoGroup));
    }
    let client_random = session.client_random(&dn);
    let verifier = Arc::new(Verifier::new(rules.clone()));
    let keys = Arc::new(HandshakeKeys::new(client_random));
    let config =
        provider::config(version, groups, verifier.clone(), keys.clone()).map_err(Rule::Tls).at(Step::Handshake)?;
    let connecting = {
        // rustls draws its random while the connection is made, that is, in this call and on this thread.
        let _armed = random::arm(client_random);
        TlsConnector::from(Arc::new(config)).connect(name, Recorder::new(stream))
    };
    let finished = connecting.await;
    let outcome = verifier.take_outcome();
    let mut stream = match finished {
        Ok(stream) => stream,
        Err(error) => return Err(LpaError::new(Step::Handshake, outcome.refusal.unwrap_or_else(|| failure(error)))),
    };
    let (wire, tls) = stream.get_mut();
    let recording = wire.finish();
    match tls.handshake_kind() {
        Some(HandshakeKind::Full) => {}
        Some(HandshakeKind::FullWithHelloRetryRequest) => {
            return Err(LpaError::new(Step::Handshake, Rule::RetryRequest));
        }
        _ => return Err(LpaError::new(Step::Handshake, Rule::Resumed)),
    }
    if !keys.random_was_used() {
        return Err(LpaError::new(Step::Handshake, Rule::Random));
    }
    let Outcome { server: Some(server), signed: Some(signed), refusal: None } = outcome else {
        return Err(LpaError::new(Step::Handshake, Rule::Resumed));
    };
    let handshake = match version {
        Version::Tls12 => Handshake::Tls12,
        Version::Tls13 => {
            let secret = keys.take_secret().ok_or(Rule::Random).at(Step::Evidence)?;
            Handshake::Tls13 { transcript: transcript::recover(&recording, &secret).at(Step::Evidence)? }
        }
    };
    let signed = SignedMessage { message: signed.message, signature: signed.signature, key: server.key };
    let evidence = HandshakeEvidence { signed, tbs_hash: server.tbs_hash, client_random, dn, handshake };
    evidence.verify(session).at(Step::Evidence)?;
    Ok(Connection { stream, evidence, server })
}

/// What rustls says went wrong.
fn failure(error: io::Error) -> Rule {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        // Whatever follows the ServerHello of a resumption is not the certificate of a full handshake.
        Some(rustls::Error::InappropriateMessage { got_type: ContentType::ChangeCipherSpec, .. })
        | Some(rustls::Error::InappropriateHandshakeMessage { got_type: HandshakeType::NewSessionTicket, .. }) => {
            Rule::Resumed
        }
        Some(inner) => Rule::Tls(inner.clone()),
        None => Rule::Network(error),
    }
}

fn speaks_another_version(error: &LpaError) -> bool {
    matches!(*error.rule, Rule::Tls(rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)))
}

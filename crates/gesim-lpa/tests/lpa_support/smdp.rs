//! An SM-DP+ to download from, and one that changes its answers.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use gesim_lpa::{
    es9::Started,
    tls::{connect, Versions},
    ServerRules, SessionSecrets,
};
use gesim_rsp::{
    asn1::StoreMetadataRequest,
    auth::Credential,
    chain::Trust,
    es9::{self, Answer, HEADER_PROTOCOL, PROTOCOL},
    euicc::{Euicc, SoftConfig, SoftEuicc},
    pki::Pki,
    profile::Profile,
    smdp::{Authorization, Smdp, SmdpConfig, SmdpHandle, SmdpServer},
    tlv::tlv,
};
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, body::Incoming, service::service_fn, Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::lpa_support::{options, rules, session, NOW};

/// Far more than an answer takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);
pub const MATCHING_ID: &str = "GESIM-TEST-1";

fn trust(pki: &Pki) -> Trust {
    Trust::from_certificates([&pki.ci.certificate[..]]).expect("a CI certificate")
}

fn above(pki: &Pki) -> Vec<Vec<u8>> {
    pki.intermediate.iter().map(|ca| ca.certificate.clone()).collect()
}

pub fn profile() -> Profile {
    let metadata = StoreMetadataRequest::new("89390100000000000012", "GeSIM", "Roam 10 GB").expect("metadata");
    // More than one segment of 1020 octets.
    let elements: Vec<_> = (0..3).map(|number| tlv(0xA1 + number, &[[number as u8; 900]])).collect();
    Profile::build(&metadata, &elements).expect("a profile")
}

pub fn soft_euicc(pki: &Pki) -> SoftEuicc {
    SoftEuicc::new(SoftConfig {
        credential: Credential::from(&pki.euicc),
        eum_certificate: pki.eum.certificate.clone(),
        trust: trust(pki),
        intermediates: above(pki),
        clock: Arc::new(|| NOW),
    })
    .expect("an eUICC")
}

/// An SM-DP+ with one order, whose operator decides so.
pub fn smdp(pki: &Pki, authorize: impl Fn(&Authorization) -> Result<(), String> + Send + Sync + 'static) -> Arc<Smdp> {
    let credential = |issued| Credential { intermediates: above(pki), ..Credential::from(issued) };
    let config = SmdpConfig {
        address: pki.config.dns.clone(),
        tls: credential(&pki.dp_tls),
        auth: credential(&pki.dp_auth),
        binding: credential(&pki.dp_pb),
        trust: trust(pki),
        clock: Arc::new(|| NOW),
        timeout: 60,
        max_transactions: 8,
        own_keys: false,
        authorize: Arc::new(authorize),
    };
    let smdp = Smdp::new(config).expect("an SM-DP+");
    smdp.order(MATCHING_ID, profile(), None);
    Arc::new(smdp)
}

pub async fn serve(smdp: Arc<Smdp>) -> SmdpHandle {
    SmdpServer::bind("127.0.0.1:0".parse().expect("an address"), smdp).await.expect("a port")
}

/// A session's secrets for a fresh challenge of this eUICC.
pub fn secrets(euicc: &mut SoftEuicc) -> SessionSecrets {
    SessionSecrets::draw(euicc.get_euicc_challenge())
}

/// A verified connection, ready for ES9+.
pub async fn start<'e>(pki: &Pki, address: SocketAddr, euicc: &'e mut SoftEuicc, patience: Duration) -> Started<'e> {
    let rules: ServerRules = rules(pki);
    let options = options(address, Versions::Prefer12);
    let connection = connect(&session(9), &rules, &options).await.expect("a handshake");
    Started::new(connection, &rules, patience, euicc).await.expect("HTTP").0
}

/// An answer: status, headers, body.
pub type Reply = Response<Full<Bytes>>;

pub fn reply(body: impl Into<Bytes>) -> Reply {
    let reply = Response::builder().header("Content-Type", "application/json").header(HEADER_PROTOCOL, PROTOCOL);
    reply.body(Full::new(body.into())).expect("an answer")
}

/// The genuine server's answers to a request, as JSON.
pub fn honest(smdp: &Smdp, path: &str, body: &[u8]) -> Value {
    fn call<Q: serde::de::DeserializeOwned, A: serde::Serialize>(
        body: &[u8],
        function: impl FnOnce(&Q) -> Result<A, es9::StatusCodeData>,
    ) -> Value {
        let request = serde_json::from_slice(body).expect("a request of the device");
        serde_json::to_value(Answer::new(function(&request))).expect("JSON")
    }
    match path {
        es9::PATH_INITIATE_AUTHENTICATION => call(body, |request| smdp.initiate_authentication(request)),
        es9::PATH_AUTHENTICATE_CLIENT => call(body, |request| smdp.authenticate_client(request)),
        es9::PATH_GET_BOUND_PROFILE_PACKAGE => call(body, |request| smdp.get_bound_profile_package(request)),
        es9::PATH_HANDLE_NOTIFICATION => {
            let request = serde_json::from_slice(body).expect("a request of the device");
            let _ = smdp.handle_notification(&request);
            Value::Null
        }
        other => panic!("no such function: {other}"),
    }
}

/// A server with the genuine TLS key that answers whatever it is told to.
pub async fn dishonest(pki: &Pki, answer: impl Fn(&str, &[u8]) -> Reply + Send + Sync + 'static) -> SocketAddr {
    let key = PrivatePkcs8KeyDer::from(pki.dp_tls.key.pkcs8_der().expect("a key").to_vec());
    let chain = [vec![pki.dp_tls.certificate.clone()], above(pki)].concat();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain.into_iter().map(CertificateDer::from).collect(), key.into())
        .expect("a certificate");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (acceptor, answer) = (TlsAcceptor::from(Arc::new(config)), Arc::new(answer));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            let answer = answer.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                let answer = answer.clone();
                async move {
                    let path = request.uri().path().to_owned();
                    let body = request.into_body().collect().await?.to_bytes();
                    Ok::<_, hyper::Error>(answer(&path, &body))
                }
            });
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        }
    });
    address
}

//! A server with the genuine TLS key that changes its answers.

use std::{net::SocketAddr, sync::Arc};

use gesim_rsp::{
    es9::{self, Answer, HEADER_PROTOCOL, PROTOCOL},
    pki::Pki,
    smdp::Smdp,
};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Bytes, Incoming},
    service::service_fn,
    Request, Response,
};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::smdp::above;

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

//! Connections: as many as allowed, each with a time limit, with TLS or without.

use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use rustls::{
    pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer},
    ServerConfig,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::Semaphore,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::error::{RegistrarError, Result};

/// For a TLS handshake, and for the head of a request.
const PATIENCE: Duration = Duration::from_secs(10);
/// For a whole connection, which serves an enrolment and not more.
const LIFETIME: Duration = Duration::from_secs(180);

/// The server's certificate and key.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl Tls {
    pub fn load(certificates: &Path, key: &Path) -> Result<Self> {
        let bad = |path: &Path, e: &dyn std::fmt::Display| RegistrarError::file(path, e);
        let chain = CertificateDer::pem_file_iter(certificates)
            .and_then(|found| found.collect::<std::result::Result<Vec<_>, _>>())
            .map_err(|e| bad(certificates, &e))?;
        let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| bad(key, &e))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret))
            .map_err(|e| bad(certificates, &e))?;
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }
}

pub(super) struct Listener {
    pub listener: TcpListener,
    pub tls: Option<Tls>,
    pub router: Router,
    pub connections: usize,
    pub stop: CancellationToken,
}

impl Listener {
    /// Accepts until it is told to stop; then the connections that run may end.
    pub async fn run(self) {
        let places = Arc::new(Semaphore::new(self.connections));
        let all = u32::try_from(self.connections).unwrap_or(u32::MAX);
        loop {
            let place = Arc::clone(&places).acquire_owned();
            let accepted = tokio::select! {
                () = self.stop.cancelled() => break,
                accepted = async { (place.await, self.listener.accept().await) } => accepted,
            };
            let (Ok(place), Ok((stream, peer))) = accepted else {
                // Out of descriptors, for instance: not for ever.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let (tls, router, stop) = (self.tls.clone(), self.router.clone(), self.stop.clone());
            tokio::spawn(async move {
                let served = async {
                    match tls {
                        None => answer(stream, peer, router, stop).await,
                        Some(Tls(tls)) => {
                            if let Ok(Ok(stream)) = timeout(PATIENCE, tls.accept(stream)).await {
                                answer(stream, peer, router, stop).await;
                            }
                        }
                    }
                };
                // A client that is slow or goes away is its own loss.
                let _ = timeout(LIFETIME, served).await;
                drop(place);
            });
        }
        let _ = places.acquire_many(all).await;
    }
}

async fn answer<S>(stream: S, peer: SocketAddr, router: Router, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = router.layer(Extension::<IpAddr>(peer.ip()));
    let service = TowerToHyperService::new(router);
    let mut connection = std::pin::pin!(http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

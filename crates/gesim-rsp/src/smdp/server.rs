//! ES9+ over HTTPS.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{header::CONTENT_TYPE, HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{post, MethodRouter},
    Router,
};
use serde::{de::DeserializeOwned, Serialize};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, time::timeout};

use super::{
    state::Smdp,
    tls::{server_config, TlsListener},
};
use crate::es9::{self, Answer, HandleNotificationRequest, StatusCodeData};

/// Requests are small; the largest carries two certificates.
const MAX_BODY: usize = 64 * 1024;
/// How long open requests may take once the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// An SM-DP+ that listens.
pub struct SmdpServer;

/// Stops the server when told to, and when it is dropped.
pub struct SmdpHandle {
    pub addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl SmdpServer {
    /// Listens on `addr` (port 0 takes a free one) with DPtls of the SM-DP+.
    pub async fn bind(addr: SocketAddr, smdp: Arc<Smdp>) -> io::Result<SmdpHandle> {
        let config = server_config(&smdp.config.tls)?;
        let listener = TlsListener::new(TcpListener::bind(addr).await?, config)?;
        let addr = axum::serve::Listener::local_addr(&listener)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = axum::serve(listener, router(smdp)).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        let task = tokio::spawn(async move {
            if let Err(error) = serve.await {
                tracing::error!(%error, "the SM-DP+ stopped");
            }
        });
        Ok(SmdpHandle { addr, stop: Some(stop), task })
    }
}

impl SmdpHandle {
    /// Lets open requests finish.
    pub async fn shutdown(mut self) {
        drop(self.stop.take());
        if timeout(GRACE, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

impl Drop for SmdpHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn router(smdp: Arc<Smdp>) -> Router {
    Router::new()
        .route(es9::PATH_INITIATE_AUTHENTICATION, function(Smdp::initiate_authentication))
        .route(es9::PATH_AUTHENTICATE_CLIENT, function(Smdp::authenticate_client))
        .route(es9::PATH_GET_BOUND_PROFILE_PACKAGE, function(Smdp::get_bound_profile_package))
        .route(es9::PATH_CANCEL_SESSION, function(Smdp::cancel_session))
        .route(es9::PATH_HANDLE_NOTIFICATION, post(notification))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(smdp)
}

/// One function of ES9+. It runs on a thread that may block, because the operator is asked.
fn function<Q, A>(call: fn(&Smdp, &Q) -> Result<A, StatusCodeData>) -> MethodRouter<Arc<Smdp>>
where
    Q: DeserializeOwned + Send + 'static,
    A: Serialize + Send + 'static,
{
    post(move |State(smdp): State<Arc<Smdp>>, headers: HeaderMap, body: Bytes| async move {
        let request: Q = match parse(&headers, &body) {
            Ok(request) => request,
            Err(reason) => return (StatusCode::BAD_REQUEST, reason).into_response(),
        };
        match tokio::task::spawn_blocking(move || call(&smdp, &request)).await {
            Ok(result) => {
                if let Err(code) = &result {
                    tracing::info!(subject = code.subject_code, reason = code.reason_code, "a request was refused");
                }
                answer(&Answer::new(result))
            }
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    })
}

/// SGP.22: no content comes back.
async fn notification(State(smdp): State<Arc<Smdp>>, headers: HeaderMap, body: Bytes) -> Response {
    let request: HandleNotificationRequest = match parse(&headers, &body) {
        Ok(request) => request,
        Err(reason) => return (StatusCode::BAD_REQUEST, reason).into_response(),
    };
    match smdp.handle_notification(&request) {
        Ok(state) => tracing::info!(?state, "a notification was taken"),
        Err(error) => tracing::info!(%error, "a notification was refused"),
    }
    (StatusCode::NO_CONTENT, [(es9::HEADER_PROTOCOL, es9::PROTOCOL)]).into_response()
}

/// The request, or what is wrong with it.
fn parse<Q: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<Q, String> {
    let protocol = headers.get(es9::HEADER_PROTOCOL).and_then(|value| value.to_str().ok());
    if !protocol.is_some_and(|version| version.starts_with("gsma/rsp/v2.")) {
        return Err(format!("the header {} must say gsma/rsp/v2.x.y", es9::HEADER_PROTOCOL));
    }
    serde_json::from_slice(body).map_err(|error| format!("the body is not what SGP.22 says: {error}"))
}

fn answer<A: Serialize>(body: &Answer<A>) -> Response {
    let headers = [(CONTENT_TYPE.as_str(), "application/json;charset=UTF-8"), (es9::HEADER_PROTOCOL, es9::PROTOCOL)];
    match serde_json::to_vec(body) {
        Ok(json) => (headers, json).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

//! What is answered at which path.

use std::{
    net::IpAddr,
    sync::{
        atomic::{AtomicU64, Ordering::Relaxed},
        mpsc::SyncSender,
        Arc,
    },
    time::{Duration, Instant},
};

use axum::{
    body::Bytes,
    extract::{rejection::BytesRejection, DefaultBodyLimit, Path, State},
    http::{header, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
    Extension, Json, Router,
};
use serde::{de::DeserializeOwned, Serialize};
use tokio::{sync::watch, task::spawn_blocking, time::timeout_at};

use super::limit::Limit;
use crate::{
    api::{Answer, Begin, Begun, Credential, Failure},
    error::{RegistrarError, Result},
    worker::Progress,
    Registrar,
};

/// What requests are counted by.
#[derive(Default)]
pub(super) struct Counters {
    pub begun: AtomicU64,
    pub enrolled: AtomicU64,
    pub refused: AtomicU64,
    pub failed: AtomicU64,
    pub limited: AtomicU64,
}

pub(super) struct App {
    pub registrar: Arc<Registrar>,
    pub progress: watch::Receiver<Progress>,
    pub wake: SyncSender<()>,
    pub limit: Limit,
    /// How long a request waits for the chain.
    pub wait: Duration,
    pub counters: Arc<Counters>,
}

type Shared = State<Arc<App>>;
type Body = std::result::Result<Bytes, BytesRejection>;

pub(super) fn router(app: Arc<App>, body_limit: usize) -> Router {
    Router::new()
        .route("/v1/enrolments", post(begin))
        .route("/v1/enrolments/{id}", post(answer))
        .route("/v1/paths/{index}", get(path))
        .fallback(|| async { missing(StatusCode::NOT_FOUND, "there is nothing here") })
        .method_not_allowed_fallback(|| async { missing(StatusCode::METHOD_NOT_ALLOWED, "not with this method") })
        .layer(DefaultBodyLimit::max(body_limit))
        .with_state(app)
}

async fn begin(State(app): Shared, Extension(peer): Extension<IpAddr>, body: Body) -> Response {
    let answer = async {
        app.admit(peer)?;
        let request: Begin = parse(body)?;
        let registrar = Arc::clone(&app.registrar);
        let begun: Begun = blocking(move || registrar.begin(&request)).await?;
        app.counters.begun.fetch_add(1, Relaxed);
        Ok::<_, RegistrarError>(begun)
    };
    app.reply(answer.await)
}

async fn answer(
    State(app): Shared,
    Extension(peer): Extension<IpAddr>,
    Path(id): Path<String>,
    body: Body,
) -> Response {
    let answer = async {
        app.admit(peer)?;
        let request: Answer = parse(body)?;
        let registrar = Arc::clone(&app.registrar);
        let leaf = blocking(move || registrar.answer(&id, &request)).await?;
        let credential = app.settled(leaf).await?;
        app.counters.enrolled.fetch_add(1, Relaxed);
        Ok::<_, RegistrarError>(credential)
    };
    app.reply(answer.await)
}

async fn path(State(app): Shared, Extension(peer): Extension<IpAddr>, Path(index): Path<String>) -> Response {
    let answer = async {
        app.admit(peer)?;
        let index = index.parse().map_err(|_| RegistrarError::NoLeaf(index))?;
        let registrar = Arc::clone(&app.registrar);
        blocking(move || registrar.path(index)).await
    };
    app.reply(answer.await)
}

impl App {
    fn admit(&self, peer: IpAddr) -> Result<()> {
        match self.limit.take(peer, Instant::now()) {
            true => Ok(()),
            false => Err(RegistrarError::TooFast),
        }
    }

    /// Waits until the chain has the leaf, or says that it is on its way.
    async fn settled(&self, leaf: i64) -> Result<Credential> {
        let until = tokio::time::Instant::now() + self.wait;
        let mut progress = self.progress.clone();
        // A full channel has woken it already.
        let _ = self.wake.try_send(());
        loop {
            progress.borrow_and_update();
            let registrar = Arc::clone(&self.registrar);
            match blocking(move || registrar.credential(leaf)).await {
                Err(RegistrarError::Pending) => {}
                settled => return settled,
            }
            if !matches!(timeout_at(until, progress.changed()).await, Ok(Ok(()))) {
                return Err(match progress.borrow().error {
                    Some(_) => RegistrarError::ChainDown,
                    None => RegistrarError::Pending,
                });
            }
        }
    }

    fn reply<T: Serialize>(&self, answer: Result<T>) -> Response {
        let error = match answer {
            Ok(body) => return guarded(Json(body).into_response()),
            Err(error) => error,
        };
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let counters = &self.counters;
        let counter = match &error {
            RegistrarError::TooFast => &counters.limited,
            _ if status.is_server_error() => &counters.failed,
            _ => &counters.refused,
        };
        counter.fetch_add(1, Relaxed);
        let body = match error.is_public() {
            true => Failure { error: error.to_string(), hint: error.hint() },
            false => {
                tracing::error!(%error, hint = error.hint(), "a request failed");
                Failure { error: "the registrar cannot answer now".into(), hint: Some("try again later".into()) }
            }
        };
        let mut response = (status, Json(body)).into_response();
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        guarded(response)
    }
}

/// Salts are in it: no cache keeps it.
fn guarded(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn missing(status: StatusCode, error: &str) -> Response {
    let hint = "POST /v1/enrolments, POST /v1/enrolments/{id}, GET /v1/paths/{index}";
    (status, Json(Failure { error: error.into(), hint: Some(hint.into()) })).into_response()
}

fn parse<T: DeserializeOwned>(body: Body) -> Result<T> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => RegistrarError::TooLarge,
        _ => RegistrarError::Request("the body did not come".into()),
    })?;
    serde_json::from_slice(&body).map_err(|e| RegistrarError::Request(e.to_string()))
}

/// Signatures, SQLite and the key take their time: not on the threads that wait.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    spawn_blocking(work).await.unwrap_or_else(|e| Err(RegistrarError::Internal(e.to_string())))
}

//! JSON over HTTP/1.1 on one connection, as SGP.22 section 6.3 binds ES9+ to it: bounded in size and in time.

use std::time::Duration;

use gesim_rsp::es9::{self, HEADER_PROTOCOL, PROTOCOL};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{
    body::Bytes,
    client::conn::http1::{self, SendRequest},
    header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT},
    Request, StatusCode,
};
use hyper_util::rt::TokioIo;
use serde::{de::DeserializeOwned, Serialize};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinHandle,
    time::timeout,
};

use crate::error::Rule;

const JSON: &str = "application/json";
/// Any version 2 will do.
const SAME_PROTOCOL: &str = "gsma/rsp/v2.";

/// Longest answer: a profile package of a few hundred KiB in base64.
pub(crate) const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// A client on one connection, which ends with it.
pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    connection: JoinHandle<()>,
    host: String,
    patience: Duration,
}

impl Client {
    pub async fn new<S>(stream: S, host: String, patience: Duration) -> Result<Self, Rule>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(Rule::Http)?;
        // Its errors come back through the calls.
        let connection = tokio::spawn(async move { drop(connection.await) });
        Ok(Self { sender, connection, host, patience })
    }

    /// Posts a JSON body; `None` is an answer without one (204).
    pub async fn post<T: DeserializeOwned>(&mut self, path: &str, body: &impl Serialize) -> Result<Option<T>, Rule> {
        let patience = self.patience;
        timeout(patience, self.exchange(path, body)).await.map_err(|_| Rule::Timeout(patience))?
    }

    async fn exchange<T: DeserializeOwned>(&mut self, path: &str, body: &impl Serialize) -> Result<Option<T>, Rule> {
        let body = serde_json::to_vec(body).map_err(|error| Rule::Message(error.to_string()))?;
        let request = Request::post(path)
            .header(HOST, &self.host)
            .header(USER_AGENT, es9::USER_AGENT)
            .header(HEADER_PROTOCOL, PROTOCOL)
            .header(CONTENT_TYPE, JSON)
            .header(ACCEPT, JSON)
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| Rule::Message(error.to_string()))?;
        self.sender.ready().await.map_err(Rule::Http)?;
        let answer = self.sender.send_request(request).await.map_err(Rule::Http)?;
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match answer.status() {
            StatusCode::NO_CONTENT => return Ok(None),
            StatusCode::OK => {}
            other => return Err(Rule::Status(other.as_u16())),
        }
        if !header(HEADER_PROTOCOL).starts_with(SAME_PROTOCOL) {
            return Err(Rule::Message("it names no version 2 of SGP.22 in X-Admin-Protocol".into()));
        }
        if !header(CONTENT_TYPE.as_str()).starts_with(JSON) {
            return Err(Rule::Message("it is not JSON".into()));
        }
        let bytes = Limited::new(answer.into_body(), LONGEST_ANSWER).collect().await.map_err(|error| match error
            .downcast::<hyper::Error>(
        ) {
            Ok(error) => Rule::Http(*error),
            Err(other) if other.is::<LengthLimitError>() => Rule::TooLong(LONGEST_ANSWER),
            Err(other) => Rule::Message(other.to_string()),
        })?;
        serde_json::from_slice(&bytes.to_bytes()).map(Some).map_err(|error| Rule::Message(error.to_string()))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

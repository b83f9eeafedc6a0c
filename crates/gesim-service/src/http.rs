//! `/metrics`, `/live` and `/ready`: three answers, one connection at a time, nothing kept open.
//!
//! A thread of its own: a daemon whose runtime is stuck still says so.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::ServiceError;

/// A client has so long for its request, and to take the answer.
const PATIENCE: Duration = Duration::from_secs(2);
const LONGEST_REQUEST: usize = 4_096;

/// What a daemon tells about itself.
pub trait Report: Send + Sync + 'static {
    /// Whether it can do its work; if not, why.
    fn ready(&self) -> Result<(), String>;

    /// Its numbers, in Prometheus' text format ([`crate::Exposition`]).
    fn metrics(&self) -> String;
}

/// Answers on `address` until the process ends; the address with its port comes back.
pub fn serve(address: SocketAddr, report: Arc<dyn Report>) -> Result<SocketAddr, ServiceError> {
    let listen = |source| ServiceError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(listen)?;
    let bound = listener.local_addr().map_err(listen)?;
    thread::spawn(move || {
        for stream in listener.incoming() {
            match stream {
                // A client that goes away is its own loss.
                Ok(stream) => drop(answer(stream, report.as_ref())),
                // Out of descriptors, for instance: not for ever.
                Err(_) => thread::sleep(Duration::from_millis(100)),
            }
        }
    });
    Ok(bound)
}

fn answer(mut stream: TcpStream, report: &dyn Report) -> std::io::Result<()> {
    stream.set_write_timeout(Some(PATIENCE))?;
    let (status, body) = match read(&mut stream)?.as_deref() {
        None => ("400 Bad Request", "not a GET request\n".into()),
        Some("/live") => ("200 OK", "live\n".into()),
        Some("/ready") => match report.ready() {
            Ok(()) => ("200 OK", "ready\n".into()),
            Err(reason) => ("503 Service Unavailable", format!("{reason}\n")),
        },
        Some("/metrics") => ("200 OK", report.metrics()),
        Some(_) => ("404 Not Found", "there are /metrics, /live and /ready\n".into()),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// The path of a GET request.
fn read(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let begun = Instant::now();
    let mut bytes = [0; LONGEST_REQUEST];
    let mut length = 0;
    while length < bytes.len() {
        let left = PATIENCE.checked_sub(begun.elapsed()).filter(|left| !left.is_zero());
        let Some(left) = left else { return Ok(None) };
        stream.set_read_timeout(Some(left))?;
        let read = stream.read(&mut bytes[length..])?;
        length += read;
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(&bytes[..length]) {
            Ok(httparse::Status::Partial) if read > 0 => {}
            Ok(httparse::Status::Complete(_)) if request.method == Some("GET") => {
                return Ok(request.path.map(str::to_owned))
            }
            _ => return Ok(None),
        }
    }
    Ok(None)
}

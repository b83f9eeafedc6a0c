//! `/metrics`, `/live` and `/ready` of a worker: three answers, one connection at a time, nothing kept open.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::{metrics::Metrics, queue::Queue, FleetError, Result};

/// A client has so long for its request, and to take the answer.
const PATIENCE: Duration = Duration::from_secs(2);
const LONGEST_REQUEST: usize = 4_096;

/// Answers on `address` until the process ends; the address with its port comes back.
pub fn serve(address: SocketAddr, metrics: Arc<Metrics>, queue: Arc<dyn Queue>) -> Result<SocketAddr> {
    let listen = |source| FleetError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(listen)?;
    let bound = listener.local_addr().map_err(listen)?;
    thread::spawn(move || {
        for stream in listener.incoming() {
            match stream {
                // A client that goes away is its own loss.
                Ok(stream) => drop(answer(stream, &metrics, queue.as_ref())),
                // Out of descriptors, for instance: not for ever.
                Err(_) => thread::sleep(Duration::from_millis(100)),
            }
        }
    });
    Ok(bound)
}

fn answer(mut stream: TcpStream, metrics: &Metrics, queue: &dyn Queue) -> std::io::Result<()> {
    stream.set_write_timeout(Some(PATIENCE))?;
    let (status, body) = match read(&mut stream)?.as_deref() {
        None => ("400 Bad Request", "not a GET request\n".into()),
        Some("/live") => ("200 OK", "live\n".into()),
        Some("/ready") if metrics.is_ready() => ("200 OK", "ready\n".into()),
        Some("/ready") => ("503 Service Unavailable", "the queue does not answer, or refuses this worker\n".into()),
        Some("/metrics") => {
            // A worker's role need not be allowed to read the queue: then its own numbers must do.
            let status = metrics.is_ready().then(|| queue.status().ok()).flatten();
            ("200 OK", metrics.text(status.as_ref()))
        }
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

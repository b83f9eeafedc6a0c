//! One connection, from the first byte to the last.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout, Instant},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use crate::{
    hello::{Alert, HelloReader, Refusal, ServerName},
    metrics::Metrics,
    outcome::{Direction, Outcome},
    relay::{relay, Flow},
    settings::Settings,
    Observer,
};

/// What a turned-away client gets to read its alert, and how much of what it still sends is taken.
const FAREWELL: Duration = Duration::from_secs(1);
const FAREWELL_BYTES: usize = 65_536;

/// What all connections share.
pub struct Shared {
    pub settings: Settings,
    pub metrics: Arc<Metrics>,
    pub observer: Option<Arc<dyn Observer>>,
    /// Cuts what still runs.
    pub cut: CancellationToken,
}

/// Serves one client to the end, and tells the log.
pub async fn session(shared: &Shared, mut client: TcpStream, peer: SocketAddr) -> Outcome {
    let (begun, limits) = (Instant::now(), &shared.settings.limits);
    let flow = Flow::new(&shared.metrics, shared.observer.as_deref());
    let mut name = None;
    let outcome = tokio::select! {
        outcome = serve(shared, &mut client, &flow, &mut name) => outcome,
        () = sleep(limits.total_time) => Outcome::TotalTime,
        () = shared.cut.cancelled() => Outcome::Stopped,
    };
    shared.metrics.ended(outcome);
    let alert = match outcome {
        Outcome::Refused(Refusal::Left) => None,
        Outcome::Refused(refusal) => Some(refusal.alert()),
        Outcome::Unreachable => Some(Alert::InternalError),
        _ => None,
    };
    if let Some(alert) = alert {
        // It may be gone; that is not our trouble.
        drop(timeout(FAREWELL, farewell(&mut client, alert)).await);
    } else if outcome != Outcome::Finished {
        // A cut must look like one, not like the regular end of a stream.
        drop(client.set_zero_linger());
    }
    let refusal = if let Outcome::Refused(refusal) = outcome { Some(refusal.to_string()) } else { None };
    info!(
        client = %peer.ip(),
        name = name.as_ref().map(ServerName::as_str),
        upstream = name.as_ref().and_then(|name| shared.settings.upstreams.get(name)),
        result = outcome.label(),
        refusal,
        up = flow.bytes(Direction::Up),
        down = flow.bytes(Direction::Down),
        milliseconds = begun.elapsed().as_millis() as u64,
        "connection"
    );
    outcome
}

/// `chosen` is the name on the list that the client asked for.
async fn serve(shared: &Shared, client: &mut TcpStream, flow: &Flow<'_>, chosen: &mut Option<ServerName>) -> Outcome {
    let limits = &shared.settings.limits;
    let mut reader = HelloReader::new(limits.hello_bytes);
    let read = timeout(limits.hello_time, read_hello(client, &mut reader));
    let hello = match read.await.unwrap_or(Err(Refusal::TooSlow)) {
        Ok(hello) => hello,
        Err(refusal) => return Outcome::Refused(refusal),
    };
    let listed = hello.name.as_ref().and_then(|name| shared.settings.upstreams.get_key_value(name));
    let Some((name, address)) = listed else {
        return Outcome::Refused(match hello.name {
            _ if hello.encrypted => Refusal::EncryptedOnly,
            Some(_) => Refusal::UnknownName,
            None => Refusal::NoName,
        });
    };
    *chosen = Some(name.clone());
    let Some(mut upstream) = reach(shared, name, address).await else { return Outcome::Unreachable };
    let outcome = relay(client, &mut upstream, &reader.into_bytes(), limits, flow).await;
    if outcome != Outcome::Finished {
        drop(upstream.set_zero_linger());
    }
    outcome
}

async fn read_hello(client: &mut TcpStream, reader: &mut HelloReader) -> Result<crate::hello::Hello, Refusal> {
    let mut buffer = [0; 4_096];
    loop {
        let count = client.read(&mut buffer).await.map_err(|_| Refusal::Left)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            return Err(Refusal::Left);
        }
        if let Some(hello) = reader.push(bytes)? {
            return Ok(hello);
        }
    }
}

/// Connects to an upstream, and remembers whether it worked.
pub async fn reach(shared: &Shared, name: &ServerName, address: &str) -> Option<TcpStream> {
    let connected = timeout(shared.settings.limits.connect_time, TcpStream::connect(address)).await;
    let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    shared.metrics.reached(name, connected.is_ok());
    let stream = connected.inspect_err(|error| debug!(%name, address, %error, "upstream not reached")).ok()?;
    stream.set_nodelay(true).ok()?;
    Some(stream)
}

/// An alert, and time to read it: closing with bytes unread would take it away again.
async fn farewell(client: &mut TcpStream, alert: Alert) -> io::Result<()> {
    client.write_all(&alert.record()).await?;
    client.shutdown().await?;
    let (mut buffer, mut taken) = ([0; 4_096], 0);
    while taken < FAREWELL_BYTES {
        match client.read(&mut buffer).await? {
            0 => break,
            count => taken += count,
        }
    }
    Ok(())
}

//! Bytes both ways, none of them changed.

use std::{
    io,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        tcp::{ReadHalf, WriteHalf},
        TcpStream,
    },
    time::{sleep, Instant},
};

use crate::{
    metrics::Metrics,
    outcome::{Direction, Outcome},
    settings::Limits,
    Observer,
};

/// What one connection moved so far, readable after it was cut.
pub struct Flow<'a> {
    up: AtomicU64,
    down: AtomicU64,
    /// Milliseconds from `begun` to the last byte that moved.
    touched: AtomicU64,
    begun: Instant,
    metrics: &'a Metrics,
    observer: Option<&'a dyn Observer>,
}

impl<'a> Flow<'a> {
    pub fn new(metrics: &'a Metrics, observer: Option<&'a dyn Observer>) -> Self {
        let begun = Instant::now();
        let (up, down, touched) = Default::default();
        Self { up, down, touched, begun, metrics, observer }
    }

    pub fn bytes(&self, direction: Direction) -> u64 {
        self.counter(direction).load(Relaxed)
    }

    fn counter(&self, direction: Direction) -> &AtomicU64 {
        match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        }
    }

    fn touch(&self) {
        self.touched.store(self.begun.elapsed().as_millis() as u64, Relaxed);
    }

    /// Returns once nothing has moved for `time`.
    async fn idle(&self, time: Duration) {
        loop {
            let silent = self.begun.elapsed().saturating_sub(Duration::from_millis(self.touched.load(Relaxed)));
            match time.checked_sub(silent).filter(|left| !left.is_zero()) {
                Some(left) => sleep(left).await,
                None => return,
            }
        }
    }

    /// Writes all of `bytes`; a slow reader holds us up here, and we hold the sender up.
    pub async fn write(&self, to: &mut WriteHalf<'_>, bytes: &[u8], direction: Direction) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let written = to.write(rest).await?;
            let (done, left) = rest.split_at_checked(written).ok_or(io::ErrorKind::WriteZero)?;
            if done.is_empty() {
                return Err(io::ErrorKind::WriteZero.into());
            }
            if let Some(observer) = self.observer {
                observer.relayed(direction, done);
            }
            rest = left;
            self.counter(direction).fetch_add(written as u64, Relaxed);
            self.metrics.moved(direction, written as u64);
            self.touch();
        }
        Ok(())
    }
}

/// Relays until both sides are done or something ends it. `hello` goes first, to the upstream.
pub async fn relay(
    client: &mut TcpStream,
    upstream: &mut TcpStream,
    hello: &[u8],
    limits: &Limits,
    flow: &Flow<'_>,
) -> Outcome {
    let (client_read, client_write) = client.split();
    let (upstream_read, mut upstream_write) = upstream.split();
    flow.touch();
    let up = async {
        flow.write(&mut upstream_write, hello, Direction::Up).await.map_err(|_| Outcome::UpstreamReset)?;
        pump(client_read, upstream_write, limits.up_bytes, limits, flow, Direction::Up).await
    };
    let down = pump(upstream_read, client_write, limits.down_bytes, limits, flow, Direction::Down);
    tokio::select! {
        ended = async { tokio::try_join!(up, down) } => ended.map_or_else(|outcome| outcome, |_| Outcome::Finished),
        () = flow.idle(limits.idle_time) => Outcome::Idle,
    }
}

/// One direction, through one buffer, to its end.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    most: u64,
    limits: &Limits,
    flow: &Flow<'_>,
    direction: Direction,
) -> Result<(), Outcome> {
    let (broken_from, broken_to, too_many) = match direction {
        Direction::Up => (Outcome::ClientReset, Outcome::UpstreamReset, Outcome::UpBytes),
        Direction::Down => (Outcome::UpstreamReset, Outcome::ClientReset, Outcome::DownBytes),
    };
    let mut buffer = vec![0; limits.buffer_bytes];
    loop {
        let count = from.read(&mut buffer).await.map_err(|_| broken_from)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            // Half a connection is closed; the other half may go on for as long as it likes.
            return to.shutdown().await.map_err(|_| broken_to);
        }
        let left = usize::try_from(most.saturating_sub(flow.bytes(direction))).unwrap_or(usize::MAX);
        flow.write(&mut to, bytes.get(..left).unwrap_or(bytes), direction).await.map_err(|_| broken_to)?;
        if count > left {
            return Err(too_many);
        }
    }
}

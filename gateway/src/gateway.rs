//! The listener: who gets a place, and how it all ends.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{atomic::Ordering::Relaxed, Arc},
    time::Duration,
};

use gesim_service::finish;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{interval, sleep, MissedTickBehavior},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use crate::{
    clients::Clients,
    hello::Alert,
    metrics::Metrics,
    outcome::Outcome,
    session::{reach, session, Shared},
    settings::{Settings, SettingsError},
    Observer,
};

#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("listening on {address}")]
    Listen { address: SocketAddr, source: std::io::Error },
}

impl GatewayError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Settings(error) => error.hint(),
            Self::Listen { .. } => "is the port taken, or below 1024 and this user not allowed to have it?",
        }
    }
}

pub struct Gateway {
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Gateway {
    pub async fn bind(settings: Settings) -> Result<Self, GatewayError> {
        settings.check()?;
        let listen = |source| GatewayError::Listen { address: settings.listen, source };
        let listener = TcpListener::bind(settings.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let (metrics, cut) = (Arc::new(Metrics::new(&settings)), CancellationToken::new());
        Ok(Self { listener, address, shared: Arc::new(Shared { settings, metrics, observer: None, cut }) })
    }

    /// Shows `observer` every byte that is relayed, as it is relayed.
    pub fn observed(mut self, observer: Arc<dyn Observer>) -> Self {
        let Shared { settings, metrics, cut, .. } = &*self.shared;
        let (settings, metrics, cut) = (settings.clone(), metrics.clone(), cut.clone());
        self.shared = Arc::new(Shared { settings, metrics, observer: Some(observer), cut });
        self
    }

    /// Where it listens, with its port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn metrics(&self) -> Arc<Metrics> {
        self.shared.metrics.clone()
    }

    /// Serves until `stop`; then running connections have `stop_time`, or until `hurry`, and are cut.
    pub async fn run(self, stop: impl Future<Output = ()>, hurry: impl Future<Output = ()>) {
        let Self { listener, shared, .. } = self;
        let sessions = TaskTracker::new();
        let probes = CancellationToken::new();
        if shared.settings.ready.probe {
            let (shared, probes) = (shared.clone(), probes.clone());
            tokio::spawn(async move { probes.run_until_cancelled(probe(&shared)).await });
        }
        tokio::select! {
            () = stop => {}
            () = accept(&listener, &shared, &sessions) => {}
        }
        // From here on the system turns newcomers away.
        drop(listener);
        probes.cancel();
        shared.metrics.stopping();
        sessions.close();
        let limits = &shared.settings.limits;
        info!(active = shared.metrics.active(), seconds = limits.stop_time.as_secs(), "stopping");
        if finish(sessions.wait(), limits.stop_time, hurry).await.is_none() {
            warn!(active = shared.metrics.active(), "cutting what still runs");
            shared.cut.cancel();
            sessions.wait().await;
        }
    }
}

/// Takes connections for ever.
async fn accept(listener: &TcpListener, shared: &Arc<Shared>, sessions: &TaskTracker) {
    let limits = &shared.settings.limits;
    let places = Arc::new(Semaphore::new(limits.connections));
    let clients = Clients::new(limits.connections_per_client);
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                shared.metrics.accept_errors.fetch_add(1, Relaxed);
                warn!(%error, "no connection from the system");
                // Out of descriptors, for instance: not for ever.
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            turn_away(shared, &stream, Outcome::TooManyConnections);
            continue;
        };
        let Some(of_client) = clients.place(peer.ip()) else {
            turn_away(shared, &stream, Outcome::TooManyOfClient);
            continue;
        };
        let shared = shared.clone();
        sessions.spawn(async move {
            let _held = (place, of_client, Active::new(&shared.metrics));
            // Without it small records wait for acknowledgements; with a dead socket the first read says so.
            drop(stream.set_nodelay(true));
            session(&shared, stream, peer).await;
        });
    }
}

/// At the limit nothing is spent on a client: an alert if it fits, and the socket is closed.
fn turn_away(shared: &Shared, stream: &TcpStream, outcome: Outcome) {
    drop(stream.try_write(&Alert::InternalError.record()));
    shared.metrics.ended(outcome);
}

/// Counts a connection while it lives, however its task ends.
struct Active(Arc<Metrics>);

impl Active {
    fn new(metrics: &Arc<Metrics>) -> Self {
        metrics.active.fetch_add(1, Relaxed);
        Self(metrics.clone())
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.0.active.fetch_sub(1, Relaxed);
    }
}

/// Reaches for every upstream again and again; connections count as probes too.
async fn probe(shared: &Arc<Shared>) {
    let mut ticks = interval(shared.settings.ready.every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let round = TaskTracker::new();
        for (name, address) in shared.settings.upstreams.clone() {
            let shared = shared.clone();
            round.spawn(async move { drop(reach(&shared, &name, &address).await) });
        }
        round.close();
        round.wait().await;
    }
}

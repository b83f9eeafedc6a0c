//! The service as a whole: devices' port, health port, the chain's thread, and their end.

use std::{
    net::SocketAddr,
    sync::{atomic::Ordering::Relaxed, Arc},
    time::Duration,
};

use gesim_service::{Exposition, Kind, Report};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{
    limit::Limit,
    listen::{Listener, Tls},
    routes::{router, App, Counters},
};
use crate::{
    chain::LeafChain,
    error::{RegistrarError, Result},
    worker::{Progress, Worker},
    Registrar,
};

pub struct Settings {
    pub listen: SocketAddr,
    /// /live, /ready and /metrics.
    pub health: Option<SocketAddr>,
    pub tls: Option<Tls>,
    /// Plain HTTP to more than this machine.
    pub insecure: bool,
    pub connections: usize,
    /// Octets of a body.
    pub body: usize,
    /// Requests of one address a minute; zero for no limit.
    pub per_minute: u32,
    /// How long a request waits for the chain.
    pub wait: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8480)),
            health: None,
            tls: None,
            insecure: false,
            connections: 512,
            body: 16_384,
            per_minute: 60,
            wait: Duration::from_secs(30),
        }
    }
}

/// A service that runs.
pub struct Serving {
    pub address: SocketAddr,
    pub health: Option<SocketAddr>,
    stop: CancellationToken,
    listening: JoinHandle<()>,
    worker: Worker,
}

/// Starts the service within a tokio runtime.
pub async fn serve(registrar: Arc<Registrar>, chain: Box<dyn LeafChain + Send>, settings: Settings) -> Result<Serving> {
    let Settings { listen, tls, insecure, .. } = &settings;
    if tls.is_none() && !insecure && !listen.ip().is_loopback() {
        return Err(RegistrarError::Config(format!(
            "{listen} is not this machine's own: give a TLS certificate and key, or --insecure-http behind a proxy"
        )));
    }
    let failed = |reason: String| RegistrarError::Listen { address: listen.to_string(), reason };
    let listener = TcpListener::bind(listen).await.map_err(|e| failed(e.to_string()))?;
    let address = listener.local_addr().map_err(|e| failed(e.to_string()))?;
    let worker = Worker::start(Arc::clone(&registrar), chain);
    let counters = Arc::new(Counters::default());
    let health = Health { registrar: Arc::clone(&registrar), progress: worker.progress.clone(), counters };
    let app = App {
        registrar,
        progress: worker.progress.clone(),
        wake: worker.waker(),
        limit: Limit::new(settings.per_minute),
        wait: settings.wait,
        counters: Arc::clone(&health.counters),
    };
    let health = match settings.health {
        Some(at) => Some(gesim_service::serve(at, Arc::new(health)).map_err(|e| RegistrarError::Listen {
            address: at.to_string(),
            reason: std::error::Error::source(&e).map_or_else(|| e.to_string(), ToString::to_string),
        })?),
        None => None,
    };
    let stop = CancellationToken::new();
    let listener = Listener {
        listener,
        tls: settings.tls,
        router: router(Arc::new(app), settings.body),
        connections: settings.connections,
        stop: stop.clone(),
    };
    let listening = tokio::spawn(listener.run());
    Ok(Serving { address, health, stop, listening, worker })
}

impl Serving {
    /// Takes no more connections, lets those that run end, and then the chain's thread. What is not confirmed by then
    /// is taken up at the next start.
    pub async fn stop(self, patience: Duration) {
        self.stop.cancel();
        if timeout(patience, self.listening).await.is_err() {
            tracing::warn!("connections were cut");
        }
        let worker = self.worker;
        let ended = tokio::task::spawn_blocking(move || worker.finish(patience)).await;
        if !ended.unwrap_or(false) {
            tracing::warn!("a change was not confirmed yet: it is taken up at the next start");
        }
    }
}

struct Health {
    registrar: Arc<Registrar>,
    progress: watch::Receiver<Progress>,
    counters: Arc<Counters>,
}

impl Report for Health {
    fn ready(&self) -> Result<(), String> {
        let progress = self.progress.borrow();
        match &progress.error {
            Some(error) => Err(error.clone()),
            None if !progress.seen => Err("the chain has not answered yet".into()),
            None => Ok(()),
        }
    }

    fn metrics(&self) -> String {
        let progress = self.progress.borrow().clone();
        let mut out = Exposition::new();
        let name = "gesim_registrar_requests_total";
        out.family(name, Kind::Counter, "Requests by what became of them.");
        let counters = &self.counters;
        let counted = [
            ("begun", &counters.begun),
            ("enrolled", &counters.enrolled),
            ("refused", &counters.refused),
            ("failed", &counters.failed),
            ("limited", &counters.limited),
        ];
        for (result, counter) in counted {
            out.sample(name, &[("result", result)], counter.load(Relaxed));
        }
        let (changes, failures) = (progress.changes, progress.failures);
        out.single("gesim_registrar_changes_total", Kind::Counter, "Changes that the chain took or refused.", changes);
        out.single("gesim_registrar_chain_failures_total", Kind::Counter, "Times it could not be told.", failures);
        let up = u8::from(progress.seen && progress.error.is_none());
        out.single("gesim_registrar_chain_up", Kind::Gauge, "Whether the chain answers and agrees.", up);
        let store = self.registrar.store();
        if let Ok(waiting) = store.open_jobs() {
            out.single("gesim_registrar_changes_waiting", Kind::Gauge, "Changes on their way to the chain.", waiting);
        }
        if let Ok(census) = store.census() {
            out.family("gesim_registrar_leaves", Kind::Gauge, "Leaves of the present epoch by state.");
            for (state, count) in census {
                out.sample("gesim_registrar_leaves", &[("state", state.name())], count);
            }
        }
        out.finish()
    }
}

//! What the gateway counts, and how it tells.

use std::{
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
        Mutex, PoisonError,
    },
    time::{Duration, Instant},
};

use gesim_service::{Exposition, Kind, Report};

use crate::{
    hello::{Refusal, ServerName},
    outcome::{Direction, Outcome},
    settings::Settings,
};

pub struct Metrics {
    pub(crate) active: AtomicU64,
    outcomes: [AtomicU64; Outcome::ALL.len()],
    refusals: [AtomicU64; Refusal::ALL.len()],
    bytes: [AtomicU64; 2],
    pub(crate) accept_errors: AtomicU64,
    upstreams: Vec<Reach>,
    /// An upstream that was reached so long ago counts as reachable; None when nobody is probed.
    fresh: Option<Duration>,
    stopping: AtomicBool,
}

/// When an upstream was reached, and whether the last attempt worked.
struct Reach {
    name: ServerName,
    last: Mutex<(Option<Instant>, bool)>,
    failures: AtomicU64,
}

impl Metrics {
    pub(crate) fn new(settings: &Settings) -> Self {
        let reach =
            |name: &ServerName| Reach { name: name.clone(), last: Mutex::default(), failures: AtomicU64::default() };
        // Two probes may be lost, and one may take all the time it has.
        let fresh = settings.ready.every * 3 + settings.limits.connect_time;
        Self {
            active: AtomicU64::default(),
            outcomes: Default::default(),
            refusals: Default::default(),
            bytes: Default::default(),
            accept_errors: AtomicU64::default(),
            upstreams: settings.upstreams.keys().map(reach).collect(),
            fresh: settings.ready.probe.then_some(fresh),
            stopping: AtomicBool::new(false),
        }
    }

    pub(crate) fn ended(&self, outcome: Outcome) {
        let place = Outcome::ALL.iter().position(|one| one.label() == outcome.label());
        place.and_then(|place| self.outcomes.get(place)).map(|count| count.fetch_add(1, Relaxed));
        if let Outcome::Refused(refusal) = outcome {
            let place = Refusal::ALL.iter().position(|one| one.label() == refusal.label());
            place.and_then(|place| self.refusals.get(place)).map(|count| count.fetch_add(1, Relaxed));
        }
    }

    pub(crate) fn moved(&self, direction: Direction, bytes: u64) {
        let [up, down] = &self.bytes;
        let count = if direction == Direction::Up { up } else { down };
        count.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn reached(&self, name: &ServerName, reached: bool) {
        let Some(reach) = self.upstreams.iter().find(|reach| reach.name == *name) else { return };
        let mut last = reach.last.lock().unwrap_or_else(PoisonError::into_inner);
        match reached {
            true => *last = (Some(Instant::now()), true),
            false => {
                last.1 = false;
                reach.failures.fetch_add(1, Relaxed);
            }
        }
    }

    pub(crate) fn stopping(&self) {
        self.stopping.store(true, Relaxed);
    }

    /// Connections that are served now.
    pub fn active(&self) -> u64 {
        self.active.load(Relaxed)
    }

    /// How many connections ended so.
    pub fn count(&self, outcome: Outcome) -> u64 {
        let place = Outcome::ALL.iter().position(|one| one.label() == outcome.label());
        place.and_then(|place| self.outcomes.get(place)).map_or(0, |count| count.load(Relaxed))
    }
}

impl Report for Metrics {
    fn ready(&self) -> Result<(), String> {
        if self.stopping.load(Relaxed) {
            return Err("stopping".into());
        }
        let Some(fresh) = self.fresh else { return Ok(()) };
        let lately = |reach: &Reach| {
            let last = reach.last.lock().unwrap_or_else(PoisonError::into_inner).0;
            last.is_some_and(|last| last.elapsed() <= fresh)
        };
        let any = self.upstreams.iter().any(lately);
        any.then_some(()).ok_or_else(|| "no upstream could be reached lately".into())
    }

    fn metrics(&self) -> String {
        const CONNECTIONS: &str = "gesim_gateway_connections_total";
        const FAILURES: &str = "gesim_gateway_handshake_failures_total";
        const BYTES: &str = "gesim_gateway_bytes_total";
        const UP: &str = "gesim_gateway_upstream_up";
        const UNREACHED: &str = "gesim_gateway_upstream_failures_total";
        let mut page = Exposition::new();
        page.family(CONNECTIONS, Kind::Counter, "Connections that ended, by how.");
        for (outcome, count) in Outcome::ALL.iter().zip(&self.outcomes) {
            page.sample(CONNECTIONS, &[("result", outcome.label())], count.load(Relaxed));
        }
        page.family(FAILURES, Kind::Counter, "Connections without an acceptable ClientHello, by reason.");
        for (refusal, count) in Refusal::ALL.iter().zip(&self.refusals) {
            page.sample(FAILURES, &[("reason", refusal.label())], count.load(Relaxed));
        }
        page.family(BYTES, Kind::Counter, "Bytes relayed; up is from client to server.");
        for (direction, count) in ["up", "down"].iter().zip(&self.bytes) {
            page.sample(BYTES, &[("direction", direction)], count.load(Relaxed));
        }
        page.single("gesim_gateway_active", Kind::Gauge, "Connections that are served now.", self.active());
        let errors = self.accept_errors.load(Relaxed);
        page.single("gesim_gateway_accept_errors_total", Kind::Counter, "Connections the system did not give.", errors);
        page.family(UP, Kind::Gauge, "Whether the last attempt to reach the upstream succeeded.");
        for reach in &self.upstreams {
            let up = reach.last.lock().unwrap_or_else(PoisonError::into_inner).1;
            page.sample(UP, &[("upstream", reach.name.as_str())], u8::from(up));
        }
        page.family(UNREACHED, Kind::Counter, "Attempts to reach the upstream that failed.");
        for reach in &self.upstreams {
            page.sample(UNREACHED, &[("upstream", reach.name.as_str())], reach.failures.load(Relaxed));
        }
        page.finish()
    }
}

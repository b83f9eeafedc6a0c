//! `/metrics`, `/live` and `/ready` of a worker.

use std::{net::SocketAddr, sync::Arc};

use gesim_service::Report;

use crate::{metrics::Metrics, queue::Queue, FleetError, Result};

struct Worker {
    metrics: Arc<Metrics>,
    queue: Arc<dyn Queue>,
}

impl Report for Worker {
    fn ready(&self) -> Result<(), String> {
        let reason = "the queue does not answer, or refuses this worker";
        self.metrics.is_ready().then_some(()).ok_or_else(|| reason.into())
    }

    fn metrics(&self) -> String {
        // A worker's role need not be allowed to read the queue: then its own numbers must do.
        let status = self.metrics.is_ready().then(|| self.queue.status().ok()).flatten();
        self.metrics.text(status.as_ref())
    }
}

/// Answers on `address` until the process ends; the address with its port comes back.
pub fn serve(address: SocketAddr, metrics: Arc<Metrics>, queue: Arc<dyn Queue>) -> Result<SocketAddr> {
    gesim_service::serve(address, Arc::new(Worker { metrics, queue })).map_err(FleetError::from)
}

//! What each part of a run took.

use std::time::Instant;

use serde::Serialize;

#[derive(Serialize, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    pub name: &'static str,
    pub seconds: f64,
    /// For stages that handle records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records_per_second: Option<f64>,
}

pub struct Stages {
    since: Instant,
    done: Vec<Stage>,
}

impl Stages {
    /// The first stage starts now.
    pub fn new() -> Self {
        Self { since: Instant::now(), done: Vec::new() }
    }

    /// Ends a stage that handled so many records, and starts the next.
    pub fn done(&mut self, name: &'static str, records: u64) {
        let now = Instant::now();
        let seconds = (now - self.since).as_secs_f64();
        let records_per_second = (records > 0).then(|| (records as f64 / seconds.max(1e-9)).round());
        self.done.push(Stage { name, seconds, records_per_second });
        self.since = now;
    }

    pub fn into_inner(self) -> Vec<Stage> {
        self.done
    }
}

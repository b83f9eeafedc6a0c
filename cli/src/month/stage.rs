use std::time::Instant;

use serde::Serialize;

use crate::pipeline::memory::{Peak, Watch};

/// Time and memory of one part.
#[derive(Serialize, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct MonthStage {
    pub name: &'static str,
    pub seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records_per_second: Option<f64>,
    /// Most that only this process held, during the stage: sampled.
    pub peak_anonymous_bytes: Option<u64>,
    /// Most of mapped files, such as proving keys.
    pub peak_file_bytes: Option<u64>,
}

pub struct Stages {
    since: Instant,
    watch: Watch,
    done: Vec<MonthStage>,
}

impl Stages {
    pub fn new() -> Self {
        Self { since: Instant::now(), watch: Watch::start(), done: Vec::new() }
    }

    pub fn done(&mut self, name: &'static str, records: u64) {
        let seconds = self.since.elapsed().as_secs_f64();
        let Peak { peak_anonymous_bytes, peak_file_bytes, .. } = self.watch.peak();
        let records_per_second = (records > 0).then(|| (records as f64 / seconds.max(1e-9)).round());
        self.done.push(MonthStage { name, seconds, records_per_second, peak_anonymous_bytes, peak_file_bytes });
        self.watch = Watch::start();
        self.since = Instant::now();
    }

    pub fn into_inner(self) -> Vec<MonthStage> {
        self.done
    }
}

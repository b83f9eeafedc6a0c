//! Progress on stderr: a spinner with the elapsed time on a terminal, one line a step elsewhere.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};

/// Runs a step under its name; says how long it took, or which step failed.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let begin = Instant::now();
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        bar.set_style(style);
    }
    bar.set_message(name.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    if bar.is_hidden() {
        eprintln!("{name} ...");
    }
    let result = work().with_context(|| format!("{name} failed"));
    bar.finish_and_clear();
    if result.is_ok() {
        eprintln!("{name}: {:.1} s", begin.elapsed().as_secs_f64());
    }
    result
}

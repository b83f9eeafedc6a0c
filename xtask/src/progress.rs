//! Steps on standard error: number, name, outcome, time. A terminal sees what is going on within a step, a
//! log file gets a sign of life each minute.

use crate::context::Context;
use anyhow::{Error, Result};
use std::{
    fmt::{Display, Formatter},
    io::{stderr, IsTerminal, Write},
    sync::Mutex,
    time::{Duration, Instant},
};

pub enum Outcome {
    Done,
    /// Nothing to do: what is there fits what it was made from.
    Cached,
    Note(String),
}

pub type Action = fn(&Context) -> Result<Outcome>;

pub struct Step {
    pub name: &'static str,
    pub run: Action,
    /// What to do when it fails, if the error itself does not say.
    pub hint: &'static str,
}

/// An error that knows what to do about it.
#[derive(Debug)]
pub struct Advice(pub String);

impl Display for Advice {
    fn fmt(&self, f: &mut Formatter) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Advice {}

struct Running {
    label: String,
    shown: Duration,
}

static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

/// Runs the steps in order and stops at the first that fails. Returns whether all went well.
pub fn run(context: &Context, steps: &[Step]) -> bool {
    for (index, step) in steps.iter().enumerate() {
        let label = format!("[{}/{}] {} ...", index + 1, steps.len(), step.name);
        eprint!("{label}");
        stderr().flush().unwrap_or_default();
        let begun = Instant::now();
        set(Some(Running { label: label.clone(), shown: Duration::ZERO }));
        crate::process::start_log(context, step.name);
        let result = (step.run)(context);
        set(None);
        let took = time(begun.elapsed());
        let line = match &result {
            Ok(Outcome::Done) => format!("ok {took}"),
            Ok(Outcome::Cached) => format!("ok (cached) {took}"),
            Ok(Outcome::Note(note)) => format!("ok ({note}) {took}"),
            Err(_) => format!("FAILED after {took}"),
        };
        if stderr().is_terminal() {
            eprintln!("\r\x1b[K{label} {line}");
        } else {
            eprintln!(" {line}");
        }
        if let Err(error) = result {
            report(&format!("step `{}` failed", step.name), &error, step.hint);
            return false;
        }
    }
    true
}

/// `Error:`, then each cause, then what to do.
pub fn report(what: &str, error: &Error, hint: &str) {
    let advice = error.downcast_ref::<Advice>().map(Advice::to_string);
    eprintln!("\nError: {what}");
    for cause in error.chain().map(|cause| cause.to_string()) {
        if Some(&cause) != advice.as_ref() {
            eprintln!("Caused by: {}", cause.replace('\n', "\n  "));
        }
    }
    match advice.as_deref().unwrap_or(hint) {
        "" => {}
        hint => eprintln!("Hint: {hint}"),
    }
}

/// Called again and again while a child runs.
pub fn alive(elapsed: Duration, doing: impl Fn() -> String) {
    let Ok(mut guard) = RUNNING.lock() else { return };
    let Some(running) = guard.as_mut() else { return };
    let (terminal, every) = match stderr().is_terminal() {
        true => (true, Duration::from_secs(1)),
        false => (false, Duration::from_secs(60)),
    };
    if elapsed < running.shown + every {
        return;
    }
    running.shown = elapsed;
    let doing: String = doing().chars().filter(|c| !c.is_control()).take(60).collect();
    if terminal {
        eprint!("\r\x1b[K{} {} {doing}", running.label, time(elapsed));
    } else {
        eprint!("\n      {} so far: {doing}\n{}", time(elapsed), running.label);
    }
    stderr().flush().unwrap_or_default();
}

fn set(running: Option<Running>) {
    if let Ok(mut guard) = RUNNING.lock() {
        *guard = running;
    }
}

pub fn time(elapsed: Duration) -> String {
    match elapsed.as_secs() {
        0..60 => format!("{:.1}s", elapsed.as_secs_f64()),
        seconds => format!("{}m{:02}s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_ok() {
        assert_eq!(time(Duration::from_millis(210)), "0.2s");
        assert_eq!(time(Duration::from_secs(59)), "59.0s");
        assert_eq!(time(Duration::from_secs(125)), "2m05s");
    }
}

//! Log lines on stderr: for people on a terminal, JSON everywhere else.

use std::{
    env,
    io::{stderr, IsTerminal},
};

use tracing_subscriber::{fmt, EnvFilter};

use crate::ServiceError;

/// Where the filter comes from, the first that is set.
const VARIABLES: [&str; 2] = ["GESIM_LOG", "RUST_LOG"];

/// Sets the process's logging up, once. Without a variable only what `default` lets through is written.
pub fn start(default: &str) -> Result<(), ServiceError> {
    let filter = filter(default, |name| env::var(name).ok())?;
    let lines = fmt().with_env_filter(filter).with_writer(stderr);
    let started = match stderr().is_terminal() {
        true => lines.with_target(false).try_init(),
        false => lines.json().flatten_event(true).with_ansi(false).try_init(),
    };
    started.map_err(|_| ServiceError::LoggingTwice)
}

/// A filter that is wrong is an error: a typo must not silence a daemon.
pub fn filter(default: &str, variable: impl Fn(&str) -> Option<String>) -> Result<EnvFilter, ServiceError> {
    let found = VARIABLES.into_iter().find_map(|name| Some((name, variable(name).filter(|text| !text.is_empty())?)));
    let (variable, text) = found.unwrap_or(("the default", default.to_owned()));
    EnvFilter::try_new(&text).map_err(|error| ServiceError::Filter { variable, reason: error.to_string() })
}

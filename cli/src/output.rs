//! Data goes to stdout, in one of three forms made from one struct.

use std::{
    fmt::Display,
    io::{self, IsTerminal, Write},
};

use anyhow::{anyhow, Result};
use clap::ValueEnum;
use serde::{Serialize, Serializer};

pub const SCHEMA_VERSION: u32 = 1;

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Display,
    Json,
    JsonCompact,
}

impl Mode {
    pub fn parse(text: &str) -> Result<Self> {
        <Self as ValueEnum>::from_str(text, false)
            .map_err(|_| anyhow!("`{text}` is none of display, json, json-compact"))
    }

    pub fn is_json(self) -> bool {
        self != Self::Display
    }
}

impl Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Display => "display",
            Self::Json => "json",
            Self::JsonCompact => "json-compact",
        })
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub mode: Mode,
    pub quiet: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Versioned<'a, T> {
    schema_version: u32,
    #[serde(flatten)]
    body: &'a T,
}

impl Output {
    /// Writes one result.
    pub fn emit<T: Serialize + Display>(&self, body: &T) -> Result<()> {
        let versioned = Versioned { schema_version: SCHEMA_VERSION, body };
        let text = match self.mode {
            Mode::Display => body.to_string(),
            Mode::Json => serde_json::to_string_pretty(&versioned)?,
            Mode::JsonCompact => serde_json::to_string(&versioned)?,
        };
        write_line(&text)
    }

    /// A remark for people on stderr.
    pub fn remark(&self, text: impl Display) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }
}

/// Writes to stdout; a reader that has gone away is not an error.
pub fn write_line(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    let written = writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Whether stderr takes colours and moving bars.
pub fn is_fancy() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Serialises anything that can be written as text: addresses, and integers a JavaScript reader would round.
pub fn as_text<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

/// [`as_text`] for something that may not be there.
pub fn as_opt_text<T: Display, S: Serializer>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.collect_str(value),
        None => to.serialize_none(),
    }
}

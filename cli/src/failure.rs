//! Errors as people and scripts read them, and the exit code that goes with each.

use std::{fmt, process::ExitCode};

use anyhow::{Error, Result};
use gesim_client::ClientError;
use gesim_fleet::FleetError;
use gesim_lpa::Rule;
use serde::Serialize;

use crate::output::{Mode, SCHEMA_VERSION};

const FAILED: u8 = 1;
const NETWORK: u8 = 3;
const SIGNER: u8 = 4;
const DECLINED: u8 = 5;

/// An error with something to do about it.
#[derive(Debug)]
struct Hinted {
    error: Error,
    hint: String,
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)
    }
}

impl std::error::Error for Hinted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let error: &(dyn std::error::Error + 'static) = self.error.as_ref();
        error.source()
    }
}

/// The signer cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SignerFailure(pub String);

pub trait Hint {
    type Out;
    fn hint(self, hint: impl Into<String>) -> Self::Out;
}

impl Hint for Error {
    type Out = Error;

    fn hint(self, hint: impl Into<String>) -> Error {
        Error::new(Hinted { error: self, hint: hint.into() })
    }
}

impl<T> Hint for Result<T> {
    type Out = Self;

    fn hint(self, hint: impl Into<String>) -> Self {
        self.map_err(|error| error.hint(hint))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    schema_version: u32,
    error: Body,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    message: String,
    causes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<Program>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
    exit_code: u8,
}

#[derive(Serialize)]
struct Program {
    name: String,
    code: u32,
    error: Option<String>,
}

/// Writes the error to stderr and returns the exit code.
pub fn report(error: &Error, mode: Mode) -> ExitCode {
    let body = body(error);
    let code = body.exit_code;
    if mode.is_json() {
        let report = Report { schema_version: SCHEMA_VERSION, error: body };
        // Serialising strings and integers cannot fail.
        eprintln!("{}", serde_json::to_string(&report).unwrap_or_default());
    } else {
        eprintln!("Error: {}", body.message);
        if !body.causes.is_empty() {
            eprintln!("Caused by:");
            body.causes.iter().for_each(|cause| eprintln!("  {cause}"));
        }
        if let Some(log) = body.log {
            eprintln!("Log: {log}");
        }
        if let Some(hint) = body.hint {
            eprintln!("Hint: {hint}");
        }
    }
    ExitCode::from(code)
}

fn body(error: &Error) -> Body {
    let client = find::<ClientError>(error);
    let refusal = client.and_then(|error| match error {
        ClientError::Refused(refusal) => Some(refusal),
        _ => None,
    });
    let program = refusal.and_then(|refusal| refusal.program.as_ref());
    let mut causes: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
    causes.dedup();
    Body {
        message: error.to_string(),
        causes,
        hint: find_hint(error).or_else(|| client.and_then(ClientError::hint)),
        program: program.map(|p| Program { name: p.program.clone(), code: p.code, error: p.name.clone() }),
        log: refusal.and_then(|refusal| refusal.log.clone()),
        exit_code: exit_code(error),
    }
}

fn exit_code(error: &Error) -> u8 {
    if find::<SignerFailure>(error).is_some() {
        return SIGNER;
    }
    if find::<FleetError>(error).is_some_and(FleetError::is_temporary) {
        return NETWORK;
    }
    // An SM-DP+, or a registrar.
    let server = find::<Rule>(error).is_some_and(Rule::is_temporary);
    if server || find::<reqwest::Error>(error).is_some_and(|error| error.is_connect() || error.is_timeout()) {
        return NETWORK;
    }
    match find::<ClientError>(error) {
        Some(ClientError::Network { .. } | ClientError::Expired { .. }) => NETWORK,
        Some(ClientError::Signer(_)) => SIGNER,
        Some(ClientError::Declined) => DECLINED,
        _ => FAILED,
    }
}

/// Looks through contexts and hints.
fn find<T: std::error::Error + Send + Sync + 'static>(error: &Error) -> Option<&T> {
    if let Some(found) = error.downcast_ref::<T>() {
        return Some(found);
    }
    if let Some(found) = error.chain().find_map(|cause| cause.downcast_ref::<T>()) {
        return Some(found);
    }
    let hinted = error.chain().find_map(|cause| cause.downcast_ref::<Hinted>());
    hinted.and_then(|hinted| find(&hinted.error))
}

fn find_hint(error: &Error) -> Option<String> {
    error.chain().find_map(|cause| cause.downcast_ref::<Hinted>()).map(|hinted| hinted.hint.clone())
}

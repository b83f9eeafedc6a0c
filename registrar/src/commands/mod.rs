//! The subcommands, and what they share.

pub mod init;
pub mod revoke;
pub mod rotate;
pub mod serve;
pub mod status;

use std::{fmt::Display, thread::sleep, time::Duration};

use anyhow::{Context, Result};
use gesim_registrar::{
    config::Config,
    service::{system_clock, Step},
    store::Store,
    LeafChain, Registrar,
};
use serde::Serialize;

use crate::Output;

/// How often a command tries again when the chain is away.
const ATTEMPTS: u32 = 5;

/// The registrar of the configuration, on its database.
fn open(config: &Config) -> Result<Registrar> {
    let clock = system_clock();
    let store = Store::open(&config.database())?;
    Ok(Registrar::new(store, config.tag_key()?, config.server(clock())?, config.policy()?, clock)?)
}

/// Tells the chain everything that waits.
fn settle(registrar: &Registrar, chain: &dyn LeafChain) -> Result<()> {
    let mut failures = 0;
    loop {
        match registrar.step(chain) {
            Ok(Step::Idle) => return Ok(()),
            Ok(_) => failures = 0,
            Err(error) => {
                failures += 1;
                if failures >= ATTEMPTS {
                    return Err(error).context("the change is kept and made when the chain answers");
                }
                sleep(Duration::from_secs(1) * failures);
            }
        }
    }
}

/// Results go to stdout, as text or as one JSON object.
fn write<T: Serialize + Display>(result: &T, output: Output) -> Result<()> {
    match output {
        Output::Display => print!("{result}"),
        Output::Json => {
            let mut value = serde_json::to_value(result)?;
            if let Some(object) = value.as_object_mut() {
                object.insert("schemaVersion".into(), 1.into());
            }
            println!("{value}");
        }
    }
    Ok(())
}

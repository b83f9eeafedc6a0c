//! `gesim`: from a billing file to a paid operator.

mod amount;
mod cli;
mod commands;
mod config;
mod context;
mod days;
mod demo;
mod failure;
mod files;
mod identity;
mod ingest;
mod keys;
mod migrate;
mod month;
mod output;
mod parse;
mod pipeline;
mod private;
mod progress;
mod signals;
mod signer;

use std::process::ExitCode;

use clap::Parser;

use cli::Cli;
use config::Settings;
use context::Context;
use output::{Mode, Output};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let quiet = cli.global.quiet;
    let asked = cli.global.output;
    let settings = match Settings::load(&cli.global) {
        Ok(settings) => settings,
        Err(error) => return failure::report(&error, asked.unwrap_or(Mode::Display)),
    };
    let mode = settings.output.value;
    let context = Context::new(settings, Output { mode, quiet }, cli.global);
    match cli.command.run(&context) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&error, mode),
    }
}

//! The front door of the tree: `cargo xtask <command>`.

mod context;
mod lock;
mod process;
mod programs;
mod progress;
mod sbf;
mod stamp;
mod system;

use anyhow::Result;
use clap::{Parser, Subcommand};
use context::Context;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set-up, builds, tests and the demo of GeSIM")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the on-chain programs to target/deploy
    Programs {
        /// catalog, escrow, settlement; all without a name
        names: Vec<String>,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match Context::find().and_then(|context| run(&context, cli.command)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            progress::report("cargo xtask", &error, "");
            ExitCode::FAILURE
        }
    }
}

fn run(context: &Context, command: Command) -> Result<bool> {
    match command {
        Command::Programs { names } => {
            let names: Vec<&str> = match names.is_empty() {
                true => programs::PROGRAMS.to_vec(),
                false => names.iter().map(String::as_str).collect(),
            };
            let built = programs::build(context, &names)?;
            for name in names {
                let state = if built.iter().any(|b| b == name) { "built" } else { "fresh" };
                eprintln!("{name}: {state}, {}", context.deployed(name).display());
            }
            Ok(true)
        }
    }
}

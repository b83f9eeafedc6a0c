//! The front door of the tree: `cargo xtask <command>`.

mod circomspect;
mod circuits;
mod context;
mod doctor;
mod host;
mod idl;
mod lock;
mod plan;
mod process;
mod programs;
mod progress;
mod sbf;
mod stamp;
mod system;
mod tool;

use anyhow::Result;
use clap::{Parser, Subcommand};
use context::Context;
use std::process::ExitCode;

/// Set-up, builds, tests and the demo of GeSIM. Every step is kept in $GESIM_CACHE (~/.cache/gesim) and taken again
/// only when something it depends on has changed.
#[derive(Parser)]
#[command(name = "cargo xtask", after_help = "Example: cargo xtask demo")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install and build everything
    Setup,
    /// Set up, then run `gesim demo`
    #[command(after_help = "Example: cargo xtask demo --tap <file>")]
    Demo {
        /// Passed on to `gesim demo`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Set up, check format, lints and generated files, run all tests
    #[command(after_help = "Example: cargo xtask test -- settlement")]
    Test {
        /// Passed on to `cargo test --workspace`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Say what is there and what is missing
    Doctor,
    /// Build on-chain programs to target/deploy
    #[command(after_help = "Example: cargo xtask programs escrow")]
    Programs {
        /// All of them without a name
        names: Vec<String>,
    },
    /// Make circuits and keys, or pass arguments on to `gesim-circuits`
    #[command(after_help = "Example: cargo xtask circuits keys usage_small")]
    Circuits {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Write idl/<program>.json
    Idl {
        /// Fail when a committed file differs, write nothing
        #[arg(long)]
        check: bool,
    },
    /// Check format and lints
    Lint,
    /// Measure; arguments go to `gesim bench`
    Bench {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match Context::find().and_then(|context| run(&context, cli.command)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            progress::report("the command failed", &error, "");
            ExitCode::FAILURE
        }
    }
}

fn run(context: &Context, command: Command) -> Result<bool> {
    match command {
        Command::Setup => Ok(plan::setup(context)),
        Command::Demo { arguments } => plan::demo(context, &arguments),
        Command::Test { arguments } => plan::test(context, &arguments),
        Command::Doctor => doctor::run(context),
        Command::Programs { names } => programs::command(context, &names),
        Command::Circuits { arguments } if arguments.is_empty() => Ok(progress::run(context, &[plan::CIRCUITS])),
        Command::Circuits { arguments } => circuits::pass_on(context, &arguments).map(|()| true),
        Command::Idl { check } => Ok(progress::run(context, &[if check { plan::IDL_CHECK } else { plan::IDL }])),
        Command::Lint => Ok(plan::lint(context)),
        Command::Bench { arguments } => plan::bench(context, &arguments),
    }
}

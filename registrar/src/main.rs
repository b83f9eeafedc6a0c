//! Enrols eUICCs in a registrar's tree on-chain.

mod commands;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand, ValueEnum};
use gesim_registrar::RegistrarError;

/// Enrols eUICCs: checks their signatures and puts their eidTags into the registrar's tree on-chain
#[derive(Parser, Debug)]
#[command(
    name = "gesim-registrar",
    version,
    after_help = "Examples:\n  gesim-registrar --config registrar.toml init     once: key, database, accounts on-chain\n  gesim-registrar --config registrar.toml serve\n  gesim-registrar --config registrar.toml revoke --index 17"
)]
struct Cli {
    /// Configuration file
    #[arg(long, global = true, default_value = "registrar.toml", env = "GESIM_REGISTRAR_CONFIG", value_name = "FILE")]
    config: PathBuf,
    /// How results are written
    #[arg(long, global = true, value_enum, default_value_t = Output::Display)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Output {
    Display,
    Json,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Make the key file, the database and the registrar's accounts; writes an example configuration if there is none
    Init,
    /// Answer devices until SIGTERM
    Serve(commands::serve::ServeArgs),
    /// Take a leaf out of the tree
    Revoke(commands::revoke::RevokeArgs),
    /// Begin a new tree for a new key of eidTags, the one that the configuration names by then
    RotateEpoch(commands::rotate::RotateArgs),
    /// What the database and the chain have
    Status,
    /// Write the leaves to stdout, one JSON object a line, without salts
    Export,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.command {
        Command::Init => commands::init::run(&cli.config, cli.output),
        Command::Serve(args) => args.run(&cli.config, cli.output),
        Command::Revoke(args) => args.run(&cli.config, cli.output),
        Command::RotateEpoch(args) => args.run(&cli.config, cli.output),
        Command::Status => commands::status::run(&cli.config, cli.output),
        Command::Export => commands::status::export(&cli.config),
    };
    let Err(error) = done else { return ExitCode::SUCCESS };
    let hint = error.downcast_ref::<RegistrarError>().and_then(RegistrarError::hint);
    if cli.output == Output::Json {
        let body =
            serde_json::json!({ "schemaVersion": 1, "error": { "message": format!("{error:#}"), "hint": hint } });
        eprintln!("{body}");
    } else {
        eprintln!("Error: {error:#}");
        if let Some(hint) = hint {
            eprintln!("Hint: {hint}");
        }
    }
    ExitCode::FAILURE
}

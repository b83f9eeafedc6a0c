use anyhow::Result;
use clap::{Parser, Subcommand};
use gesim_circuits::{cache::Cache, ceremony, check, circuit, dev, manifest::Manifest, setup, tree::Tree};

/// Compiles GeSIM's circuits, makes their keys and keeps the generated files true.
#[derive(Parser)]
#[command(version, after_help = "Example: gesim-circuits setup usage_small")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the artifacts that are missing: compiler, r1cs, witness program, proving and verifying key.
    Setup { names: Vec<String> },
    /// Check that sources, manifest, artifacts and generated verifying keys belong together.
    Check,
    /// Make what is missing, then write the manifest and the verifying keys of gesim-verifier.
    Keys { names: Vec<String> },
    /// Phase 2 of a real setup; keys without a commitment are in snarkjs' file formats.
    #[command(subcommand)]
    Ceremony(ceremony::Ceremony),
}

fn main() -> Result<()> {
    let cache = Cache::from_env()?;
    match Cli::parse().command {
        Command::Setup { names } => {
            let committed = Manifest::read(circuit::folder())?;
            for name in circuit::select(&names)? {
                let entry = setup::setup(&cache, name, &committed)?;
                eprintln!("{name}: {} constraints, {} setup, {}", entry.constraints, entry.setup, entry.dir);
                if entry.setup == dev::LABEL {
                    eprintln!("{name}: development keys, anyone can forge proofs under them");
                }
                if committed.circuits.get(name) != Some(&entry) {
                    eprintln!("{name}: not what is committed\nHint: run `gesim-circuits keys` and commit");
                }
            }
        }
        Command::Check => {
            check::all(&cache, &Tree::this())?;
            eprintln!("circuits, keys and artifacts belong together");
        }
        Command::Keys { names } => {
            let changed = check::write_keys(&cache, &Tree::this(), &circuit::select(&names)?)?;
            eprintln!("{}", if changed.is_empty() { "nothing changed".to_owned() } else { changed.join("\n") });
        }
        Command::Ceremony(command) => ceremony::run(command, &cache)?,
    }
    Ok(())
}

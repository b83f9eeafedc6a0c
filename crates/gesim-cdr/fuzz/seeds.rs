//! Writes small generated files as seeds: `cargo run --example seeds -- corpus/tap`.

use std::{env, fs, path::PathBuf};

use gesim_cdr::generate::{generate, Options, Shares};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "corpus/tap".into()));
    fs::create_dir_all(&folder)?;
    for seed in 0..40 {
        let mut options = Options::new(1 + seed % 4, seed, "DEUD1".parse()?, "GBRCN".parse()?);
        options.indefinite = seed % 2 == 1;
        if seed % 4 > 1 {
            options.shares = Shares { data: 100, calls_out: 100, calls_in: 50, messages_out: 50, messages_in: 50 };
        }
        generate(&options, fs::File::create(folder.join(format!("seed-{seed}")))?)?;
    }
    Ok(())
}

//! Measures the prover: `cargo run -p gesim-prover --example measure -- large 3`.

use std::error::Error;

use gesim_core::layout::CircuitSize;
use gesim_prover::{bench, Artifacts};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let size = match args.next().as_deref() {
        None | Some("small") => CircuitSize::Small,
        Some("large") => CircuitSize::Large,
        Some(other) => return Err(format!("{other} is neither small nor large").into()),
    };
    let chunks = args.next().map_or(Ok(2), |text| text.parse())?;
    let report = bench::run(&Artifacts::standard()?, size, chunks)?;
    println!("{report:#.3?}");
    Ok(())
}

//! Times the transforms of a domain: `cargo run --example fft -p gesim-groth16 -- 18`.

use std::time::Instant;

use gesim_groth16::{
    fft::{Buffers, Domain},
    Fr,
};

fn main() {
    let log2 = std::env::args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(18);
    let values: Vec<Fr> = (0..1u64 << log2).map(|i| Fr::from(i) * Fr::from(u64::MAX)).collect();
    for (name, domain) in [("lanes", Domain::new(log2)), ("arkworks", Domain::portable(log2))] {
        for _ in 0..5 {
            let mut buffers = Buffers::new(&domain, &[&values], &[&values]);
            let start = Instant::now();
            domain.quotient(&mut buffers);
            println!("{name}: 2^{log2} in {:?}", start.elapsed());
        }
    }
}

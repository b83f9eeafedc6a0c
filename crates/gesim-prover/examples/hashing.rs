//! Records hashed a second on one core, eight at a time where the CPU can, beside one by one:
//! `cargo run -p gesim-prover --example hashing`.

use std::{hint::black_box, time::Instant};

use gesim_core::{digest::sha256_field, layout::CircuitSize, Lane};
use gesim_prover::{
    chunk::HashedChunk,
    poseidon::{from_bytes, hash, hash_many},
    ProverRecord,
};

fn seconds(mut run: impl FnMut()) -> f64 {
    let mut once = || {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..5).map(|_| once()).fold(f64::MAX, f64::min)
}

fn main() {
    let digest = |n: u64| sha256_field(&[&n.to_le_bytes()]);
    macro_rules! width {
        ($n:literal) => {
            let inputs: Vec<[_; $n]> = (0..1_000u64)
                .map(|i| std::array::from_fn(|j| from_bytes(&digest(i * 16 + j as u64)).expect("248 bits")))
                .collect();
            let many = seconds(|| drop(black_box(hash_many(black_box(&inputs)))));
            let each = seconds(|| drop(black_box(inputs.iter().map(|inputs| hash(inputs)).collect::<Vec<_>>())));
            println!("{:>2} inputs: {:.2} us a hash, {:.2} us one by one", $n, many * 1e3, each * 1e3);
        };
    }
    width!(3);
    width!(7);
    width!(15);
    width!(16);
    let size = CircuitSize::Large;
    let records: Vec<_> = (0..size.records() as u64)
        .map(|n| ProverRecord { lane: Lane::Data, value: n, record_id: digest(n), meta_digest: digest(!n) })
        .collect();
    let salts: Vec<_> = records.iter().map(|record| from_bytes(&record.record_id).expect("248 bits")).collect();
    let chunk = seconds(|| drop(black_box(HashedChunk::new(size, Lane::Data, black_box(&records), &salts))));
    println!("a chunk of {} records: {:.0} a second on all cores", records.len(), records.len() as f64 / chunk);
}

//! Nanoseconds a multiplication, eight lanes beside arkworks' scalar code:
//! `cargo run -p gesim-groth16 --example field`.

use ark_ff::{Field, PrimeField};
use gesim_groth16::Fq;
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: usize = 200_000;
/// Independent chains, so that throughput is measured and not latency.
const CHAINS: usize = 8;

fn nanoseconds(multiplications: usize, mut run: impl FnMut()) -> f64 {
    let once = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64() * 1e9 / multiplications as f64
    };
    (0..7).map(|_| once(&mut run)).fold(f64::MAX, f64::min)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512ifma")]
fn eight_lanes(seed: Fq, square: bool) -> Fq {
    use gesim_groth16::simd::Fq8;
    let mut x = [Fq8::all(seed); CHAINS];
    let y = Fq8::all(seed);
    for _ in 0..ROUNDS {
        for x in &mut x {
            *x = if square { x.sqr() } else { x.mul(y) };
        }
    }
    x[0].store()[0]
}

fn scalar(seed: Fq, square: bool) -> Fq {
    let mut x = [seed; CHAINS];
    for _ in 0..ROUNDS {
        for x in &mut x {
            *x = if square { x.square() } else { *x * seed };
        }
    }
    x[0]
}

fn main() {
    let seed = -Fq::from_be_bytes_mod_order(&[7; 32]);
    for square in [false, true] {
        let name = if square { "square" } else { "multiply" };
        let ns = nanoseconds(ROUNDS * CHAINS, || {
            black_box(scalar(black_box(seed), square));
        });
        println!("{name}: arkworks {ns:.2} ns");
        #[cfg(target_arch = "x86_64")]
        if gesim_groth16::simd::available() {
            // SAFETY: the CPU has the features.
            let run = || unsafe {
                black_box(eight_lanes(black_box(seed), square));
            };
            println!("{name}: eight lanes {:.2} ns a lane", nanoseconds(ROUNDS * CHAINS * 8, run));
        }
    }
}

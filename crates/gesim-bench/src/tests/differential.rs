//! 10,000 proofs, whole and broken, under four verifiers: this project's single proof and batch of one on the host,
//! arkworks, and the program on the SVM. Each case has its own verdict from each, and all must agree; the host's batch and
//! the program on the reason too.

mod broken;
mod kinds;

use std::thread;

use gesim_verifier::sample::{CommittedSample, Sample};
use rand_chacha::{
    rand_core::{RngCore, SeedableRng},
    ChaCha20Rng,
};
use verify_bench::{refused, ANSWERS};

use crate::chain::Chain;
use broken::{breakage, Breakage};
use kinds::Kind;

/// Cases of each kind, and the most of one transaction (1.4M units).
const COMMITTED_CASES: u64 = 7_000;
const PLAIN_CASES: u64 = 3_000;
const GROUP: usize = 10;
/// Different whole proofs that cases start from.
const PROOFS: usize = 100;
/// Of the whole run; GESIM_SEED sets another one.
const SEED: u64 = 20_261_122;

fn seed() -> u64 {
    std::env::var("GESIM_SEED").map_or(SEED, |text| text.parse().expect("GESIM_SEED is a number"))
}

/// One proof and what was done to it.
struct Case {
    number: u64,
    breakage: Breakage,
    bytes: Vec<u8>,
    input: [u8; 32],
}

impl Case {
    /// A case is made from the seed and its number alone, so that any can be run again.
    fn new<K: Kind>(kind: &K, number: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed().wrapping_mul(1 << 20) + number);
        let at = rng.next_u64() as usize % PROOFS;
        let (mut bytes, mut input) = kind.whole(at);
        let breakage = breakage(&mut rng);
        breakage.apply(kind, at, &mut bytes, &mut input, &mut rng);
        Self { number, breakage, bytes, input }
    }
}

/// How many of a run's cases were accepted.
fn run<K: Kind>(kind: &K, cases: u64) -> u64 {
    let threads = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    thread::scope(|scope| {
        let work = |part: u64| {
            let mut chain = Chain::new(kind.key()).unwrap();
            let numbers: Vec<u64> = (part..cases).step_by(threads as usize).collect();
            numbers.chunks(GROUP).map(|numbers| group(kind, &mut chain, numbers)).sum::<u64>()
        };
        let parts: Vec<_> = (0..threads).map(|part| scope.spawn(move || work(part))).collect();
        parts.into_iter().map(|part| part.join().unwrap()).sum()
    })
}

fn group<K: Kind>(kind: &K, chain: &mut Chain, numbers: &[u64]) -> u64 {
    let cases: Vec<Case> = numbers.iter().map(|number| Case::new(kind, *number)).collect();
    let inputs: Vec<_> = cases.iter().map(|case| case.input).collect();
    let done = chain.send(K::OFFSET + ANSWERS, [inputs.concat(), K::join(&cases)].concat()).unwrap();
    // The runtime cuts zeros off the end of return data.
    let mut answers = done.return_data;
    answers.resize(cases.len(), 0);
    let mut accepted = 0;
    for (case, answer) in cases.iter().zip(answers) {
        let Case { number, breakage, bytes, input } = case;
        let batch = kind.batch_of_one(bytes, input);
        let single = kind.single(bytes, input);
        let ark = kind.arkworks(bytes, input);
        let name = format!("{} case {number} of seed {} ({breakage:?})", K::NAME, seed());
        assert_eq!(
            answer,
            batch.map_or_else(refused, |()| 0),
            "{name}: the chain answers {answer}, the host {batch:?}"
        );
        assert_eq!(batch.is_ok(), single, "{name}: single {single}, batch {batch:?}");
        assert_eq!(single, ark, "{name}: host {single}, arkworks {ark}");
        assert_eq!(single, breakage.expected(), "{name}");
        accepted += u64::from(single);
    }
    accepted
}

/// A run in which nothing, or everything, is accepted compares nothing.
fn expect_both(accepted: u64, cases: u64) {
    println!("{accepted} of {cases} accepted");
    assert!(accepted * 10 > cases && accepted * 2 < cases, "{accepted} of {cases}");
}

#[test]
fn committed_verifiers_agree_ok() {
    expect_both(run(&CommittedSample::new(21, PROOFS), COMMITTED_CASES), COMMITTED_CASES);
}

#[test]
fn plain_verifiers_agree_ok() {
    expect_both(run(&Sample::new(21, PROOFS).unwrap(), PLAIN_CASES), PLAIN_CASES);
}

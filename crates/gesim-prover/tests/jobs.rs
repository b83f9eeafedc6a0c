//! Jobs: what a worker far from the batch is given, and what it refuses.

mod common;

use std::sync::LazyLock;

use common::{Folder, PROVER};
use gesim_core::{layout::VALUE_LIMIT, Lane};
use gesim_prover::{verify_usage, Batch, ChunkInput, ProverError};
use proptest::prelude::*;

const COUNTS: [(Lane, u64); 3] = [(Lane::Data, 211), (Lane::SmsMo, 1), (Lane::Other, 106)];

struct World {
    _folder: Folder,
    batch: Batch,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let folder = Folder::new();
    let batch = folder.small(&COUNTS);
    World { _folder: folder, batch }
});

fn job(index: u32) -> ChunkInput {
    WORLD.batch.chunk_input(index).unwrap()
}

#[test]
fn jobs_come_back_whole_ok() {
    for index in 0..4 {
        let job = job(index);
        let read = ChunkInput::decode(&job.encode()).unwrap();
        assert!(read == job);
        assert_eq!(read.statement().unwrap(), WORLD.batch.statement(index).unwrap());
    }
    assert!(matches!(WORLD.batch.chunk_input(4), Err(ProverError::NoSuchChunk { chunk: 4, chunks: 4 })));
}

#[test]
fn proof_of_a_decoded_job_is_the_batchs_own_ok() {
    let folder = Folder::new();
    let batch = folder.small(&COUNTS);
    let job = ChunkInput::decode(&batch.chunk_input(3).unwrap().encode()).unwrap();
    let (proof, _) = PROVER.prove_input(&job).unwrap();
    let x = batch.statement(3).unwrap().x;
    let wire = proof.wire();
    assert_eq!(verify_usage(job.size, &wire, &x).unwrap(), wire);
    // Another chunk's, a changed and a cut proof are not taken, and leave nothing.
    let (mut changed, mut other_pok) = (wire, wire);
    changed[70] ^= 1;
    other_pok[320..].copy_from_slice(&wire[256..320]);
    assert!(batch.accept_proof(2, &wire).is_err());
    assert!(batch.accept_proof(3, &changed).is_err());
    assert!(batch.accept_proof(3, &other_pok).is_err());
    for cut in [&wire[1..], &wire[..320], &[]] {
        assert!(batch.accept_proof(3, cut).is_err());
    }
    assert_eq!(batch.count_finished(), 0);
    assert_eq!(batch.accept_proof(3, &wire).unwrap(), proof);
    // A second proof, good or bad, does not take the first one's place.
    let (second, _) = PROVER.prove_input(&job).unwrap();
    assert_ne!(second.proof, proof.proof);
    assert_eq!(batch.accept_proof(3, &second.wire()).unwrap(), proof);
    assert_eq!(batch.accept_proof(3, &changed).unwrap(), proof);
}

#[test]
fn every_truncation_and_extension_fails() {
    let bytes = job(1).encode();
    for length in 0..bytes.len() {
        assert!(ChunkInput::decode(&bytes[..length]).is_err(), "{length} bytes");
    }
    assert!(ChunkInput::decode(&[&bytes[..], &[0]].concat()).is_err());
}

/// Every part is held by the root or by a range, but for totals and blindings: these are held by x.
#[test]
fn changed_parts_fails() {
    let change: [fn(&mut ChunkInput); 13] = [
        |job| job.index ^= 1,
        |job| job.index = 1_024,
        |job| job.lane = Lane::Content,
        |job| job.root[31] ^= 1,
        |job| job.ctx = [255; 32],
        |job| job.r_in = [255; 32],
        |job| job.path[9][31] ^= 1,
        |job| job.meta_roots[1][31] ^= 1,
        |job| job.meta_roots.truncate(1),
        |job| job.values[105] ^= 1,
        |job| job.values[0] = VALUE_LIMIT,
        |job| job.values.clear(),
        |job| job.before.lanes[0] = u64::MAX,
    ];
    for (number, change) in change.into_iter().enumerate() {
        let mut job = job(3);
        change(&mut job);
        assert!(matches!(job.check(), Err(ProverError::Job(_))), "change {number}");
    }
    let x = WORLD.batch.statement(3).unwrap().x;
    let change: [fn(&mut ChunkInput); 5] = [
        |job| job.before.lanes[0] -= 1,
        |job| job.before.records -= 1,
        |job| job.r_in[31] ^= 1,
        |job| job.r_out[31] ^= 1,
        |job| job.ctx[31] ^= 1,
    ];
    for (number, change) in change.into_iter().enumerate() {
        let mut job = job(3);
        change(&mut job);
        assert_ne!(job.statement().unwrap().x, x, "change {number}");
    }
}

proptest! {
    /// A flipped bit is refused, or leads to another statement: nothing else stands in a job.
    #[test]
    fn flipped_bits_never_prove_the_same_fails(index in 0u32..4, at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let job = job(index);
        let mut bytes = job.encode();
        *at.get_mut(&mut bytes) ^= 1 << bit;
        if let Ok(other) = ChunkInput::decode(&bytes) {
            prop_assert!(other != job);
            prop_assert_eq!(other.encode(), bytes);
            prop_assert_ne!(other.statement().unwrap().x, job.statement().unwrap().x);
        }
    }

    #[test]
    fn random_bytes_fails(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert!(ChunkInput::decode(&bytes).is_err());
        let bytes = [b"GSIMJOB1", &bytes[..]].concat();
        prop_assert!(ChunkInput::decode(&bytes).is_err());
    }
}

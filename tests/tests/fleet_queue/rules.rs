//! One function a rule.

use std::{
    thread,
    time::{Duration, Instant},
};

use gesim_fleet::{BatchEntry, Circuit, Completion, Counts, FleetError, Job, Lease, Limits, Queue, WorkerCard};

pub type Rule = fn(&dyn Queue);

pub const RULES: [(&str, Rule); 11] = [
    ("a_job_has_one_lease", a_job_has_one_lease),
    ("a_lost_lease_changes_nothing", a_lost_lease_changes_nothing),
    ("heartbeats_keep_a_lease", heartbeats_keep_a_lease),
    ("results_come_twice", results_come_twice),
    ("failures_rest_then_poison", failures_rest_then_poison),
    ("lost_leases_poison", lost_leases_poison),
    ("refused_proofs_count", refused_proofs_count),
    ("keys_are_pinned", keys_are_pinned),
    ("given_back_at_once", given_back_at_once),
    ("putting_twice_is_harmless", putting_twice_is_harmless),
    ("status_adds_up", status_adds_up),
];

const LONG: Duration = Duration::from_secs(3_600);
const SHORT: Duration = Duration::from_millis(200);

pub fn batch(key: u8) -> BatchEntry {
    let circuit = Circuit { name: "usage_small".into(), fingerprint: [key; 32] };
    BatchEntry { ctx: [key; 32], circuit, chunks: 100, records: 21_000, limits: Limits::default() }
}

pub fn job(key: u8, index: u32) -> Job {
    Job { ctx: [key; 32], index, records: 210, x: [index as u8; 32], input: vec![index as u8; 300].into() }
}

pub fn card(circuit: &str, key: u8) -> WorkerCard {
    let circuit = Circuit { name: circuit.into(), fingerprint: [key; 32] };
    WorkerCard::new(format!("worker of {}", circuit.name), vec![circuit], LONG)
}

pub fn put(queue: &dyn Queue, batch: &BatchEntry, jobs: u32) {
    queue.open_batch(batch).unwrap();
    (0..jobs).for_each(|index| queue.put(&job(batch.ctx[0], index)).unwrap());
}

fn with_limits(failures: u32, expiries: u32) -> BatchEntry {
    BatchEntry { limits: Limits { failures, expiries }, ..batch(1) }
}

fn enlisted(queue: &dyn Queue, lease: Duration) -> WorkerCard {
    let card = WorkerCard { lease, ..card("usage_small", 1) };
    queue.enlist(&card).unwrap();
    card
}

/// Waits for a job that rests or whose lease runs out.
fn next(queue: &dyn Queue, worker: &WorkerCard) -> Lease {
    let began = Instant::now();
    loop {
        if let Some(lease) = queue.lease(worker).unwrap() {
            return lease;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "no job came");
        thread::sleep(Duration::from_millis(20));
    }
}

fn a_job_has_one_lease(queue: &dyn Queue) {
    put(queue, &batch(1), 2);
    let (one, two) = (enlisted(queue, LONG), enlisted(queue, LONG));
    let first = queue.lease(&one).unwrap().unwrap();
    let second = queue.lease(&two).unwrap().unwrap();
    assert!(first.job == job(1, 0) && second.job == job(1, 1));
    assert_eq!(first.circuit, batch(1).circuit);
    assert_ne!(first.token, second.token);
    assert!(queue.lease(&one).unwrap().is_none() && queue.lease(&two).unwrap().is_none());
    let stranger = card("usage_small", 1);
    assert!(matches!(queue.lease(&stranger), Err(FleetError::UnknownWorker)));
}

fn a_lost_lease_changes_nothing(queue: &dyn Queue) {
    put(queue, &batch(1), 1);
    let (slow, other) = (enlisted(queue, SHORT), enlisted(queue, LONG));
    let lost = queue.lease(&slow).unwrap().unwrap();
    let taken = next(queue, &other);
    assert!(taken.job == lost.job && taken.token != lost.token);
    assert_eq!(queue.complete(&lost.token, &[1; 256]).unwrap(), Completion::Stale);
    assert_eq!(queue.fail(&lost.token, "late").unwrap(), Completion::Stale);
    assert_eq!(queue.release(&lost.token).unwrap(), Completion::Stale);
    assert_eq!(queue.renew(&slow, &[lost.token, taken.token]).unwrap(), Vec::<[u8; 16]>::new());
    assert_eq!(queue.counts(&[1; 32]).unwrap(), Counts { leased: 1, ..Counts::default() });
    assert_eq!(queue.complete(&taken.token, &[2; 256]).unwrap(), Completion::Taken);
    // Later than late: the proof that is there stays.
    assert_eq!(queue.complete(&lost.token, &[1; 256]).unwrap(), Completion::Stale);
    assert_eq!(queue.proven(&[1; 32], 9).unwrap()[0].proof, [2; 256]);
}

fn heartbeats_keep_a_lease(queue: &dyn Queue) {
    put(queue, &batch(1), 1);
    let (slow, other) = (enlisted(queue, Duration::from_secs(4)), enlisted(queue, LONG));
    let lease = queue.lease(&slow).unwrap().unwrap();
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(6) {
        assert_eq!(queue.renew(&slow, &[lease.token]).unwrap(), [lease.token]);
        assert!(queue.lease(&other).unwrap().is_none());
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(queue.complete(&lease.token, &[1; 256]).unwrap(), Completion::Taken);
}

fn results_come_twice(queue: &dyn Queue) {
    put(queue, &batch(1), 1);
    let worker = enlisted(queue, LONG);
    let lease = queue.lease(&worker).unwrap().unwrap();
    for proof in [[1; 256], [1; 256], [2; 256]] {
        assert_eq!(queue.complete(&lease.token, &proof).unwrap(), Completion::Taken);
    }
    let proven = queue.proven(&[1; 32], 9).unwrap();
    assert_eq!((proven.len(), &proven[0].proof[..], proven[0].index), (1, &[1; 256][..], 0));
    assert_eq!(queue.fail(&lease.token, "changed my mind").unwrap(), Completion::Stale);
    for _ in 0..2 {
        queue.accept(&[1; 32], 0).unwrap();
        assert_eq!(queue.counts(&[1; 32]).unwrap(), Counts { accepted: 1, ..Counts::default() });
    }
    assert_eq!(queue.complete(&lease.token, &[2; 256]).unwrap(), Completion::Taken);
    assert_eq!(queue.reject(&[1; 32], &proven[0], "too late").unwrap(), Completion::Stale);
    assert_eq!(queue.counts(&[1; 32]).unwrap(), Counts { accepted: 1, ..Counts::default() });
    assert!(queue.proven(&[1; 32], 9).unwrap().is_empty());
    assert_eq!(queue.status().unwrap().workers[0].chunks, 1);
}

fn failures_rest_then_poison(queue: &dyn Queue) {
    put(queue, &with_limits(2, 9), 2);
    let worker = enlisted(queue, LONG);
    let bad = queue.lease(&worker).unwrap().unwrap();
    assert_eq!(queue.fail(&bad.token, "first").unwrap(), Completion::Taken);
    // It rests: the other job comes first.
    let good = queue.lease(&worker).unwrap().unwrap();
    assert_eq!((bad.job.index, good.job.index), (0, 1));
    assert!(queue.lease(&worker).unwrap().is_none());
    let again = next(queue, &worker);
    assert_eq!(again.job.index, 0);
    assert_eq!(queue.fail(&again.token, "second").unwrap(), Completion::Taken);
    assert_eq!(queue.first_poisoned(&[1; 32]).unwrap(), Some((0, "second".into())));
    assert_eq!(queue.counts(&[1; 32]).unwrap(), Counts { poisoned: 1, leased: 1, ..Counts::default() });
    assert!(queue.lease(&worker).unwrap().is_none());
    assert_eq!(queue.retry(&[1; 32]).unwrap(), 1);
    assert_eq!(queue.retry(&[1; 32]).unwrap(), 0);
    assert!(queue.lease(&worker).unwrap().unwrap().job == job(1, 0));
}

fn lost_leases_poison(queue: &dyn Queue) {
    put(queue, &with_limits(9, 2), 1);
    let worker = enlisted(queue, SHORT);
    queue.lease(&worker).unwrap().unwrap();
    next(queue, &worker);
    let began = Instant::now();
    while queue.counts(&[1; 32]).unwrap().poisoned == 0 {
        assert!(queue.lease(&worker).unwrap().is_none());
        assert!(began.elapsed() < Duration::from_secs(60), "it is not set aside");
        thread::sleep(Duration::from_millis(20));
    }
    let (index, error) = queue.first_poisoned(&[1; 32]).unwrap().unwrap();
    assert_eq!((index, error), (0, format!("2 leases ran out, the last one of worker {}", worker.id)));
}

fn refused_proofs_count(queue: &dyn Queue) {
    put(queue, &with_limits(2, 9), 1);
    let worker = enlisted(queue, LONG);
    for round in 1..=2 {
        let lease = next(queue, &worker);
        queue.complete(&lease.token, &[round; 256]).unwrap();
        let bad = queue.proven(&[1; 32], 9).unwrap().remove(0);
        assert_eq!((bad.token, &bad.worker), (lease.token, &worker.id));
        let other = gesim_fleet::Proven { token: [0; 16], ..bad.clone() };
        assert_eq!(queue.reject(&[1; 32], &other, "bad").unwrap(), Completion::Stale);
        assert_eq!(queue.reject(&[1; 32], &bad, "bad").unwrap(), Completion::Taken);
        assert_eq!(queue.reject(&[1; 32], &bad, "bad").unwrap(), Completion::Stale);
        assert_eq!(queue.complete(&lease.token, &[9; 256]).unwrap(), Completion::Stale);
        assert_eq!(queue.status().unwrap().workers[0].rejected, u64::from(round));
    }
    assert_eq!(queue.first_poisoned(&[1; 32]).unwrap(), Some((0, "bad".into())));
}

fn keys_are_pinned(queue: &dyn Queue) {
    // One that came before the batch gets nothing, and is refused when it shows itself again.
    let early = card("usage_small", 9);
    queue.enlist(&early).unwrap();
    put(queue, &batch(1), 1);
    assert!(queue.lease(&early).unwrap().is_none());
    for wrong in [&early, &card("usage_small", 9)] {
        let Err(FleetError::Fingerprint { circuit, wanted, found }) = queue.enlist(wrong) else {
            panic!("another key was taken")
        };
        assert_eq!((circuit.as_str(), wanted, found), ("usage_small", "01".repeat(32), "09".repeat(32)));
    }
    // Another circuit is another matter; and with both batches in the queue both keys are wanted.
    let large = card("usage_large", 1);
    queue.enlist(&large).unwrap();
    assert!(queue.lease(&large).unwrap().is_none());
    put(queue, &batch(9), 1);
    queue.enlist(&early).unwrap();
    assert!(queue.lease(&early).unwrap().unwrap().job == job(9, 0));
    let right = enlisted(queue, LONG);
    assert!(queue.lease(&right).unwrap().unwrap().job == job(1, 0));
}

fn given_back_at_once(queue: &dyn Queue) {
    put(queue, &with_limits(1, 1), 2);
    let (one, two) = (enlisted(queue, LONG), enlisted(queue, LONG));
    for _ in 0..3 {
        let lease = queue.lease(&one).unwrap().unwrap();
        assert_eq!(lease.job.index, 0);
        assert_eq!(queue.release(&lease.token).unwrap(), Completion::Taken);
        assert_eq!(queue.release(&lease.token).unwrap(), Completion::Stale);
    }
    queue.lease(&one).unwrap().unwrap();
    queue.lease(&one).unwrap().unwrap();
    assert!(queue.lease(&two).unwrap().is_none());
    queue.leave(&one).unwrap();
    assert!(matches!(queue.lease(&one), Err(FleetError::UnknownWorker)));
    assert_eq!(queue.lease(&two).unwrap().unwrap().job.index, 0);
    assert_eq!(queue.lease(&two).unwrap().unwrap().job.index, 1);
}

fn putting_twice_is_harmless(queue: &dyn Queue) {
    put(queue, &batch(1), 2);
    let worker = enlisted(queue, LONG);
    let lease = queue.lease(&worker).unwrap().unwrap();
    put(queue, &batch(1), 2);
    assert_eq!(queue.counts(&[1; 32]).unwrap(), Counts { waiting: 1, leased: 1, ..Counts::default() });
    let other = BatchEntry { circuit: batch(2).circuit, ..batch(1) };
    assert!(matches!(queue.open_batch(&other), Err(FleetError::OtherBatch)));
    queue.complete(&lease.token, &[1; 256]).unwrap();
    queue.accept(&[1; 32], 0).unwrap();
    // The owner puts it in again only when it has lost the proof.
    queue.put(&job(1, 0)).unwrap();
    assert_eq!(queue.counts(&[1; 32]).unwrap(), Counts { waiting: 2, ..Counts::default() });
    assert!(queue.lease(&worker).unwrap().unwrap().job == job(1, 0));
    queue.remove(&[1; 32]).unwrap();
    assert!(matches!(queue.remove(&[1; 32]), Err(FleetError::NoSuchBatch)));
    assert!(queue.put(&job(1, 0)).is_err());
}

fn status_adds_up(queue: &dyn Queue) {
    put(queue, &with_limits(1, 9), 5);
    let worker = enlisted(queue, LONG);
    let lease = || queue.lease(&worker).unwrap().unwrap().token;
    queue.complete(&lease(), &[1; 256]).unwrap();
    queue.complete(&lease(), &[1; 256]).unwrap();
    queue.accept(&[1; 32], 0).unwrap();
    queue.fail(&lease(), "no\u{e9} witness").unwrap();
    lease();
    let status = queue.status().unwrap();
    let batch = &status.batches[0];
    assert_eq!((batch.waiting, batch.leased, batch.proven, batch.accepted, batch.poisoned), (1, 1, 1, 1, 1));
    assert_eq!((batch.chunks, batch.records, batch.records_proven), (100, 21_000, 420));
    assert_eq!((batch.batch.as_str(), batch.circuit.as_str()), ("01".repeat(32).as_str(), "usage_small"));
    assert_eq!((batch.errors.len(), batch.errors[0].chunk, batch.errors[0].poisoned), (1, 2, true));
    assert_eq!(batch.errors[0].error, "no\u{e9} witness");
    let worker = &status.workers[0];
    assert_eq!((worker.chunks, worker.records, worker.leases, worker.rejected), (2, 420, 1, 0));
    assert_eq!(worker.circuits, [format!("usage_small:{}", "01".repeat(32))]);
    for rate in [status.records_per_second, batch.records_per_second, worker.records_per_second] {
        assert!((rate - 420.0 / 60.0).abs() < 1e-9, "{rate}");
    }
}

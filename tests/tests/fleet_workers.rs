//! Workers and owners around a queue, with the real small circuit: honest ones, hostile ones, and a database that goes.

mod fleet_support;

use std::{
    cell::Cell,
    sync::{Arc, LazyLock, Mutex},
    thread,
    time::Duration,
};

use fleet_support::{make_batch, proofs, scratch, until};
use gesim_core::layout::CircuitSize;
use gesim_fleet::{
    circuit, owner, Circuit, Control, Engine, FleetError, Job, Limits, LocalEngine, MemoryQueue, Options,
    PostgresQueue, Queue, Worker,
};
use gesim_prover::{Artifacts, Batch, ProverError};
use gesim_tests::postgres::Postgres;

static ENGINE: LazyLock<LocalEngine> = LazyLock::new(|| {
    let artifacts = Artifacts::standard().expect("artifacts");
    LocalEngine::load(&artifacts, &[CircuitSize::Small]).expect("the usage circuit: run cargo xtask circuits")
});

fn options(name: &str) -> Options {
    Options { name: name.into(), threads: 2, lease: Duration::from_secs(5), drain: false }
}

/// Counts refused proofs, and stops the control that others wait for at the first.
#[derive(Default)]
struct Refusals {
    count: Cell<u32>,
    first: Control,
}

impl owner::Hears for Refusals {
    fn rejected(&self, _: u32, _: &str, _: &str) {
        self.count.set(self.count.get() + 1);
        self.first.stop();
    }
}

/// Waits until somebody's proof was refused.
struct Patient<'a>(&'a Control);

impl Engine for Patient<'_> {
    fn circuits(&self) -> Vec<Circuit> {
        ENGINE.circuits()
    }

    fn prove(&self, circuit: &Circuit, job: &Job) -> Result<Vec<u8>, ProverError> {
        assert!(self.0.wait(fleet_support::PATIENCE));
        ENGINE.prove(circuit, job)
    }
}

/// Proves a batch with the given engines.
fn prove(queue: Arc<dyn Queue>, batch: &Batch, engines: &[&dyn Engine], limits: Limits) -> Result<(), FleetError> {
    prove_and_hear(queue, batch, engines, limits, &())
}

fn prove_and_hear(
    queue: Arc<dyn Queue>,
    batch: &Batch,
    engines: &[&dyn Engine],
    limits: Limits,
    hears: &dyn owner::Hears,
) -> Result<(), FleetError> {
    let control = Control::default();
    owner::submit(queue.as_ref(), batch, limits, &control, &()).unwrap();
    let all: Vec<Worker> =
        engines.iter().map(|engine| Worker::new(queue.clone(), *engine, options("w"), |_| ())).collect();
    thread::scope(|scope| {
        let running: Vec<_> = all.iter().map(|worker| scope.spawn(|| worker.run())).collect();
        let kept = owner::collect(queue.as_ref(), batch, &control, hears);
        all.iter().for_each(|worker| worker.control.stop());
        for one in running {
            one.join().unwrap().unwrap();
        }
        kept
    })
}

/// What an engine that is not to be trusted hands in.
enum Hostile {
    /// Random bytes.
    Noise,
    /// A good proof, of another chunk.
    Other(Vec<u8>),
    Panics,
}

impl Engine for Hostile {
    fn circuits(&self) -> Vec<Circuit> {
        vec![circuit(CircuitSize::Small)]
    }

    fn prove(&self, _: &Circuit, _: &Job) -> Result<Vec<u8>, ProverError> {
        match self {
            Self::Noise => Ok(vec![1; 256]),
            Self::Other(proof) => Ok(proof.clone()),
            Self::Panics => panic!("on purpose"),
        }
    }
}

#[test]
fn batch_is_proven_in_this_process_ok() {
    let folder = scratch();
    let batch = make_batch(&folder, 4);
    let queue = Arc::new(MemoryQueue::new());
    prove(queue.clone(), &batch, &[&*ENGINE], Limits::default()).unwrap();
    assert_eq!(batch.finished_proofs().unwrap().len(), 4);
    // Again there is nothing to do, and nothing is touched.
    let before = proofs(&batch);
    let control = Control::default();
    assert_eq!(owner::submit(queue.as_ref(), &batch, Limits::default(), &control, &()).unwrap(), 0);
    owner::collect(queue.as_ref(), &batch, &control, &()).unwrap();
    assert_eq!(proofs(&batch), before);
}

#[test]
fn hostile_workers_cost_time_only_ok() {
    let folder = scratch();
    let batch = make_batch(&folder, 4);
    let other = ENGINE.prove(&circuit(CircuitSize::Small), &owner::job(&batch, 0).unwrap()).unwrap();
    let cluster = Postgres::start();
    let queue = Arc::new(PostgresQueue::create(&cluster.database("fleet")).unwrap());
    let limits = Limits { failures: 1_000, ..Limits::default() };
    // The honest one holds two chunks until one of the others is refused; the chunks rest after each refusal, so that
    // it gets its turn.
    let refusals = Refusals::default();
    let engines: [&dyn Engine; 3] = [&Patient(&refusals.first), &Hostile::Noise, &Hostile::Other(other)];
    prove_and_hear(queue.clone(), &batch, &engines, limits, &refusals).unwrap();
    assert!(refusals.count.get() > 0);
    assert_eq!(batch.finished_proofs().unwrap().len(), 4);
}

#[test]
fn bad_proofs_and_panics_set_chunks_aside_fails() {
    for engine in [Hostile::Noise, Hostile::Panics] {
        let folder = scratch();
        let batch = make_batch(&folder, 2);
        let queue = Arc::new(MemoryQueue::new());
        let limits = Limits { failures: 1, ..Limits::default() };
        let error = prove(queue.clone(), &batch, &[&engine], limits).unwrap_err();
        let FleetError::Poisoned { count: 2, index: 0, error } = error else { panic!("{error}") };
        assert!(error.contains("its proof is refused") || error == "the prover panicked", "{error}");
        assert_eq!((batch.count_finished(), proofs(&batch).len()), (0, 0));
        // Another round with a good worker.
        assert_eq!(queue.retry(batch.ctx()).unwrap(), 2);
        prove(queue, &batch, &[&*ENGINE], limits).unwrap();
        assert_eq!(batch.finished_proofs().unwrap().len(), 2);
    }
}

/// The bytes of a job that somebody changed on their way never become a proof.
#[test]
fn changed_jobs_fails() {
    let folder = scratch();
    let batch = make_batch(&folder, 2);
    let (good, other) = (owner::job(&batch, 0).unwrap(), owner::job(&batch, 1).unwrap());
    let mut cut = good.clone();
    cut.input.truncate(100);
    let mut value = good.clone();
    *value.input.last_mut().unwrap() ^= 1;
    let jobs = [
        cut,
        value,
        Job { input: other.input.clone(), ..good.clone() },
        Job { x: other.x, ..good.clone() },
        Job { ctx: [0; 32], ..good.clone() },
        Job { index: 1, ..good.clone() },
        Job { records: 1, ..good.clone() },
    ];
    let small = circuit(CircuitSize::Small);
    for (number, job) in jobs.iter().enumerate() {
        assert!(matches!(ENGINE.prove(&small, job), Err(ProverError::Job(_))), "job {number}");
    }
    let others = [circuit(CircuitSize::Large), Circuit { fingerprint: [9; 32], ..small.clone() }];
    for other in others {
        assert!(matches!(ENGINE.prove(&other, &good), Err(ProverError::Job(_))));
    }
    assert!(ENGINE.prove(&small, &good).is_ok());
}

#[test]
fn worker_with_another_key_is_refused_fails() {
    struct Stale;
    impl Engine for Stale {
        fn circuits(&self) -> Vec<Circuit> {
            vec![Circuit { fingerprint: [9; 32], ..circuit(CircuitSize::Small) }]
        }
        fn prove(&self, _: &Circuit, _: &Job) -> Result<Vec<u8>, ProverError> {
            unreachable!("it gets no job")
        }
    }
    let folder = scratch();
    let batch = make_batch(&folder, 1);
    let queue = Arc::new(MemoryQueue::new());
    owner::submit(queue.as_ref(), &batch, Limits::default(), &Control::default(), &()).unwrap();
    let worker = Worker::new(queue.clone(), &Stale, options("stale"), |_| ());
    assert!(matches!(worker.run(), Err(FleetError::Fingerprint { .. })));
    assert_eq!(queue.counts(batch.ctx()).unwrap().waiting, 1);
}

/// The database dies twice in the middle of the batch and comes back; nobody has to be started again.
#[test]
fn database_restarts_in_the_middle_ok() {
    let folder = scratch();
    let batch = make_batch(&folder, 12);
    let cluster = Mutex::new(Postgres::start());
    let url = cluster.lock().unwrap().database("fleet");
    let ours = || Arc::new(PostgresQueue::create(&url).unwrap());
    let (control, owners) = (Control::default(), ours());
    owner::submit(owners.as_ref(), &batch, Limits::default(), &control, &()).unwrap();
    let worker = Worker::new(ours(), &*ENGINE, options("w"), |_| ());
    thread::scope(|scope| {
        let working = scope.spawn(|| worker.run());
        let collecting = scope.spawn(|| owner::collect(owners.as_ref(), &batch, &control, &()));
        for least in [2, 5] {
            until("the next proofs", || batch.count_finished() >= least);
            let mut cluster = cluster.lock().unwrap();
            cluster.crash();
            thread::sleep(Duration::from_millis(300));
            cluster.up();
        }
        collecting.join().unwrap().unwrap();
        worker.control.stop();
        working.join().unwrap().unwrap();
    });
    assert_eq!(batch.finished_proofs().unwrap().len(), 12);
    assert_eq!(owners.counts(batch.ctx()).unwrap().accepted, 12);
    assert!(owners.status().unwrap().workers.is_empty());
}

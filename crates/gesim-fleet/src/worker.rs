//! A worker: threads that take jobs and prove them, and one that keeps their leases.

use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{
        mpsc::{Receiver, RecvTimeoutError},
        Arc, Mutex, MutexGuard, PoisonError,
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    control::{persist, trouble, Backoff, Control},
    engine::Engine,
    job::{Completion, Lease, Token, WorkerCard},
    metrics::Metrics,
    queue::Queue,
    FleetError, Result,
};

#[derive(Debug, Clone)]
pub struct Options {
    /// For people: host and process.
    pub name: String,
    /// Jobs in work at once; each holds one chunk in memory.
    pub threads: usize,
    pub lease: Duration,
    /// Ends when the queue has nothing to give, instead of waiting for more.
    pub drain: bool,
}

/// What a worker tells, from several threads.
pub enum Event<'a> {
    Leased(&'a Lease),
    /// Handed in.
    Proven(&'a Lease, Duration),
    /// The lease had run out when the proof was there: somebody else has the job.
    Late(&'a Lease),
    /// It counts against the job.
    Failed(&'a Lease, &'a str),
    /// The queue does not answer; the worker goes on trying.
    Trouble(&'a FleetError),
}

pub struct Worker<'a> {
    queue: Arc<dyn Queue>,
    engine: &'a dyn Engine,
    card: WorkerCard,
    options: Options,
    pub control: Arc<Control>,
    pub metrics: Arc<Metrics>,
    tell: Box<dyn Fn(Event<'_>) + Sync + 'a>,
    held: Mutex<Vec<Token>>,
    failure: Mutex<Option<FleetError>>,
}

/// An idle worker asks at least so often.
const IDLE: Duration = Duration::from_secs(1);
/// A stopped worker tries so long to hand in its last proof.
const GRACE: Duration = Duration::from_secs(10);

impl<'a> Worker<'a> {
    pub fn new(
        queue: Arc<dyn Queue>,
        engine: &'a dyn Engine,
        options: Options,
        tell: impl Fn(Event<'_>) + Sync + 'a,
    ) -> Self {
        let card = WorkerCard::new(options.name.clone(), engine.circuits(), options.lease);
        let tell = Box::new(tell);
        let (control, metrics) = Default::default();
        Self { queue, engine, card, options, control, metrics, tell, held: Mutex::default(), failure: Mutex::default() }
    }

    pub fn card(&self) -> &WorkerCard {
        &self.card
    }

    pub fn queue(&self) -> &dyn Queue {
        self.queue.as_ref()
    }

    /// Works until it is stopped, refused, or has drained the queue. What is in work when it is stopped is finished.
    pub fn run(&self) -> Result<()> {
        self.reach(|| self.queue.enlist(&self.card))?;
        let (alive, ended) = std::sync::mpsc::channel::<()>();
        thread::scope(|scope| {
            scope.spawn(move || self.keep_leases(&ended));
            for _ in 0..self.options.threads.max(1) {
                let alive = alive.clone();
                scope.spawn(move || {
                    let _alive = alive;
                    if let Err(error) = self.work() {
                        self.give_up(error);
                    }
                });
            }
            drop(alive);
        });
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        let left = self.queue.leave(&self.card);
        match failure {
            Some(error) => Err(error),
            // The queue finds out by itself when this does not reach it.
            None => left.or_else(|error| if error.is_temporary() { Ok(()) } else { Err(error) }),
        }
    }

    fn work(&self) -> Result<()> {
        let mut idle = Backoff::new(Duration::from_millis(50), IDLE);
        while !self.control.is_stopped() {
            match self.reach(|| self.queue.lease(&self.card)) {
                Ok(Some(Some(lease))) => {
                    idle.reset();
                    self.held().push(lease.token);
                    let done = self.job(&lease);
                    self.held().retain(|token| token != &lease.token);
                    done?;
                }
                Ok(Some(None)) if self.options.drain => return Ok(()),
                Ok(Some(None)) => drop(self.control.wait(idle.pause())),
                Ok(None) => return Ok(()),
                // The database was made anew, or somebody cleared the list.
                Err(FleetError::UnknownWorker) => drop(self.reach(|| self.queue.enlist(&self.card))?),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn job(&self, lease: &Lease) -> Result<()> {
        (self.tell)(Event::Leased(lease));
        self.metrics.began();
        let begun = Instant::now();
        let proof = catch_unwind(AssertUnwindSafe(|| self.engine.prove(&lease.circuit, &lease.job)));
        let took = begun.elapsed();
        self.metrics.ended(took);
        let proof = match proof {
            Ok(proof) => proof.map_err(|error| error.to_string()),
            Err(_) => Err("the prover panicked".into()),
        };
        match proof {
            Ok(proof) => match self.hand_in(|| self.queue.complete(&lease.token, &proof))? {
                Some(Completion::Taken) => {
                    self.metrics.proved(lease.job.records);
                    (self.tell)(Event::Proven(lease, took));
                }
                Some(Completion::Stale) => {
                    self.metrics.lost();
                    (self.tell)(Event::Late(lease));
                }
                None => {}
            },
            Err(error) => {
                self.metrics.failed();
                (self.tell)(Event::Failed(lease, &error));
                self.hand_in(|| self.queue.fail(&lease.token, &error))?;
            }
        }
        Ok(())
    }

    /// Renews what is held and shows that the worker is there, until all threads have ended.
    fn keep_leases(&self, ended: &Receiver<()>) {
        let period = self.options.lease / 3;
        let mut next = period;
        while ended.recv_timeout(next) == Err(RecvTimeoutError::Timeout) {
            let held = self.held().clone();
            let answer = match held.is_empty() {
                true => self.queue.enlist(&self.card),
                // A lease that is lost shows when the proof is handed in.
                false => self.queue.renew(&self.card, &held).map(drop),
            };
            self.metrics.answered(answer.is_ok());
            next = match answer {
                Ok(()) => period,
                Err(error) if error.is_temporary() => {
                    (self.tell)(Event::Trouble(&error));
                    period.min(IDLE)
                }
                Err(error) => {
                    self.give_up(error);
                    period
                }
            };
        }
    }

    /// Calls until the queue answers; nothing when the worker was stopped before.
    fn reach<T>(&self, call: impl Fn() -> Result<T>) -> Result<Option<T>> {
        let heard = |error: &FleetError| {
            self.metrics.answered(false);
            (self.tell)(Event::Trouble(error));
        };
        let answer = persist(&self.control, &heard, call);
        self.metrics.answered(matches!(answer, Ok(Some(_))));
        answer
    }

    /// [`Worker::reach`] for what was worked for: a stopped worker still tries for a while.
    fn hand_in<T>(&self, call: impl Fn() -> Result<T>) -> Result<Option<T>> {
        if let Some(answer) = self.reach(&call)? {
            return Ok(Some(answer));
        }
        let stopped = Instant::now();
        let mut backoff = trouble();
        while stopped.elapsed() < GRACE {
            thread::sleep(backoff.pause());
            match call() {
                Err(error) if error.is_temporary() => {}
                answer => return answer.map(Some),
            }
        }
        Ok(None)
    }

    fn give_up(&self, error: FleetError) {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        self.control.stop();
    }

    fn held(&self) -> MutexGuard<'_, Vec<Token>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

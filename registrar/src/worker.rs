//! The one thread that tells the chain. It tries again for ever, at growing intervals; what it could not say stays in the
//! database.

use std::{
    sync::{
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc::{self, Receiver, RecvTimeoutError, SyncSender},
        Arc,
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tokio::sync::watch;

use crate::{chain::LeafChain, error::Result, service::Step, Registrar};

/// Revocations that another process asked for are seen after so long.
const POLL: Duration = Duration::from_secs(1);
/// How often the worker looks whether the chain is there and the same.
const PROBE: Duration = Duration::from_secs(15);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What the worker last saw.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// Why the chain could not be told; for the operator.
    pub error: Option<String>,
    pub changes: u64,
    pub failures: u64,
    /// Whether the chain has answered at all.
    pub seen: bool,
}

pub struct Worker {
    wake: SyncSender<()>,
    stop: Arc<AtomicBool>,
    pub progress: watch::Receiver<Progress>,
    thread: JoinHandle<()>,
}

impl Worker {
    pub fn start(registrar: Arc<Registrar>, chain: Box<dyn LeafChain + Send>) -> Self {
        let (wake, woken) = mpsc::sync_channel(1);
        let (publish, progress) = watch::channel(Progress::default());
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            Turn { registrar, chain, woken, stopped, publish, probed: None }.run();
        });
        Self { wake, stop, progress, thread }
    }

    /// Something was written for the chain. Not waking twice is fine.
    pub fn waker(&self) -> SyncSender<()> {
        self.wake.clone()
    }

    /// Ends it after the change in work; false when that took too long, which loses nothing.
    pub fn finish(self, patience: Duration) -> bool {
        self.stop.store(true, Relaxed);
        let _ = self.wake.try_send(());
        let until = Instant::now() + patience;
        while !self.thread.is_finished() && Instant::now() < until {
            thread::sleep(Duration::from_millis(20));
        }
        self.thread.is_finished()
    }
}

struct Turn {
    registrar: Arc<Registrar>,
    chain: Box<dyn LeafChain + Send>,
    woken: Receiver<()>,
    stopped: Arc<AtomicBool>,
    publish: watch::Sender<Progress>,
    probed: Option<Instant>,
}

impl Turn {
    fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        while !self.stopped.load(Relaxed) {
            let step = self.probe().and_then(|()| self.registrar.step(self.chain.as_ref()));
            match step {
                Ok(step) => {
                    pause = FIRST_PAUSE;
                    self.publish.send_modify(|progress| {
                        progress.error = None;
                        progress.seen = true;
                        progress.changes = progress.changes.saturating_add(u64::from(step == Step::Done));
                    });
                    if step == Step::Idle && self.woken.recv_timeout(POLL) == Err(RecvTimeoutError::Disconnected) {
                        return;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, hint = error.hint(), "the chain could not be told");
                    self.probed = None;
                    self.publish.send_modify(|progress| {
                        progress.error = Some(error.to_string());
                        progress.failures = progress.failures.saturating_add(1);
                    });
                    self.sleep(pause);
                    pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Before anything is told, and now and then: a chain that is another one, or whose tree is, is told nothing.
    fn probe(&mut self) -> Result<()> {
        if self.probed.is_none_or(|at| at.elapsed() >= PROBE) {
            self.registrar.check(self.chain.as_ref())?;
            self.probed = Some(Instant::now());
        }
        Ok(())
    }

    /// New work does not shorten it: a chain that is down is not asked more often because more devices come.
    fn sleep(&self, pause: Duration) {
        let until = Instant::now() + pause;
        while Instant::now() < until && !self.stopped.load(Relaxed) {
            thread::sleep(Duration::from_millis(50).min(pause));
        }
    }
}

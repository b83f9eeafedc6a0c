//! Stopping politely, and waiting in a way that can be stopped.

use std::{
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

use crate::Result;

/// Tells everything that holds it to stop.
#[derive(Default)]
pub struct Control {
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl Control {
    pub fn stop(&self) {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    pub fn is_stopped(&self) -> bool {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits so long, or until stopped; says whether it was.
    pub fn wait(&self, time: Duration) -> bool {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(stopped, time, |stopped| !*stopped);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Pauses that grow from `first` to `most`, each shortened by chance so that many do not come at once.
pub struct Backoff {
    next: Duration,
    first: Duration,
    most: Duration,
}

impl Backoff {
    pub fn new(first: Duration, most: Duration) -> Self {
        Self { next: first, first, most }
    }

    pub fn pause(&mut self) -> Duration {
        let pause = self.next.mul_f64(0.5 + rand::random::<f64>() / 2.0);
        self.next = (self.next * 2).min(self.most);
        pause
    }

    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

/// Between attempts when the queue does not answer.
pub fn trouble() -> Backoff {
    Backoff::new(Duration::from_millis(100), Duration::from_secs(5))
}

/// Makes a call until the queue answers. Nothing when it was stopped before.
pub fn persist<T>(
    control: &Control,
    heard: &dyn Fn(&crate::FleetError),
    call: impl Fn() -> Result<T>,
) -> Result<Option<T>> {
    let mut backoff = trouble();
    loop {
        match call() {
            Ok(done) => return Ok(Some(done)),
            Err(error) if error.is_temporary() => heard(&error),
            Err(error) => return Err(error),
        }
        if control.wait(backoff.pause()) {
            return Ok(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_limit_ok() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(400));
        for most in [100, 200, 400, 400] {
            let pause = backoff.pause();
            assert!(pause >= Duration::from_millis(most / 2) && pause <= Duration::from_millis(most));
        }
        backoff.reset();
        assert!(backoff.pause() <= Duration::from_millis(100));
    }
}

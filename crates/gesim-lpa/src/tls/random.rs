//! Where rustls takes randomness from, and how it is given its `client_random`.
//!
//! rustls has no setting for `client_random`, but asks its provider for it while a connection is made: a session id (32
//! octets, TLS 1.3 only), an order of extensions (2 octets), then the random (32 octets). [`arm`] has the draw of 32
//! octets that follows one of 2 answered with the wanted value, on this thread and until the guard is dropped. That this
//! was the right draw is not assumed: the connection is given up unless rustls itself reports that random (`keylog`).

use std::cell::Cell;

use rand::{rngs::OsRng, RngCore};
use rustls::crypto::{GetRandomFailed, SecureRandom};

const ORDER_SEED: usize = 2;
const RANDOM: usize = 32;

#[derive(Clone, Copy)]
enum Draw {
    Unarmed,
    /// Not there yet.
    Armed([u8; RANDOM]),
    /// The draw of 2 octets was the last one: this is it.
    Next([u8; RANDOM]),
}

thread_local! {
    static DRAW: Cell<Draw> = const { Cell::new(Draw::Unarmed) };
}

/// Makes `client_random` the next connection's, if it is made on this thread while the guard lives.
pub(super) fn arm(client_random: [u8; RANDOM]) -> Armed {
    DRAW.set(Draw::Armed(client_random));
    Armed(())
}

/// Disarms when it is dropped, whether the draw has come or not.
pub(super) struct Armed(());

impl Drop for Armed {
    fn drop(&mut self) {
        DRAW.set(Draw::Unarmed);
    }
}

/// The operating system's randomness, but for the one draw that is armed.
#[derive(Debug)]
pub(super) struct ChosenRandom;

impl SecureRandom for ChosenRandom {
    fn fill(&self, out: &mut [u8]) -> Result<(), GetRandomFailed> {
        match (DRAW.get(), out.len()) {
            (Draw::Armed(wanted), ORDER_SEED) => DRAW.set(Draw::Next(wanted)),
            (Draw::Next(wanted), RANDOM) => {
                DRAW.set(Draw::Unarmed);
                out.copy_from_slice(&wanted);
                return Ok(());
            }
            (Draw::Next(wanted), _) => DRAW.set(Draw::Armed(wanted)),
            _ => {}
        }
        OsRng.try_fill_bytes(out).map_err(|_| GetRandomFailed)
    }
}

//! What rustls says about its secrets: proof that the handshake's `client_random` is the wanted one, and the one secret
//! that opens the server's part of a TLS 1.3 handshake.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use zeroize::Zeroizing;

const TLS12_MASTER: &str = "CLIENT_RANDOM";
const TLS13_SERVER_HANDSHAKE: &str = "SERVER_HANDSHAKE_TRAFFIC_SECRET";

/// Kept for one handshake, wiped with it. The secrets of the data that follows are never stored.
pub(super) struct HandshakeKeys {
    wanted: [u8; 32],
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// Reports of the wanted random, and of any other.
    right: usize,
    wrong: usize,
    secret: Option<Zeroizing<Vec<u8>>>,
}

impl HandshakeKeys {
    pub fn new(wanted: [u8; 32]) -> Self {
        Self { wanted, seen: Mutex::default() }
    }

    /// Whether rustls reported the wanted random and no other.
    pub fn random_was_used(&self) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.right > 0 && seen.wrong == 0
    }

    /// Hands the server's handshake secret over: it is not kept here any longer.
    pub fn take_secret(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).secret.take()
    }
}

impl rustls::KeyLog for HandshakeKeys {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match client_random == self.wanted {
            true => seen.right += 1,
            false => seen.wrong += 1,
        }
        if label == TLS13_SERVER_HANDSHAKE {
            seen.secret = Some(Zeroizing::new(secret.to_vec()));
        }
    }

    fn will_log(&self, label: &str) -> bool {
        label == TLS12_MASTER || label == TLS13_SERVER_HANDSHAKE
    }
}

impl fmt::Debug for HandshakeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandshakeKeys(..)")
    }
}

//! A vault that answers operators through a Unix socket.

use std::{
    fs, io,
    os::unix::{
        fs::{FileTypeExt, PermissionsExt},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Mutex, PoisonError,
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{
    wire::{self, Call, Hello, Outcome, Request, Response, Signed, MAX_LIFE, VERSION},
    KeyVault, PublicKey, Secret, SoftVault, VaultError,
};

/// What one server takes on.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub connections: u32,
    /// On one connection.
    pub requests: u64,
    /// A connection that says nothing for so long is closed.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 16, requests: 10_000, idle: Duration::from_secs(30) }
    }
}

/// Listens until it is told to stop; the socket goes with it.
pub struct VectorServer {
    listener: UnixListener,
    path: PathBuf,
    vault: Mutex<SoftVault>,
    key: PublicKey,
    limits: Limits,
}

impl VectorServer {
    /// Opens the socket, mode 0600. One that a dead server left is replaced; anything else at this path stays.
    pub fn bind(path: &Path, vault: SoftVault, limits: Limits) -> Result<Self, VaultError> {
        if let Ok(there) = fs::symlink_metadata(path) {
            let is_stale = there.file_type().is_socket() && UnixStream::connect(path).is_err();
            if !is_stale {
                return Err(VaultError::Exists(path.into()));
            }
            fs::remove_file(path).map_err(VaultError::io("removing", path))?;
        }
        let bind = || -> io::Result<UnixListener> {
            let listener = UnixListener::bind(path)?;
            fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        let listener = bind().map_err(VaultError::io("listening at", path))?;
        let key = vault.public_key();
        Ok(Self { listener, path: path.into(), vault: Mutex::new(vault), key, limits })
    }

    /// Serves until `stop`, then finishes the requests in work.
    pub fn run(self, stop: &AtomicBool) -> Result<(), VaultError> {
        let server = Arc::new(self);
        let mut talks: Vec<(UnixStream, thread::JoinHandle<()>)> = Vec::new();
        let served = loop {
            if stop.load(Ordering::Relaxed) {
                break Ok(());
            }
            talks.retain(|(_, thread)| !thread.is_finished());
            match server.listener.accept() {
                // One too many is closed at once.
                Ok(_) if talks.len() >= server.limits.connections as usize => {}
                Ok((stream, _)) => {
                    let Ok(end) = stream.try_clone() else { continue };
                    let server = server.clone();
                    // A peer that goes away or talks nonsense is its own trouble.
                    talks.push((end, thread::spawn(move || drop(server.converse(&stream)))));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(20)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(VaultError::io("listening at", &server.path)(error)),
            }
        };
        for (stream, thread) in talks {
            // Whoever waits for a request sees the end; an answer in work still goes out.
            let _ = stream.shutdown(std::net::Shutdown::Read);
            let _ = thread.join();
        }
        served
    }

    fn converse(&self, stream: &UnixStream) -> io::Result<()> {
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(self.limits.idle))?;
        stream.set_write_timeout(Some(self.limits.idle))?;
        let (mut reader, mut writer) = (io::BufReader::new(stream), stream);
        let challenge = Secret::<32>::generate().map_err(io::Error::other)?;
        let challenge = hex::encode(challenge.expose());
        let hello = Hello { version: VERSION, vault: hex::encode(self.key), challenge: challenge.clone() };
        wire::write_line(&mut writer, &hello)?;
        for counter in 1..=self.limits.requests {
            let Some(signed) = wire::read_line::<Signed>(&mut reader)? else {
                return Ok(());
            };
            let mut vault = self.vault.lock().unwrap_or_else(PoisonError::into_inner);
            let opened = open(&signed, &challenge, counter);
            let is_open = opened.is_ok();
            let outcome = opened.and_then(|(request, operator)| answer(&mut vault, request.call, &operator));
            let outcome = outcome.unwrap_or_else(|error| {
                // An operator does not learn which subscribers there are, nor paths of the vault's machine.
                let shown = if error.code() == "denied" { VaultError::Denied } else { error };
                let message = if shown.code() == "failed" { "the vault failed".into() } else { shown.to_string() };
                Outcome::Error { code: shown.code().into(), message }
            });
            let response = Response { version: VERSION, request: wire::digest(&signed.payload), outcome };
            let response = wire::sign_response(&vault, &response).map_err(io::Error::other)?;
            drop(vault);
            wire::write_line(&mut writer, &response)?;
            if !is_open {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Drop for VectorServer {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// A request that was made for this place in this connection, now.
fn open(signed: &Signed, challenge: &str, counter: u64) -> Result<(Request, PublicKey), VaultError> {
    let (request, operator) = wire::open_request(signed)?;
    if request.challenge != challenge {
        return Err(VaultError::Request("it was made for another connection"));
    }
    if request.counter != counter {
        return Err(VaultError::Request("its counter is not the next"));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(u64::MAX, |time| time.as_secs());
    if request.expires < now {
        return Err(VaultError::Request("it has expired"));
    }
    if request.expires - now > MAX_LIFE {
        return Err(VaultError::Request("it is valid for too long"));
    }
    Ok((request, operator))
}

fn answer(vault: &mut SoftVault, call: Call, operator: &PublicKey) -> Result<Outcome, VaultError> {
    let subscriber = match &call {
        Call::AuthVector { subscriber, .. } | Call::Resynchronise { subscriber, .. } => subscriber.clone(),
    };
    if !vault.is_granted(&subscriber, operator) {
        return Err(VaultError::Denied);
    }
    match call {
        Call::AuthVector { request, .. } => vault.auth_vector(&subscriber, &request).map(Outcome::Vector),
        Call::Resynchronise { rand, auts, .. } => {
            let (mut r, mut a) = ([0; 16], [0; 14]);
            let read = hex::decode_to_slice(rand, &mut r).and(hex::decode_to_slice(auts, &mut a));
            read.map_err(|_| VaultError::Request("RAND is 32 hexadecimal digits, AUTS 28"))?;
            vault.resynchronise(&subscriber, &r, &a).map(|()| Outcome::Done)
        }
    }
}

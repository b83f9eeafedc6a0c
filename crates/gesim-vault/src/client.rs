//! The HSS's end: a vault that is elsewhere, used like one that is here.

use std::{
    io::BufReader,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{
    wire::{self, Call, Hello, OperatorKey, Outcome, Request, Signed, VERSION},
    AuthRequest, AuthVector, Block, Imsi, KeyVault, PublicKey, VaultError,
};

/// Seconds that a request is good for.
const LIFE: u64 = 30;

/// One connection to a vault whose key is known.
pub struct VectorClient {
    path: PathBuf,
    reader: BufReader<UnixStream>,
    operator: OperatorKey,
    vault: PublicKey,
    challenge: String,
    counter: u64,
}

impl VectorClient {
    /// Connects, and goes on only with the vault that was agreed upon.
    pub fn connect(path: &Path, vault: PublicKey, operator: OperatorKey) -> Result<Self, VaultError> {
        let connect = || {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(Duration::from_secs(30)))?;
            stream.set_write_timeout(Some(Duration::from_secs(30)))?;
            let mut reader = BufReader::new(stream);
            Ok((wire::read_line::<Hello>(&mut reader)?, reader))
        };
        let (hello, reader) = connect().map_err(VaultError::io("connecting to", path))?;
        let hello = hello.ok_or(VaultError::Server("it closes the connection; it may have too many"))?;
        if hello.version != VERSION {
            return Err(VaultError::Server("its version is unknown"));
        }
        if hello.vault != hex::encode(vault) {
            return Err(VaultError::Server("it is another vault"));
        }
        Ok(Self { path: path.into(), reader, operator, vault, challenge: hello.challenge, counter: 0 })
    }

    fn call(&mut self, call: Call) -> Result<Outcome, VaultError> {
        self.counter = self.counter.saturating_add(1);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let request = self.operator.sign(&Request {
            version: VERSION,
            challenge: self.challenge.clone(),
            operator: hex::encode(self.operator.public()),
            counter: self.counter,
            expires: now.saturating_add(LIFE),
            call,
        })?;
        wire::write_line(self.reader.get_mut(), &request).map_err(VaultError::io("writing to", &self.path))?;
        let response =
            wire::read_line::<Signed>(&mut self.reader).map_err(VaultError::io("reading from", &self.path))?;
        let response = response.ok_or(VaultError::Server("it closes the connection"))?;
        match wire::open_response(&response, &self.vault, &request)? {
            Outcome::Error { code, message } => Err(VaultError::Remote { code, message }),
            outcome => Ok(outcome),
        }
    }
}

impl KeyVault for VectorClient {
    fn auth_vector(&mut self, subscriber: &Imsi, request: &AuthRequest) -> Result<AuthVector, VaultError> {
        match self.call(Call::AuthVector { subscriber: subscriber.clone(), request: request.clone() })? {
            Outcome::Vector(vector) => Ok(vector),
            _ => Err(VaultError::Server("it sends no vector")),
        }
    }

    fn resynchronise(&mut self, subscriber: &Imsi, rand: &Block, auts: &[u8; 14]) -> Result<(), VaultError> {
        let (rand, auts) = (hex::encode(rand), hex::encode(auts));
        match self.call(Call::Resynchronise { subscriber: subscriber.clone(), rand, auts })? {
            Outcome::Done => Ok(()),
            _ => Err(VaultError::Server("it sends something else")),
        }
    }

    fn public_key(&self) -> PublicKey {
        self.vault
    }
}

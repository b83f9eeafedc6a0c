//! A key in a PKCS#11 module, found by the labels of its token and of itself; it never leaves the module.

use std::{
    path::{Path, PathBuf},
    sync::Mutex,
};

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error, RvError},
    mechanism::Mechanism,
    object::{Attribute, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    types::AuthPin,
};
use zeroize::Zeroizing;

use super::TagKey;
use crate::error::{RegistrarError, Result};

/// Where the PIN is; it is read when it is needed and not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    Env(String),
    File(PathBuf),
}

impl Pin {
    fn read(&self) -> Result<Zeroizing<String>> {
        let text = match self {
            Self::Env(name) => std::env::var(name)
                .map_err(|_| RegistrarError::Key(format!("the environment has no {name} with the PIN")))?,
            Self::File(path) => std::fs::read_to_string(path).map_err(|e| RegistrarError::file(path, e))?,
        };
        let text = Zeroizing::new(text);
        Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
    }
}

pub struct Pkcs11Key {
    module: Pkcs11,
    token: String,
    label: String,
    pin: Pin,
    open: Mutex<Option<(Session, ObjectHandle)>>,
}

impl Pkcs11Key {
    pub fn open(module: &Path, token: &str, label: &str, pin: Pin) -> Result<Self> {
        let loaded = Pkcs11::new(module).map_err(|e| failed(&format!("loading {}", module.display()), e))?;
        match loaded.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // One process, one initialisation, however many keys.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(failed("initialising the module", error)),
        }
        let key = Self { module: loaded, token: token.into(), label: label.into(), pin, open: Mutex::new(None) };
        let session = key.connect()?;
        *key.slot() = Some(session);
        Ok(key)
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<(Session, ObjectHandle)>> {
        self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Logs in and finds the one key.
    fn connect(&self) -> Result<(Session, ObjectHandle)> {
        let mut tokens = Vec::new();
        for slot in self.module.get_slots_with_token().map_err(|e| failed("listing tokens", e))? {
            // A slot that does not tell about its token is not the one.
            if self.module.get_token_info(slot).is_ok_and(|info| info.label().trim_end() == self.token) {
                tokens.push(slot);
            }
        }
        let slot = one(tokens, || format!("token `{}`", self.token))?;
        let session = self.module.open_ro_session(slot).map_err(|e| failed("opening a session", e))?;
        let pin = AuthPin::from(self.pin.read()?.as_str().to_owned());
        match session.login(UserType::User, Some(&pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => return Err(failed("logging in", error)),
        }
        let wanted = [Attribute::Class(ObjectClass::SECRET_KEY), Attribute::Label(self.label.as_bytes().to_vec())];
        let found = session.find_objects(&wanted).map_err(|e| failed("looking for the key", e))?;
        let key = one(found, || format!("secret key `{}`", self.label))?;
        Ok((session, key))
    }
}

/// Two of a name would make tags depend on chance.
fn one<T>(mut found: Vec<T>, what: impl Fn() -> String) -> Result<T> {
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err(RegistrarError::Key(format!("the module has more than one {}", what()))),
        (None, _) => Err(RegistrarError::Key(format!("the module has no {}", what()))),
    }
}

fn failed(step: &str, error: Error) -> RegistrarError {
    RegistrarError::Key(format!("{step}: {error}"))
}

impl TagKey for Pkcs11Key {
    fn mac(&self, message: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
        let mut open = self.slot();
        if let Some((session, key)) = open.as_ref() {
            if let Ok(mac) = session.sign(&Mechanism::Sha256Hmac, *key, message) {
                return octets(mac);
            }
        }
        // The token may have been away: once more with a new session.
        *open = None;
        let (session, key) = self.connect()?;
        let mac = session.sign(&Mechanism::Sha256Hmac, key, message).map_err(|e| failed("authenticating", e))?;
        *open = Some((session, key));
        octets(mac)
    }

    fn place(&self) -> String {
        format!("PKCS#11 token {}, key {}", self.token, self.label)
    }
}

fn octets(mac: Vec<u8>) -> Result<Zeroizing<[u8; 32]>> {
    let mac = Zeroizing::new(mac);
    let exact: Result<[u8; 32], _> = mac.as_slice().try_into();
    exact.map(Zeroizing::new).map_err(|_| RegistrarError::Key("the module's HMAC has not 32 bytes".into()))
}

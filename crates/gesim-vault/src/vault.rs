//! The vault in software.

use std::{
    fmt,
    path::Path,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use p256::ecdsa::{signature::Signer, Signature, SigningKey};
use rand::{rngs::OsRng, RngCore};
use subtle::ConstantTimeEq;

pub use crate::content::Grant;
use crate::{
    content::{Content, Subscriber, MAX_GRANTS, MAX_SUBSCRIBERS},
    format::{Argon2Cost, Sealer},
    sqn::Sqn,
    store::Store,
    AuthRequest, AuthVector, Block, Imsi, Milenage, PublicKey, Secret, SubscriberKeys, VaultError,
};

/// Seconds that a limit is for.
const WINDOW: u64 = 60;

/// What an operator's HSS needs of a subscriber's key. A vault in an enclave, or one behind a socket, is another implementation.
pub trait KeyVault {
    /// One vector, with a sequence number that no other vector has.
    fn auth_vector(&mut self, subscriber: &Imsi, request: &AuthRequest) -> Result<AuthVector, VaultError>;

    /// Takes a card's AUTS, which proves by its MAC-S what the card's newest sequence number is.
    fn resynchronise(&mut self, subscriber: &Imsi, rand: &Block, auts: &[u8; 14]) -> Result<(), VaultError>;

    /// The vault's own key: answers and attestations are made with it.
    fn public_key(&self) -> PublicKey;
}

pub struct NewSubscriber {
    pub imsi: Imsi,
    pub keys: SubscriberKeys,
    pub amf: [u8; 2],
    /// The newest sequence number that was used before the keys came here.
    pub sqn: Sqn,
    /// Requests a minute.
    pub limit: u32,
    pub grants: Vec<Grant>,
}

/// What may be shown of a subscriber.
#[derive(Clone, Debug)]
pub struct About {
    pub imsi: Imsi,
    pub sqn: Sqn,
    pub limit: u32,
    pub grants: Vec<Grant>,
}

type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Ki and OPc encrypted at rest and wiped from memory; there is no way to read them out.
pub struct SoftVault {
    store: Store,
    sealer: Sealer,
    content: Content,
    signer: SigningKey,
    clock: Clock,
}

impl fmt::Debug for SoftVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftVault").field("path", &self.store.path()).finish_non_exhaustive()
    }
}

impl SoftVault {
    /// Makes a vault where there is none.
    pub fn create(path: &Path, passphrase: &str, cost: Argon2Cost) -> Result<Self, VaultError> {
        if passphrase.chars().count() < 12 {
            return Err(VaultError::ShortPassphrase);
        }
        let store = Store::hold(path)?;
        if store.exists() {
            return Err(VaultError::Exists(path.into()));
        }
        let sealer = Sealer::new(passphrase, cost)?;
        let (key, signer) = loop {
            // A number that is no scalar comes once in 2^32 times.
            let key = Secret::generate()?;
            if let Ok(signer) = SigningKey::from_slice(key.expose()) {
                break (key, signer);
            }
        };
        let this =
            Self { store, sealer, content: Content { key, subscribers: Vec::new() }, signer, clock: system_clock() };
        this.save()?;
        Ok(this)
    }

    pub fn open(path: &Path, passphrase: &str) -> Result<Self, VaultError> {
        let store = Store::hold(path)?;
        let (sealer, content) = Sealer::open(passphrase, &store.read()?)?;
        let content = Content::decode(&content)?;
        let signer = SigningKey::from_slice(content.key.expose());
        let signer = signer.map_err(|_| VaultError::Content("its key is not one"))?;
        Ok(Self { store, sealer, content, signer, clock: system_clock() })
    }

    /// Unix seconds from somewhere else, for rate limits.
    pub fn with_clock(mut self, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Takes a card in. What is given as newest sequence number counts as used.
    pub fn import(&mut self, new: NewSubscriber) -> Result<(), VaultError> {
        if self.content.subscribers.iter().any(|one| one.imsi == new.imsi) {
            return Err(VaultError::Duplicate(new.imsi.to_string()));
        }
        if self.content.subscribers.len() >= MAX_SUBSCRIBERS {
            return Err(VaultError::Full);
        }
        check_grants(&new.grants)?;
        let NewSubscriber { imsi, keys: SubscriberKeys { ki, opc }, amf, sqn, limit, grants } = new;
        self.content.subscribers.push(Subscriber { imsi, ki, opc, amf, sqn, limit, since: 0, used: 0, grants });
        self.save().inspect_err(|_| drop(self.content.subscribers.pop()))
    }

    /// Replaces the operators that may ask for a subscriber's vectors.
    pub fn set_grants(&mut self, imsi: &Imsi, grants: Vec<Grant>) -> Result<(), VaultError> {
        check_grants(&grants)?;
        let before = std::mem::replace(&mut self.find(imsi)?.grants, grants);
        self.save().or_else(|error| {
            self.find(imsi)?.grants = before;
            Err(error)
        })
    }

    pub fn subscribers(&self) -> impl Iterator<Item = About> + '_ {
        self.content.subscribers.iter().map(|one| About {
            imsi: one.imsi.clone(),
            sqn: one.sqn,
            limit: one.limit,
            grants: one.grants.clone(),
        })
    }

    pub fn is_granted(&self, imsi: &Imsi, operator: &PublicKey) -> bool {
        let one = self.content.subscribers.iter().find(|one| one.imsi == *imsi);
        one.is_some_and(|one| one.grants.iter().any(|grant| grant.key == *operator))
    }

    /// Signs with the vault's own key; callers put what it is for into the message.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = self.signer.sign(message);
        signature.to_bytes().into()
    }

    fn find(&mut self, imsi: &Imsi) -> Result<&mut Subscriber, VaultError> {
        let one = self.content.subscribers.iter_mut().find(|one| one.imsi == *imsi);
        one.ok_or_else(|| VaultError::Unknown(imsi.to_string()))
    }

    /// Counts a request; it is written to disk with what the request changes.
    fn count(&mut self, imsi: &Imsi) -> Result<(), VaultError> {
        let now = (self.clock)();
        let one = self.find(imsi)?;
        // A clock that was set back opens a new minute too, rather than closing the vault for as long.
        if now.abs_diff(one.since) >= WINDOW {
            (one.since, one.used) = (now, 0);
        }
        if one.used >= one.limit {
            return Err(VaultError::RateLimited((one.since + WINDOW).saturating_sub(now).max(1)));
        }
        one.used += 1;
        Ok(())
    }

    fn save(&self) -> Result<(), VaultError> {
        self.store.replace(&self.sealer.seal(&self.content.encode())?)
    }
}

impl KeyVault for SoftVault {
    fn auth_vector(&mut self, subscriber: &Imsi, request: &AuthRequest) -> Result<AuthVector, VaultError> {
        request.network.check()?;
        self.count(subscriber)?;
        let one = self.find(subscriber)?;
        let sqn = one.sqn.next()?;
        one.sqn = sqn;
        // On disk first: after a crash the number counts as used, whether its vector was seen or not.
        self.save()?;
        let mut rand = [0; 16];
        OsRng.try_fill_bytes(&mut rand).map_err(|_| VaultError::Entropy)?;
        let one = self.find(subscriber)?;
        AuthVector::compute(&Milenage::new(&one.ki, &one.opc), sqn, one.amf, rand, &request.network)
    }

    fn resynchronise(&mut self, subscriber: &Imsi, rand: &Block, auts: &[u8; 14]) -> Result<(), VaultError> {
        self.count(subscriber)?;
        let one = self.find(subscriber)?;
        let card = Milenage::new(&one.ki, &one.opc);
        let (hidden, mac) = auts.split_at(6);
        let ak = card.f5_star(rand);
        let sqn: [u8; 6] = std::array::from_fn(|i| hidden[i] ^ ak.expose()[i]);
        // AMF is all zero in AUTS (TS 33.102, 6.3.3).
        let verifies = card.f1(rand, &sqn, [0, 0]).s.ct_eq(mac).into();
        if verifies {
            one.sqn = one.sqn.catch_up(Sqn::from_bytes(&sqn));
        }
        // A refused token costs a request as well, also after a restart: 64 bits of MAC-S are not to be guessed.
        self.save()?;
        if verifies {
            Ok(())
        } else {
            Err(VaultError::Resync)
        }
    }

    fn public_key(&self) -> PublicKey {
        compressed(self.signer.verifying_key())
    }
}

pub(crate) fn compressed(key: &p256::ecdsa::VerifyingKey) -> PublicKey {
    let mut out = [0; 33];
    let point = key.to_sec1_point(true);
    // A compressed point of P-256 has 33 bytes.
    out.iter_mut().zip(point.as_bytes()).for_each(|(to, from)| *to = *from);
    out
}

fn check_grants(grants: &[Grant]) -> Result<(), VaultError> {
    if grants.len() > MAX_GRANTS {
        return Err(VaultError::Full);
    }
    for grant in grants {
        if grant.name.is_empty() || grant.name.len() > 255 || grant.name.chars().any(char::is_control) {
            return Err(VaultError::Key("an operator's name is 1 to 255 bytes without control characters"));
        }
        p256::ecdsa::VerifyingKey::from_sec1_bytes(&grant.key).map_err(|_| VaultError::Key("it is no P-256 point"))?;
    }
    Ok(())
}

fn system_clock() -> Clock {
    Arc::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()))
}

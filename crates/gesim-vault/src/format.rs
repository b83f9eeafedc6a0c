//! The vault's file, version 1: header, the header's MAC, sealed content. `docs/vault.md` has the table.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use chacha20poly1305::{aead::AeadInOut, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use rand::{rngs::OsRng, RngCore};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{codec::Reader, Secret, VaultError};

const MAGIC: &[u8; 8] = b"GESIMVLT";
const VERSION: u8 = 1;
/// Argon2id with version 0x13, XChaCha20-Poly1305, HMAC-SHA-256.
const SUITE: u8 = 1;
const MAC_SIZE: usize = 32;
/// No vault is larger: 256 subscribers with 16 operators each fit.
pub const MAX_SIZE: u64 = 1 << 20;

/// What deriving a key from a passphrase costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Cost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for Argon2Cost {
    /// RFC 9106's second recommendation: 64 MiB, 3 passes, 4 lanes.
    fn default() -> Self {
        Self { memory_kib: 64 << 10, passes: 3, lanes: 4 }
    }
}

impl Argon2Cost {
    /// The least that is taken.
    pub const LEAST: Self = Self { memory_kib: 8 << 10, passes: 1, lanes: 1 };

    /// A file must not make its reader take all memory, nor its writer too little.
    fn check(self) -> Result<(), VaultError> {
        if !(8 << 10..=1 << 20).contains(&self.memory_kib) {
            return Err(VaultError::Cost("memory"));
        }
        if !(1..=16).contains(&self.passes) {
            return Err(VaultError::Cost("passes"));
        }
        if !(1..=8).contains(&self.lanes) {
            return Err(VaultError::Cost("lanes"));
        }
        Ok(())
    }
}

/// The keys of one vault, derived once when it is opened.
pub struct Sealer {
    cost: Argon2Cost,
    salt: [u8; 16],
    /// Content key, then header key.
    content: Secret<32>,
    header: Secret<32>,
}

impl Sealer {
    pub fn new(passphrase: &str, cost: Argon2Cost) -> Result<Self, VaultError> {
        let mut salt = [0; 16];
        OsRng.try_fill_bytes(&mut salt).map_err(|_| VaultError::Entropy)?;
        Self::derive(passphrase, cost, salt)
    }

    fn derive(passphrase: &str, cost: Argon2Cost, salt: [u8; 16]) -> Result<Self, VaultError> {
        cost.check()?;
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(64));
        let params = params.map_err(|_| VaultError::Cost("Argon2 does not take it"))?;
        let mut keys = Zeroizing::new([0; 64]);
        // The memory that Argon2 fills is as good as the key.
        let mut memory = Zeroizing::new(vec![Block::new(); params.block_count()]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(passphrase.as_bytes(), &salt, keys.as_mut(), memory.as_mut_slice())
            .map_err(|_| VaultError::Cost("Argon2 does not take it"))?;
        let (mut content, mut header) = (Secret::new([0; 32]), Secret::new([0; 32]));
        content.expose_mut().copy_from_slice(&keys[..32]);
        header.expose_mut().copy_from_slice(&keys[32..]);
        Ok(Self { cost, salt, content, header })
    }

    /// Seals under a fresh nonce: 24 random bytes do not meet again.
    pub fn seal(&self, content: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; 24];
        OsRng.try_fill_bytes(&mut nonce).map_err(|_| VaultError::Entropy)?;
        let length = u32::try_from(content.len()).map_err(|_| VaultError::Full)?;
        let mut file = Vec::with_capacity(96 + MAC_SIZE + content.len());
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(&[VERSION, SUITE]);
        for number in [self.cost.memory_kib, self.cost.passes, self.cost.lanes] {
            file.extend_from_slice(&number.to_be_bytes());
        }
        file.extend_from_slice(&self.salt);
        file.extend_from_slice(&nonce);
        file.extend_from_slice(&length.to_be_bytes());
        let mac = self.mac(&file)?.finalize().into_bytes();
        file.extend_from_slice(&mac);
        // The content is sealed in place in a buffer of its own, which holds it in clear only until then.
        let mut sealed = Zeroizing::new(content.to_vec());
        let tag = XChaCha20Poly1305::new(self.content.expose().into())
            .encrypt_inout_detached(&XNonce::from(nonce), &file, sealed.as_mut_slice().into())
            .map_err(|_| VaultError::Full)?;
        file.extend_from_slice(&sealed);
        file.extend_from_slice(&tag);
        if file.len() as u64 > MAX_SIZE {
            return Err(VaultError::Full);
        }
        Ok(file)
    }

    /// Opens a file: the keys for writing it again, and its content.
    pub fn open(passphrase: &str, file: &[u8]) -> Result<(Self, Zeroizing<Vec<u8>>), VaultError> {
        let short = || VaultError::NotAVault("the file ends in its header");
        let mut reader = Reader::new(file);
        if reader.array::<8>() != Some(*MAGIC) {
            return Err(VaultError::NotAVault("it does not begin with GESIMVLT"));
        }
        let version = reader.u8().ok_or_else(short)?;
        if version != VERSION {
            return Err(VaultError::Version(version));
        }
        if reader.u8().ok_or_else(short)? != SUITE {
            return Err(VaultError::NotAVault("its algorithms are unknown"));
        }
        let mut number = || reader.u32().ok_or_else(short);
        let cost = Argon2Cost { memory_kib: number()?, passes: number()?, lanes: number()? };
        let salt = reader.array().ok_or_else(short)?;
        let nonce: [u8; 24] = reader.array().ok_or_else(short)?;
        let length = reader.u32().ok_or_else(short)? as usize;
        let header = file.len() - reader.rest();
        let mac = reader.array::<MAC_SIZE>().ok_or_else(short)?;
        let this = Self::derive(passphrase, cost, salt)?;
        let header = file.get(..header).ok_or_else(short)?;
        this.mac(header)?.verify_slice(&mac).map_err(|_| VaultError::Passphrase)?;
        let authenticated = file.get(..header.len() + MAC_SIZE).ok_or_else(short)?;
        let mut content = Zeroizing::new(reader.take(length).ok_or(VaultError::Tampered)?.to_vec());
        let tag: [u8; 16] = reader.array().ok_or(VaultError::Tampered)?;
        if reader.rest() != 0 {
            return Err(VaultError::Tampered);
        }
        XChaCha20Poly1305::new(this.content.expose().into())
            .decrypt_inout_detached(&XNonce::from(nonce), authenticated, content.as_mut_slice().into(), &Tag::from(tag))
            .map_err(|_| VaultError::Tampered)?;
        Ok((this, content))
    }

    /// Over the header: tells a wrong passphrase from changed content, and commits the file to one key.
    fn mac(&self, header: &[u8]) -> Result<Hmac<Sha256>, VaultError> {
        let mac = <Hmac<Sha256> as Mac>::new_from_slice(self.header.expose());
        Ok(mac.map_err(|_| VaultError::Cost("no header key"))?.chain_update(header))
    }
}

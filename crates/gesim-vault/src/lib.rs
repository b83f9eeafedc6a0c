//! Keys that stay with their user: Ki and OPc live in a vault, the operator asks it for authentication vectors.
//!
//! `milenage` is the algorithm, [`SoftVault`] the vault, [`VectorServer`] and [`VectorClient`] the way between a vault and an operator's HSS,
//! `attest` how a vault says what it runs on, `did` the document that names its keys. `docs/vault.md` has the formats.

pub mod attest;
mod client;
mod codec;
mod content;
pub mod did;
mod error;
mod format;
mod imsi;
pub mod kdf;
mod keys;
pub mod milenage;
mod secret;
mod server;
pub mod sqn;
mod store;
mod vault;
mod vector;
pub mod wire;

pub use client::VectorClient;
pub use error::VaultError;
pub use format::Argon2Cost;
pub use imsi::Imsi;
pub use keys::SubscriberKeys;
pub use milenage::Milenage;
pub use secret::Secret;
pub use server::{Limits, VectorServer};
pub use vault::{About, Grant, KeyVault, NewSubscriber, SoftVault};
pub use vector::{AuthRequest, AuthVector, Keys, Network};

/// A 128-bit value of the authentication protocol.
pub type Block = [u8; 16];
/// A compressed P-256 point.
pub type PublicKey = [u8; 33];

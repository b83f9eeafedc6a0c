//! Enrols eUICCs: an eUICC signs a challenge that names the device's secret and wallet, and its eidTag becomes a leaf of
//! the registrar's tree on-chain. Neither the database nor the chain learns an EID.

pub mod api;
pub mod chain;
pub mod config;
pub mod device;
pub mod error;
pub mod euicc;
pub mod guard;
pub mod http;
pub mod key;
pub mod service;
pub mod store;
mod worker;

pub use chain::{LeafChain, OnChain};
pub use error::{RegistrarError, Result};
pub use service::{Policy, Registrar};

//! A relay in front of SM-DP+ servers that never terminates TLS (ADR 0010).
//!
//! It reads the server name in the ClientHello, looks the name up in its list, and copies bytes from there on. It has
//! no key and no certificate and no setting for one, so what goes through it stays between device and server: a
//! handshake through the gateway is the server's own, and proves its provenance.

mod clients;
mod gateway;
pub mod hello;
mod metrics;
mod outcome;
mod relay;
mod session;
mod settings;
mod units;

pub use clients::{Clients, Place};
pub use gateway::{Gateway, GatewayError};
pub use metrics::Metrics;
pub use outcome::{Direction, Outcome};
pub use settings::{Limits, Ready, Settings, SettingsError};
pub use units::parse_duration;

/// Sees what is relayed; for tests that show what the gateway can see.
pub trait Observer: Send + Sync + 'static {
    fn relayed(&self, direction: Direction, bytes: &[u8]);
}

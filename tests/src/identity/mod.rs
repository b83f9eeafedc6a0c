//! The identity program: registrars, devices with enrolled EIDs, sessions, and what servers sign.

pub mod calls;
pub mod certificates;
pub mod device;
pub mod handshake;
pub mod pki;
pub mod registry;

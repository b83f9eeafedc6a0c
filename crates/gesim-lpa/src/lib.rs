//! The device: a TLS handshake that is evidence, full local verification, and profile download over ES9+.
//!
//! ```text
//! session   what the chain needs to open a session, and what it answers
//! tls       one connection whose client_random is that answer; the server is verified before anything is sent
//! evidence  the signature the server made, ready for the chain
//! es9       SGP.22's calls over that same connection
//! ```
//! Whatever fails ends the session: [`LpaError`] says at which step, which rule was broken and what to do.
#![forbid(unsafe_code)]

mod error;
pub mod es9;
mod evidence;
mod hexed;
mod http;
mod server;
mod session;
pub mod tls;

pub use error::{LpaError, Result, Rule, Step};
pub use evidence::{secp256r1_instruction_data, Handshake, HandshakeEvidence, SignedMessage};
pub use server::{ServerIdentity, ServerRules};
pub use session::{SessionOpening, SessionSecrets};

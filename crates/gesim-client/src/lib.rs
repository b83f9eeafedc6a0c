//! How programs outside the chain talk to GeSIM: addresses, instructions, two transports, decoded errors.

pub mod addresses;
pub mod decode;
pub mod deploy;
pub mod error;
pub mod fetch;
mod hints;
pub mod history;
pub mod identity;
pub mod instructions;
pub mod ledger;
pub mod plans;
pub mod pools;
pub mod proofs;
pub mod session;
pub mod token;
pub mod transport;

pub use error::{ClientError, Result};
pub use session::{PriorityFee, Session};
pub use transport::{RpcTransport, SvmTransport, Transport};

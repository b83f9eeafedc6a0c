//! How programs outside the chain talk to GeSIM: addresses, instructions, two transports, decoded errors.

pub mod decode;
pub mod error;
mod hints;
pub mod session;
pub mod token;
pub mod transport;

pub use error::{ClientError, Result};
pub use session::{PriorityFee, Session};
pub use transport::{RpcTransport, SvmTransport, Transport};

//! HTTP/JSON for devices.

mod limit;
mod listen;
mod routes;
mod serve;

pub use listen::Tls;
pub use serve::{serve, Serving, Settings};

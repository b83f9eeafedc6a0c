//! An SM-DP+: the state of every transaction without any input or output ([`Smdp`]), and the same behind HTTPS ([`SmdpServer`]).
//!
//! A transaction is taken out of the table before anything is done with it and goes back only when its step went well: each
//! step happens once, and a failure ends the transaction.

mod bind;
mod config;
mod orders;
mod refusal;
mod server;
mod state;
mod tls;

pub use config::{Authorization, Authorize, SmdpConfig, SmdpError};
pub use orders::{Order, OrderState};
pub use server::{SmdpHandle, SmdpServer};
pub use state::Smdp;

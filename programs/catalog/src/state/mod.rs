pub mod catalog;
pub mod config;
pub mod entitlement;
pub mod plan;
pub mod seeds;
pub mod terms;

pub use catalog::*;
pub use config::*;
pub use entitlement::*;
pub use plan::*;

/// Layout version written into every new account.
pub const VERSION: u8 = 1;
/// Bytes kept free in every account for later fields.
pub const RESERVED: usize = 64;

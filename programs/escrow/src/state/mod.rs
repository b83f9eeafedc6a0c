pub mod config;
pub mod pool;
pub mod position;
pub mod seeds;

pub use config::*;
pub use pool::*;
pub use position::*;

/// Layout version written into every new account.
pub const VERSION: u8 = 1;
/// Bytes kept free in every account for later fields.
pub const RESERVED: usize = 64;

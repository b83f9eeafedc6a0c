pub mod binding;
pub mod config;
pub mod enrolment;
pub mod issuer;
pub mod registrar;
pub mod seeds;
pub mod session;
pub mod smdp;
pub mod transcript;
pub mod tree;

pub use binding::*;
pub use config::*;
pub use enrolment::*;
pub use issuer::*;
pub use registrar::*;
pub use session::*;
pub use smdp::*;
pub use transcript::*;
pub use tree::*;

/// Layout version written into every new account.
pub const VERSION: u8 = 1;
/// Bytes kept free in every account for later fields.
pub const RESERVED: usize = 64;

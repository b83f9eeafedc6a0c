pub mod initialize;
pub mod trusted_setup;

pub use initialize::*;
pub use trusted_setup::*;

//! Generated verifying keys, one file a circuit.

mod opening_small;
mod usage_small;

pub use opening_small::OPENING_SMALL;
pub use usage_small::USAGE_SMALL;

//! Generated verifying keys, one file a circuit.

mod opening_large;
mod opening_small;
mod usage_large;
mod usage_small;

pub use opening_large::OPENING_LARGE;
pub use opening_small::OPENING_SMALL;
pub use usage_large::USAGE_LARGE;
pub use usage_small::USAGE_SMALL;

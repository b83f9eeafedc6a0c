//! Generated verifying keys, one file a circuit.

mod eid_possession;
mod opening_large;
mod opening_small;
mod usage_large;
mod usage_small;

pub use eid_possession::EID_POSSESSION;
pub use opening_large::OPENING_LARGE;
pub use opening_small::OPENING_SMALL;
pub use usage_large::USAGE_LARGE;
pub use usage_small::USAGE_SMALL;

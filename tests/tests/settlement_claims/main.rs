//! Records that must not have been billed: shown by real opening proofs, struck once, and what that costs the MNO.

mod disputes;
mod duplicates;
mod openings;
mod periods;
mod rerated;
mod world;

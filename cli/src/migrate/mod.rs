//! Numbered chain steps (ADR 0004).

mod manifest;
mod steps;

pub use manifest::{all, Migration};
pub use steps::{Done, Runner};

//! What stands around GeSIM's circuits: compiling them, the development setup, the phase-2 ceremony, and the
//! verifying keys and manifest that the rest of the tree is built with.

pub mod cache;
pub mod ceremony;
pub mod check;
pub mod circuit;
pub mod compile;
pub mod dev;
mod engine;
pub mod key;
pub mod keys;
pub mod manifest;
pub mod node;
pub mod progress;
pub mod setup;
pub mod tree;
pub mod vk;
pub mod wires;

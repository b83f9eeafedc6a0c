//! Rating of wholesale roaming files.

mod files;
mod view;

pub use files::Rate;

//! What every part of GeSIM must agree on, in one place: layouts of rows and public inputs, Poseidon,
//! lanes, TADIG codes and the money rules. `no_std`: programs, prover and clients share this code.
#![no_std]

pub mod digest;
pub mod eid;
pub mod eid_tree;
pub mod error;
pub mod ids;
pub mod inputs;
pub mod lane;
pub mod layout;
pub mod meta;
pub mod money;
pub mod period;
pub mod poseidon;
pub mod provenance;
pub mod secp256r1;
pub mod tadig;
pub mod tariff;

pub use eid::Eid;
pub use error::CoreError;
pub use lane::{Lane, Measure};
pub use tadig::Tadig;
pub use tariff::{Increment, LanePrice, Tier};

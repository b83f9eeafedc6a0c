//! Groth16 with one Pedersen commitment (ADR 0005): proofs that commit to some of their wires and answer a challenge
//! drawn from the commitment. The format is that of gnark's BSB22 extension.

mod batch;
mod challenge;
mod fold;
mod key;
mod proof;
mod single;

pub use batch::verify_committed_batch;
pub use challenge::challenge;
pub use fold::fold_poks;
pub use key::CommittedKey;
pub use proof::CommittedProof;
pub use single::verify_committed;

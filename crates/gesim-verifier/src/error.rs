use thiserror::Error;

use crate::batch::MAX_BATCH;

/// Why a proof or a batch of proofs was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VerifyError {
    #[error("a public input must be below the BN254 scalar modulus")]
    NonCanonicalInput,
    #[error("a coordinate must be below the BN254 base modulus")]
    NonCanonicalPoint,
    #[error("the point at infinity has no place in a proof or a key")]
    PointAtInfinity,
    #[error("a proof or key point is not on the curve or not in its group")]
    InvalidPoint,
    #[error("a batch holds as many inputs as proofs")]
    CountMismatch,
    #[error("a batch holds 1 to {MAX_BATCH} proofs")]
    BatchSize,
    #[error("the pairing product is not one: a proof, or the proof of knowledge beside it, does not hold")]
    ProofInvalid,
    #[error("a key whose delta is plus or minus gamma, or whose sigma is plus or minus one, lets anyone forge proofs")]
    ForgeableKey,
}

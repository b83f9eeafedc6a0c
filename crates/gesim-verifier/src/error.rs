use thiserror::Error;

/// Why a proof or a batch of proofs was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VerifyError {
    #[error("a public input must be below the BN254 scalar modulus")]
    NonCanonicalInput,
    #[error("a proof coordinate must be below the BN254 base modulus")]
    NonCanonicalProof,
    #[error("a proof must not hold the point at infinity")]
    PointAtInfinity,
    #[error("a proof or key point is not on the curve or not in its group")]
    InvalidPoint,
    #[error("a batch holds as many inputs as proofs")]
    CountMismatch,
    #[error("a batch holds 1 to 32 proofs")]
    BatchSize,
    #[error("the pairing product is not one: a proof does not hold")]
    ProofInvalid,
    #[error("a key whose delta is its gamma lets anyone forge proofs")]
    ForgeableKey,
}

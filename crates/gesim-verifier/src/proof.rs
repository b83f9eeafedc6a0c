use crate::{
    field::{is_below, is_zero, BASE_MODULUS},
    VerifyError,
};

/// A proof as the chain stores it: A (64 bytes), B (128), C (64), A not negated, coordinates big-endian.
pub type Proof = [u8; 256];

/// A proof's points, each canonical and none at infinity.
pub struct Parts<'a> {
    pub a: &'a [u8; 64],
    pub b: &'a [u8; 128],
    pub c: &'a [u8; 64],
}

impl<'a> Parts<'a> {
    /// Every coordinate must be below q: the syscalls read a coordinate's two highest bits as flags ("infinity",
    /// "negative y") and take aliases of a point.
    ///
    /// Infinity would not make Groth16 unsound: its proof covers every group element, and with A or B at infinity the
    /// rest must make up e(alpha, beta), which nobody can without the setup's secrets. But no honest prover produces it
    /// (blinding makes each point uniform), while all-zero bytes are what an unwritten part of a buffer holds: refusing
    /// it costs three compares and says what is wrong.
    #[inline(always)]
    pub fn of(proof: &'a Proof) -> Result<Self, VerifyError> {
        let (coordinates, _) = proof.as_chunks::<32>();
        if !coordinates.iter().all(|coordinate| is_below(coordinate, &BASE_MODULUS)) {
            return Err(VerifyError::NonCanonicalPoint);
        }
        let parts = Self::split(proof).ok_or(VerifyError::InvalidPoint)?;
        if is_zero(parts.a) || is_zero(parts.b) || is_zero(parts.c) {
            return Err(VerifyError::PointAtInfinity);
        }
        Ok(parts)
    }

    #[inline(always)]
    fn split(proof: &'a Proof) -> Option<Self> {
        let (a, rest) = proof.split_first_chunk()?;
        let (b, rest) = rest.split_first_chunk()?;
        Some(Self { a, b, c: rest.first_chunk()? })
    }
}

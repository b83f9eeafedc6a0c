use crate::{
    field::{is_below, is_zero, BASE_MODULUS},
    VerifyError,
};

/// A proof as the chain stores it: A (64 bytes), B (128), C (64), the commitment D (64); A not negated, coordinates
/// big-endian. Its proof of knowledge (64) travels beside it, because a batch needs only the folded one.
pub type CommittedProof = [u8; 320];

/// A proof's points, each canonical and none at infinity; see [`crate::proof::Parts`] for the reasons.
pub struct CommittedParts<'a> {
    pub a: &'a [u8; 64],
    pub b: &'a [u8; 128],
    pub c: &'a [u8; 64],
    pub d: &'a [u8; 64],
}

impl<'a> CommittedParts<'a> {
    #[inline(always)]
    pub fn of(proof: &'a CommittedProof) -> Result<Self, VerifyError> {
        let (coordinates, _) = proof.as_chunks::<32>();
        if !coordinates.iter().all(|coordinate| is_below(coordinate, &BASE_MODULUS)) {
            return Err(VerifyError::NonCanonicalPoint);
        }
        let parts = Self::split(proof).ok_or(VerifyError::InvalidPoint)?;
        if is_zero(parts.a) || is_zero(parts.b) || is_zero(parts.c) || is_zero(parts.d) {
            return Err(VerifyError::PointAtInfinity);
        }
        Ok(parts)
    }

    #[inline(always)]
    fn split(proof: &'a CommittedProof) -> Option<Self> {
        let (a, rest) = proof.split_first_chunk()?;
        let (b, rest) = rest.split_first_chunk()?;
        let (c, rest) = rest.split_first_chunk()?;
        Some(Self { a, b, c, d: rest.first_chunk()? })
    }
}

/// A proof of knowledge is canonical and not infinity too. Whether it is on the curve says the operation that reads it.
pub fn check_pok(pok: &[u8; 64]) -> Result<(), VerifyError> {
    let (coordinates, _) = pok.as_chunks::<32>();
    if !coordinates.iter().all(|coordinate| is_below(coordinate, &BASE_MODULUS)) {
        return Err(VerifyError::NonCanonicalPoint);
    }
    if is_zero(pok) {
        return Err(VerifyError::PointAtInfinity);
    }
    Ok(())
}

use crate::{
    field::{is_below, is_zero, BASE_MODULUS},
    pairs::Pairs,
    runtime::{copy, pairing_is_one},
    VerifyError,
};

/// The verifying key of a circuit with one public input, in the syscalls' encoding: big-endian coordinates,
/// G1 as x, y and G2 as x1, x0, y1, y0 (EIP-197).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    pub alpha_g1: [u8; 64],
    pub beta_g2: [u8; 128],
    pub gamma_g2: [u8; 128],
    pub delta_g2: [u8; 128],
    /// The constant's and the public input's point.
    pub ic: [[u8; 64]; 2],
    /// Names the key, and goes into the coefficients of a batch.
    pub fingerprint: [u8; 32],
    /// How the key was made: a development setup says so.
    pub setup: &'static str,
}

impl VerifyingKey {
    /// What a key must be before anything trusts it: for those who generate keys and for tests. `verify` does not
    /// repeat it, because a program's keys are constants.
    ///
    /// A phase 2 without a contribution leaves delta equal to gamma; then A = alpha, B = beta and
    /// C = -(IC_0 + x IC_1) prove any x. With delta = -gamma the opposite C does.
    pub fn check(&self) -> Result<(), VerifyError> {
        let g1 = [&self.alpha_g1, &self.ic[0], &self.ic[1]];
        let g2 = [&self.beta_g2, &self.gamma_g2, &self.delta_g2];
        check_points(&g1, &g2)?;
        if same_up_to_sign(&self.delta_g2, &self.gamma_g2) {
            return Err(VerifyError::ForgeableKey);
        }
        Ok(())
    }
}

/// Whether two points of G2 have the same x: one is the other, or its opposite.
pub fn same_up_to_sign(left: &[u8; 128], right: &[u8; 128]) -> bool {
    left[..64] == right[..64]
}

/// Every point is canonical, not infinity, on its curve and in its group. As many of G1 as of G2.
pub fn check_points(g1: &[&[u8; 64]], g2: &[&[u8; 128]]) -> Result<(), VerifyError> {
    let mut pairs = Pairs::new(g1.len());
    for (left, right) in g1.iter().zip(g2) {
        let mut coordinates = left.as_chunks::<32>().0.iter().chain(right.as_chunks::<32>().0);
        if !coordinates.all(|coordinate| is_below(coordinate, &BASE_MODULUS)) {
            return Err(VerifyError::NonCanonicalPoint);
        }
        if is_zero(*left) || is_zero(*right) {
            return Err(VerifyError::PointAtInfinity);
        }
        copy(pairs.push(right), *left);
    }
    // Only the points' validity matters here, not the product.
    match pairing_is_one(pairs.as_words()) {
        Ok(()) | Err(VerifyError::ProofInvalid) => Ok(()),
        Err(error) => Err(error),
    }
}

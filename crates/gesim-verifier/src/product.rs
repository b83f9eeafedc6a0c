use crate::{
    runtime::{copy, multiply, Number, G1},
    transcript::Coefficient,
    VerifyError,
};

/// A G1 point beside a scalar, as the multiplication reads them; reused, so that only what changes is written.
pub struct Product {
    input: [u64; 12],
}

impl Product {
    pub fn new() -> Self {
        Self { input: [0; 12] }
    }

    #[inline(always)]
    pub fn set_scalar(&mut self, scalar: Number) {
        self.input[8..].copy_from_slice(&scalar);
    }

    #[inline(always)]
    pub fn set_coefficient(&mut self, [high, low]: Coefficient) {
        self.set_scalar([0, 0, high, low]);
    }

    /// Multiplies another point by the same scalar.
    #[inline(always)]
    pub fn of(&mut self, point: &[u8; 64], out: &mut G1) -> Result<(), VerifyError> {
        copy(&mut self.input[..8], point);
        multiply(&self.input, out)
    }

    /// The same for a point that is in words already.
    #[inline(always)]
    pub fn of_words(&mut self, point: &G1, out: &mut G1) -> Result<(), VerifyError> {
        self.input[..8].copy_from_slice(point);
        multiply(&self.input, out)
    }
}

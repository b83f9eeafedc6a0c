use crate::{
    key::{check_points, same_up_to_sign},
    VerifyError,
};

/// The verifying key of a circuit with two public inputs, the statement x and the challenge, in the syscalls' encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommittedKey {
    pub alpha_g1: [u8; 64],
    pub beta_g2: [u8; 128],
    pub gamma_g2: [u8; 128],
    pub delta_g2: [u8; 128],
    /// The points of the constant, of x and of the challenge.
    pub ic: [[u8; 64]; 3],
    /// G, the commitment key's own generator.
    pub commitment_g: [u8; 128],
    /// -sigma G.
    pub commitment_sigma_neg: [u8; 128],
    /// Names the key, and goes into the coefficients of a batch.
    pub fingerprint: [u8; 32],
    /// How the key was made: a development setup says so.
    pub setup: &'static str,
}

impl CommittedKey {
    /// What a key must be before anything trusts it: for those who generate keys and for tests.
    ///
    /// A delta of plus or minus gamma lets anyone forge proofs, see [`crate::VerifyingKey::check`]. So does a sigma of
    /// plus or minus one: then everybody can make a proof of knowledge for any D, IC_1 included.
    pub fn check(&self) -> Result<(), VerifyError> {
        let g1 = [&self.alpha_g1, &self.ic[0], &self.ic[1], &self.ic[2], &self.alpha_g1];
        let g2 = [&self.beta_g2, &self.gamma_g2, &self.delta_g2, &self.commitment_g, &self.commitment_sigma_neg];
        check_points(&g1, &g2)?;
        if same_up_to_sign(&self.delta_g2, &self.gamma_g2)
            || same_up_to_sign(&self.commitment_sigma_neg, &self.commitment_g)
        {
            return Err(VerifyError::ForgeableKey);
        }
        Ok(())
    }
}

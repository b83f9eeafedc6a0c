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

//! A whole certificate: what was signed, and the signature.

use crate::{
    der::{only, SEQUENCE},
    tbs::signature_algorithm,
    CertError, Tbs,
};

/// A certificate of the profile. Its signature is not checked here: that takes the issuer's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certificate<'a> {
    /// The bytes that were signed.
    pub tbs_der: &'a [u8],
    pub tbs: Tbs<'a>,
    /// r and s, 32 octets each. s may be in the upper half: the precompile needs it in the lower one.
    pub signature: [u8; 64],
}

impl<'a> Certificate<'a> {
    /// The bytes are a certificate and nothing else.
    pub fn parse(der: &'a [u8]) -> Result<Self, CertError> {
        let mut fields = only(der, SEQUENCE)?;
        let tbs = fields.value()?;
        signature_algorithm(fields.take(SEQUENCE)?)?;
        let mut numbers = only(fields.octets_of_bits()?, SEQUENCE)?;
        fields.end()?;
        let (r, s) = (numbers.unsigned()?, numbers.unsigned()?);
        numbers.end()?;
        let mut signature = [0; 64];
        let (left, right) = signature.split_at_mut(32);
        fill(left, r)?;
        fill(right, s)?;
        Ok(Self { tbs_der: tbs.whole, tbs: Tbs::parse(tbs.whole)?, signature })
    }
}

/// Writes a number to the end of a field of zeros.
fn fill(field: &mut [u8], number: &[u8]) -> Result<(), CertError> {
    let from = field.len().checked_sub(number.len()).ok_or(CertError::Signature)?;
    match number {
        [0] => Err(CertError::Signature),
        _ => field.get_mut(from..).map(|end| end.copy_from_slice(number)).ok_or(CertError::Signature),
    }
}

//! Keys of EPS and 5G out of CK and IK: the KDF of 3GPP TS 33.220, Annex B, with the parameters of TS 33.401 and TS 33.501.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{milenage::Answers, Block, Secret, VaultError};

/// K_ASME (TS 33.401, A.2) for the serving network with this 3-byte id.
pub fn k_asme(answers: &Answers, plmn: &[u8; 3], hidden_sqn: &[u8; 6]) -> Result<Secret<32>, VaultError> {
    kdf(answers, 0x10, &[plmn, hidden_sqn])
}

/// K_AUSF (TS 33.501, A.2) for a serving network name.
pub fn k_ausf(answers: &Answers, network: &str, hidden_sqn: &[u8; 6]) -> Result<Secret<32>, VaultError> {
    kdf(answers, 0x6a, &[network.as_bytes(), hidden_sqn])
}

/// XRES* (TS 33.501, A.4): the last half of the KDF's output.
pub fn xres_star(answers: &Answers, network: &str, rand: &Block) -> Result<Secret<16>, VaultError> {
    let long = kdf(answers, 0x6b, &[network.as_bytes(), rand, answers.res.expose()])?;
    let mut short = Secret::new([0; 16]);
    short.expose_mut().copy_from_slice(&long.expose()[16..]);
    Ok(short)
}

/// HMAC-SHA-256 under CK || IK over FC || P0 || L0 || P1 || L1 ..
fn kdf(answers: &Answers, fc: u8, parameters: &[&[u8]]) -> Result<Secret<32>, VaultError> {
    let mut key = Zeroizing::new([0; 32]);
    key[..16].copy_from_slice(answers.ck.expose());
    key[16..].copy_from_slice(answers.ik.expose());
    let too_long = |_| VaultError::Network("it is too long");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key[..]).map_err(|_| VaultError::Network("it has no key"))?;
    mac.update(&[fc]);
    for parameter in parameters {
        mac.update(parameter);
        mac.update(&u16::try_from(parameter.len()).map_err(too_long)?.to_be_bytes());
    }
    Ok(Secret::new(mac.finalize().into_bytes().into()))
}

use alloc::{string::String, vec::Vec};

use serde_json::Value;
use thiserror::Error;

use super::join;
use crate::{field::is_below, Proof, VerifyError, VerifyingKey, BASE_MODULUS, SCALAR_MODULUS};

/// What is wrong with a file of snarkjs.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodeError {
    #[error("`{0}` is missing or has another shape")]
    Shape(&'static str),
    #[error("`{0}`: {1} is not a decimal number below the modulus")]
    Number(&'static str, String),
    #[error("`{0}` must be {1}")]
    Expected(&'static str, &'static str),
    #[error(transparent)]
    Key(#[from] VerifyError),
}

/// A decimal number below the modulus; signs, spaces and leading zeros are refused.
fn number(name: &'static str, value: &Value, modulus: &[u8; 32]) -> Result<[u8; 32], EncodeError> {
    let text = value.as_str().ok_or(EncodeError::Shape(name))?;
    let refuse = || EncodeError::Number(name, text.into());
    if text.is_empty() || (text.len() > 1 && text.starts_with('0')) {
        return Err(refuse());
    }
    let mut out = [0u8; 32];
    for digit in text.bytes() {
        let mut carry = match digit {
            b'0'..=b'9' => u32::from(digit & 0x0f),
            _ => return Err(refuse()),
        };
        for byte in out.iter_mut().rev() {
            let next = u32::from(*byte).wrapping_mul(10).wrapping_add(carry);
            *byte = next as u8;
            carry = next >> 8;
        }
        if carry != 0 {
            return Err(refuse());
        }
    }
    if is_below(&out, modulus) {
        Ok(out)
    } else {
        Err(refuse())
    }
}

/// The elements of an array of exactly N.
fn items<'a, const N: usize>(name: &'static str, value: &'a Value) -> Result<&'a [Value; N], EncodeError> {
    value.as_array().and_then(|list| list.as_slice().try_into().ok()).ok_or(EncodeError::Shape(name))
}

fn expect(file: &Value, name: &'static str, expected: &'static str) -> Result<(), EncodeError> {
    if file[name] == expected {
        Ok(())
    } else {
        Err(EncodeError::Expected(name, expected))
    }
}

fn g1(name: &'static str, point: &Value) -> Result<[u8; 64], EncodeError> {
    let [x, y, z] = items(name, point)?;
    if z != "1" {
        return Err(EncodeError::Shape(name));
    }
    Ok(join(&[number(name, x, &BASE_MODULUS)?, number(name, y, &BASE_MODULUS)?]))
}

fn g2(name: &'static str, point: &Value) -> Result<[u8; 128], EncodeError> {
    let [x, y, z] = items(name, point)?;
    let ([x0, x1], [y0, y1], [z0, z1]) = (items(name, x)?, items(name, y)?, items(name, z)?);
    if z0 != "1" || z1 != "0" {
        return Err(EncodeError::Shape(name));
    }
    let coordinate = |value| number(name, value, &BASE_MODULUS);
    Ok(join(&[coordinate(x1)?, coordinate(x0)?, coordinate(y1)?, coordinate(y0)?]))
}

/// `proof.json`.
pub fn proof_from_snarkjs(file: &Value) -> Result<Proof, EncodeError> {
    expect(file, "protocol", "groth16")?;
    expect(file, "curve", "bn128")?;
    let mut out = [0; 256];
    out[..64].copy_from_slice(&g1("pi_a", &file["pi_a"])?);
    out[64..192].copy_from_slice(&g2("pi_b", &file["pi_b"])?);
    out[192..].copy_from_slice(&g1("pi_c", &file["pi_c"])?);
    Ok(out)
}

/// `public.json`.
pub fn public_from_snarkjs(file: &Value) -> Result<Vec<[u8; 32]>, EncodeError> {
    let values = file.as_array().ok_or(EncodeError::Shape("public"))?;
    values.iter().map(|value| number("public", value, &SCALAR_MODULUS)).collect()
}

/// `verification_key.json` of a circuit with one public input. The key must pass [`VerifyingKey::check`].
pub fn key_from_snarkjs(file: &Value, fingerprint: [u8; 32], setup: &'static str) -> Result<VerifyingKey, EncodeError> {
    expect(file, "protocol", "groth16")?;
    expect(file, "curve", "bn128")?;
    let [ic0, ic1] = items("IC", &file["IC"])?;
    let key = VerifyingKey {
        alpha_g1: g1("vk_alpha_1", &file["vk_alpha_1"])?,
        beta_g2: g2("vk_beta_2", &file["vk_beta_2"])?,
        gamma_g2: g2("vk_gamma_2", &file["vk_gamma_2"])?,
        delta_g2: g2("vk_delta_2", &file["vk_delta_2"])?,
        ic: [g1("IC", ic0)?, g1("IC", ic1)?],
        fingerprint,
        setup,
    };
    key.check()?;
    Ok(key)
}

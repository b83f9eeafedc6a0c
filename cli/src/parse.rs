//! Values of arguments.

use anyhow::{anyhow, Result};
use gesim_core::{Measure, Tadig};
use sha2::{Digest, Sha256};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{failure::Hint, signer};

pub fn tadig(text: &str) -> Result<Tadig, String> {
    text.parse().map_err(|error: gesim_core::CoreError| error.to_string())
}

/// YYYYMM.
pub fn period(text: &str) -> Result<u32, String> {
    let bad = || format!("`{text}` is not a period: write YYYYMM");
    let value: u32 = text.parse().map_err(|_| bad())?;
    let fits = (2000..2100).contains(&(value / 100)) && (1..=12).contains(&(value % 100)) && text.len() == 6;
    fits.then_some(value).ok_or_else(bad)
}

/// The month of a point in time, UTC.
pub fn period_of(unix: i64) -> u32 {
    let date = time::OffsetDateTime::from_unix_timestamp(unix).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    u32::try_from(date.year()).unwrap_or(0) * 100 + u32::from(u8::from(date.month()))
}

/// Seconds: `90`, `90s`, `15m`, `12h`, `30d`.
pub fn seconds(text: &str) -> Result<u32, String> {
    let bad = || format!("`{text}` is not a time span: write for example 90s, 15m, 12h or 30d");
    let (digits, unit) = match text.char_indices().last() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 3_600),
        Some((at, 'd')) => (&text[..at], 86_400),
        _ => (text, 1),
    };
    digits.parse::<u32>().ok().and_then(|count| count.checked_mul(unit)).ok_or_else(bad)
}

pub fn measure(text: &str) -> Result<Measure, String> {
    match text {
        "units" => Ok(Measure::Units),
        "charge" => Ok(Measure::Charge),
        other => Err(format!("`{other}` is neither units nor charge")),
    }
}

pub fn measure_name(measure: u8) -> &'static str {
    match measure {
        0 => "units",
        _ => "charge",
    }
}

/// SHA-256 of a file's contents: how contracts are named on-chain.
pub fn file_hash(path: &std::path::Path) -> Result<[u8; 32]> {
    let bytes = std::fs::read(path).map_err(|error| anyhow!("reading {}: {error}", path.display()))?;
    Ok(Sha256::digest(bytes).into())
}

/// 64 hexadecimal digits.
pub fn hash(text: &str) -> Result<[u8; 32], String> {
    let bytes = hex::decode(text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.ok_or_else(|| format!("`{text}` is not a hash: write 64 hexadecimal digits"))
}

/// The signers a command was given, to look them up by address.
pub struct Signers<'a> {
    all: Vec<&'a Keypair>,
}

impl<'a> Signers<'a> {
    pub fn new(first: &'a Keypair, others: &'a [Keypair]) -> Self {
        Self { all: std::iter::once(first).chain(others).collect() }
    }

    /// The signer for an address the chain asks for.
    pub fn need(&self, role: &str, address: &Pubkey) -> Result<&'a Keypair> {
        self.all.iter().find(|signer| signer.pubkey() == *address).copied().ok_or_else(|| {
            anyhow!("the {role} {address} must sign, and its keypair is not among those given")
                .hint("name it with --keypair or --co-signer")
        })
    }
}

/// Opens the files of `--co-signer`.
pub fn co_signers(names: &[String]) -> Result<Vec<Keypair>> {
    names.iter().map(|name| signer::open(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_periods_ok() {
        assert_eq!(seconds("90"), Ok(90));
        assert_eq!(seconds("2h"), Ok(7_200));
        assert_eq!(period("202611"), Ok(202_611));
        assert_eq!(period_of(1_767_571_200), 202_601);
        assert_eq!(measure("charge"), Ok(Measure::Charge));
    }

    #[test]
    fn nonsense_fails() {
        for text in ["", "d", "-1s", "1w", "5000000000", "99999999d"] {
            assert!(seconds(text).is_err(), "{text}");
        }
        for text in ["202613", "199912", "20261", "2026-1", "0202611"] {
            assert!(period(text).is_err(), "{text}");
        }
        assert!(hash("00").is_err());
    }
}

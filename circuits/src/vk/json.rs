//! `vk.json` of a key with a commitment: the fields of gnark's verifying key, coordinates as decimal strings.
//!
//! With K and inputs x, challenge: `e(A, B) = e(Alpha, Beta) e(K_0 + x K_1 + challenge K_2 + D, Gamma) e(C, Delta)` and
//! `e(D, GSigmaNeg) e(pok, G) = 1`, where `challenge` is D (64 bytes, big-endian x and y) hashed as `HashToField` says.

use anyhow::{ensure, Context, Result};
use serde::{Deserialize, Serialize};
use snarkrs_field::{BigInteger, Fq, PrimeField};

use super::{CommitmentBytes, KeyBytes};

const PROTOCOL: &str = "groth16-bsb22";
const CURVE: &str = "bn254";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct File {
    protocol: String,
    curve: String,
    g1: InG1,
    g2: InG2,
    commitment_keys: Vec<CommitmentKey>,
    /// Public inputs that go into the challenge beside D: none.
    public_and_commitment_committed: Vec<Vec<u32>>,
    hash_to_field: Hash,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct InG1 {
    alpha: Point<String>,
    k: Vec<Point<String>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct InG2 {
    beta: Point<Pair>,
    gamma: Point<Pair>,
    delta: Point<Pair>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CommitmentKey {
    g: Point<Pair>,
    g_sigma_neg: Point<Pair>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Point<C> {
    x: C,
    y: C,
}

/// `A0 + A1 u`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Pair {
    a0: String,
    a1: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Hash {
    expand: String,
    hash: String,
    dst: String,
    bytes: u32,
}

impl Hash {
    fn gnark() -> Self {
        Self {
            expand: "expand_message_xmd (RFC 9380)".into(),
            hash: "SHA-256".into(),
            dst: "bsb22-commitment".into(),
            bytes: 48,
        }
    }
}

pub fn file(key: &KeyBytes, commitment: &CommitmentBytes) -> File {
    File {
        protocol: PROTOCOL.into(),
        curve: CURVE.into(),
        g1: InG1 { alpha: g1(&key.alpha), k: key.ic.iter().map(g1).collect() },
        g2: InG2 { beta: g2(&key.beta), gamma: g2(&key.gamma), delta: g2(&key.delta) },
        commitment_keys: vec![CommitmentKey { g: g2(&commitment.g), g_sigma_neg: g2(&commitment.sigma_neg) }],
        public_and_commitment_committed: vec![Vec::new()],
        hash_to_field: Hash::gnark(),
    }
}

pub fn parse(file: &File) -> Result<KeyBytes> {
    ensure!((&*file.protocol, &*file.curve) == (PROTOCOL, CURVE), "{} over {}", file.protocol, file.curve);
    ensure!(file.hash_to_field == Hash::gnark(), "the challenge is another hash");
    ensure!(
        file.public_and_commitment_committed.iter().map(Vec::len).eq([0]),
        "the challenge hashes more than the commitment"
    );
    let [commitment] = &file.commitment_keys[..] else { anyhow::bail!("there is not one commitment") };
    Ok(KeyBytes {
        alpha: g1_bytes(&file.g1.alpha)?,
        beta: g2_bytes(&file.g2.beta)?,
        gamma: g2_bytes(&file.g2.gamma)?,
        delta: g2_bytes(&file.g2.delta)?,
        ic: file.g1.k.iter().map(g1_bytes).collect::<Result<_>>()?,
        commitment: Some(CommitmentBytes {
            g: g2_bytes(&commitment.g)?,
            sigma_neg: g2_bytes(&commitment.g_sigma_neg)?,
        }),
    })
}

fn decimal(bytes: &[u8; 32]) -> String {
    Fq::from_be_bytes_mod_order(bytes).to_string()
}

fn g1(bytes: &[u8; 64]) -> Point<String> {
    let [x, y] = [0, 1].map(|i| decimal(&bytes.as_chunks().0[i]));
    Point { x, y }
}

fn g2(bytes: &[u8; 128]) -> Point<Pair> {
    let [x1, x0, y1, y0] = [0, 1, 2, 3].map(|i| decimal(&bytes.as_chunks().0[i]));
    Point { x: Pair { a0: x0, a1: x1 }, y: Pair { a0: y0, a1: y1 } }
}

fn coordinate(text: &str) -> Result<Vec<u8>> {
    let value: Fq = text.parse().ok().with_context(|| format!("{text:?} is no coordinate"))?;
    ensure!(value.to_string() == text, "{text:?} is no coordinate in its shortest form");
    Ok(value.into_bigint().to_bytes_be())
}

fn join<const N: usize>(coordinates: &[&str]) -> Result<[u8; N]> {
    let mut bytes = Vec::with_capacity(N);
    for text in coordinates {
        bytes.extend(coordinate(text)?);
    }
    bytes.try_into().ok().context("a point of another size")
}

fn g1_bytes(point: &Point<String>) -> Result<[u8; 64]> {
    join(&[&point.x, &point.y])
}

fn g2_bytes(point: &Point<Pair>) -> Result<[u8; 128]> {
    join(&[&point.x.a1, &point.x.a0, &point.y.a1, &point.y.a0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> KeyBytes {
        let byte = |n: u8| move |i: usize| if i.is_multiple_of(32) { 7 } else { n.wrapping_add(i as u8) };
        let g2 = |n: u8| std::array::from_fn(byte(n));
        KeyBytes {
            alpha: std::array::from_fn(byte(1)),
            beta: g2(2),
            gamma: g2(3),
            delta: g2(4),
            ic: (5..8).map(|n| std::array::from_fn(byte(n))).collect(),
            commitment: Some(CommitmentBytes { g: g2(8), sigma_neg: g2(9) }),
        }
    }

    fn text(key: &KeyBytes) -> String {
        serde_json::to_string(&file(key, key.commitment.as_ref().unwrap())).unwrap()
    }

    #[test]
    fn round_trip_ok() {
        let key = key();
        assert_eq!(parse(&serde_json::from_str(&text(&key)).unwrap()).unwrap(), key);
    }

    #[test]
    fn other_scheme_or_number_fails() {
        let text = text(&key());
        let alpha = decimal(&key().alpha[..32].try_into().unwrap());
        let negative = format!("-{alpha}");
        let large = format!("{alpha}{alpha}");
        for (from, to) in [
            ("bsb22-commitment", "other"),
            ("groth16-bsb22", "groth16"),
            ("\"PublicAndCommitmentCommitted\":[[]]", "\"PublicAndCommitmentCommitted\":[[1]]"),
            (&*alpha, "0x7"),
            (&alpha, &*negative),
            (&alpha, &large),
        ] {
            assert!(text.contains(from), "{from}");
            let changed = serde_json::from_str(&text.replacen(from, to, 1)).unwrap();
            assert!(parse(&changed).is_err(), "{from} -> {to}");
        }
        assert!(serde_json::from_str::<File>(&text.replace("Alpha", "Beta")).is_err());
    }
}

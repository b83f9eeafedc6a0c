//! How octets are written.

use base64::{engine::general_purpose::STANDARD, Engine};
use serde::{de::Error, Deserialize, Deserializer, Serialize, Serializer};

/// Octets in base64, with padding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Base64(pub Vec<u8>);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(|_| D::Error::custom("not base64 with padding"))
    }
}

/// 1 to 16 octets in hexadecimal; written in upper case, read in either.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TransactionId(pub Vec<u8>);

impl Serialize for TransactionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode_upper(&self.0))
    }
}

impl<'de> Deserialize<'de> for TransactionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let octets =
            hex::decode(String::deserialize(deserializer)?).map_err(|_| D::Error::custom("not hexadecimal"))?;
        match octets.len() {
            1..=16 => Ok(Self(octets)),
            _ => Err(D::Error::custom("not 1 to 16 octets")),
        }
    }
}

/// Exactly 32 octets in hexadecimal.
pub mod hex32 {
    use super::*;

    pub fn serialize<S: Serializer>(octets: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(octets))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let mut out = [0; 32];
        hex::decode_to_slice(String::deserialize(deserializer)?, &mut out)
            .map_err(|_| D::Error::custom("not 32 octets in hexadecimal"))?;
        Ok(out)
    }
}

//! How bytes stand in the project's JSON: addresses in base58, everything else in lower-case hexadecimal, lengths
//! exact.

use serde::{de::Error, Deserialize, Deserializer, Serializer};

/// Fixed-size bytes in hexadecimal.
pub mod hex {
    use super::*;

    pub fn serialize<S: Serializer, const N: usize>(bytes: &[u8; N], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&::hex::encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(deserializer: D) -> Result<[u8; N], D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(D::Error::custom("hexadecimal digits are lower-case"));
        }
        let mut bytes = [0; N];
        ::hex::decode_to_slice(&text, &mut bytes).map_err(|e| D::Error::custom(format!("{N} bytes in hex: {e}")))?;
        Ok(bytes)
    }
}

/// Addresses in base58.
pub mod base58 {
    use super::*;

    pub fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&bs58::encode(bytes).into_string())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        match bs58::decode(&text).onto(&mut bytes) {
            Ok(32) => Ok(bytes),
            Ok(n) => Err(D::Error::custom(format!("an address has 32 bytes, not {n}"))),
            Err(e) => Err(D::Error::custom(format!("an address in base58: {e}"))),
        }
    }
}

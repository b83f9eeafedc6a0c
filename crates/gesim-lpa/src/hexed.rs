//! Bytes in JSON, as hexadecimal text.

use serde::{de::Error, Deserialize, Deserializer, Serializer};

pub fn serialize<S: Serializer, T: AsRef<[u8]>>(bytes: &T, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&hex::encode(bytes))
}

pub fn deserialize<'de, D: Deserializer<'de>, T: TryFrom<Vec<u8>>>(from: D) -> Result<T, D::Error> {
    let text = String::deserialize(from)?;
    let bytes = hex::decode(text).map_err(D::Error::custom)?;
    bytes.try_into().map_err(|_| D::Error::custom("the hexadecimal text has another length"))
}

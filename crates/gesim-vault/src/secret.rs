//! Bytes that are wiped when they go and never shown.

use std::fmt;

use rand::{rngs::OsRng, RngCore};
use serde::{de, Deserializer};
use zeroize::Zeroizing;

use crate::VaultError;

/// A secret of `N` bytes: no Display, no serde, and a Debug that shows nothing.
#[derive(Clone)]
pub struct Secret<const N: usize>(Zeroizing<[u8; N]>);

impl<const N: usize> Secret<N> {
    pub fn new(bytes: [u8; N]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub fn generate() -> Result<Self, VaultError> {
        let mut secret = Self::new([0; N]);
        OsRng.try_fill_bytes(secret.0.as_mut()).map_err(|_| VaultError::Entropy)?;
        Ok(secret)
    }

    /// Reads hexadecimal digits straight into place.
    pub fn from_hex(text: &str) -> Result<Self, VaultError> {
        let mut secret = Self::new([0; N]);
        hex::decode_to_slice(text, secret.0.as_mut())
            .map_err(|_| VaultError::Key("it is not so many hexadecimal digits"))?;
        Ok(secret)
    }

    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }

    pub(crate) fn expose_mut(&mut self) -> &mut [u8; N] {
        &mut self.0
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({N} bytes)")
    }
}

/// Hexadecimal digits, decoded in place.
pub(crate) fn digits<'de, D: Deserializer<'de>, const N: usize>(from: D) -> Result<Option<Secret<N>>, D::Error> {
    struct Digits<const N: usize>;
    impl<const N: usize> de::Visitor<'_> for Digits<N> {
        type Value = Option<Secret<N>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{} hexadecimal digits", 2 * N)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Secret::from_hex(text).map(Some).map_err(|_| E::custom("not so many hexadecimal digits"))
        }
    }
    from.deserialize_str(Digits)
}

//! TADIG codes: five characters that name an operator's network (GSMA TD.13).

use core::{fmt, str};

use crate::CoreError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tadig([u8; 5]);

impl Tadig {
    pub fn new(bytes: [u8; 5]) -> Result<Self, CoreError> {
        let ok = bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        ok.then_some(Self(bytes)).ok_or(CoreError::Tadig)
    }

    pub const fn as_bytes(&self) -> &[u8; 5] {
        &self.0
    }

    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or("?????")
    }
}

impl str::FromStr for Tadig {
    type Err = CoreError;

    fn from_str(text: &str) -> Result<Self, CoreError> {
        Self::new(text.as_bytes().try_into().map_err(|_| CoreError::Tadig)?)
    }
}

impl fmt::Display for Tadig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

//! Who took part in a call, shown only in part.

use std::fmt;

use serde::{Serialize, Serializer};

/// An identifier of a person: an IMSI, a number, an address. It shows only its beginning.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Party {
    /// `imsi`, `msisdn`, `min` and the like.
    pub kind: &'static str,
    id: String,
}

impl Party {
    pub(crate) fn new(kind: &'static str, id: String) -> Self {
        Self { kind, id }
    }

    /// The identifier in full.
    pub fn reveal(&self) -> &str {
        &self.id
    }
}

/// Five digits of an IMSI name its network, three of a number its country.
impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.kind == "imsi" { 5 } else { 3 }.min(self.id.chars().count() / 2);
        let hidden = self.id.chars().count() - shown;
        write!(f, "{}:{}{}", self.kind, self.id.chars().take(shown).collect::<String>(), "*".repeat(hidden))
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Party({self})")
    }
}

impl Serialize for Party {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

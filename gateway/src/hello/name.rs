//! A host's name as TLS carries it.

use std::{fmt, str::FromStr};

use serde::Deserialize;

/// Letters, digits, hyphens and dots, in lower case; never an address, never with a dot at its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct ServerName(String);

/// Why a text is not a [`ServerName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a host name as in server_name: up to 253 letters, digits, hyphens and dots, no address, no dot at its end"
)]
pub struct BadName;

impl ServerName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ServerName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let label = |label: &str| {
            let of_them = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
            of_them && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
        };
        // The last label of an IPv4 address is a number, that of a name never is (RFC 1123 2.1).
        let last = text.rsplit('.').next().unwrap_or_default();
        let number = last.bytes().all(|byte| byte.is_ascii_digit());
        let good = text.len() <= 253 && !number && text.split('.').all(label);
        good.then(|| Self(text.to_ascii_lowercase())).ok_or(BadName)
    }
}

impl TryFrom<String> for ServerName {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

//! Times by a pattern of YYYY, MM, DD, hh, mm, ss and zz; everything else stands for itself.

use serde::Deserialize;

use super::mapping::{wrong, MappingError, Timed};
use crate::{
    rfc3339,
    tap::{stamp, Stamp},
};

/// `rfc3339`, or letters for the parts of a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(super) enum Pattern {
    #[default]
    Rfc3339,
    Letters(String),
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        if text == "rfc3339" {
            Self::Rfc3339
        } else {
            Self::Letters(text)
        }
    }
}

/// Parts of a time, where their digits go in `CCYYMMDDhhmmss`.
const PARTS: [(&str, usize); 6] = [("YYYY", 0), ("MM", 4), ("DD", 6), ("hh", 8), ("mm", 10), ("ss", 12)];
const ZONE: &str = "zz";

/// What a pattern begins with.
enum Token {
    Part { size: usize, place: usize },
    Zone,
    Other(char),
    End,
}

fn token(pattern: &str) -> (Token, &str) {
    if let Some((letters, place)) = PARTS.iter().find(|(letters, _)| pattern.starts_with(letters)) {
        return (Token::Part { size: letters.len(), place: *place }, pattern.get(letters.len()..).unwrap_or_default());
    }
    if let Some(rest) = pattern.strip_prefix(ZONE) {
        return (Token::Zone, rest);
    }
    let mut rest = pattern.chars();
    match rest.next() {
        Some(other) => (Token::Other(other), rest.as_str()),
        None => (Token::End, ""),
    }
}

impl Timed {
    pub fn check(&self) -> Result<(), MappingError> {
        if self.column.all().is_empty() || self.column.all().len() > 4 {
            return wrong("fields.start.column", "a time stands in one to four columns");
        }
        let zoned = match &self.format {
            Pattern::Rfc3339 => true,
            Pattern::Letters(pattern) => {
                for (letters, _) in PARTS {
                    if pattern.matches(letters).count() != 1 {
                        return wrong("fields.start.format", format!("`{letters}` has to be there once"));
                    }
                }
                pattern.matches(ZONE).count() == 1
            }
        };
        match (&self.offset, zoned) {
            (Some(_), true) => wrong("fields.start.offset", "the format has the UTC offset already"),
            (None, false) => wrong("fields.start", "give `offset`, or `zz` in the format"),
            (Some(text), false) if zone(text).is_none() => {
                wrong("fields.start.offset", "it is `+hh:mm`, `-hh:mm` or `Z`")
            }
            _ => Ok(()),
        }
    }

    pub fn read(&self, text: &str) -> Option<Stamp> {
        let Pattern::Letters(pattern) = &self.format else { return rfc3339::parse(text) };
        let (mut pattern, mut text) = (pattern.as_str(), text);
        let (mut digits, mut offset) = ([b'0'; 14], self.offset.as_deref().and_then(zone));
        loop {
            let (token, rest) = token(pattern);
            pattern = rest;
            match token {
                Token::End => break,
                Token::Other(mark) => text = text.strip_prefix(mark)?,
                Token::Part { size, place } => {
                    let (part, rest) = text.split_at_checked(size)?;
                    part.bytes().all(|digit| digit.is_ascii_digit()).then_some(())?;
                    digits.get_mut(place..place.checked_add(size)?)?.copy_from_slice(part.as_bytes());
                    text = rest;
                }
                Token::Zone => {
                    let end = text.find(|c: char| !matches!(c, '+' | '-' | ':' | 'Z' | '0'..='9'));
                    let (part, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
                    offset = Some(zone(part)?);
                    text = rest;
                }
            }
        }
        let local = text.is_empty().then(|| stamp::local(&digits, "the time").ok())??;
        Some(Stamp::new(local, offset?))
    }

    /// The time as the pattern has it, one text a column.
    pub fn write(&self, stamp: Stamp) -> Option<Vec<String>> {
        let Pattern::Letters(pattern) = &self.format else { return Some(vec![rfc3339::text(stamp)]) };
        let fixed = self.offset.as_deref().and_then(zone);
        let stamp = Stamp::from_unix(stamp.unix(), fixed.unwrap_or(stamp.offset_minutes()))?;
        let (digits, mut pattern, mut out) = (stamp.local_digits(), pattern.as_str(), String::new());
        loop {
            let (token, rest) = token(pattern);
            pattern = rest;
            match token {
                Token::End => break,
                Token::Other(mark) => out.push(mark),
                Token::Part { size, place } => out.push_str(digits.get(place..place.checked_add(size)?)?),
                Token::Zone => out.push_str(&stamp.offset_digits()),
            }
        }
        let count = self.column.all().len();
        let parts: Vec<_> = out.splitn(count, ' ').map(str::to_owned).collect();
        (parts.len() == count).then_some(parts)
    }
}

/// Minutes of `+hh:mm`, `+hhmm` or `Z`.
fn zone(text: &str) -> Option<i16> {
    if text == "Z" {
        return Some(0);
    }
    let plain = match text.len() {
        6 if text.as_bytes().get(3) == Some(&b':') => text.replace(':', ""),
        5 => text.to_owned(),
        _ => return None,
    };
    stamp::offset(plain.as_bytes(), "the offset").ok()
}

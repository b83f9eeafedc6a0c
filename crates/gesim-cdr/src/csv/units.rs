//! Numbers as text: exact decimals and the units they are in.

use gesim_core::Lane;
use serde::Deserialize;

use super::mapping::Rounding;

/// What a number counts. K, M and G are powers of 1024, as agreements count data; the others say so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Unit {
    /// The lane's own: octet, second, message or event.
    #[default]
    #[serde(rename = "base")]
    Base,
    #[serde(rename = "octet")]
    Octet,
    #[serde(rename = "KB")]
    Kilo,
    #[serde(rename = "MB")]
    Mega,
    #[serde(rename = "GB")]
    Giga,
    #[serde(rename = "KB-1000")]
    KiloDecimal,
    #[serde(rename = "MB-1000")]
    MegaDecimal,
    #[serde(rename = "GB-1000")]
    GigaDecimal,
    #[serde(rename = "s")]
    Second,
    #[serde(rename = "min")]
    Minute,
    #[serde(rename = "h")]
    Hour,
}

impl Unit {
    /// How many octets, seconds or events it is; `None` when it does not measure the lane.
    pub fn factor(self, lane: Lane) -> Option<u64> {
        let base = lane.unit();
        let (measures, factor) = match self {
            Self::Base => (base, 1),
            Self::Octet => ("octet", 1),
            Self::Kilo => ("octet", 1 << 10),
            Self::Mega => ("octet", 1 << 20),
            Self::Giga => ("octet", 1 << 30),
            Self::KiloDecimal => ("octet", 1000),
            Self::MegaDecimal => ("octet", 1_000_000),
            Self::GigaDecimal => ("octet", 1_000_000_000),
            Self::Second => ("second", 1),
            Self::Minute => ("second", 60),
            Self::Hour => ("second", 3600),
        };
        (measures == base).then_some(factor)
    }
}

/// Digits in front of the point and behind it.
const MAX_WHOLE: usize = 18;
const MAX_PLACES: usize = 12;

/// A number that is not negative: its digits as one integer, and how many of them stand behind the point.
pub(super) fn decimal(text: &str, point: char) -> Option<(u128, u32)> {
    let (whole, places) = text.split_once(point).unwrap_or((text, "0"));
    let digits =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit());
    if !digits(whole, MAX_WHOLE) || !digits(places, MAX_PLACES) {
        return None;
    }
    let value: u128 = [whole, places].concat().parse().ok()?;
    Some((value, u32::try_from(places.len()).ok()?))
}

/// `text` times `factor` as an integer. `None` when it is no number, too large, or parts remain that may not.
pub(super) fn scaled(text: &str, point: char, factor: u64, rounding: Rounding) -> Option<u64> {
    let (value, places) = decimal(text, point)?;
    let (value, divisor) = (value.checked_mul(factor.into())?, 10u128.checked_pow(places)?);
    let whole = match rounding {
        Rounding::Exact => (value % divisor == 0).then(|| value / divisor)?,
        Rounding::Up => value.div_ceil(divisor),
    };
    u64::try_from(whole).ok().filter(|whole| i64::try_from(*whole).is_ok())
}

/// `value / factor` with at most 12 places and no zeros at the end. `None` when it has more.
pub(super) fn quotient(value: u64, factor: u64, point: char) -> Option<String> {
    let (whole, mut rest) = (value.checked_div(factor)?, u128::from(value.checked_rem(factor)?));
    let mut out = whole.to_string();
    for place in 0..MAX_PLACES {
        if rest == 0 {
            return Some(out);
        }
        if place == 0 {
            out.push(point);
        }
        rest = rest.checked_mul(10)?;
        let digit = u32::try_from(rest / u128::from(factor)).ok()?;
        out.push(char::from_digit(digit, 10)?);
        rest %= u128::from(factor);
    }
    (rest == 0).then_some(out)
}

/// An amount with this many places, as the batch keeps it, in text.
pub(super) fn amount(value: u64, places: u8, point: char) -> String {
    let digits = format!("{value:0>width$}", width = usize::from(places).saturating_add(1));
    let (whole, rest) = digits.split_at(digits.len().saturating_sub(places.into()));
    if rest.is_empty() {
        return digits;
    }
    format!("{whole}{point}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ok() {
        for (text, factor, expected) in [
            ("0", 1, Some(0)),
            ("1.5", 60, Some(90)),
            ("0.0009765625", 1024, Some(1)),
            ("1.25", 1, None),
            ("999999999999999999", 1, Some(999_999_999_999_999_999)),
            ("999999999999999999", 1024, None),
        ] {
            assert_eq!(scaled(text, '.', factor, Rounding::Exact), expected, "{text}");
        }
        assert_eq!(scaled("1,001", ',', 1, Rounding::Up), Some(2));
        assert_eq!((quotient(90, 60, ','), quotient(1, 60, '.')), (Some("1,5".into()), None));
        assert_eq!((quotient(1, 1024, '.'), quotient(7, 1, '.')), (Some("0.0009765625".into()), Some("7".into())));
        assert_eq!(
            (amount(5, 3, '.'), amount(12_345, 2, ','), amount(7, 0, '.')),
            ("0.005".into(), "123,45".into(), "7".into())
        );
    }

    #[test]
    fn numbers_fails() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "1.5.5", " 1", "0x1", "1.1234567890123", "\u{661}"]
        {
            assert_eq!(scaled(text, '.', 1, Rounding::Up), None, "{text}");
        }
    }
}

//! Numbers as people write them: every one becomes an integer exactly, or is refused.

use gesim_core::{layout::LANES, period::is_period, Lane, Measure};

use crate::error::Reason;

type Result<T> = std::result::Result<T, Reason>;

const DATA: &[(&str, u64)] = &[
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("KB", 1_000),
    ("B", 1),
    ("octet", 1),
    ("octets", 1),
];
const VOICE: &[(&str, u64)] =
    &[("hour", 3_600), ("minute", 60), ("second", 1), ("hours", 3_600), ("minutes", 60), ("seconds", 1)];
const MESSAGE: &[(&str, u64)] = &[("message", 1), ("messages", 1)];
const EVENT: &[(&str, u64)] = &[("event", 1), ("events", 1)];

/// Names of a lane's units, each with how many of the lane's own unit it is; the largest first.
fn names(lane: Lane) -> &'static [(&'static str, u64)] {
    match lane {
        Lane::Data => DATA,
        Lane::VoiceMo | Lane::VoiceMt => VOICE,
        Lane::SmsMo | Lane::SmsMt => MESSAGE,
        Lane::Service | Lane::Content | Lane::Other => EVENT,
    }
}

/// Digits with at most one point, as an integer of `10^-decimals`.
pub fn decimal(text: &str, decimals: u8) -> Result<u64> {
    let (value, scale) = digits(text, "a decimal number")?;
    scaled(text, value, scale, 10u128.checked_pow(u32::from(decimals)))
        .map_err(|error| error.unwrap_or_else(|| Reason::Decimals { text: text.into(), decimals }))
}

/// An integer of `10^-decimals` as digits with at most one point.
pub fn show_decimal(value: u64, decimals: u8) -> String {
    let width = usize::from(decimals).saturating_add(1);
    let digits = format!("{value:0>width$}");
    let (whole, fraction) =
        digits.split_at_checked(digits.len().saturating_sub(width.saturating_sub(1))).unwrap_or(("", ""));
    match fraction.trim_end_matches('0') {
        "" => whole.into(),
        fraction => format!("{whole}.{fraction}"),
    }
}

/// A percentage in basis points, at most `most` of them.
pub fn percent(text: &str, most: u32) -> Result<u32> {
    let bps = decimal(text, 2)?;
    u32::try_from(bps).ok().filter(|bps| *bps <= most).ok_or(Reason::Limit("the percentage"))
}

pub fn show_percent(bps: u32) -> String {
    show_decimal(u64::from(bps), 2)
}

/// `30d`, `12h`, `15m`, `90s`, in seconds.
pub fn span(text: &str) -> Result<u32> {
    let bad = || Reason::Value { what: "a time span such as 30d, 12h, 15m or 90s", text: text.into() };
    let (count, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(bad)?;
    let unit = SPANS.iter().find(|(name, _)| *name == unit).ok_or_else(bad)?.1;
    if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    count.parse::<u32>().ok().and_then(|count| count.checked_mul(unit)).ok_or(Reason::Limit("the time span"))
}

const SPANS: [(&str, u32); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

pub fn show_span(seconds: u32) -> String {
    let whole = SPANS.iter().find(|(_, unit)| seconds.checked_rem(*unit) == Some(0));
    let (name, unit) = whole.copied().unwrap_or(("s", 1));
    format!("{}{name}", seconds.checked_div(unit).unwrap_or(seconds))
}

/// `2026-11` as YYYYMM.
pub fn period(text: &str) -> Result<u32> {
    let digits = text.split_once('-').filter(|(year, month)| year.len() == 4 && month.len() == 2);
    let number =
        digits.filter(|(year, month)| [year, month].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit())));
    let period =
        number.and_then(|(year, month)| format!("{year}{month}").parse().ok()).filter(|period| is_period(*period));
    period.ok_or_else(|| Reason::Value { what: "a month such as 2026-11", text: text.into() })
}

pub fn show_period(period: u32) -> String {
    format!("{:04}-{:02}", period / 100, period % 100)
}

/// What quantities of a lane are counted in.
#[derive(Debug, Clone, Copy)]
pub struct Counting<'a> {
    pub measure: Measure,
    pub lane: Lane,
    pub currency: &'a str,
    pub decimals: u8,
}

impl Counting<'_> {
    /// `10 GB`, `minute`, `60`: in the lane's unit. Where charges are counted, `1.5 EUR`: in tariff units.
    pub fn parse(&self, text: &str) -> Result<u64> {
        let at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
        let (count, unit) = text.split_at_checked(at).unwrap_or((text, ""));
        let (count, unit) = (count.trim_end(), unit.trim_end());
        let count = if count.is_empty() && !unit.is_empty() { "1" } else { count };
        let factor = match self.measure {
            Measure::Charge => (unit == self.currency).then(|| 10u64.checked_pow(u32::from(self.decimals))).flatten(),
            Measure::Units if unit.is_empty() => Some(1),
            Measure::Units => names(self.lane).iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor),
        };
        let factor = factor.ok_or_else(|| Reason::Unit { unit: unit.into(), lane: self.lane.name() })?;
        let (value, scale) = digits(count, "a quantity such as 10 GB or 60 seconds")?;
        let whole = || Reason::Value { what: "a whole number of the smallest unit", text: text.into() };
        scaled(text, value, scale, Some(u128::from(factor))).map_err(|error| error.unwrap_or_else(whole))
    }

    /// Written so that [`parse`](Self::parse) gives the same number.
    pub fn show(&self, units: u64) -> String {
        if self.measure == Measure::Charge {
            return format!("{} {}", show_decimal(units, self.decimals), self.currency);
        }
        let fits = |(_, factor): &&(&str, u64)| units > 0 && units.checked_rem(*factor) == Some(0);
        let (name, factor) = names(self.lane).iter().find(fits).copied().unwrap_or((self.smallest(), 1));
        let count = units.checked_div(factor).unwrap_or(units);
        format!("{count} {name}{}", if count == 1 || self.lane == Lane::Data { "" } else { "s" })
    }

    fn smallest(&self) -> &'static str {
        match self.lane {
            Lane::Data => "B",
            lane => lane.unit(),
        }
    }
}

/// Every digit as one integer, and how many of them stand behind the point.
fn digits(text: &str, what: &'static str) -> Result<(u128, u32)> {
    let bad = || Reason::Value { what, text: text.into() };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(fraction) {
        return Err(bad());
    }
    let fraction = fraction.trim_end_matches('0');
    let value = format!("{whole}{fraction}").parse().map_err(|_| Reason::TooBig(text.into()))?;
    Ok((value, u32::try_from(fraction.len()).map_err(|_| bad())?))
}

/// `value / 10^scale * factor`; `None` as the error when it is not whole.
fn scaled(text: &str, value: u128, scale: u32, factor: Option<u128>) -> std::result::Result<u64, Option<Reason>> {
    let big = || Some(Reason::TooBig(text.into()));
    let product = factor.and_then(|factor| value.checked_mul(factor)).ok_or_else(big)?;
    let divisor = 10u128.checked_pow(scale).ok_or(None)?;
    if product.checked_rem(divisor) != Some(0) {
        return Err(None);
    }
    product.checked_div(divisor).and_then(|whole| u64::try_from(whole).ok()).ok_or_else(big)
}

/// A lane by its place, if it is one.
pub fn lane(index: u8) -> Option<Lane> {
    Lane::try_from(index).ok().filter(|_| usize::from(index) < LANES)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: Counting = Counting { measure: Measure::Units, lane: Lane::Data, currency: "EUR", decimals: 3 };
    const CHARGE: Counting = Counting { measure: Measure::Charge, ..DATA };

    #[test]
    fn numbers_are_exact_ok() {
        assert_eq!(decimal("0.09", 4), Ok(900));
        assert_eq!(decimal("12.50000", 1), Ok(125));
        assert_eq!(decimal("18446744073709551615", 0), Ok(u64::MAX));
        assert_eq!(percent("19", 10_000), Ok(1_900));
        assert_eq!(span("30d"), Ok(2_592_000));
        assert_eq!(period("2026-11"), Ok(202_611));
        for (text, units) in [("10 GB", 10_000_000_000), ("KiB", 1_024), ("1.5MB", 1_500_000), ("7", 7), ("0", 0)] {
            assert_eq!(DATA.parse(text), Ok(units), "{text}");
        }
        let voice = Counting { lane: Lane::VoiceMt, ..DATA };
        assert_eq!(voice.parse("2 minutes"), Ok(120));
        assert_eq!(CHARGE.parse("EUR"), Ok(1_000));
        assert_eq!(CHARGE.parse("0.001 EUR"), Ok(1));
    }

    #[test]
    fn what_is_shown_is_read_again_ok() {
        for units in [0, 1, 59, 60, 1_000, 1_024, 3_600, 1 << 30, u64::MAX] {
            for lane in Lane::ALL {
                for counting in [Counting { lane, ..DATA }, Counting { lane, ..CHARGE }] {
                    assert_eq!(counting.parse(&counting.show(units)), Ok(units), "{}", counting.show(units));
                }
            }
            assert_eq!(decimal(&show_decimal(units, 6), 6), Ok(units));
        }
        assert_eq!(show_span(86_400), "1d");
        assert_eq!(span(&show_span(5_401)), Ok(5_401));
        assert_eq!(show_decimal(5, 6), "0.000005");
    }

    #[test]
    fn what_does_not_fit_fails() {
        assert_eq!(decimal("0.0000001", 4), Err(Reason::Decimals { text: "0.0000001".into(), decimals: 4 }));
        assert!(matches!(decimal("18446744073709551616", 0), Err(Reason::TooBig(_))));
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", " 1", "1.2.3", "٣"] {
            assert!(decimal(text, 6).is_err(), "{text}");
        }
        assert!(decimal(&format!("0.{}1", "0".repeat(100)), 6).is_err());
        assert_eq!(percent("100.01", 10_000), Err(Reason::Limit("the percentage")));
        assert!(percent("1.005", 10_000).is_err());
        for text in ["", "d", "1w", "-1d", "+1d", "1.5d", "4294967295d", "ü"] {
            assert!(span(text).is_err(), "{text}");
        }
        for text in ["202611", "2026-13", "1999-12", "2026-1", "+026-11", "2026-+1"] {
            assert!(period(text).is_err(), "{text}");
        }
        for text in ["10 gb", "1 minute", "GB 10", "1.5 B", "", "99999999999 GB", "1 GB 2"] {
            assert!(DATA.parse(text).is_err(), "{text}");
        }
        for text in ["1", "1 USD", "0.0001 EUR", "MB"] {
            assert!(CHARGE.parse(text).is_err(), "{text}");
        }
    }
}

//! Times as RFC 3339 writes them.

use crate::tap::{stamp, Stamp};

/// `2026-01-05T10:00:00.250+01:00` or with `Z`: fractions of a second are cut off. `None` when it is anything else.
pub(crate) fn parse(text: &str) -> Option<Stamp> {
    let (moment, rest) = text.split_at_checked(19)?;
    let fixed = moment.bytes().enumerate().all(|(index, octet)| match index {
        4 | 7 => octet == b'-',
        10 => matches!(octet, b'T' | b't'),
        13 | 16 => octet == b':',
        _ => octet.is_ascii_digit(),
    });
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            let digits = fraction.len().saturating_sub(zone.len());
            (1..=12).contains(&digits).then_some(zone)?
        }
        None => rest,
    };
    let offset = match zone.as_bytes() {
        b"Z" | b"z" => 0,
        [_, a, b, b':', c, d] => {
            let sign = *zone.as_bytes().first()?;
            stamp::offset(&[sign, *a, *b, *c, *d], "the offset").ok()?
        }
        _ => return None,
    };
    let digits: Vec<u8> = moment.bytes().filter(u8::is_ascii_digit).collect();
    let local = fixed.then(|| stamp::local(&digits, "the time").ok())??;
    Some(Stamp::new(local, offset))
}

/// To the second, with the offset in hours and minutes.
pub(crate) fn text(stamp: Stamp) -> String {
    let (local, offset) = (stamp.local_digits(), stamp.offset_digits());
    let part = |text: &str, from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
    let (date, time) = ([(0, 4), (4, 6), (6, 8)], [(8, 10), (10, 12), (12, 14)]);
    let join = |parts: [(usize, usize); 3], mark: &str| parts.map(|(from, to)| part(&local, from, to)).join(mark);
    format!("{}T{}{}:{}", join(date, "-"), join(time, ":"), part(&offset, 0, 3), part(&offset, 3, 5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_ok() {
        for (text, shown) in [
            ("2026-01-05T10:00:00Z", "2026-01-05 10:00:00 +0000"),
            ("2026-01-05t10:00:00z", "2026-01-05 10:00:00 +0000"),
            ("2024-02-29T23:59:59.123456+05:30", "2024-02-29 23:59:59 +0530"),
            ("2026-01-05T10:00:00-14:00", "2026-01-05 10:00:00 -1400"),
        ] {
            let stamp = parse(text);
            assert_eq!(stamp.map(|stamp| stamp.to_string()).as_deref(), Some(shown));
            assert_eq!(stamp.and_then(|stamp| parse(&super::text(stamp))), stamp);
        }
    }

    #[test]
    fn times_fails() {
        for text in [
            "",
            "2026-01-05",
            "2026-01-05 10:00:00Z",
            "2026-01-05T10:00:00",
            "2026-01-05T10:00:00+0100",
            "2026-01-05T10:00:00.Z",
            "2026-02-29T10:00:00Z",
            "2026-01-05T24:00:00Z",
            "2026-01-05T10:00:60Z",
            "2026-01-05T10:00:00+15:00",
            "2026-01-05T10:00:00Zx",
            "2026-01-05T10:00:0\u{e9}Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

//! Timestamps: local time and its offset from UTC, compared as instants.

use std::{cmp::Ordering, fmt};

use serde::{Serialize, Serializer};

use crate::error::ErrorKind;

/// A local time with its UTC offset. Two of them are ordered by the instant, not by the clock on the wall.
#[derive(Clone, Copy)]
pub struct Stamp {
    /// Seconds since 1970-01-01 00:00:00 on the local clock.
    local: i64,
    /// Local time minus UTC.
    offset_minutes: i16,
}

impl Stamp {
    /// The time at a UTC offset, given as unix seconds. `None` outside the years 0000 to 9999 or beyond a day's offset.
    pub fn from_unix(seconds: i64, offset_minutes: i16) -> Option<Self> {
        let local = seconds.checked_add(i64::from(offset_minutes) * 60)?;
        let in_range = (-62_167_219_200..253_402_300_800).contains(&local) && offset_minutes.abs() < 24 * 60;
        in_range.then_some(Self { local, offset_minutes })
    }

    /// Unix seconds.
    pub fn unix(self) -> i64 {
        self.local - i64::from(self.offset_minutes) * 60
    }

    /// Days on the local clock since 1970-01-01; what lies before it counts as that day.
    pub fn local_day(self) -> u32 {
        u32::try_from(self.local.div_euclid(86_400)).unwrap_or(0)
    }

    pub fn offset_minutes(self) -> i16 {
        self.offset_minutes
    }

    pub(crate) fn new(local: i64, offset_minutes: i16) -> Self {
        Self { local, offset_minutes }
    }

    /// `CCYYMMDDhhmmss`.
    pub(crate) fn local_digits(self) -> String {
        let [y, mo, d, h, mi, s] = self.fields();
        format!("{y:04}{mo:02}{d:02}{h:02}{mi:02}{s:02}")
    }

    /// `+hhmm` or `-hhmm`.
    pub(crate) fn offset_digits(self) -> String {
        let (sign, hours, minutes) = self.offset_parts();
        format!("{sign}{hours:02}{minutes:02}")
    }

    fn offset_parts(self) -> (char, u16, u16) {
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let minutes = self.offset_minutes.unsigned_abs();
        (sign, minutes / 60, minutes % 60)
    }

    fn fields(self) -> [i64; 6] {
        let (days, seconds) = (self.local.div_euclid(86_400), self.local.rem_euclid(86_400));
        let [year, month, day] = civil_from_days(days);
        [year, month, day, seconds / 3600, seconds / 60 % 60, seconds % 60]
    }

    fn rfc3339(self) -> String {
        let [y, mo, d, h, mi, s] = self.fields();
        let (sign, hours, minutes) = self.offset_parts();
        format!("{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}{sign}{hours:02}:{minutes:02}")
    }
}

impl PartialEq for Stamp {
    fn eq(&self, other: &Self) -> bool {
        self.unix() == other.unix()
    }
}

impl Eq for Stamp {}

impl PartialOrd for Stamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Stamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.unix().cmp(&other.unix())
    }
}

/// As in `2005-04-04 16:24:53 +0200`.
impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [y, mo, d, h, mi, s] = self.fields();
        write!(f, "{y:04}-{mo:02}-{d:02} {h:02}:{mi:02}:{s:02} {}", self.offset_digits())
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

/// `CCYY-MM-DD` of a day counted from 1970-01-01.
pub fn day_name(day: u32) -> String {
    let [year, month, day] = civil_from_days(i64::from(day));
    format!("{year:04}-{month:02}-{day:02}")
}

/// Seconds on the local clock of 14 digits `CCYYMMDDhhmmss`.
pub(crate) fn local(digits: &[u8], what: &'static str) -> Result<i64, ErrorKind> {
    let bad = ErrorKind::Text { what, reason: "a date or time that does not exist" };
    let number =
        |from: usize, to: usize| digits.get(from..to).map(|d| d.iter().fold(0, |n, b| n * 10 + i64::from(b & 0xf)));
    let all = (number(0, 4), number(4, 6), number(6, 8), number(8, 10), number(10, 12), number(12, 14));
    let (Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)) = all else { return Err(bad) };
    let days = days_from_civil(year, month, day);
    if hour > 23 || minute > 59 || second > 59 || civil_from_days(days) != [year, month, day] {
        return Err(bad);
    }
    Ok(days * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Minutes of `+hhmm`, at most fourteen hours either way.
pub(crate) fn offset(text: &[u8], what: &'static str) -> Result<i16, ErrorKind> {
    let bad = ErrorKind::Text { what, reason: "no offset of the form +hhmm or -hhmm, at most 14 hours" };
    let &[sign @ (b'+' | b'-'), ref digits @ ..] = text else { return Err(bad) };
    let [a, b, c, d] = match digits {
        &[a, b, c, d] if digits.iter().all(u8::is_ascii_digit) => [a, b, c, d].map(|digit| i16::from(digit - b'0')),
        _ => return Err(bad),
    };
    let (hours, minutes) = (a * 10 + b, c * 10 + d);
    if minutes > 59 || hours * 60 + minutes > 14 * 60 {
        return Err(bad);
    }
    Ok((hours * 60 + minutes) * if sign == b'-' { -1 } else { 1 })
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, eras of 400 years beginning in March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> [i64; 3] {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    [year_of_era + era * 400 + i64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1]
}

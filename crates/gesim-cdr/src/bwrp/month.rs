//! Months as the files name them: `202001`, or the serial number that a spreadsheet gives the month's first day.

use std::fmt;

use crate::tap::stamp::{self, Stamp};

const DAY: i64 = 86_400;
/// Days from the spreadsheet's day 0, 1899-12-30, to 1970-01-01.
const EPOCH: i64 = 25_569;

/// A month of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
}

impl Month {
    pub fn new(year: u16, month: u8) -> Option<Self> {
        ((1970..=9999).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month of a local day.
    pub fn of(stamp: Stamp) -> Option<Self> {
        let digits = stamp.local_digits();
        Self::digits(digits.get(..6)?)
    }

    /// Six digits `YYYYMM`, or five: a spreadsheet's number of the month's first day.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        match text.len() {
            6 => Self::digits(text),
            5 => {
                let day = text.parse::<i64>().ok()?.checked_sub(EPOCH)?;
                let stamp = Stamp::from_unix(day.checked_mul(DAY)?, 0)?;
                let first = stamp.local_digits().get(6..8)? == "01";
                first.then(|| Self::of(stamp)).flatten()
            }
            _ => None,
        }
    }

    fn digits(text: &str) -> Option<Self> {
        Self::new(text.get(..4)?.parse().ok()?, text.get(4..6)?.parse().ok()?)
    }

    /// The first of the month at midnight UTC.
    pub fn first(self) -> Option<Stamp> {
        let digits = format!("{:04}{:02}01000000", self.year, self.month);
        let seconds = stamp::local(digits.as_bytes(), "the month").ok()?;
        Stamp::from_unix(seconds, 0)
    }
}

/// `YYYYMM`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{:02}", self.year, self.month)
    }
}

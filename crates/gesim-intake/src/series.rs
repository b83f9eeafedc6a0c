//! Sequence numbers run from 1 to the last one that their format can write, and begin again.

use gesim_cdr::Format;
use serde::Serialize;

/// The last number before they begin again: five digits in TAP and RAP (TD.57, TD.32), seven in NRTRDE (TD.35), four octets
/// in TS 32.297. Formats without numbers of their own are numbered like TAP files.
pub const fn last(format: Format) -> u32 {
    match format {
        Format::Tap | Format::Rap | Format::Bwrp | Format::Nchf | Format::Csv => 99_999,
        Format::Nrtrde => 9_999_999,
        Format::Charging => u32::MAX,
    }
}

/// Where a number lies when the rounds before it are counted: `round x last + number`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cycle(pub i64);

impl Cycle {
    /// The first number ever seen begins the count.
    pub fn first(sequence: u32) -> Self {
        Self(i64::from(sequence))
    }

    /// The place of `sequence` that is nearest to this one: a file that comes late belongs behind, not a whole round ahead.
    pub fn near(self, sequence: u32, last: u32) -> Self {
        let (round, half) = (i64::from(last), i64::from(last / 2));
        let ahead = (i64::from(sequence) - self.0 + half).rem_euclid(round) - half;
        Self(self.0 + ahead)
    }

    pub fn sequence(self, last: u32) -> u32 {
        u32::try_from((self.0 - 1).rem_euclid(i64::from(last)) + 1).unwrap_or(last)
    }
}

/// Numbers that are missing, both ends among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Gap {
    pub from: u32,
    pub to: u32,
    pub files: u32,
}

/// What is missing between places in ascending order.
pub fn gaps(places: impl IntoIterator<Item = Cycle>, last: u32) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut before: Option<Cycle> = None;
    for place in places {
        if let Some(Cycle(latest)) = before {
            let missing = place.0 - latest - 1;
            if missing > 0 {
                let (from, to) = (Cycle(latest + 1).sequence(last), Cycle(place.0 - 1).sequence(last));
                gaps.push(Gap { from, to, files: u32::try_from(missing).unwrap_or(u32::MAX) });
            }
        }
        before = Some(place);
    }
    gaps
}

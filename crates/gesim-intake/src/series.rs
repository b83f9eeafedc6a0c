//! Sequence numbers run from 1 to 99999 and begin again.

use serde::Serialize;

/// The last number before they begin again.
pub const LAST: u32 = 99_999;

/// Where a number lies when the rounds before it are counted: `round x 99999 + number`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cycle(pub i64);

impl Cycle {
    /// The first number ever seen begins the count.
    pub fn first(sequence: u32) -> Self {
        Self(i64::from(sequence))
    }

    /// The place of `sequence` that is nearest to this one: a file that comes late belongs behind, not a whole round ahead.
    pub fn near(self, sequence: u32) -> Self {
        let (round, half) = (i64::from(LAST), i64::from(LAST / 2));
        let ahead = (i64::from(sequence) - self.0 + half).rem_euclid(round) - half;
        Self(self.0 + ahead)
    }

    pub fn sequence(self) -> u32 {
        u32::try_from((self.0 - 1).rem_euclid(i64::from(LAST)) + 1).unwrap_or(LAST)
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
pub fn gaps(places: impl IntoIterator<Item = Cycle>) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut before: Option<Cycle> = None;
    for place in places {
        if let Some(Cycle(last)) = before {
            let missing = place.0 - last - 1;
            if missing > 0 {
                let (from, to) = (Cycle(last + 1).sequence(), Cycle(place.0 - 1).sequence());
                gaps.push(Gap { from, to, files: u32::try_from(missing).unwrap_or(u32::MAX) });
            }
        }
        before = Some(place);
    }
    gaps
}

//! What the generator is told.

use gesim_core::Tadig;

use super::GenerateError;

/// What to write. The same options give the same bytes.
#[derive(Debug, Clone)]
pub struct Options {
    /// Call events, at least one.
    pub records: u64,
    pub seed: u64,
    pub sender: Tadig,
    pub recipient: Tadig,
    /// 1 to 99999.
    pub sequence: u32,
    /// TAP decimal places, 0 to 6.
    pub decimals: u8,
    /// Unix seconds of the first call.
    pub start: i64,
    /// Seconds over which the calls begin.
    pub span: u32,
    /// Indefinite lengths for every constructed element.
    pub indefinite: bool,
    /// Subscribers among whom the calls are spread, at least one.
    pub subscribers: u64,
    pub shares: Shares,
}

/// How many call events in a thousand are of which kind. What is left of a thousand is spread over the rare kinds:
/// supplementary services, service centre usage, content, location services, messaging events and mobile sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    pub data: u16,
    pub calls_out: u16,
    pub calls_in: u16,
    pub messages_out: u16,
    pub messages_in: u16,
}

impl Shares {
    /// Mostly data, as roaming is today.
    pub const ROAMING: Self = Self { data: 800, calls_out: 60, calls_in: 50, messages_out: 50, messages_in: 20 };

    /// Upper bounds of the kinds in a thousand, in the order of the fields.
    pub(super) fn bounds(self) -> [u64; 5] {
        let shares = [self.data, self.calls_out, self.calls_in, self.messages_out, self.messages_in];
        let mut sum = 0u64;
        shares.map(|share| {
            sum = sum.saturating_add(u64::from(share));
            sum
        })
    }
}

impl Options {
    /// A day of traffic.
    pub fn new(records: u64, seed: u64, sender: Tadig, recipient: Tadig) -> Self {
        Self {
            records,
            seed,
            sender,
            recipient,
            sequence: 1,
            decimals: 3,
            // 2026-01-05 00:00:00 UTC
            start: 1_767_571_200,
            span: 86_400,
            indefinite: false,
            subscribers: 5000,
            shares: Shares::ROAMING,
        }
    }

    /// The same with calls in one month, given as `CCYYMM`: on the clock of every place they are made at.
    pub fn in_month(self, month: u32) -> Result<Self, GenerateError> {
        let bad = || GenerateError::Month(month);
        let first = |year: u32, month: u32| {
            let digits = format!("{year:04}{month:02}01000000");
            crate::tap::stamp::local(digits.as_bytes(), "month").ok()
        };
        let (year, number) = (month / 100, month % 100);
        let begin = first(year, number).filter(|_| year <= 9998).ok_or_else(bad)?;
        let next = if number == 12 { first(year + 1, 1) } else { first(year, number + 1) };
        let seconds = u32::try_from(next.ok_or_else(bad)? - begin).map_err(|_| bad())?;
        // clocks are five hours behind to two hours ahead of UTC, and calls begin within a minute of their turn
        Ok(Self { start: begin + 5 * 3600, span: seconds - 7 * 3600 - 60, ..self })
    }

    pub(super) fn check(&self) -> Result<(), GenerateError> {
        if self.records == 0 {
            return Err(GenerateError::NoRecords);
        }
        if !(1..=99_999).contains(&self.sequence) {
            return Err(GenerateError::Sequence(self.sequence));
        }
        if self.decimals > 6 {
            return Err(GenerateError::Decimals(self.decimals));
        }
        if self.subscribers == 0 || self.subscribers > 1_000_000 {
            return Err(GenerateError::Subscribers(self.subscribers));
        }
        if self.shares.bounds().last().is_some_and(|sum| *sum > 1000) {
            return Err(GenerateError::Shares);
        }
        // a day before and after for UTC offsets and the file's own times
        let end = self.start.saturating_add(i64::from(self.span));
        if self.start < -62_167_132_800 || end > 253_402_214_400 {
            return Err(GenerateError::Start);
        }
        Ok(())
    }
}

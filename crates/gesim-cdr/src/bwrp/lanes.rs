//! Usage files from records: what a month's calls come to, by pair of networks and service.

use std::collections::BTreeMap;

use gesim_core::{layout::LANES, CoreError, Lane, Tadig};

use super::{
    decimal::Decimal,
    month::Month,
    unit::Unit,
    usage::{Row, Usage, YearMonth},
};
use crate::{
    error::{CdrError, ErrorKind, Result},
    record::UsageRecord,
};

/// A megabyte of a usage file is 1,024 times 1,024 octets.
pub const OCTETS_PER_MEGABYTE: u64 = 1 << 20;
/// Sums at most: a file has one pair of networks and a few months.
const MAX_SUMS: usize = 100_000;

/// What the lanes' services are called. Call records do not say where a call went to in a contract's words, so calls
/// are `MOC` unless the parties agree on something else.
pub const SERVICES: [&str; LANES] =
    ["GPRS", "MOC", "MTC", "SMSMO", "SMSMT", "Supplementary Service", "Content", "Other"];

type Key = (Tadig, Tadig, Month, u8);

/// Adds records up; memory grows with months and pairs of networks only.
#[derive(Debug, Clone)]
pub struct Lanes {
    own: Tadig,
    services: [String; LANES],
    currency: Option<String>,
    sums: BTreeMap<Key, Sum>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    units: u64,
    charges: Decimal,
    taxes: Decimal,
}

impl Lanes {
    /// For the file of `own`: what its network carried is inbound, what its subscribers used elsewhere outbound.
    pub fn new(own: Tadig) -> Self {
        Self { own, services: SERVICES.map(str::to_owned), currency: None, sums: BTreeMap::new() }
    }

    /// Gives a lane's service another name.
    pub fn name(mut self, lane: Lane, service: &str) -> Self {
        if let Some(name) = self.services.get_mut(lane as usize) {
            service.clone_into(name);
        }
        self
    }

    /// Adds a record: its units (none, when it gives money back), and its charges and taxes net of refunds.
    pub fn add(&mut self, record: &UsageRecord) -> Result<()> {
        let fail = |kind| CdrError::new(record.offset, kind).in_record(record.record);
        let file = &record.file;
        if ![file.sender, file.recipient].contains(&self.own) {
            let (what, value) =
                ("the file's sender and recipient".into(), format!("{} and {}", file.sender, file.recipient));
            let expected = format!("{} among them", self.own).into();
            return Err(fail(ErrorKind::Invalid { what, value: value.into(), expected }));
        }
        if !file.currency.is_empty() && self.currency.get_or_insert_with(|| file.currency.clone()) != &file.currency {
            let (what, reason) = ("the file's currency".into(), "is not that of the records before".into());
            return Err(fail(ErrorKind::Rejected { what, reason }));
        }
        let month = Month::of(record.start)
            .ok_or_else(|| fail(ErrorKind::Rejected { what: "the start".into(), reason: "lies before 1970".into() }))?;
        let key = (file.recipient, file.sender, month, record.lane as u8);
        if self.sums.len() >= MAX_SUMS && !self.sums.contains_key(&key) {
            return Err(fail(ErrorKind::TooLarge { what: "the usage file", limit: MAX_SUMS as u64 }));
        }
        let sum = self.sums.entry(key).or_default();
        let units = if record.refund { 0 } else { record.units };
        let net = |sum: Decimal, billed: u64, refunded: u64| {
            let amount = |value| Decimal::new(value, u32::from(file.decimals)).ok_or(CoreError::Overflow);
            sum.plus(amount(billed)?)?.minus(amount(refunded)?)
        };
        sum.units = sum.units.checked_add(units).ok_or_else(|| fail(ErrorKind::Sum("units")))?;
        sum.charges = net(sum.charges, record.billed.charge, record.refunded.charge)
            .map_err(|_| fail(ErrorKind::Sum("charges")))?;
        sum.taxes =
            net(sum.taxes, record.billed.tax, record.refunded.tax).map_err(|_| fail(ErrorKind::Sum("taxes")))?;
        Ok(())
    }

    /// The usage file. Months are `YYYYMM`, octets megabytes of 2^20, seconds minutes.
    pub fn finish(self, name: Option<String>) -> Result<Usage> {
        let mut usage = Usage { name, ..Usage::default() };
        for ((home, visitor, month, lane), sum) in self.sums {
            let lane = usize::from(lane);
            let fail = |kind| CdrError::new(0, kind);
            if sum.charges.is_negative() || sum.taxes.is_negative() {
                let reason = format!("of {month} refund more than they bill");
                return Err(fail(ErrorKind::Rejected { what: "the records".into(), reason: reason.into() }));
            }
            let (unit, divisor) = match Lane::ALL.get(lane) {
                Some(Lane::Data) => (Unit::Megabyte, OCTETS_PER_MEGABYTE),
                Some(Lane::VoiceMo | Lane::VoiceMt) => (Unit::Minute, 60),
                Some(Lane::SmsMo | Lane::SmsMt) => (Unit::Message, 1),
                _ => (Unit::Event, 1),
            };
            let row = Row {
                span: (0, 0),
                month: Some(YearMonth { month, text: month.to_string() }),
                home,
                visitor,
                service: self.services.get(lane).cloned().unwrap_or_default(),
                usage: Decimal::fraction(sum.units, divisor).ok_or_else(|| fail(ErrorKind::Sum("units")))?,
                unit: Some(unit),
                charges: self.currency.is_some().then_some(sum.charges),
                taxes: self.currency.is_some().then_some(sum.taxes),
                currency: self.currency.clone(),
            };
            if visitor == self.own { &mut usage.inbound } else { &mut usage.outbound }.push(row);
        }
        Ok(usage)
    }
}

/// The usage file of `own` that a source's records come to.
pub fn usage_of(
    own: Tadig,
    name: Option<String>,
    records: impl IntoIterator<Item = Result<UsageRecord>>,
) -> Result<Usage> {
    let mut lanes = Lanes::new(own);
    for record in records {
        lanes.add(&record?)?;
    }
    lanes.finish(name)
}

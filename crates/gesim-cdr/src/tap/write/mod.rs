//! Writes usage records as a TAP 3.12 transfer batch. Tables and lengths stand in front of the call events that need
//! them: the records are gone through twice, and memory grows with the tables alone.

mod amounts;
mod charges;
mod event;
mod file;
mod gather;
mod header;
mod parts;
mod rare;
mod tables;

use std::io::{self, BufWriter, Write};

use self::{file::Lead, header::Frame, parts::Parts, tables::Tables};
use super::audit::Totals;
use crate::{
    error::{CdrError, ErrorKind, Result},
    generate::encode::Encoder,
    record::UsageRecord,
};

pub use header::{write_notification, TapHeader};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TapWritten {
    pub records: u64,
    pub octets: u64,
    pub totals: Totals,
}

/// Writes a file. `records` is called twice and must give the same records both times.
///
/// # Errors
/// A record that TAP 3.12 has no words for is refused with its number; so is a header that no file may have, a file
/// without records, and a second pass that differs from the first. On an error `out` holds no file.
pub fn write<I>(header: &TapHeader, mut records: impl FnMut() -> Result<I>, out: impl Write) -> Result<TapWritten>
where
    I: Iterator<Item = Result<UsageRecord>>,
{
    let mut plan = TapPlan::new(header)?;
    for record in records()? {
        plan.add(&record?)?;
    }
    let mut writer = plan.begin(out)?;
    for record in records()? {
        writer.write(&record?)?;
    }
    writer.finish()
}

/// The first pass: what the records need in front of them.
pub struct TapPlan {
    frame: Frame,
    tables: Tables,
    totals: Totals,
    octets: u64,
    scratch: Encoder,
}

impl TapPlan {
    pub fn new(header: &TapHeader) -> Result<Self> {
        let (totals, scratch) = (Totals::default(), Encoder::new(false));
        Ok(Self { frame: Frame::new(header)?, tables: Tables::default(), totals, octets: 0, scratch })
    }

    /// Takes a record into account, in the order in which it will be written.
    pub fn add(&mut self, record: &UsageRecord) -> Result<()> {
        self.scratch.out.clear();
        encode(&self.frame, &mut self.tables, record, &mut self.scratch)?;
        self.octets = self.octets.saturating_add(self.scratch.out.len() as u64);
        self.totals.add(record)?;
        self.totals.records = self.totals.records.saturating_add(1);
        Ok(())
    }

    /// Writes everything in front of the first call event.
    pub fn begin<W: Write>(self, out: W) -> Result<TapWriter<W>> {
        if self.totals.records == 0 {
            let mut error = CdrError::new(0, ErrorKind::NoEvents);
            error.hint = Some("a period without usage is announced by a notification file");
            return Err(error);
        }
        let Lead { lead, audit, octets } = file::lead(&self.frame, &self.tables, &self.totals, self.octets)?;
        let mut out = BufWriter::with_capacity(1 << 16, out);
        out.write_all(&lead).map_err(|error| failed(0, &error))?;
        Ok(TapWriter { plan: self, out, audit, octets, written: 0, records: 0 })
    }
}

/// The second pass: the file itself.
pub struct TapWriter<W: Write> {
    plan: TapPlan,
    out: BufWriter<W>,
    audit: Vec<u8>,
    /// Of the whole file.
    octets: u64,
    written: u64,
    records: u64,
}

impl<W: Write> TapWriter<W> {
    pub fn write(&mut self, record: &UsageRecord) -> Result<()> {
        let TapPlan { frame, tables, scratch, .. } = &mut self.plan;
        scratch.out.clear();
        encode(frame, tables, record, scratch)?;
        self.written = self.written.saturating_add(scratch.out.len() as u64);
        self.records = self.records.saturating_add(1);
        if self.written > self.plan.octets {
            return Err(changed(record.record));
        }
        self.out.write_all(&self.plan.scratch.out).map_err(|error| failed(self.written, &error))
    }

    /// Writes the control totals.
    pub fn finish(mut self) -> Result<TapWritten> {
        if self.written != self.plan.octets || self.records != self.plan.totals.records {
            return Err(changed(self.records));
        }
        let done = self.out.write_all(&self.audit).and_then(|()| self.out.flush());
        done.map_err(|error| failed(self.octets, &error))?;
        Ok(TapWritten { records: self.records, octets: self.octets, totals: self.plan.totals })
    }
}

fn encode(frame: &Frame, tables: &mut Tables, record: &UsageRecord, out: &mut Encoder) -> Result<()> {
    let parts = frame.check(record).and_then(|()| Parts::new(frame, tables, record));
    let parts = parts.map_err(|error| CdrError { offset: record.offset, ..error }.in_record(record.record))?;
    parts.encode(out);
    Ok(())
}

fn failed(at: u64, error: &io::Error) -> CdrError {
    CdrError::new(at, ErrorKind::Io(error.to_string()))
}

fn changed(record: u64) -> CdrError {
    reject("the records", "are not the same in both passes").in_record(record)
}

fn reject(what: &str, reason: &str) -> CdrError {
    CdrError::new(0, ErrorKind::Rejected { what: what.into(), reason: reason.into() })
}

//! Files of charging data records as a source of usage.

use std::{io::Read, sync::Arc};

use sha2::{Digest, Sha256};

use super::{
    decode,
    file::{Frame, Frames},
    header::FileHeader,
    notes::Notes,
};
use crate::{
    error::{CdrError, Result},
    format::{Format, ReadOptions},
    parties::Parties,
    record::{FileIdentity, UsageRecord},
    source::{FileSummary, RecordSource},
    tap::{Policy, Totals},
};

/// A file of TS 32.298 records in the framing of TS 32.297, read record by record in constant memory: one window and
/// one record, at most 64 KiB each.
#[derive(Debug)]
pub struct ChargingReader<R> {
    frames: Frames<R>,
    file: Arc<FileIdentity>,
    totals: Totals,
    notes: Notes,
    done: bool,
}

impl<R: Read> ChargingReader<R> {
    /// Opens a file. It names neither party: the options have to.
    ///
    /// # Errors
    /// A file header that is not one of TS 32.297, parties that are not named, a sequence number that contradicts.
    pub fn open(inner: R, options: &ReadOptions) -> Result<Self> {
        Self::with(inner, options, &Parties::required(options)?)
    }

    fn with(inner: R, options: &ReadOptions, parties: &Parties) -> Result<Self> {
        let frames = Frames::open(inner)?;
        let file = parties.file(options, Some((frames.header.sequence, 22)))?;
        Ok(Self { frames, file, totals: Totals::default(), notes: Notes::default(), done: false })
    }

    pub fn header(&self) -> &FileHeader {
        &self.frames.header
    }

    fn step(&mut self) -> Result<Option<UsageRecord>> {
        if self.done {
            return Ok(None);
        }
        let Some(frame) = self.frames.next()? else {
            self.done = true;
            return Ok(None);
        };
        let number = self.frames.read;
        let record = self.record(frame, number).map_err(|error| error.in_record(number))?;
        Ok(Some(record))
    }

    fn record(&mut self, frame: Frame, number: u64) -> Result<UsageRecord> {
        let cdr = decode::record(&self.frames.body, frame.at, &mut self.notes.later)?;
        self.notes.add(&cdr, &frame);
        let octets = Sha256::digest(&self.frames.body).into();
        let record = cdr.usage(&self.file, (number, frame.at), octets)?;
        self.totals.add(&record)?;
        self.totals.records += 1;
        Ok(record)
    }

    fn close(mut self) -> Result<FileSummary> {
        while let Some(record) = self.step()? {
            drop(record);
        }
        Ok(self.summary())
    }

    fn summary(&self) -> FileSummary {
        FileSummary {
            release: self.frames.header.high.to_string(),
            remarks: self.notes.remarks(&self.frames.header),
            ..FileSummary::of_records(Format::Charging, "chargingDataRecords", &self.file, &self.totals)
        }
    }
}

impl<R: Read> Iterator for ChargingReader<R> {
    type Item = Result<UsageRecord>;

    /// Ends after the first error.
    fn next(&mut self) -> Option<Self::Item> {
        let item = self.step().transpose();
        if matches!(item, Some(Err(_))) {
            self.done = true;
        }
        item
    }
}

impl<R: Read + Send> RecordSource for ChargingReader<R> {
    fn file(&self) -> &Arc<FileIdentity> {
        &self.file
    }

    /// The file states how many records and octets it has and no sums: there is nothing to be lenient about.
    fn finish(self: Box<Self>, _policy: Policy) -> Result<FileSummary> {
        self.close()
    }
}

/// Reads the whole file and says what it holds. Goes on behind a record that it refuses, so that the error names up
/// to [`CdrError::MAX_MORE`] more of them.
///
/// # Errors
/// Anything that is not as TS 32.297 and 32.298 have it, with the byte offset and the number of the record.
pub fn inspect(inner: impl Read, options: &ReadOptions) -> Result<FileSummary> {
    let parties = Parties::optional(options);
    let mut reader = ChargingReader::with(inner, options, &parties)?;
    let mut errors: Vec<CdrError> = Vec::new();
    loop {
        let before = reader.frames.read;
        match reader.step() {
            Ok(None) => break,
            Ok(Some(_)) => {}
            Err(error) => {
                // a record that was not read whole leaves nothing to go on from
                let lost = reader.frames.read == before;
                errors.push(error);
                if lost || errors.len() > CdrError::MAX_MORE {
                    break;
                }
            }
        }
    }
    if errors.is_empty() {
        return Ok(parties.shown(reader.summary()));
    }
    let mut first = errors.remove(0);
    first.more = errors;
    Err(first)
}

//! Reads a transfer batch event by event; memory does not grow with the file.

use std::{io::Read, sync::Arc};

use super::{
    audit::{self, Audit, Discrepancy, Policy, Totals},
    ber::Header,
    event::{self, Place},
    header::FileHeader,
    members,
    schema::{self, Schema},
    source::{End, Part, Source},
    tags::{ACCOUNTING_INFO, AUDIT_CONTROL_INFO, CALL_EVENT_DETAILS, NETWORK_INFO, VAS_INFO},
};
use crate::{
    error::{CdrError, ErrorKind, Result},
    format::Format,
    record::{FileIdentity, UsageRecord},
    source::{FileSummary, RecordSource},
};

/// Larger call events than this do not occur.
const EVENT: u64 = 1 << 20;

/// An iterator over the call events of one transfer batch.
///
/// The header is checked when it opens and every event as it is read. The control totals stand at the end of the
/// file: what was read before [`finish`](Self::finish) succeeds is not known to be complete. Whoever acts on records
/// therefore runs [`inspect`](super::inspect) over the file first.
#[derive(Debug)]
pub struct TapReader<R> {
    source: Source<R>,
    schema: &'static Schema,
    header: FileHeader,
    file: Arc<FileIdentity>,
    root: End,
    list: End,
    records: u64,
    totals: Totals,
    buffer: Vec<u8>,
    done: bool,
}

/// What a file turned out to be when all of it was read.
#[derive(Debug, Clone)]
pub struct Finished {
    pub header: FileHeader,
    pub audit: Audit,
    pub totals: Totals,
    pub discrepancies: Vec<Discrepancy>,
    /// Octets after the data.
    pub padding: u64,
}

impl<R: Read> TapReader<R> {
    /// Reads everything in front of the first call event.
    pub fn open(inner: R) -> Result<Self> {
        let (source, root) = super::sniff::transfer_batch(inner)?;
        Self::begin(source, &root)
    }

    /// Reads on behind the header of the transfer batch.
    pub(crate) fn begin(mut source: Source<R>, root: &Header) -> Result<Self> {
        let root = source.end_of(root, None)?;
        let mut header: Option<FileHeader> = None;
        let mut next = 0;
        let mut buffer = Vec::new();
        loop {
            let at = source.offset();
            let Some(element) = source.child(root, "transferBatch")? else {
                return Err(members::missing(at, CALL_EVENT_DETAILS));
            };
            // batch control information is the same in every release, so that it can be told
            let schema = schema::of_release(header.as_ref().map_or(12, |header| header.release));
            let tag = members::place(schema, &element, &mut next, at)?;
            let Some(known) = header.as_mut() else {
                let group = members::read_group(&mut source, schema, &element, (tag, at), root, &mut buffer)?;
                header = Some(FileHeader::from_batch_control(&group)?);
                continue;
            };
            if tag == CALL_EVENT_DETAILS {
                let list = source.end_of(&element, root.bound())?;
                let file = Arc::new(FileIdentity {
                    sender: known.sender,
                    recipient: known.recipient,
                    sequence: known.sequence,
                    currency: known.currency.clone(),
                    decimals: known.decimals.unwrap_or(0),
                });
                let header = known.clone();
                let totals = Totals::default();
                return Ok(Self { source, schema, header, file, root, list, records: 0, totals, buffer, done: false });
            }
            let group = members::read_group(&mut source, schema, &element, (tag, at), root, &mut buffer)?;
            match tag {
                ACCOUNTING_INFO => known.add_accounting(&group)?,
                NETWORK_INFO => known.add_network(&group)?,
                VAS_INFO => known.add_services(&group)?,
                _ => known.add_messages(&group)?,
            }
        }
    }

    pub fn header(&self) -> &FileHeader {
        &self.header
    }

    /// The next event. After an error inside an event the next step goes on behind it; after any other, there is none.
    pub(crate) fn step(&mut self) -> Result<Option<UsageRecord>> {
        if self.done {
            return Ok(None);
        }
        let offset = self.source.offset();
        let record = self.records + 1;
        let taken = self.take(offset).map_err(|error| {
            self.done = true;
            error.in_record(record)
        })?;
        let Some((tag, base)) = taken else {
            self.done = true;
            return Ok(None);
        };
        self.records = record;
        let Some(kind) = event::kind(tag) else { return Ok(None) };
        let place = Place { tag, kind, record, offset, base };
        let usage = event::decode(self.schema, place, &self.buffer, &self.header, &self.file)?;
        self.totals.add(&usage)?;
        Ok(Some(usage))
    }

    /// Takes the contents of the next event into the buffer: its tag and where the contents begin.
    fn take(&mut self, offset: u64) -> Result<Option<(u16, u64)>> {
        const PARENT: &str = "callEventDetails";
        let Some(element) = self.source.child(self.list, PARENT)? else { return Ok(None) };
        let tag =
            element.tag.application().filter(|tag| event::kind(*tag).is_some() && self.schema.wire(*tag).is_some());
        let Some(tag) = tag else {
            return Err(CdrError::new(offset, ErrorKind::Unexpected { found: element.tag, parent: PARENT }));
        };
        let part = Part { name: schema::name(tag), limit: EVENT };
        members::constructed(&element, part.name, offset)?;
        let base = self.source.offset();
        self.source.contents(&element, self.list, part, &mut self.buffer)?;
        Ok(Some((tag, base)))
    }

    /// Whether reading has come to the end of the events or to an error that hides it.
    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    /// Reads what is left, then the audit, and holds the two against each other.
    pub fn finish(mut self, policy: Policy) -> Result<Finished> {
        while let Some(record) = self.step()? {
            drop(record);
        }
        let (finished, errors) = self.close(policy, true)?;
        match errors.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(finished),
        }
    }

    /// Everything behind the events. Sums are compared only when every event was read.
    pub(crate) fn close(mut self, policy: Policy, complete: bool) -> Result<(Finished, Vec<CdrError>)> {
        let at = self.source.offset();
        if self.records == 0 {
            return Err(CdrError::new(at, ErrorKind::NoEvents));
        }
        let Some(element) = self.source.child(self.root, "transferBatch")? else {
            return Err(members::missing(at, AUDIT_CONTROL_INFO));
        };
        let mut next = members::AUDIT;
        let tag = members::place(self.schema, &element, &mut next, at)?;
        let group =
            members::read_group(&mut self.source, self.schema, &element, (tag, at), self.root, &mut self.buffer)?;
        let audit = Audit::new(&group)?;
        let after = self.source.offset();
        if let Some(extra) = self.source.child(self.root, "transferBatch")? {
            return Err(CdrError::new(after, ErrorKind::Unexpected { found: extra.tag, parent: "transferBatch" }));
        }
        let padding = self.source.padding()?;
        let mut errors: Vec<_> = audit::count_error(&audit, self.records).into_iter().collect();
        let mut discrepancies = Vec::new();
        if complete {
            let (reported, refused) = audit::compare(&audit, &self.totals, policy);
            discrepancies = reported;
            errors.extend(refused);
        }
        self.totals.records = self.records;
        Ok((Finished { header: self.header, audit, totals: self.totals, discrepancies, padding }, errors))
    }
}

impl<R: Read> Iterator for TapReader<R> {
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

impl<R: Read + Send> RecordSource for TapReader<R> {
    fn file(&self) -> &Arc<FileIdentity> {
        &self.file
    }

    fn finish(self: Box<Self>, policy: Policy) -> Result<FileSummary> {
        let file = Arc::clone(&self.file);
        TapReader::finish(*self, policy).map(|finished| finished.summary(&file))
    }
}

impl Finished {
    pub(crate) fn summary(self, file: &FileIdentity) -> FileSummary {
        let Self { header, audit, totals, discrepancies, .. } = self;
        FileSummary {
            release: format!("3.{}", header.release),
            test: header.test,
            available: Some(header.available),
            stated_charge: Some(audit.billed.charge),
            discrepancies,
            ..FileSummary::of_records(Format::Tap, "transferBatch", file, &totals)
        }
    }
}

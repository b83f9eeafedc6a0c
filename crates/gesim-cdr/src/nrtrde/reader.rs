//! Reads an NRTRDE file call event by call event; memory does not grow with the file.

use std::{io::Read, sync::Arc};

use super::{
    delivery::Delivery,
    event::{self, Decoded},
    header::{self, missing, NrtrdeHeader},
    tags::{CALL_EVENTS, CALL_EVENTS_COUNT},
};
use crate::{
    element::Element,
    error::{CdrError, ErrorKind, Result},
    fields::unexpected,
    format::{Format, ReadOptions},
    record::{FileIdentity, UsageRecord},
    source::{FileSummary, RecordSource},
    tap::{
        ber::Header,
        source::{End, Part, Source},
        Policy, Totals,
    },
};

/// Larger call events than this do not occur.
const EVENT: u64 = 64 << 10;
const COUNT_HINT: &str = "report the file to its sender: its count does not match its records";

/// An iterator over the call events of one file. The number of them stands at the end: what was read counts only when
/// [`finish`](RecordSource::finish) succeeds.
#[derive(Debug)]
pub struct NrtrdeReader<R> {
    source: Source<R>,
    header: NrtrdeHeader,
    file: Arc<FileIdentity>,
    root: End,
    /// Where the call events end; none when there are none or all are read.
    list: Option<End>,
    /// The count, when it came without call events: its header and where it begins.
    count: Option<(Header, u64)>,
    records: u64,
    totals: Totals,
    delivery: Delivery,
    /// Sum of the indicated charges.
    charges: u64,
    buffer: Vec<u8>,
    done: bool,
}

impl<R: Read> NrtrdeReader<R> {
    /// Reads everything in front of the first call event. A sender or recipient named in the options must be the file's.
    pub fn open(inner: R, options: &ReadOptions) -> Result<Self> {
        let (mut source, root) = header::open(inner)?;
        let header = header::read(&mut source, root)?;
        options.agree(Some(header.sender.as_str()), Some(header.recipient.as_str()))?;
        let file = Arc::new(FileIdentity {
            sender: header.sender,
            recipient: header.recipient,
            sequence: header.sequence,
            currency: String::new(),
            decimals: 0,
        });
        let at = source.offset();
        let Some(element) = source.child(root, "nrtrde")? else { return Err(missing(at, "callEventsCount")) };
        let (mut list, mut count) = (None, None);
        match element.tag.application() {
            Some(CALL_EVENTS) if element.tag.constructed => list = Some(source.end_of(&element, root.bound())?),
            Some(CALL_EVENTS) => {
                let expected = "a constructed element";
                return Err(CdrError::new(at, ErrorKind::Encoding { what: "callEvents", expected }));
            }
            Some(CALL_EVENTS_COUNT) => count = Some((element, at)),
            _ => return unexpected(&Element::of(element.tag, at, at, &[]), "nrtrde"),
        }
        Ok(Self {
            source,
            header,
            file,
            root,
            done: list.is_none(),
            list,
            count,
            records: 0,
            totals: Totals::default(),
            delivery: Delivery::default(),
            charges: 0,
            buffer: Vec::new(),
        })
    }

    pub fn header(&self) -> &NrtrdeHeader {
        &self.header
    }

    /// How long the records read so far took to arrive.
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// Call events read so far, those in error included.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// The next event. After an error inside an event the next step goes on behind it; after any other, there is none.
    pub(super) fn step(&mut self) -> Result<Option<UsageRecord>> {
        let Some(list) = self.list.filter(|_| !self.done) else { return Ok(None) };
        let at = self.source.offset();
        let record = self.records.saturating_add(1);
        let taken = self.take(list, at).map_err(|error| {
            self.done = true;
            error.in_record(record)
        })?;
        let Some((element, base)) = taken else {
            self.done = true;
            return Ok(None);
        };
        self.records = record;
        let element = Element::of(element.tag, at, base, &self.buffer);
        let decoded = match element.number().and_then(event::kind) {
            Some(kind) => event::decode(&element, kind, record, &self.file),
            None => Err(event::misplaced(&element)),
        };
        let Decoded { usage, charge } = decoded.map_err(|error| error.in_record(record))?;
        self.totals.add(&usage)?;
        self.delivery.add(self.header.available, &usage);
        self.charges = self.charges.saturating_add(charge.unwrap_or(0));
        Ok(Some(usage))
    }

    fn take(&mut self, list: End, at: u64) -> Result<Option<(Header, u64)>> {
        let Some(element) = self.source.child(list, "callEvents")? else { return Ok(None) };
        if !element.tag.constructed {
            let expected = "a constructed element";
            return Err(CdrError::new(at, ErrorKind::Encoding { what: "a call event", expected }));
        }
        let base = self.source.offset();
        let part = Part { name: "a call event", limit: EVENT };
        self.source.contents(&element, list, part, &mut self.buffer)?;
        Ok(Some((element, base)))
    }

    /// Whether reading has come to the end of the events or to an error that hides it.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Everything behind the events.
    pub(super) fn close(&mut self) -> Result<FileSummary> {
        let (count, at) = match self.count.take() {
            Some(count) => count,
            None => {
                let at = self.source.offset();
                let Some(element) = self.source.child(self.root, "nrtrde")? else {
                    return Err(missing(at, "callEventsCount"));
                };
                (element, at)
            }
        };
        if count.tag.application() != Some(CALL_EVENTS_COUNT) {
            return unexpected(&Element::of(count.tag, at, at, &[]), "nrtrde");
        }
        let base = self.source.offset();
        let part = Part { name: "callEventsCount", limit: 16 };
        self.source.contents(&count, self.root, part, &mut self.buffer)?;
        let stated = Element::of(count.tag, at, base, &self.buffer).uint("callEventsCount")?;
        let after = self.source.offset();
        if let Some(extra) = self.source.child(self.root, "nrtrde")? {
            return unexpected(&Element::of(extra.tag, after, after, &[]), "nrtrde");
        }
        let padding = self.source.padding()?;
        if stated != self.records {
            let mut error = CdrError::new(at, ErrorKind::Count { stated, counted: self.records });
            error.hint = Some(COUNT_HINT);
            return Err(error);
        }
        Ok(self.summary(padding))
    }

    fn summary(&mut self, padding: u64) -> FileSummary {
        self.totals.records = self.records;
        let mut remarks = self.delivery.remarks();
        if self.charges > 0 {
            remarks.push(format!("its records indicate charges of {} in sum; none of it is billed", self.charges));
        }
        if padding > 0 {
            remarks.push(format!("{padding} octets of padding follow the data"));
        }
        FileSummary {
            release: "2.1".to_owned(),
            available: Some(self.header.available),
            remarks,
            ..FileSummary::of_records(Format::Nrtrde, "usage", &self.file, &self.totals)
        }
    }

    /// Reads what is left and says what the file is.
    pub fn finish(mut self) -> Result<FileSummary> {
        while let Some(record) = self.step()? {
            drop(record);
        }
        self.close()
    }
}

impl<R: Read> Iterator for NrtrdeReader<R> {
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

impl<R: Read + Send> RecordSource for NrtrdeReader<R> {
    fn file(&self) -> &Arc<FileIdentity> {
        &self.file
    }

    /// The count is the only control total, and no policy tolerates a wrong one.
    fn finish(self: Box<Self>, _policy: Policy) -> Result<FileSummary> {
        NrtrdeReader::finish(*self)
    }
}

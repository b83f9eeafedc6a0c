//! Files of charging data requests as a source of usage.

use std::{
    collections::{HashSet, VecDeque},
    io::Read,
    sync::Arc,
};

use gesim_core::Lane;
use sha2::{Digest, Sha256};

use super::{
    containers::Used,
    documents::Documents,
    notes::Notes,
    request::{Request, Service},
};
use crate::{
    bwrp::fields,
    error::{CdrError, ErrorKind, Result},
    format::{Format, ReadOptions},
    parties::{self, Parties},
    record::{EventKind, FileIdentity, UsageRecord},
    source::{FileSummary, RecordSource},
    tap::{Policy, Totals},
};

/// Requests of one file: each is remembered by 16 octets, so that none counts twice.
pub const MAX_REQUESTS: usize = 4_000_000;

/// A file of charging data requests. Held in memory: one request, at most 1 MiB, and 16 octets for each that was read.
#[derive(Debug)]
pub struct NchfReader<R> {
    documents: Documents<R>,
    file: Arc<FileIdentity>,
    totals: Totals,
    ready: VecDeque<UsageRecord>,
    seen: HashSet<[u8; 16]>,
    notes: Notes,
    records: u64,
    done: bool,
}

impl<R: Read> NchfReader<R> {
    /// Opens a file. It names neither party: the options have to.
    ///
    /// # Errors
    /// Parties that are not named.
    pub fn open(inner: R, options: &ReadOptions) -> Result<Self> {
        Self::with(inner, options, &Parties::required(options)?)
    }

    fn with(inner: R, options: &ReadOptions, parties: &Parties) -> Result<Self> {
        Ok(Self {
            documents: Documents::new(inner),
            file: parties.file(options, None)?,
            totals: Totals::default(),
            ready: VecDeque::new(),
            seen: HashSet::new(),
            notes: Notes::default(),
            records: 0,
            done: false,
        })
    }

    fn step(&mut self) -> Result<Option<UsageRecord>> {
        loop {
            if let Some(record) = self.ready.pop_front() {
                return Ok(Some(record));
            }
            if self.done {
                return Ok(None);
            }
            let Some(at) = self.documents.next()? else {
                self.done = true;
                return Ok(None);
            };
            self.notes.requests += 1;
            let number = self.notes.requests;
            self.request(at).map_err(|error| error.in_record(number))?;
        }
    }

    fn request(&mut self, at: u64) -> Result<()> {
        let text = &self.documents.text;
        let extensions = &mut self.notes.extensions;
        let parsed = fields::read_bytes(text, |root| Request::parse(root, extensions));
        let request = parsed.map_err(|mut error| {
            error.offset = error.offset.saturating_add(at);
            error
        })?;
        let octets: [u8; 32] = Sha256::digest(text).into();
        self.remember(&request, at)?;
        self.notes.add(&request);
        let before = self.records;
        match request.service {
            Service::Message { .. } => self.push(&request, None, at, octets)?,
            _ => {
                for used in &request.used {
                    self.push(&request, Some(used), at, octets)?;
                }
            }
        }
        self.notes.without_usage += u64::from(self.records == before);
        Ok(())
    }

    /// Refuses a request of a session whose sequence number was there before.
    fn remember(&mut self, request: &Request, at: u64) -> Result<()> {
        if self.seen.len() >= MAX_REQUESTS {
            let reason = format!("holds more than {MAX_REQUESTS} requests").into();
            return Err(CdrError::new(at, ErrorKind::Rejected { what: "the file".into(), reason }));
        }
        let digest: [u8; 32] = Sha256::digest(request.key()).into();
        let mut name = [0; 16];
        name.copy_from_slice(digest.get(..16).unwrap_or(&[0; 16]));
        if self.seen.insert(name) {
            return Ok(());
        }
        let reason = format!("repeats invocationSequenceNumber {} of its session", request.sequence).into();
        let mut error = CdrError::new(at, ErrorKind::Rejected { what: "the request".into(), reason });
        error.hint = Some("a request that was sent again is charged once: take the repetition out");
        Err(error)
    }

    fn push(&mut self, request: &Request, used: Option<&Used>, at: u64, octets: [u8; 32]) -> Result<()> {
        let (event, lane, units) = match (request.service, used) {
            (Service::Data, used) => (EventKind::GprsCall, Lane::Data, used.and_then(|used| used.octets)),
            (Service::Message { originated: true }, _) => (EventKind::MobileOriginatedCall, Lane::SmsMo, Some(1)),
            (Service::Message { originated: false }, _) => (EventKind::MobileTerminatedCall, Lane::SmsMt, Some(1)),
            (Service::Call { originated }, used) => {
                let lane = if originated { Lane::VoiceMo } else { Lane::VoiceMt };
                (EventKind::MobileSession, lane, used.and_then(|used| used.seconds))
            }
        };
        let Some(units) = units else {
            self.notes.uncounted += 1;
            return Ok(());
        };
        let start = used.and_then(|used| used.from).unwrap_or(request.at);
        let subscriber = request.subscriber.clone();
        let place = (self.records + 1, at);
        let mut record = UsageRecord::counted(&self.file, place, event, (lane, units), start, subscriber, octets);
        record.duration = used.and_then(|used| used.seconds);
        record.other_party = request.other_party.clone();
        record.references = request.references.clone();
        record.references.push(format!("invocation:{}", request.sequence));
        if let Some(used) = used {
            record.references.push(used.group.clone());
            record.references.push(format!("container:{}", used.number));
        }
        // a session management function is the P-GW of 5G
        record.rec_entities = vec![format!("7:{}", request.consumer)];
        self.totals.add(&record)?;
        self.records += 1;
        self.ready.push_back(record);
        Ok(())
    }

    fn close(mut self) -> Result<FileSummary> {
        while let Some(record) = self.step()? {
            drop(record);
        }
        self.totals.records = self.records;
        let summary = FileSummary::of_records(Format::Nchf, "chargingDataRequests", &self.file, &self.totals);
        Ok(FileSummary { remarks: self.notes.remarks(), ..parties::numbered(summary) })
    }
}

impl<R: Read> Iterator for NchfReader<R> {
    type Item = Result<UsageRecord>;

    /// Ends after the first error.
    fn next(&mut self) -> Option<Self::Item> {
        let item = self.step().transpose();
        if matches!(item, Some(Err(_))) {
            self.done = true;
            self.ready.clear();
        }
        item
    }
}

impl<R: Read + Send> RecordSource for NchfReader<R> {
    fn file(&self) -> &Arc<FileIdentity> {
        &self.file
    }

    /// The file has no totals of its own: there is nothing to be lenient about.
    fn finish(self: Box<Self>, _policy: Policy) -> Result<FileSummary> {
        self.close()
    }
}

/// Reads the whole file and says what it holds.
///
/// # Errors
/// What is not JSON or no charging data request, with the byte offset, the path and the number of the request.
pub fn inspect(inner: impl Read, options: &ReadOptions) -> Result<FileSummary> {
    let parties = Parties::optional(options);
    let reader = NchfReader::with(inner, options, &parties)?;
    Ok(parties.shown(reader.close()?))
}

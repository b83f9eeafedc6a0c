//! From a billing file to a batch folder. A file that is refused leaves nothing behind.

use std::{
    path::Path,
    sync::mpsc::{sync_channel, SyncSender},
    thread,
};

use anyhow::Result;
use gesim_cdr::{
    tap::{day_name, Policy},
    AgreementKey, CdrError, ErrorKind, RecordSource, UsageRecord,
};
use gesim_core::{
    layout::{CircuitSize, LANES, VALUE_LIMIT},
    period::admits,
    Increment, Measure,
};
use gesim_prover::{Batch, BatchParams, ProverError, ProverRecord};
use rayon::prelude::*;
use settlement::state::LaneTerms;

use crate::{
    days::{self, Day},
    failure::Hint,
    files::refused,
};

/// Records handed from the reader to the sealers at once.
const BLOCK: usize = 4_096;
/// Blocks that may wait: what bounds the memory.
const BLOCKS_AHEAD: usize = 4;

/// Records that were read, or why there are no more.
type Block = Result<Vec<UsageRecord>, CdrError>;

/// How records count, by the agreement's terms: increments of each lane, and the period they must belong to.
#[derive(Debug, Clone, Copy)]
pub struct Increments {
    lanes: [Increment; LANES],
    /// YYYYMM, and how many days before it a record may have begun.
    period: Option<(u32, u16)>,
}

impl Increments {
    /// As the terms say; what they do not name counts as it is.
    pub fn new(lanes: &[LaneTerms]) -> Result<Self> {
        let mut increments = [Increment::EXACT; LANES];
        for terms in lanes {
            if let Some(increment) = increments.get_mut(usize::from(terms.lane)) {
                *increment = terms.increment()?;
            }
        }
        Ok(Self { lanes: increments, period: None })
    }

    /// Refuses records that the period does not admit: anybody could have them struck on-chain, with a penalty.
    pub fn within(self, period: u32, late_days: u16) -> Self {
        Self { period: Some((period, late_days)), ..self }
    }

    fn admits(&self, record: &UsageRecord) -> Result<(), CdrError> {
        let Some((period, late_days)) = self.period else { return Ok(()) };
        let day = record.start.local_day();
        if admits(period, day, late_days).unwrap_or(false) {
            return Ok(());
        }
        let (what, value) = ("the start of the record".into(), day_name(day).into());
        let expected = format!("a day of {period}, or at most {late_days} days before it").into();
        let mut error = CdrError::new(record.offset, ErrorKind::Invalid { what, value, expected });
        error.hint = Some("bill the file in the period its records belong to: --period YYYYMM");
        Err(error.in_record(record.record))
    }

    /// What a record adds to its lane. Charges count as they are.
    fn value(&self, record: &UsageRecord, measure: Measure) -> Result<u64, CdrError> {
        self.admits(record)?;
        let value = record.value(measure)?;
        let increment = self.lanes.get(record.lane as usize).filter(|_| measure == Measure::Units);
        let charged = increment.map_or(Ok(value), |increment| increment.charged(value)).unwrap_or(u64::MAX);
        if charged >= VALUE_LIMIT {
            let kind = ErrorKind::Value { lane: record.lane, value: charged };
            return Err(CdrError::new(record.offset, kind).in_record(record.record));
        }
        Ok(charged)
    }
}

/// Makes the folder of a batch from the records of a file that was inspected and found in order. `read` hears how many records have
/// been read, from time to time.
///
/// One thread reads while the others seal and hash. The file's control totals are compared again before the folder
/// appears: a file that has changed since it was inspected leaves nothing behind.
pub fn ingest_records(
    reader: Box<dyn RecordSource>,
    folder: &Path,
    params: BatchParams,
    increments: Increments,
    size: Option<CircuitSize>,
    key: &AgreementKey,
    read: &dyn Fn(u64),
) -> Result<Batch> {
    let measure = params.measure;
    // The days of a batch that is there must not be written over.
    if folder.exists() {
        return Err(prover(ProverError::Exists(folder.to_owned())));
    }
    let mut days = days::Writer::new(folder)?;
    let (to, from) = sync_channel(BLOCKS_AHEAD);
    thread::scope(|scope| {
        scope.spawn(move || {
            // A receiver that is gone has an error of its own to tell.
            if let Err(error) = send_blocks(reader, Policy::for_measure(measure), &to) {
                let _ = to.send(Err(error));
            }
        });
        let mut count = 0;
        let records = from.into_iter().flat_map(|block| {
            let sealed = match block {
                Ok(block) => block.par_iter().map(|record| seal(record, measure, &increments, key)).collect(),
                Err(error) => vec![Err(error)],
            };
            sealed.iter().flatten().for_each(|(_, day)| days.add(day));
            count += sealed.len() as u64;
            read(count);
            sealed.into_iter().map(|sealed| sealed.map(|(record, _)| record)).collect::<Vec<_>>()
        });
        let batch = Batch::create(folder, params, size, records).map_err(source)?;
        days.finish()?;
        Ok(batch)
    })
}

/// Sends the records in blocks, and ends well only if the file's end agrees with them.
fn send_blocks(mut reader: Box<dyn RecordSource>, policy: Policy, to: &SyncSender<Block>) -> Result<(), CdrError> {
    loop {
        let block = reader.by_ref().take(BLOCK).collect::<Result<Vec<_>, CdrError>>()?;
        if block.is_empty() {
            return reader.finish(policy).map(drop);
        }
        if to.send(Ok(block)).is_err() {
            return Ok(());
        }
    }
}

fn seal(
    record: &UsageRecord,
    measure: Measure,
    increments: &Increments,
    key: &AgreementKey,
) -> Result<(ProverRecord, Day), CdrError> {
    let sealed = record.seal(key);
    let day = Day { day: sealed.day, detail: sealed.detail };
    let record = ProverRecord {
        lane: record.lane,
        value: increments.value(record, measure)?,
        record_id: sealed.record_id,
        meta_digest: sealed.meta_digest,
    };
    Ok((record, day))
}

/// What stopped a batch: the file, or something else.
fn source(error: ProverError) -> anyhow::Error {
    match error {
        ProverError::Source { source, number } => match source.downcast() {
            Ok(tap) => refused(*tap),
            Err(source) => prover(ProverError::Source { source, number }),
        },
        other => prover(other),
    }
}

/// A prover's error with its hint.
pub fn prover(error: ProverError) -> anyhow::Error {
    let hint = error.hint();
    let error = anyhow::Error::from(error);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

//! From many oracles' records to one value per operator and metric.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use solana_pubkey::Pubkey;

use crate::record::{Metric, Record, Refusal};

/// One value, or none when too few oracles measured.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub mno: String,
    pub period: u32,
    pub metric: Metric,
    pub value: Option<String>,
    pub oracles: usize,
    pub records: usize,
}

#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// File and line number.
    pub line: String,
    pub reason: String,
}

#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub schema_version: u32,
    pub period: u32,
    pub quorum: usize,
    pub results: Vec<Row>,
    pub refused: Vec<Refused>,
}

/// The lower median: always one of the values, and nothing to round.
fn median(values: &mut [u64]) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}

/// What makes two records of an oracle one measurement.
type Subject = (Pubkey, [u8; 5], Metric, [u8; 32], i64);

/// Takes each oracle's median first and the median of those second: an oracle has one vote, however much it writes.
/// The order of the lines does not matter: of duplicates the lowest nonce counts, of two records with one nonce neither.
pub fn aggregate(
    lines: impl IntoIterator<Item = (String, Result<Record, Refusal>)>,
    oracles: &BTreeSet<Pubkey>,
    period: u32,
    quorum: usize,
) -> Report {
    let mut refused = Vec::new();
    let mut refuse = |line: String, why: Refusal| refused.push(Refused { line, reason: why.to_string() });

    let mut by_nonce: BTreeMap<(Pubkey, u64), Vec<(String, Record)>> = BTreeMap::new();
    for (line, record) in lines {
        let wrong = |record: &Record| {
            if !oracles.contains(&record.oracle) {
                Some(Refusal::Oracle(record.oracle))
            } else if record.measurement.period != period {
                Some(Refusal::Period(record.measurement.period))
            } else {
                None
            }
        };
        match record.and_then(|record| wrong(&record).map_or(Ok(record), Err)) {
            Ok(record) => {
                by_nonce.entry((record.oracle, record.measurement.nonce)).or_default().push((line, record));
            }
            Err(why) => refuse(line, why),
        }
    }

    let mut seen = BTreeSet::<Subject>::new();
    let mut values: BTreeMap<([u8; 5], Metric), BTreeMap<Pubkey, Vec<u64>>> = BTreeMap::new();
    for ((oracle, _), mut copies) in by_nonce {
        let (line, record) = copies.swap_remove(0);
        let equivocates = copies.iter().any(|(_, other)| other.measurement != record.measurement);
        let why = if equivocates { Refusal::Equivocation } else { Refusal::Replay };
        copies.into_iter().for_each(|(line, _)| refuse(line, why.clone()));
        let m = record.measurement;
        let mno = *m.mno.as_bytes();
        if equivocates {
            refuse(line, why);
        } else if !seen.insert((oracle, mno, m.metric, m.device, m.timestamp)) {
            refuse(line, Refusal::Duplicate);
        } else {
            values.entry((mno, m.metric)).or_default().entry(oracle).or_default().push(m.value);
        }
    }

    let results = values.into_iter().map(|((mno, metric), by_oracle)| {
        let (count, records) = (by_oracle.len(), by_oracle.values().map(Vec::len).sum());
        let mut votes: Vec<u64> = by_oracle.into_values().filter_map(|mut values| median(&mut values)).collect();
        Row {
            mno: String::from_utf8_lossy(&mno).into_owned(),
            period,
            metric,
            value: median(&mut votes).filter(|_| count >= quorum).map(|value| value.to_string()),
            oracles: count,
            records,
        }
    });
    let results = results.collect();
    Report { schema_version: 1, period, quorum, results, refused }
}

//! Looking through batch folders for records that must not have been billed.

use std::collections::{BTreeMap, HashMap};

use anyhow::{anyhow, Result};
use gesim_core::{period::admits, Lane};
use gesim_prover::Batch;

use crate::{
    days::{self, Day},
    failure::Hint,
    ingest,
};

/// A record's place: which of the folders, and where in it. Ordered as the program counts copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    pub folder: usize,
    pub chunk: u32,
    pub position: u32,
}

/// What is known about a record that was found.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    pub spot: Spot,
    pub lane: Lane,
    pub value: u64,
}

/// A record id in more than one place: all of its copies, the first one first.
pub struct Copies {
    pub record_id: [u8; 32],
    pub seen: Vec<Seen>,
}

/// A record that began before or behind what its period admits.
pub struct Stray {
    pub record_id: [u8; 32],
    pub seen: Seen,
    pub day: Day,
}

/// The folders by period and sequence; they must be of one agreement and different batches.
pub fn in_order(mut folders: Vec<Batch>) -> Result<Vec<Batch>> {
    let key = |batch: &Batch| (batch.context().period, batch.context().sequence);
    folders.sort_by_key(key);
    for pair in folders.windows(2) {
        let [first, second] = pair else { continue };
        if first.context().agreement != second.context().agreement {
            let (first, second) = (first.dir().display(), second.dir().display());
            return Err(anyhow!("{first} and {second} are batches of different agreements")
                .hint("claims are made agreement by agreement"));
        }
        if key(first) == key(second) {
            return Err(anyhow!("{} and {} are the same batch", first.dir().display(), second.dir().display()));
        }
    }
    Ok(folders)
}

/// Records that are in more than one place. Memory: about 60 octets a record.
pub fn duplicates(folders: &[Batch]) -> Result<Vec<Copies>> {
    let mut first: HashMap<[u8; 32], Seen> = HashMap::new();
    let mut copies: BTreeMap<[u8; 32], Vec<Seen>> = BTreeMap::new();
    each(folders, |record_id, _, seen| match first.get(record_id) {
        None => drop(first.insert(*record_id, seen)),
        Some(there) => copies.entry(*record_id).or_insert_with(|| vec![*there]).push(seen),
    })?;
    let mut found: Vec<Copies> = copies.into_iter().map(|(record_id, seen)| Copies { record_id, seen }).collect();
    found.sort_by_key(|copies| copies.seen.first().map(|seen| seen.spot));
    Ok(found)
}

/// Records whose day their period does not admit.
pub fn strays(folders: &[Batch], late_days: &dyn Fn(u32) -> Result<u16>) -> Result<Vec<Stray>> {
    let mut found = Vec::new();
    for (folder, batch) in folders.iter().enumerate() {
        let period = batch.context().period;
        let late = late_days(period)?;
        let (mut outside, mut failed) = (HashMap::new(), None);
        days::read(batch.dir(), |digest, day| match admits(period, day.day, late) {
            Ok(true) => {}
            Ok(false) => drop(outside.insert(digest, day)),
            Err(error) => failed = Some(error),
        })?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        if outside.is_empty() {
            continue;
        }
        each(std::slice::from_ref(batch), |record_id, meta_digest, seen| {
            if let Some(day) = outside.get(meta_digest) {
                let seen = Seen { spot: Spot { folder, ..seen.spot }, ..seen };
                found.push(Stray { record_id: *record_id, seen, day: *day });
            }
        })?;
    }
    Ok(found)
}

fn each(folders: &[Batch], mut see: impl FnMut(&[u8; 32], &[u8; 32], Seen)) -> Result<()> {
    for (folder, batch) in folders.iter().enumerate() {
        for chunk in 0..batch.context().chunks {
            let records = batch.chunk(chunk).map_err(ingest::prover)?.records;
            for (position, record) in (0..).zip(&records) {
                let spot = Spot { folder, chunk, position };
                see(&record.record_id, &record.meta_digest, Seen { spot, lane: record.lane, value: record.value });
            }
        }
    }
    Ok(())
}

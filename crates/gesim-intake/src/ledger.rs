use std::{path::Path, time::Duration};

use gesim_cdr::{FileSummary, Format};
use rusqlite::{params, Connection, OptionalExtension as _, TransactionBehavior};
use serde::Serialize;

use crate::{
    series::{gaps, last, Cycle, Gap},
    IntakeError,
};

/// Layout of the database.
const LAYOUT: u32 = 1;

/// Files of one format from one sender to one recipient; test data is another series.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    pub format: Format,
    pub sender: String,
    pub recipient: String,
    pub test: bool,
}

/// What taking a file came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "taken")]
pub enum Taken {
    New {
        /// What is missing in the series now, this file counted.
        gaps: Vec<Gap>,
    },
    /// The same file again: there is nothing to do.
    Repeat { taken_at: String },
}

/// A file that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileRow {
    pub format: String,
    pub sender: String,
    pub recipient: String,
    pub test: bool,
    pub sequence: u32,
    pub name: String,
    pub sha256: String,
    pub records: u64,
    pub charge: u64,
    /// UTC.
    pub taken_at: String,
}

/// Which files were taken. One writer at a time; readers do not wait.
pub struct FileLedger {
    db: Connection,
}

impl FileLedger {
    /// Opens the ledger, or makes it.
    pub fn open(path: &Path) -> Result<Self, IntakeError> {
        let db = Connection::open(path).map_err(|source| IntakeError::Open { path: path.into(), source })?;
        Self::prepare(db)
    }

    fn prepare(mut db: Connection) -> Result<Self, IntakeError> {
        db.busy_timeout(Duration::from_secs(10))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        // a file that was reported as taken must be in the ledger after a power cut
        db.pragma_update(None, "synchronous", "FULL")?;
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        match transaction.query_row("PRAGMA user_version", [], |row| row.get(0))? {
            0 => {
                transaction.execute_batch(include_str!("../schema.sql"))?;
                transaction.pragma_update(None, "user_version", LAYOUT)?;
            }
            LAYOUT => {}
            newer => return Err(IntakeError::Newer(newer)),
        }
        transaction.commit()?;
        Ok(Self { db })
    }

    /// Takes a file that was found in order. Either all of it is in the ledger afterwards, or nothing.
    pub fn take(&mut self, file: &FileSummary, name: &str, digest: [u8; 32]) -> Result<Taken, IntakeError> {
        let series = Series::of(file)?;
        let sequence = file.sequence.ok_or(IntakeError::NoSeries)?;
        let most = last(series.format);
        if !(1..=most).contains(&sequence) {
            return Err(IntakeError::Sequence { sequence, most });
        }
        let digest = hex::encode(digest);
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let place = place(&transaction, &series, sequence)?;
        if let Some((known, taken_at)) = known(&transaction, &series, place)? {
            if known == digest {
                return Ok(Taken::Repeat { taken_at });
            }
            let Series { sender, recipient, .. } = series;
            return Err(IntakeError::Conflict { sender, recipient, sequence, taken_at, known });
        }
        transaction.execute(
            "INSERT INTO files (format, sender, recipient, test, place, sequence, name, sha256, records, charge)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                series.format.name(),
                series.sender,
                series.recipient,
                series.test,
                place.0,
                sequence,
                name,
                digest,
                file.records,
                // SQLite counts to 2^63: text keeps what is beyond
                file.totals.charge.to_string(),
            ],
        )?;
        let gaps = missing(&transaction, &series)?;
        transaction.commit()?;
        Ok(Taken::New { gaps })
    }

    /// When this file was taken, if it was. A file that was taken with other contents is a conflict here already.
    pub fn find(&self, file: &FileSummary, digest: [u8; 32]) -> Result<Option<String>, IntakeError> {
        let series = Series::of(file)?;
        let sequence = file.sequence.ok_or(IntakeError::NoSeries)?;
        let place = place(&self.db, &series, sequence)?;
        match known(&self.db, &series, place)? {
            Some((known, taken_at)) if known != hex::encode(digest) => {
                let Series { sender, recipient, .. } = series;
                Err(IntakeError::Conflict { sender, recipient, sequence, taken_at, known })
            }
            found => Ok(found.map(|(_, taken_at)| taken_at)),
        }
    }

    /// Takes a file out again, when what followed its taking has failed.
    pub fn forget(&mut self, file: &FileSummary, digest: [u8; 32]) -> Result<(), IntakeError> {
        let series = Series::of(file)?;
        let Series { format, sender, recipient, test } = series;
        self.db.execute(
            "DELETE FROM files WHERE format = ?1 AND sender = ?2 AND recipient = ?3 AND test = ?4 AND sequence = ?5
             AND sha256 = ?6",
            params![format.name(), sender, recipient, test, file.sequence, hex::encode(digest)],
        )?;
        Ok(())
    }

    /// What is missing in the series of a file.
    pub fn gaps(&self, file: &FileSummary) -> Result<Vec<Gap>, IntakeError> {
        missing(&self.db, &Series::of(file)?)
    }

    /// All files, series by series, in the order of their numbers.
    pub fn files(&self) -> Result<Vec<FileRow>, IntakeError> {
        let mut rows = self.db.prepare(
            "SELECT format, sender, recipient, test, sequence, name, sha256, records, charge, taken_at FROM files
             ORDER BY format, sender, recipient, test, place",
        )?;
        let rows = rows.query_map([], |row| {
            Ok(FileRow {
                format: row.get(0)?,
                sender: row.get(1)?,
                recipient: row.get(2)?,
                test: row.get(3)?,
                sequence: row.get(4)?,
                name: row.get(5)?,
                sha256: row.get(6)?,
                records: row.get(7)?,
                charge: row.get::<_, String>(8)?.parse().unwrap_or(0),
                taken_at: row.get(9)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Series {
    fn of(file: &FileSummary) -> Result<Self, IntakeError> {
        let (Some(sender), Some(recipient)) = (file.sender.clone(), file.recipient.clone()) else {
            return Err(IntakeError::NoSeries);
        };
        Ok(Self { format: file.format, sender, recipient, test: file.test })
    }
}

/// Where a number lies in a series whose latest file is known.
fn place(db: &Connection, series: &Series, sequence: u32) -> Result<Cycle, IntakeError> {
    let latest: Option<i64> = db.query_row(
        "SELECT max(place) FROM files WHERE format = ?1 AND sender = ?2 AND recipient = ?3 AND test = ?4",
        params![series.format.name(), series.sender, series.recipient, series.test],
        |row| row.get(0),
    )?;
    Ok(latest.map_or(Cycle::first(sequence), |latest| Cycle(latest).near(sequence, last(series.format))))
}

fn known(db: &Connection, series: &Series, place: Cycle) -> Result<Option<(String, String)>, IntakeError> {
    let found = db.query_row(
        "SELECT sha256, taken_at FROM files
         WHERE format = ?1 AND sender = ?2 AND recipient = ?3 AND test = ?4 AND place = ?5",
        params![series.format.name(), series.sender, series.recipient, series.test, place.0],
        |row| Ok((row.get(0)?, row.get(1)?)),
    );
    Ok(found.optional()?)
}

fn missing(db: &Connection, series: &Series) -> Result<Vec<Gap>, IntakeError> {
    let mut rows = db.prepare(
        "SELECT place FROM files WHERE format = ?1 AND sender = ?2 AND recipient = ?3 AND test = ?4 ORDER BY place",
    )?;
    let places = rows
        .query_map(params![series.format.name(), series.sender, series.recipient, series.test], |row| {
            row.get(0).map(Cycle)
        })?;
    Ok(gaps(places.collect::<Result<Vec<_>, _>>()?, last(series.format)))
}

//! What the registrar remembers, in one SQLite file: enrolments, leaves, what the chain shall be told, and the signatures
//! of what it was told. No EID is in it. Salts and tags are: whoever reads it can link devices, so it has mode 0600.

mod enrolments;
mod jobs;
mod leaves;
mod migrate;

use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};

use gesim_core::poseidon::Field;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

pub use enrolments::Enrolment;
pub use jobs::{Job, Kind, Sent};
pub use leaves::{Leaf, NewLeaf, State};

use crate::{
    error::{RegistrarError, Result},
    key::CHECK_LEN,
};

/// How long one process waits for another's write.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Store {
    db: Connection,
}

/// The registrar that a database belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    pub address: [u8; 32],
    /// Genesis hash.
    pub cluster: [u8; 32],
}

/// A tree and the key that its tags were made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch {
    pub epoch: u32,
    pub tree: [u8; 32],
    pub key_check: [u8; CHECK_LEN],
}

impl Store {
    /// Makes a database; a file that is there is never written over.
    pub fn create(path: &Path, owner: &Owner, epoch: &Epoch, now: i64) -> Result<Self> {
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        made.map_err(|e| RegistrarError::file(path, e))?;
        Self::begin(Connection::open(path)?, owner, epoch, now)
    }

    /// A database in memory, for a registrar that lives as long as its process.
    pub fn in_memory(owner: &Owner, epoch: &Epoch, now: i64) -> Result<Self> {
        Self::begin(Connection::open_in_memory()?, owner, epoch, now)
    }

    fn begin(db: Connection, owner: &Owner, epoch: &Epoch, now: i64) -> Result<Self> {
        let mut store = Self { db };
        store.settings()?;
        migrate::run(&mut store.db)?;
        let tx = store.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute("INSERT INTO registrar (id, address, cluster) VALUES (1, ?1, ?2)", (owner.address, owner.cluster))?;
        insert_epoch(&tx, epoch, now)?;
        tx.commit()?;
        Ok(store)
    }

    /// Opens a database, brings it up to date, and looks for damage.
    pub fn open(path: &Path) -> Result<Self> {
        // SQLite would make a missing file.
        let meta = std::fs::metadata(path).map_err(|e| RegistrarError::file(path, e))?;
        if !meta.is_file() {
            return Err(RegistrarError::ForeignDatabase);
        }
        let mut store = Self { db: Connection::open(path)? };
        store.db.busy_timeout(PATIENCE)?;
        migrate::check(&store.db)?;
        store.settings().map_err(migrate::damage)?;
        store.sound().map_err(migrate::damage)?;
        migrate::run(&mut store.db)?;
        Ok(store)
    }

    fn settings(&self) -> Result<()> {
        self.db.busy_timeout(PATIENCE)?;
        // An answer that was given is on the disk: FULL, not NORMAL.
        self.db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;",
        )?;
        Ok(())
    }

    fn sound(&self) -> Result<()> {
        let found: String = self.db.query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))?;
        if found != "ok" {
            return Err(RegistrarError::Damaged(found));
        }
        let lost: Option<String> = self.db.query_row("PRAGMA foreign_key_check", (), |row| row.get(0)).optional()?;
        lost.map_or(Ok(()), |table| Err(RegistrarError::Damaged(format!("a row of {table} names one that is gone"))))
    }

    pub fn owner(&self) -> Result<Owner> {
        let read = |row: &rusqlite::Row| Ok(Owner { address: row.get(0)?, cluster: row.get(1)? });
        let found = self.db.query_row("SELECT address, cluster FROM registrar", (), read).optional()?;
        found.ok_or_else(|| RegistrarError::Damaged("it names no registrar".into()))
    }

    /// The present epoch.
    pub fn epoch(&self) -> Result<Epoch> {
        let read = |row: &rusqlite::Row| Ok(Epoch { epoch: row.get(0)?, tree: row.get(1)?, key_check: row.get(2)? });
        let sql = "SELECT epoch, tree, key_check FROM epochs ORDER BY epoch DESC LIMIT 1";
        let found = self.db.query_row(sql, (), read).optional()?;
        found.ok_or_else(|| RegistrarError::Damaged("it names no epoch".into()))
    }

    /// Leaves of the present tree as it has them, from the first on: zero where one was revoked.
    pub fn tree_leaves(&self) -> Result<Vec<Field>> {
        let sql = "SELECT place, hash, state = 'revoked' FROM leaves WHERE place IS NOT NULL
            AND epoch = (SELECT max(epoch) FROM epochs) ORDER BY place";
        let mut statement = self.db.prepare(sql)?;
        let mut rows = statement.query(())?;
        let mut out: Vec<Field> = Vec::new();
        while let Some(row) = rows.next()? {
            let (place, hash, revoked): (usize, Field, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if place != out.len() {
                return Err(RegistrarError::Damaged(format!("leaf {} is missing", out.len())));
            }
            out.push(if revoked { [0; 32] } else { hash });
        }
        Ok(out)
    }
}

fn insert_epoch(db: &Connection, epoch: &Epoch, now: i64) -> Result<()> {
    let Epoch { epoch, tree, key_check } = epoch;
    let sql = "INSERT INTO epochs (epoch, tree, key_check, began_at) VALUES (?1, ?2, ?3, ?4)";
    db.execute(sql, (epoch, tree, key_check, now))?;
    Ok(())
}

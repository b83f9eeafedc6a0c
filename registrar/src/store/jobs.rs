//! What the chain shall be told: one thing at a time, in order. A transaction is written here before it is sent, so that
//! a process that dies at any moment knows afterwards what it may have sent.

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior};

use super::{
    insert_epoch,
    leaves::{self, State},
    Epoch, Store,
};
use crate::{
    error::{RegistrarError, Result},
    key::CHECK_LEN,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Append { leaf: i64 },
    Revoke { leaf: i64 },
    Rotate { key_check: [u8; CHECK_LEN] },
}

/// A signed transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub signature: [u8; 64],
    pub bytes: Vec<u8>,
    /// The last block height at which it can land.
    pub valid_until: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: i64,
    pub kind: Kind,
    /// A transaction that may have been sent.
    pub sent: Option<Sent>,
}

/// A job's id, kind, leaf and check value.
type Read = (i64, String, Option<i64>, Option<[u8; CHECK_LEN]>);

fn read(row: &Row) -> rusqlite::Result<Read> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

impl Store {
    /// The job whose turn it is.
    pub fn next_job(&self) -> Result<Option<Job>> {
        let sql = "SELECT id, kind, leaf, key_check FROM jobs WHERE state IN ('wanted', 'claimed')
            ORDER BY state = 'claimed' DESC, id LIMIT 1";
        let Some((id, kind, leaf, check)) = self.db.query_row(sql, (), read).optional()? else { return Ok(None) };
        let kind = match (kind.as_str(), leaf, check) {
            ("append", Some(leaf), _) => Kind::Append { leaf },
            ("revoke", Some(leaf), _) => Kind::Revoke { leaf },
            ("rotate", _, Some(key_check)) => Kind::Rotate { key_check },
            _ => return Err(RegistrarError::Damaged(format!("job {id} is none"))),
        };
        let sql = "SELECT signature, bytes, valid_until FROM transactions WHERE job = ?1 AND state = 'sent'";
        let sent = |row: &Row| Ok(Sent { signature: row.get(0)?, bytes: row.get(1)?, valid_until: row.get(2)? });
        Ok(Some(Job { id, kind, sent: self.db.query_row(sql, [id], sent).optional()? }))
    }

    /// Jobs that the chain has not been told of, or has not confirmed.
    pub fn open_jobs(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM jobs WHERE state IN ('wanted', 'claimed')";
        Ok(self.db.query_row(sql, (), |row| row.get(0))?)
    }

    /// Why the chain did not take the last job that it did not take.
    pub fn job_error(&self, kind: &str, leaf: i64) -> Result<Option<String>> {
        let sql = "SELECT error FROM jobs WHERE kind = ?1 AND leaf = ?2 AND state = 'refused' ORDER BY id DESC LIMIT 1";
        Ok(self.db.query_row(sql, (kind, leaf), |row| row.get(0)).optional()?.flatten())
    }

    /// Writes the transaction down, before it is sent. Made again under the same blockhash it is the same one.
    pub fn claim(&mut self, job: i64, sent: &Sent, now: i64) -> Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute("UPDATE jobs SET state = 'claimed' WHERE id = ?1", [job])?;
        let sql = "INSERT INTO transactions (signature, job, bytes, valid_until, state, created_at)
            VALUES (?1, ?2, ?3, ?4, 'sent', ?5)
            ON CONFLICT (signature) DO UPDATE SET state = 'sent'";
        // Embedded clusters have blockhashes without an end.
        let valid_until = i64::try_from(sent.valid_until).unwrap_or(i64::MAX);
        tx.execute(sql, (sent.signature, job, &sent.bytes, valid_until, now))?;
        tx.commit()?;
        Ok(())
    }

    /// It will be tried again with another transaction.
    pub fn requeue(&mut self, job: i64, outcome: &str, error: &str) -> Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        close(&tx, job, "wanted", outcome, Some(error))?;
        tx.commit()?;
        Ok(())
    }

    /// The chain will never take it.
    pub fn refuse(&mut self, job: &Job, error: &str) -> Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        close(&tx, job.id, "refused", "refused", Some(error))?;
        if let Kind::Append { leaf } = job.kind {
            leaves::set(&tx, leaf, State::Refused)?;
            // It was to take the place of one that the chain still counts.
            let sql = "UPDATE leaves SET state = 'live' WHERE state = 'ended' AND id = (SELECT max(old.id)
                FROM leaves old JOIN leaves new ON old.tag = new.tag AND old.epoch = new.epoch AND old.id < new.id
                WHERE new.id = ?1 AND old.place IS NOT NULL)";
            tx.execute(sql, [leaf])?;
        }
        tx.commit()?;
        Ok(())
    }

    pub fn appended(&mut self, job: i64, leaf: i64, place: u32) -> Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        close(&tx, job, "done", "landed", None)?;
        tx.execute("UPDATE leaves SET state = 'live', place = ?2 WHERE id = ?1", (leaf, place))?;
        tx.commit()?;
        Ok(())
    }

    pub fn revoked(&mut self, job: i64, leaf: i64) -> Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        close(&tx, job, "done", "landed", None)?;
        leaves::set(&tx, leaf, State::Revoked)?;
        tx.commit()?;
        Ok(())
    }

    pub fn rotated(&mut self, job: i64, epoch: &Epoch, now: i64) -> Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        close(&tx, job, "done", "landed", None)?;
        insert_epoch(&tx, epoch, now)?;
        tx.commit()?;
        Ok(())
    }

    /// Asks for the revocation of a live leaf; asking twice is asking once. The job's number comes back.
    pub fn want_revocation(&mut self, leaf: i64) -> Result<i64> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = "SELECT id FROM jobs WHERE kind = 'revoke' AND leaf = ?1 AND state IN ('wanted', 'claimed')";
        let found: Option<i64> = tx.query_row(sql, [leaf], |row| row.get(0)).optional()?;
        let job = match found {
            Some(job) => job,
            None => {
                tx.execute("INSERT INTO jobs (kind, leaf, state) VALUES ('revoke', ?1, 'wanted')", [leaf])?;
                tx.last_insert_rowid()
            }
        };
        tx.commit()?;
        Ok(job)
    }

    /// Asks for a new epoch, whose tags are made with another key.
    pub fn want_rotation(&mut self, key_check: &[u8; CHECK_LEN]) -> Result<()> {
        let sql = "INSERT INTO jobs (kind, key_check, state) SELECT 'rotate', ?1, 'wanted' WHERE NOT EXISTS
            (SELECT 1 FROM jobs WHERE kind = 'rotate' AND state IN ('wanted', 'claimed'))";
        self.db.execute(sql, [key_check])?;
        Ok(())
    }
}

fn close(db: &Connection, job: i64, state: &str, outcome: &str, error: Option<&str>) -> Result<()> {
    db.execute("UPDATE jobs SET state = ?2, error = ?3 WHERE id = ?1", (job, state, error))?;
    db.execute("UPDATE transactions SET state = ?2 WHERE job = ?1 AND state = 'sent'", (job, outcome))?;
    Ok(())
}

//! Enrolments: a nonce that was given out, and the leaf that its answer led to.

use gesim_core::poseidon::Field;
use rusqlite::{OptionalExtension, Row, TransactionBehavior};

use super::{
    leaves::{self, NewLeaf, State},
    Store,
};
use crate::error::{RegistrarError, Result};

/// Wrong answers that one nonce takes.
const ATTEMPTS: u32 = 5;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    pub id: [u8; 16],
    pub idc: Field,
    pub wallet: [u8; 32],
    pub nonce: [u8; 32],
    pub euicc_challenge: [u8; 16],
    pub expires_at: i64,
    pub attempts: u32,
    /// Digest of the response that was taken.
    pub response: Option<[u8; 32]>,
    pub leaf: Option<i64>,
}

impl Enrolment {
    /// The leaf that this response led to already; `None` when a response can still be taken.
    pub fn taken(&self, response: &[u8; 32], now: i64) -> Result<Option<i64>> {
        match (self.response, self.leaf) {
            (Some(taken), Some(leaf)) if taken == *response => Ok(Some(leaf)),
            (None, None) if self.attempts >= ATTEMPTS => Err(RegistrarError::TooManyAnswers),
            (None, None) if now < self.expires_at => Ok(None),
            (None, None) => Err(RegistrarError::NonceExpired),
            _ => Err(RegistrarError::Answered),
        }
    }
}

fn read(row: &Row) -> rusqlite::Result<Enrolment> {
    Ok(Enrolment {
        id: row.get(0)?,
        idc: row.get(1)?,
        wallet: row.get(2)?,
        nonce: row.get(3)?,
        euicc_challenge: row.get(4)?,
        expires_at: row.get(5)?,
        attempts: row.get(6)?,
        response: row.get(7)?,
        leaf: row.get(8)?,
    })
}

impl Store {
    /// Keeps a new enrolment and forgets those that nobody answered. Refused when too many are open.
    pub fn open_enrolment(&mut self, new: &Enrolment, most: u32, now: i64) -> Result<()> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute("DELETE FROM enrolments WHERE leaf IS NULL AND expires_at <= ?1", [now.saturating_sub(3_600)])?;
        let sql = "SELECT count(*) FROM enrolments WHERE leaf IS NULL AND expires_at > ?1";
        let open: u32 = tx.query_row(sql, [now], |row| row.get(0))?;
        if open >= most {
            return Err(RegistrarError::Full);
        }
        let Enrolment { id, idc, wallet, nonce, euicc_challenge, expires_at, .. } = new;
        let sql = "INSERT INTO enrolments (id, idc, wallet, nonce, euicc_challenge, expires_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        tx.execute(sql, (id, idc, wallet, nonce, euicc_challenge, expires_at))?;
        tx.commit()?;
        Ok(())
    }

    pub fn enrolment(&self, id: &[u8; 16]) -> Result<Enrolment> {
        let sql = "SELECT id, idc, wallet, nonce, euicc_challenge, expires_at, attempts, response, leaf
            FROM enrolments WHERE id = ?1";
        self.db.query_row(sql, [id], read).optional()?.ok_or(RegistrarError::UnknownEnrolment)
    }

    /// Counts a wrong answer.
    pub fn count_attempt(&mut self, id: &[u8; 16]) -> Result<()> {
        self.db.execute("UPDATE enrolments SET attempts = attempts + 1 WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Takes a verified response: the enrolment gets its leaf, and the chain shall be told, or neither. A device that
    /// proves the same again, for the same secret and wallet, gets the leaf it has.
    pub fn answer(&mut self, id: &[u8; 16], response: &[u8; 32], leaf: &NewLeaf, now: i64) -> Result<i64> {
        // Another answer may have come while this one was verified.
        let enrolment = self.enrolment(id)?;
        if let Some(taken) = enrolment.taken(response, now)? {
            return Ok(taken);
        }
        let Enrolment { idc, wallet, .. } = enrolment;
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let chosen = match leaves::standing(&tx, leaf.epoch, &leaf.tag)? {
            Some(old) if old.state == State::Live && old.expiry < now => {
                leaves::set(&tx, old.id, State::Ended)?;
                None
            }
            Some(old) if old.idc == idc && old.wallet == wallet => Some(old.id),
            Some(_) => return Err(RegistrarError::AlreadyEnrolled),
            None => None,
        };
        let chosen = match chosen {
            Some(old) => old,
            None => {
                let new = leaves::insert(&tx, leaf, &idc, &wallet, now)?;
                tx.execute("INSERT INTO jobs (kind, leaf, state) VALUES ('append', ?1, 'wanted')", [new])?;
                new
            }
        };
        let sql = "UPDATE enrolments SET response = ?2, leaf = ?3 WHERE id = ?1 AND leaf IS NULL";
        if tx.execute(sql, (id, response, chosen))? != 1 {
            return Err(RegistrarError::Answered);
        }
        tx.commit()?;
        Ok(chosen)
    }
}

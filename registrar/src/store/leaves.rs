//! Leaves: what an enrolled eUICC has in the tree, and the salt that only its device learns.

use gesim_core::{eid, poseidon::Field};
use rusqlite::{
    types::{FromSql, FromSqlError, FromSqlResult, ValueRef},
    Connection, OptionalExtension, Row,
};
use zeroize::Zeroizing;

use super::Store;
use crate::error::Result;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The chain shall take it.
    Wanted,
    Live,
    /// It expired, and its tag was enrolled anew.
    Ended,
    /// Zero in the tree.
    Revoked,
    /// The chain did not take it.
    Refused,
}

impl State {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Live => "live",
            Self::Ended => "ended",
            Self::Revoked => "revoked",
            Self::Refused => "refused",
        }
    }
}

impl FromSql for State {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let states = [Self::Wanted, Self::Live, Self::Ended, Self::Revoked, Self::Refused];
        let text = value.as_str()?;
        states.into_iter().find(|state| state.name() == text).ok_or(FromSqlError::InvalidType)
    }
}

pub struct Leaf {
    pub id: i64,
    pub epoch: u32,
    pub tag: Field,
    pub idc: Field,
    pub wallet: [u8; 32],
    pub salt: Zeroizing<Field>,
    pub eidc: Field,
    pub hash: Field,
    pub expiry: i64,
    pub place: Option<u32>,
    pub state: State,
}

impl Leaf {
    /// What the chain knows the tag by. The tag itself goes to its device and to nobody else: the EID's bindings could be
    /// found with it.
    pub fn tag_commitment(&self) -> Result<Field> {
        Ok(eid::tag_commitment(&self.tag)?)
    }
}

/// A leaf to be.
pub struct NewLeaf {
    pub epoch: u32,
    pub tag: Field,
    pub salt: Zeroizing<Field>,
    pub eidc: Field,
    pub hash: Field,
    pub expiry: i64,
}

const COLUMNS: &str = "id, epoch, tag, idc, wallet, salt, eidc, hash, expiry, place, state";

fn read(row: &Row) -> rusqlite::Result<Leaf> {
    Ok(Leaf {
        id: row.get(0)?,
        epoch: row.get(1)?,
        tag: row.get(2)?,
        idc: row.get(3)?,
        wallet: row.get(4)?,
        salt: Zeroizing::new(row.get(5)?),
        eidc: row.get(6)?,
        hash: row.get(7)?,
        expiry: row.get(8)?,
        place: row.get(9)?,
        state: row.get(10)?,
    })
}

/// The one leaf of a tag that stands in the way of another.
pub(super) fn standing(db: &Connection, epoch: u32, tag: &Field) -> Result<Option<Leaf>> {
    let sql = format!("SELECT {COLUMNS} FROM leaves WHERE epoch = ?1 AND tag = ?2 AND state IN ('wanted', 'live')");
    Ok(db.query_row(&sql, (epoch, tag), read).optional()?)
}

pub(super) fn insert(db: &Connection, leaf: &NewLeaf, idc: &Field, wallet: &[u8; 32], now: i64) -> Result<i64> {
    let NewLeaf { epoch, tag, salt, eidc, hash, expiry } = leaf;
    let sql = "INSERT INTO leaves (epoch, tag, idc, wallet, salt, eidc, hash, expiry, state, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'wanted', ?9)";
    db.execute(sql, (epoch, tag, idc, wallet, &salt[..], eidc, hash, expiry, now))?;
    Ok(db.last_insert_rowid())
}

pub(super) fn set(db: &Connection, id: i64, state: State) -> Result<()> {
    db.execute("UPDATE leaves SET state = ?2 WHERE id = ?1", (id, state.name()))?;
    Ok(())
}

impl Store {
    pub fn leaf(&self, id: i64) -> Result<Option<Leaf>> {
        let sql = format!("SELECT {COLUMNS} FROM leaves WHERE id = ?1");
        Ok(self.db.query_row(&sql, [id], read).optional()?)
    }

    /// The leaf at a place of the present tree.
    pub fn leaf_at(&self, place: u32) -> Result<Option<Leaf>> {
        let epoch = self.epoch()?.epoch;
        let sql = format!("SELECT {COLUMNS} FROM leaves WHERE epoch = ?1 AND place = ?2");
        Ok(self.db.query_row(&sql, (epoch, place), read).optional()?)
    }

    /// The live leaf of a tag, or the one that is to be.
    pub fn leaf_of(&self, tag: &Field) -> Result<Option<Leaf>> {
        standing(&self.db, self.epoch()?.epoch, tag)
    }

    /// All leaves of all epochs, in the order of their making.
    pub fn leaves(&self, mut each: impl FnMut(Leaf) -> Result<()>) -> Result<()> {
        let mut statement = self.db.prepare(&format!("SELECT {COLUMNS} FROM leaves ORDER BY id"))?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            each(read(row)?)?;
        }
        Ok(())
    }

    /// How many leaves of the present epoch are in each state.
    pub fn census(&self) -> Result<Vec<(State, u64)>> {
        let epoch = self.epoch()?.epoch;
        let mut statement = self.db.prepare("SELECT state, count(*) FROM leaves WHERE epoch = ?1 GROUP BY state")?;
        let rows = statement.query_map([epoch], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

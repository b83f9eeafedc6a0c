//! The queue in PostgreSQL. Whatever must be one step is one statement or one function of the schema.

mod connection;
mod migrate;
mod owner;
mod status;
mod tls;
mod worker;

use gesim_core::poseidon::Field;
use tokio_postgres::Row;

use crate::{
    job::{BatchEntry, Completion, Counts, Job, Lease, Proven, Token, WorkerCard},
    queue::Queue,
    status::Status,
    FleetError, Result,
};
use connection::Connection;

/// A queue that several machines share.
pub struct PostgresQueue {
    connection: Connection,
}

impl PostgresQueue {
    /// For the owner of the queue: makes the schema where there is none yet.
    pub fn create(url: &str) -> Result<Self> {
        let queue = Self { connection: Connection::new(url)? };
        queue.connection.call(migrate::run)??;
        Ok(queue)
    }

    /// For workers and readers: the schema must be there.
    pub fn open(url: &str) -> Result<Self> {
        let queue = Self::unchecked(url)?;
        queue.connection.call(migrate::check)??;
        Ok(queue)
    }

    /// Connects when it is first used: for workers that start before their database does.
    pub fn unchecked(url: &str) -> Result<Self> {
        Ok(Self { connection: Connection::new(url)? })
    }
}

impl Queue for PostgresQueue {
    fn enlist(&self, worker: &WorkerCard) -> Result<()> {
        self.connection.call(migrate::check)??;
        worker::enlist(&self.connection, worker)
    }
    fn lease(&self, worker: &WorkerCard) -> Result<Option<Lease>> {
        worker::lease(&self.connection, worker)
    }
    fn renew(&self, worker: &WorkerCard, tokens: &[Token]) -> Result<Vec<Token>> {
        worker::renew(&self.connection, worker, tokens)
    }
    fn complete(&self, token: &Token, proof: &[u8]) -> Result<Completion> {
        worker::ask(&self.connection, "SELECT gesim_fleet.complete($1, $2)", &[&&token[..], &proof])
    }
    fn fail(&self, token: &Token, error: &str) -> Result<Completion> {
        worker::ask(&self.connection, "SELECT gesim_fleet.fail($1, $2)", &[&&token[..], &error.replace('\0', " ")])
    }
    fn release(&self, token: &Token) -> Result<Completion> {
        worker::ask(&self.connection, "SELECT gesim_fleet.release($1)", &[&&token[..]])
    }
    fn leave(&self, worker: &WorkerCard) -> Result<()> {
        self.connection.execute("SELECT gesim_fleet.leave($1)", &[&worker.id]).map(drop)
    }
    fn open_batch(&self, batch: &BatchEntry) -> Result<()> {
        owner::open_batch(&self.connection, batch)
    }
    fn put(&self, job: &Job) -> Result<()> {
        owner::put(&self.connection, job)
    }
    fn proven(&self, ctx: &Field, at_most: u32) -> Result<Vec<Proven>> {
        owner::proven(&self.connection, ctx, at_most)
    }
    fn accept(&self, ctx: &Field, index: u32) -> Result<()> {
        owner::accept(&self.connection, ctx, index)
    }
    fn reject(&self, ctx: &Field, proven: &Proven, reason: &str) -> Result<Completion> {
        owner::reject(&self.connection, ctx, proven, reason)
    }
    fn counts(&self, ctx: &Field) -> Result<Counts> {
        owner::counts(&self.connection, ctx)
    }
    fn first_poisoned(&self, ctx: &Field) -> Result<Option<(u32, String)>> {
        owner::first_poisoned(&self.connection, ctx)
    }
    fn retry(&self, ctx: &Field) -> Result<u32> {
        owner::retry(&self.connection, ctx)
    }
    fn remove(&self, ctx: &Field) -> Result<()> {
        owner::remove(&self.connection, ctx)
    }
    fn status(&self) -> Result<Status> {
        status::status(&self.connection)
    }
}

/// A column of exactly `N` bytes.
fn bytes<const N: usize>(row: &Row, column: &str) -> Result<[u8; N]> {
    row.try_get::<_, &[u8]>(column)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| FleetError::Database(format!("column {column} does not hold {N} bytes")))
}

/// A column of another type.
fn column<'a, T: tokio_postgres::types::FromSql<'a>>(row: &'a Row, name: &str) -> Result<T> {
    row.try_get(name).map_err(|e| FleetError::Database(e.to_string()))
}

/// A count, which is never negative.
fn count(row: &Row, name: &str) -> Result<u32> {
    let value: i64 = column(row, name)?;
    u32::try_from(value).map_err(|_| FleetError::Database(format!("column {name} holds {value}")))
}

//! What the owner of a batch does: statements on the tables.

use gesim_core::poseidon::Field;

use super::{bytes, column, connection::Values, count, worker, Connection};
use crate::{
    job::{BatchEntry, Completion, Counts, Job, Proven},
    FleetError, Result,
};

pub fn open_batch(connection: &Connection, batch: &BatchEntry) -> Result<()> {
    // What nobody asks for any more goes when something new comes.
    connection.execute("DELETE FROM gesim_fleet.worker WHERE seen < clock_timestamp() - interval '1 day'", &[])?;
    connection.execute(
        "DELETE FROM gesim_fleet.batch b WHERE created < clock_timestamp() - interval '30 days'
         AND NOT EXISTS (SELECT FROM gesim_fleet.job j WHERE j.ctx = b.ctx AND j.state <> 'accepted')",
        &[],
    )?;
    let (ctx, fingerprint) = (&batch.ctx[..], &batch.circuit.fingerprint[..]);
    let (chunks, records) = (batch.chunks as i32, batch.records as i64);
    let (failures, expiries) = (batch.limits.failures as i32, batch.limits.expiries as i32);
    connection.execute(
        "INSERT INTO gesim_fleet.batch (ctx, circuit, fingerprint, chunks, records, failures, expiries)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (ctx) DO NOTHING",
        &[&ctx, &batch.circuit.name, &fingerprint, &chunks, &records, &failures, &expiries],
    )?;
    let same = connection.rows(
        "SELECT FROM gesim_fleet.batch
         WHERE ctx = $1 AND circuit = $2 AND fingerprint = $3 AND chunks = $4 AND records = $5",
        &[&ctx, &batch.circuit.name, &fingerprint, &chunks, &records],
    )?;
    if same.is_empty() {
        return Err(FleetError::OtherBatch);
    }
    Ok(())
}

pub fn put(connection: &Connection, job: &Job) -> Result<()> {
    connection.execute(
        "INSERT INTO gesim_fleet.job AS j (ctx, index, records, x, input) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (ctx, index) DO UPDATE SET
            state = 'waiting', input = excluded.input, token = NULL, finished = NULL, failures = 0, expiries = 0
         WHERE j.state = 'accepted'",
        &[&&job.ctx[..], &(job.index as i32), &(job.records as i32), &&job.x[..], &&job.input[..]],
    )?;
    Ok(())
}

pub fn proven(connection: &Connection, ctx: &Field, at_most: u32) -> Result<Vec<Proven>> {
    let rows = connection.rows(
        "SELECT index::bigint, token, worker, proof FROM gesim_fleet.job
         WHERE ctx = $1 AND state = 'proven' ORDER BY index LIMIT $2",
        &[&&ctx[..], &i64::from(at_most)],
    )?;
    let entry = |row| -> Result<Proven> {
        Ok(Proven {
            index: count(row, "index")?,
            token: bytes(row, "token")?,
            worker: column(row, "worker")?,
            proof: column(row, "proof")?,
        })
    };
    rows.iter().map(entry).collect()
}

pub fn accept(connection: &Connection, ctx: &Field, index: u32) -> Result<()> {
    connection.execute(
        "UPDATE gesim_fleet.job SET state = 'accepted', input = NULL, proof = NULL, until = NULL, error = NULL,
            finished = coalesce(finished, clock_timestamp())
         WHERE ctx = $1 AND index = $2 AND state <> 'accepted'",
        &[&&ctx[..], &(index as i32)],
    )?;
    Ok(())
}

pub fn reject(connection: &Connection, ctx: &Field, proven: &Proven, reason: &str) -> Result<Completion> {
    let values: Values<'_> = &[&&ctx[..], &(proven.index as i32), &&proven.token[..], &reason];
    worker::ask(connection, "SELECT gesim_fleet.reject($1, $2, $3, $4)", values)
}

pub fn counts(connection: &Connection, ctx: &Field) -> Result<Counts> {
    let row = connection.row(
        "SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'leased') AS leased,
            count(*) FILTER (WHERE state = 'proven') AS proven, count(*) FILTER (WHERE state = 'accepted') AS accepted,
            count(*) FILTER (WHERE state = 'poisoned') AS poisoned
         FROM gesim_fleet.job WHERE ctx = $1",
        &[&&ctx[..]],
    )?;
    Ok(Counts {
        waiting: count(&row, "waiting")?,
        leased: count(&row, "leased")?,
        proven: count(&row, "proven")?,
        accepted: count(&row, "accepted")?,
        poisoned: count(&row, "poisoned")?,
    })
}

pub fn first_poisoned(connection: &Connection, ctx: &Field) -> Result<Option<(u32, String)>> {
    let rows = connection.rows(
        "SELECT index::bigint, coalesce(error, '') AS error FROM gesim_fleet.job
         WHERE ctx = $1 AND state = 'poisoned' ORDER BY index LIMIT 1",
        &[&&ctx[..]],
    )?;
    rows.first().map(|row| Ok((count(row, "index")?, column(row, "error")?))).transpose()
}

pub fn retry(connection: &Connection, ctx: &Field) -> Result<u32> {
    let changed = connection.execute(
        "UPDATE gesim_fleet.job SET state = 'waiting', failures = 0, expiries = 0, rests = '-infinity'
         WHERE ctx = $1 AND state = 'poisoned'",
        &[&&ctx[..]],
    )?;
    Ok(changed as u32)
}

pub fn remove(connection: &Connection, ctx: &Field) -> Result<()> {
    match connection.execute("DELETE FROM gesim_fleet.batch WHERE ctx = $1", &[&&ctx[..]])? {
        0 => Err(FleetError::NoSuchBatch),
        _ => Ok(()),
    }
}

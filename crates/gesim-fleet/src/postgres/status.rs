//! How the queue stands: three queries, each of one moment.

use super::{bytes, column, count, Connection};
use crate::{
    status::{BatchStatus, JobError, Status, WorkerStatus, WINDOW},
    Result,
};

/// Chunks and records that were finished within the window, for each batch ($1 = seconds).
const BATCHES: &str = "
    SELECT b.ctx, b.circuit, b.fingerprint, b.chunks::bigint, b.records,
        count(*) FILTER (WHERE j.state = 'waiting') AS waiting, count(*) FILTER (WHERE j.state = 'leased') AS leased,
        count(*) FILTER (WHERE j.state = 'proven') AS proven, count(*) FILTER (WHERE j.state = 'accepted') AS accepted,
        count(*) FILTER (WHERE j.state = 'poisoned') AS poisoned,
        coalesce(sum(j.records) FILTER (WHERE j.state IN ('proven', 'accepted')), 0)::bigint AS records_proven,
        count(*) FILTER (WHERE j.finished > clock_timestamp() - make_interval(secs => $1)) AS recent_chunks,
        coalesce(sum(j.records) FILTER (WHERE j.finished > clock_timestamp() - make_interval(secs => $1)), 0)::bigint
            AS recent_records
    FROM gesim_fleet.batch b LEFT JOIN gesim_fleet.job j USING (ctx) GROUP BY b.ctx ORDER BY b.created";
const ERRORS: &str = "
    SELECT index::bigint, failures::bigint, expiries::bigint, state = 'poisoned' AS poisoned, coalesce(error, '') AS error
    FROM gesim_fleet.job WHERE ctx = $1 AND state <> 'accepted' AND (error IS NOT NULL OR expiries > 0)
    ORDER BY state = 'poisoned' DESC, index LIMIT 10";
const WORKERS: &str = "
    SELECT w.id, w.name, w.circuits, w.fingerprints, w.chunks, w.records, w.rejected,
        extract(epoch FROM clock_timestamp() - w.seen)::float8 AS quiet,
        count(j.ctx) FILTER (WHERE j.state = 'leased') AS leases,
        count(j.ctx) FILTER (WHERE j.finished > clock_timestamp() - make_interval(secs => $1)) AS recent_chunks,
        coalesce(sum(j.records) FILTER (WHERE j.finished > clock_timestamp() - make_interval(secs => $1)), 0)::bigint
            AS recent_records
    FROM gesim_fleet.worker w LEFT JOIN gesim_fleet.job j ON j.worker = w.id GROUP BY w.id ORDER BY w.name, w.id";

pub fn status(connection: &Connection) -> Result<Status> {
    let window = f64::from(WINDOW);
    let rate = |row: &_, name| -> Result<f64> { Ok(f64::from(count(row, name)?) / window) };
    let mut status = Status::default();
    for row in connection.rows(BATCHES, &[&window])? {
        let ctx: [u8; 32] = bytes(&row, "ctx")?;
        let batch = BatchStatus {
            batch: hex::encode(ctx),
            circuit: column(&row, "circuit")?,
            fingerprint: hex::encode(bytes::<32>(&row, "fingerprint")?),
            chunks: count(&row, "chunks")?,
            records: count(&row, "records")?.into(),
            waiting: count(&row, "waiting")?,
            leased: count(&row, "leased")?,
            proven: count(&row, "proven")?,
            accepted: count(&row, "accepted")?,
            poisoned: count(&row, "poisoned")?,
            records_proven: count(&row, "records_proven")?.into(),
            chunks_per_second: rate(&row, "recent_chunks")?,
            records_per_second: rate(&row, "recent_records")?,
            errors: errors(connection, &ctx)?,
        };
        status.chunks_per_second += batch.chunks_per_second;
        status.records_per_second += batch.records_per_second;
        status.batches.push(batch);
    }
    for row in connection.rows(WORKERS, &[&window])? {
        let names: Vec<String> = column(&row, "circuits")?;
        let keys: Vec<Vec<u8>> = column(&row, "fingerprints")?;
        status.workers.push(WorkerStatus {
            worker: column(&row, "id")?,
            name: column(&row, "name")?,
            circuits: names.iter().zip(keys).map(|(name, key)| format!("{name}:{}", hex::encode(key))).collect(),
            seconds_since_heartbeat: column(&row, "quiet")?,
            leases: count(&row, "leases")?,
            chunks: count(&row, "chunks")?.into(),
            records: count(&row, "records")?.into(),
            rejected: count(&row, "rejected")?.into(),
            chunks_per_second: rate(&row, "recent_chunks")?,
            records_per_second: rate(&row, "recent_records")?,
        });
    }
    Ok(status)
}

fn errors(connection: &Connection, ctx: &[u8; 32]) -> Result<Vec<JobError>> {
    let error = |row| -> Result<JobError> {
        Ok(JobError {
            chunk: count(row, "index")?,
            failures: count(row, "failures")?,
            lost_leases: count(row, "expiries")?,
            poisoned: column(row, "poisoned")?,
            error: column(row, "error")?,
        })
    };
    connection.rows(ERRORS, &[&&ctx[..]])?.iter().map(error).collect()
}

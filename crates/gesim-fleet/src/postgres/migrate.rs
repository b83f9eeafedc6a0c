//! The schema: made once, whoever comes first, and never by workers.

use tokio_postgres::Client;

use super::connection::failure;
use crate::{FleetError, Result};

/// Each step once, in order; a step that was released never changes.
const STEPS: [&str; 1] = [include_str!("schema.sql")];
/// Of the advisory lock: "gesimflt".
const LOCK: i64 = 0x6765_7369_6d66_6c74;

const BASE: &str = "CREATE SCHEMA IF NOT EXISTS gesim_fleet;
    CREATE TABLE IF NOT EXISTS gesim_fleet.version (version integer PRIMARY KEY, taken timestamptz NOT NULL DEFAULT now());";

/// Brings the schema up to date.
pub async fn run(client: &Client) -> Result<()> {
    // A role that may not create is served when there is nothing to create.
    if check(client).await.is_ok() {
        return Ok(());
    }
    let steps = async {
        client.batch_execute("BEGIN").await?;
        client.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
        client.batch_execute(BASE).await?;
        let row = client.query_one("SELECT coalesce(max(version), 0) FROM gesim_fleet.version", &[]).await?;
        let found: i32 = row.try_get(0)?;
        for (version, step) in (1..).zip(STEPS).skip(usize::try_from(found).unwrap_or(0)) {
            client.batch_execute(step).await?;
            client.execute("INSERT INTO gesim_fleet.version (version) VALUES ($1)", &[&version]).await?;
        }
        client.batch_execute("COMMIT").await
    };
    if let Err(error) = steps.await {
        let _ = client.batch_execute("ROLLBACK").await;
        return Err(failure(error));
    }
    check(client).await
}

/// Refuses a schema of another version.
pub async fn check(client: &Client) -> Result<()> {
    let row = client.query_one("SELECT coalesce(max(version), 0) FROM gesim_fleet.version", &[]).await;
    let found: i32 = row.and_then(|row| row.try_get(0)).map_err(failure)?;
    let known = STEPS.len() as i32;
    match found == known {
        true => Ok(()),
        false => Err(FleetError::SchemaVersion { found, known }),
    }
}

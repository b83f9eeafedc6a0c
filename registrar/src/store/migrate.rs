//! The schema by number: each step once, in order; a step that was released never changes.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::{RegistrarError, Result};

const STEPS: [&str; 1] = [include_str!("schema.sql")];
/// In the file's header: "GeRG".
const APPLICATION: i64 = 0x4765_5247;

/// Refuses what is not ours, or later than we are. An empty file is neither.
pub fn check(db: &Connection) -> Result<()> {
    let header = |name: &str| db.query_row(&format!("PRAGMA {name}"), (), |row| row.get::<_, i64>(0));
    let application = header("application_id").map_err(|e| damage(e.into()))?;
    let found = header("user_version").map_err(|e| damage(e.into()))?;
    if application != APPLICATION {
        return Err(RegistrarError::ForeignDatabase);
    }
    let known = STEPS.len() as i64;
    match found > known || found < 1 {
        true => Err(RegistrarError::NewerDatabase { found, known }),
        false => Ok(()),
    }
}

/// Brings the schema up to date.
pub fn run(db: &mut Connection) -> Result<()> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = tx.query_row("PRAGMA user_version", (), |row| row.get(0))?;
    for (version, step) in (1_i64..).zip(STEPS).skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute_batch(step)?;
        tx.execute_batch(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {version};"))?;
    }
    tx.commit()?;
    Ok(())
}

/// SQLite's words for a file that it cannot read.
pub fn damage(error: RegistrarError) -> RegistrarError {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    match &error {
        RegistrarError::Database(inner) => match inner.sqlite_error_code() {
            Some(NotADatabase) => RegistrarError::ForeignDatabase,
            Some(DatabaseCorrupt) => RegistrarError::Damaged(inner.to_string()),
            _ => error,
        },
        _ => error,
    }
}

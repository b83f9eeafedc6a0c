//! What workers ask for: functions of the schema.

use super::{bytes, column, connection::Values, Connection};
use crate::{
    job::{Circuit, Completion, Job, Lease, Token, WorkerCard},
    FleetError, Result,
};

pub fn enlist(connection: &Connection, worker: &WorkerCard) -> Result<()> {
    let names: Vec<&str> = worker.circuits.iter().map(|circuit| circuit.name.as_str()).collect();
    let keys: Vec<&[u8]> = worker.circuits.iter().map(|circuit| &circuit.fingerprint[..]).collect();
    let statement = "SELECT circuit, wanted FROM gesim_fleet.enlist($1, $2, $3, $4)";
    let Some(row) = connection.rows(statement, &[&worker.id, &worker.name, &names, &keys])?.into_iter().next() else {
        return Ok(());
    };
    let circuit: String = column(&row, "circuit")?;
    let own = worker.circuits.iter().find(|own| own.name == circuit).map(|own| own.fingerprint);
    Err(FleetError::Fingerprint {
        wanted: hex::encode(bytes::<32>(&row, "wanted")?),
        found: own.map(hex::encode).unwrap_or_default(),
        circuit,
    })
}

pub fn lease(connection: &Connection, worker: &WorkerCard) -> Result<Option<Lease>> {
    let statement = "SELECT * FROM gesim_fleet.lease($1, $2)";
    let rows = connection.rows(statement, &[&worker.id, &worker.lease.as_secs_f64()])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let unsigned = |name| -> Result<u32> {
        let value: i32 = column(row, name)?;
        u32::try_from(value).map_err(|_| FleetError::Database(format!("column {name} holds {value}")))
    };
    Ok(Some(Lease {
        job: Job {
            ctx: bytes(row, "ctx")?,
            index: unsigned("index")?,
            records: unsigned("records")?,
            x: bytes(row, "x")?,
            input: column::<Vec<u8>>(row, "input")?.into(),
        },
        circuit: Circuit { name: column(row, "circuit")?, fingerprint: bytes(row, "fingerprint")? },
        token: bytes(row, "token")?,
    }))
}

pub fn renew(connection: &Connection, worker: &WorkerCard, tokens: &[Token]) -> Result<Vec<Token>> {
    let tokens: Vec<&[u8]> = tokens.iter().map(|token| &token[..]).collect();
    let statement = "SELECT held FROM gesim_fleet.renew($1, $2, $3) AS held";
    let rows = connection.rows(statement, &[&worker.id, &tokens, &worker.lease.as_secs_f64()])?;
    rows.iter().map(|row| bytes(row, "held")).collect()
}

/// A function that says whether the lease was still the caller's.
pub fn ask(connection: &Connection, statement: &str, values: Values<'_>) -> Result<Completion> {
    let row = connection.row(statement, values)?;
    match row.try_get(0) {
        Ok(true) => Ok(Completion::Taken),
        Ok(false) => Ok(Completion::Stale),
        Err(error) => Err(FleetError::Database(error.to_string())),
    }
}

//! From a billing file to a batch folder. A file that is refused leaves nothing behind.

use std::{
    fs::{self, File},
    io::BufReader,
    path::Path,
};

use anyhow::{anyhow, Context as _, Result};
use gesim_cdr::{
    tap::{inspect_with, Inspection, Policy, Summary, TapReader},
    AgreementKey, TapError,
};
use gesim_core::layout::CircuitSize;
use gesim_prover::{Batch, BatchParams, ProverRecord};

use crate::failure::Hint;

/// Reads the whole file and everything in it that can be checked.
pub fn inspect(path: &Path, policy: Policy) -> Result<Inspection> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    inspect_with(BufReader::new(file), policy).map_err(refused)
}

/// [`inspect`] for a file that has something to bill.
pub fn transfer_batch(path: &Path, policy: Policy) -> Result<Summary> {
    match inspect(path, policy)? {
        Inspection::TransferBatch(summary) => Ok(*summary),
        Inspection::Notification(_) => {
            Err(anyhow!("the file is a notification: the sender has nothing to bill, so there is nothing to prove"))
        }
    }
}

fn refused(error: TapError) -> anyhow::Error {
    let hint = error.hint;
    let error = anyhow::Error::from(error).context("the billing file is refused");
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// Makes the folder of a batch from a file that [`transfer_batch`] found in order.
pub fn ingest(
    path: &Path,
    folder: &Path,
    params: BatchParams,
    size: Option<CircuitSize>,
    key: &AgreementKey,
) -> Result<Batch> {
    let measure = params.measure;
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let mut reader = TapReader::open(BufReader::new(file)).map_err(refused)?;
    let records = reader.by_ref().map(|record| {
        let record = record?;
        let sealed = record.seal(key);
        Ok::<_, TapError>(ProverRecord {
            lane: record.lane,
            value: record.value(measure)?,
            record_id: sealed.record_id,
            meta_digest: sealed.meta_digest,
        })
    });
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).with_context(|| format!("making the folder {}", parent.display()))?;
    }
    let batch = Batch::create(folder, params, size, records).map_err(prover)?;
    // The file was inspected before; if it has changed since, its totals no longer hold.
    if let Err(error) = reader.finish(Policy::for_measure(measure)) {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
        return Err(refused(error));
    }
    Ok(batch)
}

/// A prover's error with its hint.
pub fn prover(error: gesim_prover::ProverError) -> anyhow::Error {
    let hint = error.hint();
    let error = anyhow::Error::from(error);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

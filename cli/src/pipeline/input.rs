//! Where a run's records come from: a file that is read twice, first to check it, then to prove it.

use std::path::Path;

use anyhow::Result;
use gesim_cdr::{tap::Policy, FileSummary, RecordSource};

use crate::ingest;

/// A file of usage, whatever its format.
pub trait Input {
    /// Reads the whole file and everything in it that can be checked. It must have something to bill.
    fn check(&self, policy: Policy) -> Result<FileSummary>;

    /// The records from the beginning.
    fn open(&self) -> Result<Box<dyn RecordSource>>;
}

/// A TAP file.
pub struct TapInput<'a>(pub &'a Path);

impl Input for TapInput<'_> {
    fn check(&self, policy: Policy) -> Result<FileSummary> {
        Ok(ingest::transfer_batch(self.0, policy)?.into())
    }

    fn open(&self) -> Result<Box<dyn RecordSource>> {
        ingest::tap(self.0)
    }
}

//! Where a run's records come from: a file that is read twice, first to check it, then to prove it.

use std::path::Path;

use anyhow::Result;
use gesim_cdr::{open::Reading, tap::Policy, FileSummary, RecordSource};

use crate::files;

/// A file of usage, whatever its format.
pub struct Input<'a> {
    pub path: &'a Path,
    pub reading: Reading,
}

impl Input<'_> {
    /// Reads the whole file and everything in it that can be checked. It must have something to bill.
    pub fn check(&self, policy: Policy) -> Result<FileSummary> {
        files::usage(self.path, &self.reading, policy)
    }

    /// The records from the beginning.
    pub fn open(&self) -> Result<Box<dyn RecordSource>> {
        files::records(self.path, &self.reading)
    }
}

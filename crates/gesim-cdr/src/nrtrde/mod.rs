//! NRTRDE 2.1, near real time roaming data exchange (GSMA TD.35): what subscribers used abroad, within hours, for the
//! home operator's fraud checks and for comparing with what is billed later. Structure: the ASN.1 module NRTRDE-0201.
//!
//! Records count units. The charges that a sender may indicate are summed for the eye and never billed.

mod delivery;
mod event;
mod header;
mod reader;
mod report;
mod report_csv;
mod tags;
mod write;

use std::io::Read;

pub use delivery::{Delivery, WITHIN};
pub use header::NrtrdeHeader;
pub use reader::NrtrdeReader;
pub use report::{report, ErrorReport, ReportLine};
pub use write::{carries, NrtrdeWriter, Written};

use crate::{error::Result, format::ReadOptions, source::FileSummary};

/// Reads a file to its end.
pub fn inspect(reader: impl Read, options: &ReadOptions) -> Result<FileSummary> {
    NrtrdeReader::open(reader, options)?.finish()
}

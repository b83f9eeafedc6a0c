//! The billing formats this library reads, and what it needs to be told where a format is silent.

use gesim_core::Tadig;
use serde::{Deserialize, Serialize};

/// A format of files, by the document that defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Transferred account procedure, GSMA TD.57: transfer batch or notification.
    Tap,
    /// Returned account procedure, GSMA TD.32: return batch or acknowledgement.
    Rap,
    /// Near real time roaming data exchange, GSMA TD.35: call records or an error report.
    Nrtrde,
    /// Bilateral wholesale roaming JSON: contract, usage, settlement or discrepancy.
    Bwrp,
    /// CDRs of 3GPP TS 32.298 in a file of TS 32.297.
    Charging,
    /// Charging data requests of 3GPP TS 32.291, one JSON document or one a line.
    Nchf,
    /// Comma separated values, read by a mapping file.
    Csv,
}

impl Format {
    pub const ALL: [Self; 7] = [Self::Tap, Self::Rap, Self::Nrtrde, Self::Bwrp, Self::Charging, Self::Nchf, Self::Csv];

    /// Whether its files say who bills whom.
    pub const fn names_parties(self) -> bool {
        matches!(self, Self::Tap | Self::Rap | Self::Nrtrde)
    }

    /// Whether its files have sequence numbers.
    pub const fn numbers_files(self) -> bool {
        matches!(self, Self::Tap | Self::Rap | Self::Nrtrde | Self::Charging)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Tap => "tap",
            Self::Rap => "rap",
            Self::Nrtrde => "nrtrde",
            Self::Bwrp => "bwrp",
            Self::Charging => "charging",
            Self::Nchf => "nchf",
            Self::Csv => "csv",
        }
    }
}

/// What a reader is told from outside. Formats made for roaming say most of it themselves and then win: a file that
/// names another party than the options do is refused.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// TADIG code of who bills.
    pub sender: Option<Tadig>,
    /// TADIG code of who is billed.
    pub recipient: Option<Tadig>,
    /// File sequence number, where the file has none.
    pub sequence: Option<u32>,
    /// ISO 4217 currency of charges, where the file names none.
    pub currency: Option<String>,
}

impl ReadOptions {
    /// Refuses a file whose parties are others than those that were expected.
    pub fn agree(&self, sender: Option<&str>, recipient: Option<&str>) -> crate::error::Result<()> {
        for (what, expected, found) in [("sender", self.sender, sender), ("recipient", self.recipient, recipient)] {
            let (Some(expected), Some(found)) = (expected, found) else { continue };
            if expected.as_str() != found {
                let kind = crate::ErrorKind::Invalid {
                    what: what.into(),
                    value: found.into(),
                    expected: expected.as_str().into(),
                };
                return Err(crate::CdrError::new(0, kind));
            }
        }
        Ok(())
    }
}

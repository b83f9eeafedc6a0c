//! Any format by its name: the reader of its records, and what is in a file.

use std::io::{Read, Seek};

use crate::{
    bwrp, charging,
    csv::{self, Mapping},
    error::{CdrError, ErrorKind, Result},
    format::{Format, ReadOptions},
    nchf, nrtrde, rap,
    source::{FileSummary, RecordSource},
    tap::{self, Policy, TapReader},
};

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct Reading {
    pub format: Format,
    pub options: ReadOptions,
    /// What a CSV file's columns mean.
    pub mapping: Option<Mapping>,
}

impl Reading {
    pub fn new(format: Format) -> Self {
        Self { format, options: ReadOptions::default(), mapping: None }
    }

    fn mapping(&self) -> Result<&Mapping> {
        self.mapping.as_ref().ok_or_else(|| {
            let (what, reason) = ("a CSV file".into(), "needs a mapping file that names its columns".into());
            CdrError::new(0, ErrorKind::Rejected { what, reason })
        })
    }

    /// The records of a file, whatever its format. RAP returns records and has none.
    pub fn open(&self, file: impl Read + Seek + Send + 'static) -> Result<Box<dyn RecordSource>> {
        let options = &self.options;
        Ok(match self.format {
            Format::Tap => Box::new(self.named(TapReader::open(file)?)?),
            Format::Nrtrde => Box::new(self.named(nrtrde::NrtrdeReader::open(file, options)?)?),
            Format::Bwrp => Box::new(bwrp::UsageReader::open(file, options)?),
            Format::Charging => Box::new(charging::ChargingReader::open(file, options)?),
            Format::Nchf => Box::new(nchf::NchfReader::open(file, options)?),
            Format::Csv => Box::new(csv::CsvReader::open(file, self.mapping()?, options)?),
            Format::Rap => {
                let (what, reason) = ("a RAP file".into(), "returns records and bills none".into());
                let mut error = CdrError::new(0, ErrorKind::Rejected { what, reason });
                error.hint = Some("`cdr inspect` shows it; what it returns is disputed or corrected");
                return Err(error);
            }
        })
    }

    /// Reads a file to its end.
    pub fn inspect(&self, file: impl Read + Seek, policy: Policy) -> Result<FileSummary> {
        let options = &self.options;
        match self.format {
            Format::Tap => tap::summary(file, policy),
            Format::Nrtrde => nrtrde::inspect(file, options),
            Format::Bwrp => bwrp::inspect(file, options),
            Format::Charging => charging::inspect(file, options),
            Format::Nchf => nchf::inspect(file, options),
            Format::Csv => csv::inspect(file, self.mapping()?, options),
            Format::Rap => rap::inspect(file, options, policy),
        }
    }

    /// A file that names its parties must name those that were asked for.
    fn named<S: RecordSource>(&self, source: S) -> Result<S> {
        let file = source.file();
        let asked =
            [("sender", self.options.sender, file.sender), ("recipient", self.options.recipient, file.recipient)];
        for (what, asked, stated) in asked {
            if let Some(asked) = asked.filter(|asked| *asked != stated) {
                let (what, value) = (format!("the {what}").into(), stated.to_string().into());
                let expected = format!("{asked}, as it was asked for").into();
                return Err(CdrError::new(0, ErrorKind::Invalid { what, value, expected }));
            }
        }
        Ok(source)
    }
}

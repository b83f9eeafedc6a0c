//! The whole way told to people: who is billed for what, what was proven, who got which money.

mod identity;
pub mod report;
mod story;

use anyhow::{Context as _, Result};
use gesim_cdr::{open::Reading, Format};

use crate::{
    output::Output,
    pipeline::{folder::write_sample, input::Input, Pipeline, Secrets},
};
use report::Report;

/// Records of the sample that is made when no file is named.
const SAMPLE_RECORDS: u64 = 600;

/// What a demonstration is about.
pub struct Demo<'a> {
    /// A sample is made when there is none.
    pub input: Option<&'a Input<'a>>,
    pub with_identity: bool,
    pub output: Output,
}

impl Demo<'_> {
    pub fn run(&self) -> Result<Report> {
        let scratch = tempfile::tempdir().context("making a scratch folder")?;
        let sample = scratch.path().join("sample.tap");
        let made = Input { path: &sample, reading: Reading::new(Format::Tap) };
        let input = match self.input {
            Some(input) => input,
            None => {
                write_sample(&sample, SAMPLE_RECORDS)?;
                &made
            }
        };
        let (batch, secrets) = (scratch.path().join("batch"), Secrets::random());
        Report::new(
            Pipeline {
                input,
                batch: &batch,
                secrets: &secrets,
                with_identity: self.with_identity,
                output: self.output,
            }
            .run()?,
        )
    }
}

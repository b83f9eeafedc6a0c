//! Files of comma separated values as a source of usage.

use std::{fmt, io::Read, sync::Arc};

use super::{lines::Lines, mapping::Mapping, plan::Plan, record, row::Row};
use crate::{
    error::{CdrError, ErrorKind, Result},
    format::{Format, ReadOptions},
    parties::{self, Parties},
    record::{FileIdentity, UsageRecord},
    source::{FileSummary, RecordSource},
    tap::{Policy, Totals},
};

/// A file read row by row: one window of it and one row are in memory.
pub struct CsvReader<R> {
    inner: ::csv::Reader<Lines<R>>,
    mapping: Mapping,
    plan: Plan,
    file: Arc<FileIdentity>,
    totals: Totals,
    fields: ::csv::ByteRecord,
    done: bool,
}

impl<R> fmt::Debug for CsvReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvReader").field("file", &self.file).field("plan", &self.plan).finish_non_exhaustive()
    }
}

impl<R: Read> CsvReader<R> {
    /// Opens a file. It names neither party: the options have to.
    ///
    /// # Errors
    /// A header line that lacks columns of the mapping, parties that are not named, a currency that contradicts.
    pub fn open(inner: R, mapping: &Mapping, options: &ReadOptions) -> Result<Self> {
        Self::with(inner, mapping, options, &Parties::required(options)?)
    }

    fn with(inner: R, mapping: &Mapping, options: &ReadOptions, parties: &Parties) -> Result<Self> {
        let dialect = &mapping.csv;
        let octet = |mark: char| u8::try_from(mark).unwrap_or(b',');
        let mut builder = ::csv::ReaderBuilder::new();
        builder.delimiter(octet(dialect.delimiter)).quote(octet(dialect.quote)).has_headers(dialect.header);
        let mut inner = builder.from_reader(Lines::new(inner, octet(dialect.quote)));
        let plan = match dialect.header {
            true => match inner.byte_headers().cloned() {
                Ok(header) => Plan::of_file(mapping, Some(&header))?,
                Err(error) => return Err(refusal(&inner, &error)),
            },
            false => Plan::of_file(mapping, None)?,
        };
        let mut file = parties.file(options, None)?.as_ref().clone();
        file.currency = currency(mapping, options)?;
        file.decimals = mapping.file.decimals;
        let (mapping, totals, fields) = (mapping.clone(), Totals::default(), ::csv::ByteRecord::new());
        Ok(Self { inner, mapping, plan, file: Arc::new(file), totals, fields, done: false })
    }

    fn step(&mut self) -> Result<Option<UsageRecord>> {
        if self.done {
            return Ok(None);
        }
        let number = self.totals.records.saturating_add(1);
        match self.inner.read_byte_record(&mut self.fields) {
            Ok(true) => {}
            Ok(false) => {
                self.done = true;
                return Ok(None);
            }
            Err(error) => return Err(refusal(&self.inner, &error).in_record(number)),
        }
        let position = self.fields.position();
        let (line, offset) = position.map_or((0, 0), |position| (position.line(), position.byte()));
        let row = Row { mapping: &self.mapping, plan: &self.plan, fields: &self.fields, line, offset };
        let record = record::read(&row, &self.file, number).map_err(|error| error.in_record(number))?;
        self.totals.add(&record)?;
        self.totals.records = number;
        Ok(Some(record))
    }

    fn close(mut self) -> Result<FileSummary> {
        while let Some(record) = self.step()? {
            drop(record);
        }
        let summary = FileSummary::of_records(Format::Csv, "usage", &self.file, &self.totals);
        Ok(parties::numbered(summary))
    }
}

fn currency(mapping: &Mapping, options: &ReadOptions) -> Result<String> {
    match (&mapping.file.currency, &options.currency) {
        (Some(ours), Some(asked)) if ours != asked => {
            let (what, value) = ("the currency".into(), format!("{ours} in the mapping").into());
            let expected = format!("{asked}, as it was asked for").into();
            Err(CdrError::new(0, ErrorKind::Invalid { what, value, expected }))
        }
        (ours, asked) => Ok(ours.clone().or(asked.clone()).unwrap_or_default()),
    }
}

/// What the parser says, with the place of the row.
fn refusal<R: Read>(reader: &::csv::Reader<Lines<R>>, error: &::csv::Error) -> CdrError {
    if let Some(refusal) = reader.get_ref().refusal() {
        return refusal;
    }
    let position = error.position().unwrap_or(reader.position());
    let reason = match error.kind() {
        ::csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("line {} has {len} columns, the lines before it {expected_len}", position.line())
        }
        _ => error.to_string(),
    };
    let kind = ErrorKind::Syntax { expected: "comma separated values", reason: reason.into() };
    CdrError::new(position.byte(), kind)
}

impl<R: Read> Iterator for CsvReader<R> {
    type Item = Result<UsageRecord>;

    /// Ends after the first error.
    fn next(&mut self) -> Option<Self::Item> {
        let item = self.step().transpose();
        if matches!(item, Some(Err(_))) {
            self.done = true;
        }
        item
    }
}

impl<R: Read + Send> RecordSource for CsvReader<R> {
    fn file(&self) -> &Arc<FileIdentity> {
        &self.file
    }

    /// The file has no totals of its own: there is nothing to be lenient about.
    fn finish(self: Box<Self>, _policy: Policy) -> Result<FileSummary> {
        self.close()
    }
}

/// Reads the whole file and says what it holds.
///
/// # Errors
/// The first value that is not what the mapping says, with line, column and byte offset of its row.
pub fn inspect(inner: impl Read, mapping: &Mapping, options: &ReadOptions) -> Result<FileSummary> {
    let parties = Parties::optional(options);
    let reader = CsvReader::with(inner, mapping, options, &parties)?;
    Ok(parties.shown(reader.close()?))
}

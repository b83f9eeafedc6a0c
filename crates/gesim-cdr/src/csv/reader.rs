//! Files of comma separated values as a source of usage.

use std::{fmt, io::Read, sync::Arc};

use sha2::{Digest, Sha256};

use super::{
    lines::Lines,
    mapping::{Mapping, Rounding, Source},
    plan::{self, Plan},
    row::{Cell, Row},
    units,
};
use crate::{
    error::{CdrError, ErrorKind, Result},
    format::{Format, ReadOptions},
    parties::{self, Parties},
    party::Party,
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
        let record = record(&row, &self.file, number).map_err(|error| error.in_record(number))?;
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

fn record(row: &Row<'_>, file: &Arc<FileIdentity>, number: u64) -> Result<UsageRecord> {
    let fields = &row.mapping.fields;
    let point = row.mapping.csv.decimal_point;
    let cell = row.value(&fields.lane.column, &fields.lane.value)?;
    let Some(lane) = plan::lane(fields.lane.meaning(cell.text)) else {
        return cell.refuse("a lane, or a text that the mapping maps to one");
    };
    let event = match &fields.event {
        None => plan::event_of(lane),
        Some(event) => {
            let cell = row.value(&event.column, &event.value)?;
            match plan::event(event.meaning(cell.text)) {
                Some(event) => event,
                None => return cell.refuse("an event, or a text that the mapping maps to one"),
            }
        }
    };
    let cell = row.value(&fields.units.column, &fields.units.value)?;
    let Some(factor) = row.mapping.unit(lane).factor(lane) else {
        return cell.refuse(format!("a unit that measures {}: the mapping names another", lane.name()));
    };
    let Some(count) = units::scaled(cell.text, point, factor, fields.units.rounding) else {
        return cell.refuse(format!("a number that is a whole number of {}s, not negative", lane.unit()));
    };
    let start = start(row)?;
    let subscriber = subscriber(row)?;
    let place = (number, row.offset);
    let mut made = UsageRecord::counted(file, place, event, (lane, count), start, subscriber, digest(row));
    for (amount, source, must) in [
        (&mut made.billed.charge, &fields.charge, true),
        (&mut made.billed.tax, &fields.tax, false),
        (&mut made.billed.discount, &fields.discount, false),
    ] {
        if let Some(source) = source {
            *amount = money(row, source, must)?;
        }
    }
    if let Some(duration) = &fields.duration {
        if let Some(cell) = row.cell(&duration.column)?.filled() {
            made.duration = Some(seconds(&cell, duration.unit, duration.rounding, point)?);
        }
    }
    if let Some(currency) = &fields.currency {
        let cell = row.value(&currency.column, &currency.value)?;
        if cell.text != file.currency {
            return cell.refuse(format!("{}, the currency of the file", file.currency));
        }
    }
    made.other_party = party(row, &fields.other_party, "number")?;
    made.service = text(row, &fields.service)?;
    for reference in &fields.references {
        if let Some(cell) = row.cell(&reference.column)?.filled() {
            made.references.push(format!("{}:{}", reference.kind, cell.text));
        }
    }
    if let Some(entity) = &fields.entity {
        if let Some(cell) = row.value(&entity.column, &entity.value)?.filled() {
            made.rec_entities.push(format!("{}:{}", entity.kind, cell.text));
        }
    }
    Ok(made)
}

fn start(row: &Row<'_>) -> Result<crate::tap::Stamp> {
    let timed = &row.mapping.fields.start;
    let cells = timed.column.all().iter().map(|column| row.cell(column)).collect::<Result<Vec<_>>>()?;
    let joined = cells.iter().map(|cell| cell.text).collect::<Vec<_>>().join(" ");
    match (timed.read(&joined), cells.first()) {
        (Some(stamp), _) => Ok(stamp),
        (None, Some(cell)) => cell.refuse("a time of the mapping's format"),
        (None, None) => Err(CdrError::new(row.offset, ErrorKind::Empty)),
    }
}

/// The IMSI, or the number where there is none.
fn subscriber(row: &Row<'_>) -> Result<Party> {
    let fields = &row.mapping.fields;
    for (source, kind, least) in [(&fields.imsi, "imsi", 6), (&fields.msisdn, "msisdn", 1)] {
        let Some(source) = source else { continue };
        let Some(cell) = row.value(&source.column, &source.value)?.filled() else { continue };
        let digits = cell.text.bytes().all(|b| b.is_ascii_digit());
        return match digits && (least..=15).contains(&cell.text.len()) {
            true => Ok(Party::new(kind, cell.text.to_owned())),
            false => cell.refuse(format!("an {kind} of {least} to 15 digits")),
        };
    }
    let (what, reason) = (format!("line {}", row.line).into(), "names no subscriber".into());
    Err(CdrError::new(row.offset, ErrorKind::Rejected { what, reason }))
}

fn money(row: &Row<'_>, source: &Source, must: bool) -> Result<u64> {
    let cell = row.value(&source.column, &source.value)?;
    if cell.text.is_empty() && !must {
        return Ok(0);
    }
    let places = row.mapping.file.decimals;
    let factor = 10u64.checked_pow(places.into()).unwrap_or(1);
    match units::scaled(cell.text, row.mapping.csv.decimal_point, factor, Rounding::Exact) {
        Some(amount) => Ok(amount),
        None => cell.refuse(format!("an amount with at most {places} places, not negative")),
    }
}

fn seconds(cell: &Cell<'_>, unit: units::Unit, rounding: Rounding, point: char) -> Result<u64> {
    let factor = unit.factor(gesim_core::Lane::VoiceMo);
    match factor.and_then(|factor| units::scaled(cell.text, point, factor, rounding)) {
        Some(seconds) => Ok(seconds),
        None => cell.refuse("a duration in the mapping's unit"),
    }
}

fn text(row: &Row<'_>, source: &Option<Source>) -> Result<Option<String>> {
    let Some(source) = source else { return Ok(None) };
    let cell = row.value(&source.column, &source.value)?;
    Ok(cell.filled().map(|cell| cell.text.to_owned()))
}

fn party(row: &Row<'_>, source: &Option<Source>, kind: &'static str) -> Result<Option<Party>> {
    Ok(text(row, source)?.map(|text| Party::new(kind, text)))
}

/// Of the values with their lengths: how they were quoted does not matter.
fn digest(row: &Row<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for field in row.fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().into()
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

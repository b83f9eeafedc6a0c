//! Records as rows, by the mapping that reads them back.

use std::{fmt, io::Write};

use super::{
    mapping::{Column, Mapping},
    plan::{self, Plan},
    units,
};
use crate::{
    error::{CdrError, ErrorKind, Result},
    record::UsageRecord,
};

/// Writes rows one by one.
pub struct CsvWriter<'m, W: Write> {
    inner: ::csv::Writer<W>,
    mapping: &'m Mapping,
    plan: Plan,
    rows: u64,
}

impl<W: Write> fmt::Debug for CsvWriter<'_, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvWriter").field("plan", &self.plan).field("rows", &self.rows).finish_non_exhaustive()
    }
}

/// A row that is being filled.
struct Row<'w> {
    plan: &'w Plan,
    cells: Vec<Option<String>>,
    record: &'w UsageRecord,
}

impl Row<'_> {
    fn refuse<T>(&self, what: &str, reason: impl Into<Box<str>>) -> Result<T> {
        let kind = ErrorKind::Rejected { what: what.into(), reason: reason.into() };
        let mut error = CdrError::new(self.record.offset, kind).in_record(self.record.record);
        error.hint = Some("a mapping with a column for it can write the record");
        Err(error)
    }

    /// Puts a text in its column, or holds it against the constant that the mapping has instead.
    fn put(&mut self, what: &str, column: &Option<Column>, value: &Option<String>, text: String) -> Result<()> {
        if text.chars().any(char::is_control) {
            return self.refuse(what, "has control characters");
        }
        let Some(column) = column else {
            return match value.as_deref() == Some(text.as_str()) {
                true => Ok(()),
                false => self.refuse(what, format!("is `{text}`, the mapping's constant another")),
            };
        };
        let place = self.plan.place(column);
        match self.cells.get_mut(place) {
            Some(cell) if cell.as_ref().is_none_or(|other| *other == text) => *cell = Some(text),
            _ => return self.refuse(what, format!("shares column `{}` with another value", column.label())),
        }
        Ok(())
    }

    fn place(&mut self, what: &str, column: &Column, text: String) -> Result<()> {
        self.put(what, &Some(column.clone()), &None, text)
    }
}

impl<'m, W: Write> CsvWriter<'m, W> {
    /// Writes the header line, where the mapping has one.
    ///
    /// # Errors
    /// What `out` fails with.
    pub fn new(out: W, mapping: &'m Mapping) -> Result<Self> {
        let octet = |mark: char| u8::try_from(mark).unwrap_or(b',');
        let mut builder = ::csv::WriterBuilder::new();
        builder.delimiter(octet(mapping.csv.delimiter)).quote(octet(mapping.csv.quote)).has_headers(false);
        let plan = Plan::to_write(mapping);
        let mut inner = builder.from_writer(out);
        if mapping.csv.header {
            inner.write_record(plan.header()).map_err(|error| io(&error))?;
        }
        Ok(Self { inner, mapping, plan, rows: 0 })
    }

    /// Writes one record.
    ///
    /// # Errors
    /// What the mapping cannot say so that it would be read back: a charge without a column, a constant that differs, a
    /// volume that has no exact decimal in its unit; what `out` fails with.
    pub fn write(&mut self, record: &UsageRecord) -> Result<()> {
        let mut row = Row { plan: &self.plan, cells: vec![None; self.plan.width()], record };
        usage(&mut row, self.mapping)?;
        amounts(&mut row, self.mapping)?;
        details(&mut row, self.mapping)?;
        let cells = row.cells.iter().map(|cell| cell.as_deref().unwrap_or_default());
        self.inner.write_record(cells).map_err(|error| io(&error))?;
        self.rows = self.rows.saturating_add(1);
        Ok(())
    }

    /// How many rows were written.
    ///
    /// # Errors
    /// What `out` fails with.
    pub fn finish(mut self) -> Result<u64> {
        self.inner.flush().map_err(|error| io(&error))?;
        Ok(self.rows)
    }
}

/// The file that is written, not one that is read.
fn io(error: &dyn std::fmt::Display) -> CdrError {
    CdrError::new(0, ErrorKind::Io(format!("the file that is written: {error}")))
}

fn usage(row: &mut Row<'_>, mapping: &Mapping) -> Result<()> {
    let (fields, record) = (&mapping.fields, row.record);
    let lane = record.lane;
    let named = |meaning: &str, named: &super::mapping::Named| match &named.value {
        // a constant is compared by what it means
        Some(value) if named.meaning(value) == meaning => Some(value.clone()),
        _ => named.text(meaning).map(str::to_owned),
    };
    match named(lane.name(), &fields.lane) {
        Some(text) => row.put("the lane", &fields.lane.column, &fields.lane.value, text)?,
        None => return row.refuse("the lane", format!("{} has no text in the mapping", lane.name())),
    }
    if let Some(event) = &fields.event {
        match named(plan::event_name(record.event), event) {
            Some(text) => row.put("the event", &event.column, &event.value, text)?,
            None => return row.refuse("the event", "has no text in the mapping"),
        }
    }
    match fields.start.write(record.start) {
        Some(texts) => {
            for (column, text) in fields.start.column.all().iter().zip(texts) {
                row.place("the start", column, text)?;
            }
        }
        None => return row.refuse("the start", "does not fit the mapping's format"),
    }
    let point = mapping.csv.decimal_point;
    let factor = mapping.unit(lane).factor(lane);
    match factor.and_then(|factor| units::quotient(record.units, factor, point)) {
        Some(text) => row.put("the volume", &fields.units.column, &fields.units.value, text)?,
        None => {
            return row.refuse("the volume", format!("of {} has no exact number in the mapping's unit", record.units))
        }
    }
    if let (Some(duration), Some(seconds)) = (&fields.duration, record.duration) {
        let factor = duration.unit.factor(gesim_core::Lane::VoiceMo);
        match factor.and_then(|factor| units::quotient(seconds, factor, point)) {
            Some(text) => row.place("the duration", &duration.column, text)?,
            None => return row.refuse("the duration", format!("of {seconds} s has no exact number in its unit")),
        }
    }
    Ok(())
}

fn amounts(row: &mut Row<'_>, mapping: &Mapping) -> Result<()> {
    let (fields, record) = (&mapping.fields, row.record);
    if record.refund || record.refunded != Default::default() {
        return row.refuse("the record", "gives money back: a row only charges");
    }
    let (ours, theirs) = (mapping.file.decimals, record.file.decimals);
    for (what, amount, source, must) in [
        ("the charge", record.billed.charge, &fields.charge, true),
        ("the tax", record.billed.tax, &fields.tax, false),
        ("the discount", record.billed.discount, &fields.discount, false),
    ] {
        let Some(source) = source else {
            if amount != 0 {
                return row.refuse(what, "has no column in the mapping");
            }
            continue;
        };
        let Some(amount) = rescaled(amount, theirs, ours) else {
            return row.refuse(what, format!("has more than {ours} places"));
        };
        if amount != 0 || must {
            row.put(what, &source.column, &source.value, units::amount(amount, ours, mapping.csv.decimal_point))?;
        }
    }
    let billed = record.billed != Default::default();
    if billed && mapping.file.currency.as_ref().is_some_and(|ours| *ours != record.file.currency) {
        return row.refuse("the currency", "is not the mapping's");
    }
    if let Some(currency) = &fields.currency {
        row.put("the currency", &currency.column, &currency.value, record.file.currency.clone())?;
    }
    Ok(())
}

fn rescaled(amount: u64, from: u8, to: u8) -> Option<u64> {
    let power = |places: u8| 10u64.checked_pow(places.into());
    match to.checked_sub(from) {
        Some(more) => amount.checked_mul(power(more)?),
        None => {
            let divisor = power(from.checked_sub(to)?)?;
            (amount.checked_rem(divisor)? == 0).then(|| amount.checked_div(divisor))?
        }
    }
}

fn details(row: &mut Row<'_>, mapping: &Mapping) -> Result<()> {
    let (fields, record) = (&mapping.fields, row.record);
    let source = match record.subscriber.kind {
        "imsi" => &fields.imsi,
        "msisdn" => &fields.msisdn,
        _ => &None,
    };
    match source {
        Some(source) => {
            row.put("the subscriber", &source.column, &source.value, record.subscriber.reveal().to_owned())?;
        }
        None => return row.refuse("the subscriber", format!("is named by {}", record.subscriber.kind)),
    }
    if let (Some(source), Some(party)) = (&fields.other_party, &record.other_party) {
        row.put("the other party", &source.column, &source.value, party.reveal().to_owned())?;
    }
    if let (Some(source), Some(service)) = (&fields.service, &record.service) {
        row.put("the service", &source.column, &source.value, service.clone())?;
    }
    for reference in &fields.references {
        let found = record.references.iter().find_map(|text| text.strip_prefix(&reference.kind)?.strip_prefix(':'));
        if let Some(text) = found {
            row.place("a reference", &reference.column, text.to_owned())?;
        }
    }
    if let Some(entity) = &fields.entity {
        let kind = entity.kind.to_string();
        let found = record.rec_entities.iter().find_map(|text| text.strip_prefix(&kind)?.strip_prefix(':'));
        if let Some(text) = found {
            row.put("the recording entity", &entity.column, &entity.value, text.to_owned())?;
        }
    }
    Ok(())
}

//! A row as a record.

use std::sync::Arc;

use gesim_core::Lane;
use sha2::{Digest, Sha256};

use super::{
    mapping::{Rounding, Source},
    plan,
    row::{Cell, Row},
    units,
};
use crate::{
    error::{CdrError, ErrorKind, Result},
    party::Party,
    record::{FileIdentity, UsageRecord},
    tap::Stamp,
};

/// The record that a row is.
pub(super) fn read(row: &Row<'_>, file: &Arc<FileIdentity>, number: u64) -> Result<UsageRecord> {
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

fn start(row: &Row<'_>) -> Result<Stamp> {
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
    let factor = unit.factor(Lane::VoiceMo);
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

//! The error report as CSV: `nrtrde-error-report-1`, sender, recipient, sequence number, time `CCYYMMDDhhmmss`, UTC offset
//! `+hhmm`, records; then `file` or `record`, number of the record, byte offset, error number, reason; then `end` and
//! the number of lines between.

use std::io::{Read, Write};

use super::report::{ErrorReport, ReportLine, LINES};
use crate::{
    error::{CdrError, ErrorKind, Result},
    tap::{schema::Charset, stamp, text, Stamp},
};

/// First cell of a report, its version with it.
const MAGIC: &str = "nrtrde-error-report-1";
/// Octets of a report that is read.
const LIMIT: u64 = 16 << 20;

impl ErrorReport {
    pub fn write(&self, out: impl Write) -> Result<()> {
        let io = |error: csv::Error| CdrError::new(0, ErrorKind::Io(error.to_string()));
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(out);
        let created = (self.created.local_digits(), self.created.offset_digits());
        let (sequence, records) = (self.sequence.to_string(), self.records.to_string());
        let head = [MAGIC, self.sender.as_str(), self.recipient.as_str(), &sequence, &created.0, &created.1, &records];
        writer.write_record(head).map_err(io)?;
        for line in &self.lines {
            let record = line.record.map_or(String::new(), |record| record.to_string());
            let level = if line.record.is_some() { "record" } else { "file" };
            let (offset, code) = (line.offset.to_string(), line.code.to_string());
            writer.write_record([level, &record, &offset, &code, &line.reason]).map_err(io)?;
        }
        writer.write_record(["end", &self.lines.len().to_string()]).map_err(io)?;
        writer.flush().map_err(|error| CdrError::new(0, ErrorKind::Io(error.to_string())))
    }

    /// Reads a report whole.
    pub fn read(mut reader: impl Read) -> Result<Self> {
        let mut bytes = Vec::new();
        let mut taken = Read::take(&mut reader, LIMIT.saturating_add(1));
        taken.read_to_end(&mut bytes).map_err(|error| CdrError::new(0, ErrorKind::Io(error.to_string())))?;
        if bytes.len() as u64 > LIMIT {
            return Err(CdrError::new(LIMIT, ErrorKind::TooLarge { what: "an error report", limit: LIMIT }));
        }
        let mut rows =
            csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(&bytes[..]).into_records();
        let mut next = |inside: &'static str| match rows.next() {
            Some(Ok(row)) => Ok(Row { at: row.position().map_or(0, |position| position.byte()), cells: row }),
            Some(Err(error)) => {
                let at = error.position().map_or(0, |position| position.byte());
                Err(CdrError::new(at, ErrorKind::Syntax { expected: "CSV", reason: error.to_string().into() }))
            }
            None => Err(CdrError::new(bytes.len() as u64, ErrorKind::Truncated(inside))),
        };
        let mut report = next("its first line")?.head()?;
        loop {
            let row = next("its lines")?;
            if row.cell(0) != Some("end") {
                if report.lines.len() == LINES {
                    return row.refuse("the number of lines", "more", "at most 10000");
                }
                report.lines.push(row.line(report.records)?);
                continue;
            }
            row.width(2)?;
            if row.number(1, "the number of lines")? != report.lines.len() as u64 || report.lines.is_empty() {
                return row.refuse("the number of lines", row.cell(1).unwrap_or(""), "that of the lines before");
            }
            return match next("its end") {
                Err(CdrError { kind: ErrorKind::Truncated(_), .. }) => Ok(report),
                Ok(row) => row.refuse("a line", row.cell(0).unwrap_or(""), "nothing after the end"),
                Err(error) => Err(error),
            };
        }
    }
}

struct Row {
    at: u64,
    cells: csv::StringRecord,
}

impl Row {
    fn cell(&self, index: usize) -> Option<&str> {
        self.cells.get(index)
    }

    fn refuse<T>(&self, what: &str, value: &str, expected: &str) -> Result<T> {
        let value = value.chars().take(100).collect::<String>();
        let kind = ErrorKind::Invalid { what: what.into(), value: value.into(), expected: expected.into() };
        Err(CdrError::new(self.at, kind))
    }

    fn width(&self, expected: usize) -> Result<()> {
        match self.cells.len() == expected {
            true => Ok(()),
            false => self.refuse("the number of cells", &self.cells.len().to_string(), &expected.to_string()),
        }
    }

    fn number(&self, index: usize, what: &str) -> Result<u64> {
        let text = self.cell(index).unwrap_or("");
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|_| digits).map_or_else(|| self.refuse(what, text, "a number"), Ok)
    }

    fn head(&self) -> Result<ErrorReport> {
        if self.cell(0) != Some(MAGIC) {
            let reason = format!("its first cell is not {MAGIC}").into();
            return Err(CdrError::new(0, ErrorKind::Syntax { expected: "an NRTRDE error report", reason }));
        }
        self.width(7)?;
        let tadig = |index: usize, what: &str| {
            let code = self.cell(index).unwrap_or("");
            code.parse().or_else(|_| self.refuse(what, code, "a TADIG code"))
        };
        let sequence = match self.number(3, "the sequence number")? {
            number @ 1..=9_999_999 => number as u32,
            number => return self.refuse("the sequence number", &number.to_string(), "1 to 9999999"),
        };
        let located = |kind| CdrError::new(self.at, kind);
        let (local, offset) = (self.cell(4).unwrap_or("").as_bytes(), self.cell(5).unwrap_or("").as_bytes());
        text::check(local, Charset::Digits, 14, 14, "the time").map_err(located)?;
        let local = stamp::local(local, "the time").map_err(located)?;
        let offset = stamp::offset(offset, "the time").map_err(located)?;
        Ok(ErrorReport {
            sender: tadig(1, "sender")?,
            recipient: tadig(2, "recipient")?,
            sequence,
            created: Stamp::new(local, offset),
            records: self.number(6, "the number of records")?,
            lines: Vec::new(),
        })
    }

    fn line(&self, records: u64) -> Result<ReportLine> {
        self.width(5)?;
        let record = match (self.cell(0), self.cell(1)) {
            (Some("file"), Some("")) => None,
            (Some("record"), _) => match self.number(1, "the record")? {
                // the event that reading ended in is not counted
                number if (1..=records.saturating_add(1)).contains(&number) => Some(number),
                number => return self.refuse("the record", &number.to_string(), "one of the file's"),
            },
            _ => return self.refuse("the level", self.cell(0).unwrap_or(""), "file or record"),
        };
        let reason = self.cell(4).unwrap_or("");
        text::check(reason.as_bytes(), Charset::Ascii, 1, 500, "the reason")
            .map_err(|kind| CdrError::new(self.at, kind))?;
        let (offset, code) = (self.number(2, "the offset")?, self.number(3, "the error code")?);
        Ok(ReportLine { record, offset, code, reason: reason.to_owned() })
    }
}

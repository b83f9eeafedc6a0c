//! One row: its values, each with where it stands.

use super::{
    mapping::{Column, Mapping},
    plan::Plan,
};
use crate::error::{CdrError, ErrorKind, Result};

/// Longest value, in octets.
const MAX_VALUE: usize = 1024;

#[derive(Clone, Copy)]
pub(super) struct Row<'r> {
    pub mapping: &'r Mapping,
    pub plan: &'r Plan,
    pub fields: &'r ::csv::ByteRecord,
    pub line: u64,
    pub offset: u64,
}

/// A value and its column.
#[derive(Clone, Copy)]
pub(super) struct Cell<'r> {
    row: Row<'r>,
    column: Option<&'r Column>,
    pub text: &'r str,
}

impl<'r> Row<'r> {
    pub fn cell(&self, column: &'r Column) -> Result<Cell<'r>> {
        let empty = Cell { row: *self, column: Some(column), text: "" };
        let Some(bytes) = self.fields.get(self.plan.place(column)) else {
            return empty.refuse(format!("a row of {} columns or more", self.plan.width()));
        };
        match std::str::from_utf8(bytes) {
            Ok(text) if text.len() <= MAX_VALUE && !text.chars().any(char::is_control) => Ok(Cell { text, ..empty }),
            _ => empty.refuse(format!("at most {MAX_VALUE} octets of visible UTF-8")),
        }
    }

    /// Of a column or a constant.
    pub fn value(&self, column: &'r Option<Column>, value: &'r Option<String>) -> Result<Cell<'r>> {
        match column {
            Some(column) => self.cell(column),
            None => Ok(Cell { row: *self, column: None, text: value.as_deref().unwrap_or_default() }),
        }
    }
}

impl<'r> Cell<'r> {
    pub fn filled(self) -> Option<Self> {
        (!self.text.is_empty()).then_some(self)
    }

    pub fn refuse<T>(&self, expected: impl Into<Box<str>>) -> Result<T> {
        let what = match self.column {
            Some(column) => {
                let number = self.row.plan.place(column).saturating_add(1);
                format!("line {}, column {number} ({})", self.row.line, column.label())
            }
            None => format!("line {}, a constant of the mapping,", self.row.line),
        };
        let value: String = self.text.chars().take(40).collect();
        let (what, value) = (what.into(), format!("`{value}`").into());
        Err(CdrError::new(self.row.offset, ErrorKind::Invalid { what, value, expected: expected.into() }))
    }
}

//! The mapping file: which column is what. `docs/examples/csv-mapping.toml` explains every entry.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use super::{time::Pattern, units::Unit};
use gesim_core::Lane;

/// A mapping that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MappingError {
    #[error("the mapping is not valid TOML, or has entries that are not known: {0}")]
    Toml(String),
    #[error("{field}: {reason}")]
    Field { field: &'static str, reason: String },
}

pub(super) fn wrong<T>(field: &'static str, reason: impl Into<String>) -> Result<T, MappingError> {
    Err(MappingError::Field { field, reason: reason.into() })
}

/// How columns become records, and records columns.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    #[serde(default)]
    pub(super) csv: Dialect,
    #[serde(default)]
    pub(super) file: FileFacts,
    pub(super) fields: Fields,
}

/// How the columns are written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(super) struct Dialect {
    pub delimiter: char,
    pub quote: char,
    /// The first line names the columns.
    pub header: bool,
    pub decimal_point: char,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiter: ',', quote: '"', header: true, decimal_point: '.' }
    }
}

/// What holds for every row.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FileFacts {
    pub currency: Option<String>,
    /// Places behind the point that amounts are kept with.
    pub decimals: u8,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Fields {
    pub lane: Named,
    pub event: Option<Named>,
    pub units: Counted,
    pub start: Timed,
    pub duration: Option<Duration>,
    pub imsi: Option<Source>,
    pub msisdn: Option<Source>,
    pub other_party: Option<Source>,
    pub service: Option<Source>,
    pub charge: Option<Source>,
    pub tax: Option<Source>,
    pub discount: Option<Source>,
    pub currency: Option<Source>,
    pub entity: Option<Entity>,
    #[serde(default)]
    pub references: Vec<Reference>,
}

/// A column by its name or by its number from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(untagged)]
pub(super) enum Column {
    Number(usize),
    Name(String),
}

/// Where a value comes from: one of the two.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub column: Option<Column>,
    pub value: Option<String>,
}

/// A value of a fixed set, with what the file calls it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    pub column: Option<Column>,
    pub value: Option<String>,
    #[serde(default)]
    pub map: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counted {
    pub column: Option<Column>,
    pub value: Option<String>,
    pub unit: Option<Units>,
    #[serde(default)]
    pub rounding: Rounding,
}

/// One unit for every lane, or one for each.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Units {
    All(Unit),
    Lanes(BTreeMap<String, Unit>),
}

/// What happens to parts of an octet or second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Rounding {
    /// They refuse the file.
    #[default]
    Exact,
    Up,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Timed {
    pub column: Columns,
    #[serde(default)]
    pub format: Pattern,
    /// UTC offset, where the format has none.
    pub offset: Option<String>,
}

/// One column, or several that are joined by blanks: a date and a time.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Columns {
    One(Column),
    Several(Vec<Column>),
}

impl Columns {
    pub fn all(&self) -> &[Column] {
        match self {
            Self::One(column) => std::slice::from_ref(column),
            Self::Several(columns) => columns,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Duration {
    pub column: Column,
    #[serde(default)]
    pub unit: Unit,
    #[serde(default)]
    pub rounding: Rounding,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reference {
    pub column: Column,
    pub kind: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entity {
    pub column: Option<Column>,
    pub value: Option<String>,
    /// Type of the recording entity as TAP numbers it: 1 is an MSC, 2 an SMSC, 3 a GGSN, 4 an SGSN, 7 a P-GW.
    pub kind: u8,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// TOML that is not valid, entries that are not known, and settings that contradict each other.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let mapping: Self = toml::from_str(text).map_err(|error| MappingError::Toml(error.to_string()))?;
        mapping.check()?;
        Ok(mapping)
    }

    /// Every column that is used, in the order in which columns are written.
    pub(super) fn columns(&self) -> Vec<&Column> {
        let f = &self.fields;
        let mut all: Vec<&Column> = Vec::new();
        all.extend(&f.lane.column);
        all.extend(f.event.iter().filter_map(|event| event.column.as_ref()));
        all.extend(f.start.column.all());
        all.extend(f.duration.iter().map(|duration| &duration.column));
        all.extend(&f.units.column);
        let plain = [&f.imsi, &f.msisdn, &f.other_party, &f.service, &f.charge, &f.tax, &f.discount, &f.currency];
        all.extend(plain.into_iter().flatten().filter_map(|source| source.column.as_ref()));
        all.extend(f.entity.iter().filter_map(|entity| entity.column.as_ref()));
        all.extend(f.references.iter().map(|reference| &reference.column));
        all
    }

    pub(super) fn unit(&self, lane: Lane) -> Unit {
        match &self.fields.units.unit {
            None => Unit::Base,
            Some(Units::All(unit)) => *unit,
            Some(Units::Lanes(units)) => units.get(lane.name()).copied().unwrap_or(Unit::Base),
        }
    }
}

pub(super) const MAX_COLUMNS: usize = 1000;

//! What a mapping may not say.

use gesim_core::Lane;

use super::mapping::{wrong, Column, Mapping, MappingError, Units, MAX_COLUMNS};

impl Mapping {
    pub(super) fn check(&self) -> Result<(), MappingError> {
        let Self { csv, file, fields } = self;
        let plain = |mark: char| mark.is_ascii() && (mark == '\t' || !mark.is_ascii_control());
        if !plain(csv.delimiter) || !plain(csv.quote) || csv.delimiter == csv.quote {
            return wrong("csv", "delimiter and quote are two different ASCII characters");
        }
        if !matches!(csv.decimal_point, '.' | ',') {
            return wrong("csv.decimal-point", "it is `.` or `,`");
        }
        if csv.quote.is_ascii_alphanumeric() || csv.delimiter.is_ascii_alphanumeric() {
            return wrong("csv", "delimiter and quote are neither letters nor digits");
        }
        if file.decimals > 6 {
            return wrong("file.decimals", "amounts have at most 6 places");
        }
        let currency = |text: &String| text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
        if !file.currency.as_ref().is_none_or(currency) {
            return wrong("file.currency", "an ISO 4217 code has three capital letters");
        }
        let lanes = |name: &str| Lane::ALL.iter().any(|lane| lane.name() == name);
        if let Some(other) = fields.lane.map.values().chain(&fields.lane.value).find(|name| !lanes(name)) {
            return wrong("fields.lane", format!("there is no lane `{other}`"));
        }
        if let Some(Units::Lanes(units)) = &fields.units.unit {
            if let Some(other) = units.keys().find(|name| !lanes(name)) {
                return wrong("fields.units.unit", format!("there is no lane `{other}`"));
            }
        }
        if fields.imsi.is_none() && fields.msisdn.is_none() {
            return wrong("fields", "name the subscriber's column: `imsi` or `msisdn`");
        }
        let named =
            fields.references.iter().find(|r| r.kind.is_empty() || !r.kind.bytes().all(|b| b.is_ascii_alphanumeric()));
        if named.is_some() {
            return wrong("fields.references", "a kind has letters and digits only");
        }
        fields.start.check()?;
        self.sources()
    }

    /// Every value has one source, and every column is one that a file can have.
    fn sources(&self) -> Result<(), MappingError> {
        let f = &self.fields;
        let mut both =
            vec![("fields.lane", &f.lane.column, &f.lane.value), ("fields.units", &f.units.column, &f.units.value)];
        if let Some(event) = &f.event {
            both.push(("fields.event", &event.column, &event.value));
        }
        if let Some(entity) = &f.entity {
            both.push(("fields.entity", &entity.column, &entity.value));
        }
        let plain = [&f.imsi, &f.msisdn, &f.other_party, &f.service, &f.charge, &f.tax, &f.discount, &f.currency];
        both.extend(plain.into_iter().flatten().map(|source| ("fields", &source.column, &source.value)));
        if let Some((field, ..)) = both.iter().find(|(_, column, value)| column.is_some() == value.is_some()) {
            return wrong(field, "give each field either a `column` or a constant `value`");
        }
        for column in self.columns() {
            match column {
                Column::Number(0) => return wrong("fields", "columns are counted from 1"),
                Column::Number(number) if *number > MAX_COLUMNS => {
                    return wrong("fields", format!("a file has at most {MAX_COLUMNS} columns"));
                }
                Column::Name(name) if !self.csv.header => {
                    return wrong("fields", format!("`{name}` is a name, and the file has no header line"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

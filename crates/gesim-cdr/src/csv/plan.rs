//! Where the columns of a mapping are in a file, and what its names stand for.

use std::collections::BTreeMap;

use gesim_core::Lane;

use super::mapping::{Column, Mapping, Named, MAX_COLUMNS};
use crate::{
    error::{CdrError, ErrorKind, Result},
    record::EventKind,
};

/// Events by the names that a mapping gives them.
const EVENTS: [(&str, EventKind); 9] = [
    ("mobileOriginatedCall", EventKind::MobileOriginatedCall),
    ("mobileTerminatedCall", EventKind::MobileTerminatedCall),
    ("supplServiceEvent", EventKind::SupplServiceEvent),
    ("serviceCentreUsage", EventKind::ServiceCentreUsage),
    ("gprsCall", EventKind::GprsCall),
    ("contentTransaction", EventKind::ContentTransaction),
    ("locationService", EventKind::LocationService),
    ("messagingEvent", EventKind::MessagingEvent),
    ("mobileSession", EventKind::MobileSession),
];

pub(super) fn event(name: &str) -> Option<EventKind> {
    EVENTS.iter().find(|(known, _)| *known == name).map(|(_, event)| *event)
}

pub(super) fn event_name(event: EventKind) -> &'static str {
    EVENTS.iter().find(|(_, known)| *known == event).map_or("", |(name, _)| name)
}

/// What a row is when the mapping has no column for it.
pub(super) fn event_of(lane: Lane) -> EventKind {
    match lane {
        Lane::Data => EventKind::GprsCall,
        Lane::VoiceMo | Lane::SmsMo => EventKind::MobileOriginatedCall,
        Lane::VoiceMt | Lane::SmsMt => EventKind::MobileTerminatedCall,
        Lane::Service | Lane::Other => EventKind::SupplServiceEvent,
        Lane::Content => EventKind::ContentTransaction,
    }
}

pub(super) fn lane(name: &str) -> Option<Lane> {
    Lane::ALL.into_iter().find(|lane| lane.name() == name)
}

impl Named {
    /// What a text of the file stands for.
    pub fn meaning<'t>(&'t self, text: &'t str) -> &'t str {
        self.map.get(text).map_or(text, String::as_str)
    }

    /// What the file calls it; `None` when its own name stands for something else.
    pub fn text<'t>(&'t self, meaning: &'t str) -> Option<&'t str> {
        let named = self.map.iter().find(|(_, value)| *value == meaning).map(|(key, _)| key.as_str());
        named.or_else(|| (!self.map.contains_key(meaning)).then_some(meaning))
    }
}

impl Column {
    pub fn label(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Name(name) => name.clone(),
        }
    }
}

/// Columns by where they are, from 0.
#[derive(Debug)]
pub(super) struct Plan {
    places: BTreeMap<Column, usize>,
}

impl Plan {
    /// Of a file whose header line is `header`, if it has one.
    pub fn of_file(mapping: &Mapping, header: Option<&::csv::ByteRecord>) -> Result<Self> {
        let mut places = BTreeMap::new();
        for column in mapping.columns() {
            let place = match column {
                Column::Number(number) => number.saturating_sub(1),
                Column::Name(name) => {
                    let same = |field: &&[u8]| *field == name.as_bytes();
                    let fields = || header.map(::csv::ByteRecord::iter).into_iter().flatten();
                    let reason = match fields().filter(same).count() {
                        1 => None,
                        0 => Some("is not in the header line"),
                        _ => Some("is in the header line more than once"),
                    };
                    if let Some(reason) = reason {
                        let what = format!("the column `{name}`").into();
                        let mut error = CdrError::new(0, ErrorKind::Rejected { what, reason: reason.into() });
                        error.hint = Some("the mapping file has to fit the file's header line");
                        return Err(error);
                    }
                    fields().position(|field| field == name.as_bytes()).unwrap_or(MAX_COLUMNS)
                }
            };
            places.insert(column.clone(), place);
        }
        Ok(Self { places })
    }

    /// Of a file that is written: numbered columns in their places, the others where there is room.
    pub fn to_write(mapping: &Mapping) -> Self {
        let mut places = BTreeMap::new();
        let (numbered, named): (Vec<_>, Vec<_>) =
            mapping.columns().into_iter().partition(|column| matches!(column, Column::Number(_)));
        for column in numbered {
            if let Column::Number(number) = column {
                places.insert(column.clone(), number.saturating_sub(1));
            }
        }
        let mut free = 0usize;
        for column in named {
            if !places.contains_key(column) {
                while places.values().any(|place| *place == free) {
                    free = free.saturating_add(1);
                }
                places.insert(column.clone(), free);
            }
        }
        Self { places }
    }

    pub fn place(&self, column: &Column) -> usize {
        self.places.get(column).copied().unwrap_or(MAX_COLUMNS)
    }

    pub fn width(&self) -> usize {
        self.places.values().max().map_or(0, |most| most.saturating_add(1))
    }

    /// The header line: columns without a name are called by their number.
    pub fn header(&self) -> Vec<String> {
        let mut names: Vec<String> = (1..=self.width()).map(|number| number.to_string()).collect();
        for (column, place) in &self.places {
            if let Some(name) = names.get_mut(*place) {
                *name = column.label();
            }
        }
        names
    }
}

//! Units, services and the places that a settlement has for them.

use std::fmt;

use gesim_core::Lane;

use super::{fields::Parsed, json::Node};

/// What usage is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    Minute,
    Message,
    Megabyte,
    Event,
}

impl Unit {
    pub(super) fn parse(node: &Node<'_>) -> Parsed<Self> {
        match node.text()?.to_ascii_lowercase().as_str() {
            "min" => Ok(Self::Minute),
            "sms" => Ok(Self::Message),
            "mb" => Ok(Self::Megabyte),
            "event" => Ok(Self::Event),
            _ => node.refuse("one of min, SMS, MB, event"),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Minute => "min",
            Self::Message => "SMS",
            Self::Megabyte => "MB",
            Self::Event => "event",
        })
    }
}

/// What a discrepancy report adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    Moc,
    Mtc,
    Sms,
    Data,
    Access,
}

impl Family {
    /// Where a usage row counts. `None`: nowhere, its unit has no family.
    pub fn of(service: &str, unit: Option<Unit>) -> Option<Self> {
        match unit? {
            Unit::Minute if service == "MTC" => Some(Self::Mtc),
            Unit::Minute => Some(Self::Moc),
            Unit::Message => Some(Self::Sms),
            Unit::Megabyte => Some(Self::Data),
            Unit::Event => None,
        }
    }
}

/// A place in a settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub family: Family,
    /// The settlement's member (or, for data, the entry's name).
    pub key: &'static str,
    /// The services that are added up in it.
    pub services: &'static [&'static str],
    pub unit: Unit,
}

const fn slot(family: Family, key: &'static str, services: &'static [&'static str], unit: Unit) -> Slot {
    Slot { family, key, services, unit }
}

/// Number of places of a settlement's direction.
pub const SLOTS: usize = 21;

/// The places of a settlement, in the order of its members.
pub const ALL: [Slot; SLOTS] = [
    slot(Family::Moc, "local", &["MOC Local"], Unit::Minute),
    slot(Family::Moc, "backHome", &["MOC Back Home"], Unit::Minute),
    slot(Family::Moc, "international", &["MOC International"], Unit::Minute),
    slot(Family::Moc, "premium", &["MOC Premium"], Unit::Minute),
    slot(Family::Moc, "ROW", &["MOC RoW"], Unit::Minute),
    slot(Family::Moc, "EU", &["MOC EU"], Unit::Minute),
    slot(Family::Moc, "EEA", &["MOC EEA"], Unit::Minute),
    slot(Family::Moc, "satellite", &["MOC Satellite"], Unit::Minute),
    slot(Family::Moc, "videoTelephony", &["MOC Video Telephony"], Unit::Minute),
    slot(Family::Moc, "specialDestinations", &["MOC Special Destinations"], Unit::Minute),
    slot(Family::Mtc, "MTC", &["MTC"], Unit::Minute),
    slot(Family::Sms, "MO", &["SMSMO", "SMS MO"], Unit::Message),
    slot(Family::Sms, "MT", &["SMSMT", "SMS MT"], Unit::Message),
    slot(Family::Data, "GPRS", &["GPRS"], Unit::Megabyte),
    slot(Family::Data, "M2M", &["M2M"], Unit::Megabyte),
    slot(Family::Data, "NB-IOT", &["NB-IoT"], Unit::Megabyte),
    slot(Family::Data, "LTE-M", &["LTE-M"], Unit::Megabyte),
    slot(Family::Data, "VoLTE", &["VoLTE"], Unit::Megabyte),
    slot(Family::Data, "ViLTE", &["ViLTE"], Unit::Megabyte),
    slot(Family::Data, "signalling", &["IMS Signalling"], Unit::Megabyte),
    slot(Family::Access, "networkAccess", &["Network Access"], Unit::Event),
];

/// The place of a service, by its number in [`ALL`].
pub fn place(service: &str) -> Option<usize> {
    ALL.iter().position(|slot| slot.services.contains(&service))
}

/// The lane that a service's units go to.
pub fn lane(service: &str, unit: Unit) -> Lane {
    match (unit, service) {
        (Unit::Megabyte, _) => Lane::Data,
        (Unit::Minute, "MTC") => Lane::VoiceMt,
        (Unit::Minute, _) => Lane::VoiceMo,
        (Unit::Message, "SMSMT" | "SMS MT") => Lane::SmsMt,
        (Unit::Message, _) => Lane::SmsMo,
        (Unit::Event, "Content") => Lane::Content,
        (Unit::Event, "Supplementary Service") => Lane::Service,
        (Unit::Event, _) => Lane::Other,
    }
}

//! A record taken apart into what TAP's call events need, checked before anything of it is written.

use gesim_core::Lane;

use super::{charges::Group, gather::groups, header::Frame, reject, tables::Tables};
use crate::{
    error::Result,
    party::Party,
    record::{EventKind, UsageRecord},
};

/// Longest identifier that is written.
const TEXT: usize = 4096;

pub(super) struct Parts<'r> {
    pub record: &'r UsageRecord,
    pub subscriber: Subscriber<'r>,
    pub other: Option<Address<'r>>,
    pub call_reference: Option<Vec<u8>>,
    pub charging_id: Option<u64>,
    /// Event references and transaction identifiers.
    pub events: Vec<&'r str>,
    /// References of other formats, which stand in where TAP asks for one.
    pub foreign: Vec<&'r str>,
    /// Codes of recording entities.
    pub entities: Vec<u64>,
    /// Codes of UTC offsets.
    pub start: u64,
    pub context: Option<u64>,
    pub groups: Vec<Group>,
    pub message: u64,
}

pub(super) enum Subscriber<'r> {
    Imsi(&'r str),
    Msisdn(&'r str),
    Min(&'r str),
    /// Kind and identifier of the rest.
    Named(&'static str, &'r str),
}

pub(super) enum Address<'r> {
    /// Digits 0 to 9 and a to e.
    Number(&'r str),
    Text(&'r str),
}

impl<'r> Parts<'r> {
    pub fn new(frame: &Frame, tables: &mut Tables, record: &'r UsageRecord) -> Result<Self> {
        let mut parts = Self {
            record,
            subscriber: subscriber(&record.subscriber)?,
            other: record.other_party.as_ref().map(address).transpose()?,
            call_reference: None,
            charging_id: None,
            events: Vec::new(),
            foreign: Vec::new(),
            entities: Vec::new(),
            start: tables.offset(record.start)?,
            context: record.context_start.map(|stamp| tables.offset(stamp)).transpose()?,
            groups: groups(record, tables)?,
            message: 0,
        };
        if record.event == EventKind::ServiceCentreUsage {
            parts.message = tables.message();
        }
        record.references.iter().try_for_each(|reference| parts.reference(reference))?;
        for label in &record.rec_entities {
            text("a recording entity", label)?;
            parts.entities.push(tables.entity(label, entity_kind(record.event))?);
        }
        // an event without a recording entity is the sender's, where TAP asks for one
        if parts.entities.is_empty() && record.event != EventKind::ContentTransaction {
            parts.entities.push(tables.entity(frame.0.sender.as_str(), entity_kind(record.event))?);
        }
        parts.check()?;
        Ok(parts)
    }

    fn reference(&mut self, reference: &'r str) -> Result<()> {
        let (kind, value) = reference.split_once(':').unwrap_or(("", reference));
        match kind {
            "callReference" if self.call_reference.is_none() => {
                let octets = unhex(value).filter(|octets| (1..=8).contains(&octets.len()));
                self.call_reference = Some(octets.ok_or_else(|| reject("a call reference", "is not 1 to 8 octets"))?);
            }
            "chargingId" if self.charging_id.is_none() => {
                let id = value.parse().ok().filter(|id| *id <= i64::MAX as u64);
                self.charging_id = Some(id.ok_or_else(|| reject("a charging identifier", "is no number of 63 bits"))?);
            }
            "eventReference" | "transactionIdentifier" => self.events.push(text("a reference", value)?),
            _ => self.foreign.extend(text("a reference", value).ok()),
        }
        Ok(())
    }

    /// What the kind of event cannot say.
    fn check(&self) -> Result<()> {
        use EventKind::*;
        let record = self.record;
        let ims = matches!(record.event, MessagingEvent | MobileSession);
        let calls = matches!(record.event, MobileOriginatedCall | MobileTerminatedCall | GprsCall);
        let known = match &self.subscriber {
            Subscriber::Imsi(_) => true,
            Subscriber::Min(_) => !ims,
            Subscriber::Msisdn(_) => matches!(record.event, ServiceCentreUsage | ContentTransaction | LocationService),
            Subscriber::Named("networkAccessIdentifier", _) => {
                matches!(record.event, GprsCall | ContentTransaction | LocationService)
            }
            Subscriber::Named(..) => matches!(record.event, ContentTransaction | LocationService),
        };
        if !known {
            return Err(reject("the subscriber", "has no IMSI, which this call event needs"));
        }
        if record.event == ValueAddedService {
            return Err(reject("a value added service", "has no call event in TAP 3.12"));
        }
        let lanes: &[Lane] = match record.event {
            MobileOriginatedCall => &[Lane::VoiceMo, Lane::SmsMo],
            MobileTerminatedCall => &[Lane::VoiceMt, Lane::SmsMt],
            GprsCall => &[Lane::Data],
            SupplServiceEvent | ServiceCentreUsage | LocationService | ValueAddedService => &[Lane::Service],
            ContentTransaction => &[Lane::Content],
            MessagingEvent => &[Lane::SmsMo, Lane::SmsMt, Lane::Content],
            MobileSession => &[Lane::VoiceMo, Lane::VoiceMt],
        };
        if !lanes.contains(&record.lane) {
            return Err(reject("the record", "is in a lane that its kind of call event is not counted in"));
        }
        if record.units != 1 && !matches!(record.lane, Lane::Data | Lane::VoiceMo | Lane::VoiceMt) {
            return Err(reject("the record", "counts several events: TAP has one call event for each"));
        }
        if record.refund && record.event != ContentTransaction {
            return Err(reject("a refund", "is part of content transactions only"));
        }
        if record.event == ServiceCentreUsage && self.other.is_none() {
            return Err(reject("service centre usage", "lacks the other party's number"));
        }
        let many = matches!(record.event, GprsCall | MessagingEvent | MobileSession);
        if !many && self.entities.len() > 1 {
            return Err(reject("the call event", "has more than one recording entity"));
        }
        let single = matches!(record.event, SupplServiceEvent | ServiceCentreUsage | MessagingEvent);
        let camel = self.groups.iter().filter(|group| group.is_camel()).count();
        if single && self.groups.len() > 1 || camel > usize::from(calls) {
            return Err(reject("the call event", "has more charges than its kind can say"));
        }
        if ims && self.groups.iter().any(|group| group.discount.is_some()) {
            return Err(reject("a discount", "is no part of messaging events and mobile sessions"));
        }
        if record.event == MobileSession && record.lane == Lane::VoiceMo && self.other.is_none() {
            return Err(reject("an originated session", "lacks its requested destination"));
        }
        let numbers = [record.units, record.duration.unwrap_or(0)];
        if numbers.iter().any(|number| *number > i64::MAX as u64) {
            return Err(reject("a volume or duration", "does not fit in 63 bits"));
        }
        Ok(())
    }
}

/// Recording entity types: 1 is an MSC, 2 an SMSC, 3 a GGSN.
fn entity_kind(event: EventKind) -> u64 {
    match event {
        EventKind::GprsCall => 3,
        EventKind::ServiceCentreUsage => 2,
        _ => 1,
    }
}

fn subscriber(party: &Party) -> Result<Subscriber<'_>> {
    let id = party.reveal();
    let decimal = |min: usize, max: usize| {
        if (min..=max).contains(&id.len()) && id.bytes().all(|digit| digit.is_ascii_digit()) {
            return Ok(id);
        }
        Err(reject("the subscriber's number", "has the wrong number of digits or something else in it"))
    };
    Ok(match party.kind {
        "imsi" => Subscriber::Imsi(decimal(5, 16)?),
        "msisdn" => Subscriber::Msisdn(decimal(1, 18)?),
        "min" => Subscriber::Min(decimal(2, 15)?),
        "aggregate" => return Err(reject("an aggregate", "is no call event")),
        kind => Subscriber::Named(kind, text("the subscriber", id)?),
    })
}

fn address(party: &Party) -> Result<Address<'_>> {
    let id = party.reveal();
    let number = id.strip_prefix('+').unwrap_or(id);
    let dialled = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'e');
    // an address keeps its form, whatever it looks like
    if party.kind != "address" && (1..=510).contains(&number.len()) && number.bytes().all(dialled) {
        return Ok(Address::Number(number));
    }
    Ok(Address::Text(text("the other party", id)?))
}

/// A visible string as TAP allows it.
fn text<'s>(what: &str, text: &'s str) -> Result<&'s str> {
    let visible = text.bytes().all(|octet| (0x20..=0x7e).contains(&octet));
    if text.is_empty() || text.len() > TEXT || !visible || text.bytes().all(|octet| octet == b' ') {
        return Err(reject(what, "is empty, too long or not of visible characters"));
    }
    Ok(text)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

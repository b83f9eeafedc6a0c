//! Gathers what a record needs while the walker checks a call event.

use std::collections::BTreeMap;

use super::{
    header::FileHeader,
    lines::Lines,
    schema,
    stamp::{self, Stamp},
    tags::*,
    text,
    walk::{Value, Visitor},
};
use crate::{
    error::{CdrError, ErrorKind, Result},
    party::Party,
};

/// Who is charged, best first.
const SUBSCRIBERS: [u16; 8] = [
    IMSI,
    MIN,
    CHARGED_PARTY_IDENTIFIER,
    CUSTOMER_IDENTIFIER,
    MSISDN,
    NETWORK_ACCESS_IDENTIFIER,
    PUBLIC_USER_ID,
    CONTENT_PROVIDER_IDENTIFIER,
];

/// What the elements of one call event say, kept until its end.
pub(super) struct Collector<'a> {
    pub(super) header: &'a FileHeader,
    /// Where the time of charging is found, best first.
    starts: &'static [u16],
    /// The group that was entered last and not left.
    group: u16,
    local: i64,
    start: Option<(usize, Stamp)>,
    pub(super) context: Option<Stamp>,
    subscriber: Option<(usize, Party)>,
    pub(super) other: Option<Party>,
    pub(super) service: Option<String>,
    pub(super) references: Vec<String>,
    pub(super) partial: Option<String>,
    pub(super) entities: Vec<String>,
    pub(super) duration: Option<u64>,
    pub(super) octets: u64,
    pub(super) requested: bool,
    pub(super) lines: Lines,
}

impl<'a> Collector<'a> {
    pub(super) fn new(header: &'a FileHeader, starts: &'static [u16]) -> Self {
        Self {
            header,
            starts,
            group: 0,
            local: 0,
            start: None,
            context: None,
            subscriber: None,
            other: None,
            service: None,
            references: Vec::new(),
            partial: None,
            entities: Vec::with_capacity(2),
            duration: None,
            octets: 0,
            requested: false,
            lines: Lines::default(),
        }
    }

    pub(super) fn start(&self) -> Option<Stamp> {
        self.start.map(|(_, stamp)| stamp)
    }

    pub(super) fn subscriber(&mut self) -> Option<Party> {
        self.subscriber.take().map(|(_, party)| party)
    }

    fn stamp(&mut self, stamp: Stamp) {
        if self.group == PDP_CONTEXT_START {
            self.context = Some(stamp);
        }
        let Some(rank) = self.starts.iter().position(|tag| *tag == self.group) else { return };
        if self.start.is_none_or(|(best, _)| rank < best) {
            self.start = Some((rank, stamp));
        }
    }

    fn party(&mut self, tag: u16, id: impl FnOnce() -> String) {
        let Some(rank) = SUBSCRIBERS.iter().position(|subscriber| *subscriber == tag) else { return };
        if self.subscriber.as_ref().is_none_or(|(best, _)| rank < *best) {
            self.subscriber = Some((rank, Party::new(schema::name(tag), id())));
        }
    }

    fn reference(&mut self, reference: String) {
        if !self.references.contains(&reference) {
            self.references.push(reference);
        }
    }

    fn int(&mut self, tag: u16, at: u64, value: u64) -> Result<()> {
        let header = self.header;
        match tag {
            UTC_TIME_OFFSET_CODE => {
                let offset = *resolve(&header.utc_offsets, tag, at, value, "UTC offset table")?;
                self.stamp(Stamp::new(self.local, offset));
            }
            REC_ENTITY_CODE => {
                let entity = resolve(&header.rec_entities, tag, at, value, "recording entity table")?;
                self.entities.push(entity.label.clone());
            }
            MESSAGE_DESCRIPTION_CODE => {
                resolve(&header.messages, tag, at, value, "message description table").map(drop)?;
            }
            VAS_CODE => {
                let service = resolve(&header.services, tag, at, value, "value added service table")?;
                self.service.get_or_insert_with(|| format!("v{service}"));
            }
            CALL_DURATION | TRANSACTION_DURATION => self.duration = self.duration.or(Some(value)),
            DATA_VOLUME_INCOMING | DATA_VOLUME_OUTGOING => {
                if tag == DATA_VOLUME_INCOMING {
                    add(&mut self.lines.incoming, value, "data volumes", at)?;
                }
                add(&mut self.octets, value, "data volumes", at)?;
            }
            CHARGING_ID => self.reference(format!("chargingId:{value}")),
            MESSAGING_EVENT_SERVICE | MOBILE_SESSION_SERVICE => self.service = Some(value.to_string()),
            _ => self.lines.int(header, tag, at, value)?,
        }
        Ok(())
    }

    fn text(&mut self, tag: u16, at: u64, bytes: &[u8]) -> Result<()> {
        match tag {
            LOCAL_TIMESTAMP => {
                self.local = stamp::local(bytes, schema::name(self.group)).map_err(|kind| CdrError::new(at, kind))?;
            }
            IMSI | MSISDN => self.party(tag, || text::digits(bytes)),
            MIN
            | CHARGED_PARTY_IDENTIFIER
            | CUSTOMER_IDENTIFIER
            | CONTENT_PROVIDER_IDENTIFIER
            | NETWORK_ACCESS_IDENTIFIER
            | PUBLIC_USER_ID => self.party(tag, || text::trimmed(bytes)),
            CALLED_NUMBER | CALLING_NUMBER | NON_CHARGED_PARTY_NUMBER | REQUESTED_NUMBER => {
                self.requested |= tag == REQUESTED_NUMBER;
                self.other.get_or_insert_with(|| Party::new("number", text::digits(bytes)));
            }
            // 3.10 has one tag for the numbers of everybody: not those of CAMEL's and forwarding's third parties
            ADDRESS_DIGITS if matches!(self.group, DESTINATION | CALL_ORIGINATOR | NON_CHARGED_PARTY_3_10) => {
                self.other.get_or_insert_with(|| Party::new("number", text::digits(bytes)));
            }
            DIALLED_DIGITS
            | SMS_DESTINATION
            | SMS_ORIGINATOR
            | NON_CHARGED_NUMBER
            | NON_CHARGED_PUBLIC_USER_ID
            | REQUESTED_PUBLIC_USER_ID => {
                self.requested |= tag == REQUESTED_PUBLIC_USER_ID;
                self.other.get_or_insert_with(|| Party::new("address", text::trimmed(bytes)));
            }
            TELE_SERVICE_CODE | BEARER_SERVICE_CODE | SUPPL_SERVICE_CODE => {
                let prefix = match tag {
                    TELE_SERVICE_CODE => 't',
                    BEARER_SERVICE_CODE => 'b',
                    _ => 's',
                };
                self.service.get_or_insert_with(|| format!("{prefix}{}", text::trimmed(bytes)));
            }
            CALL_REFERENCE => self.reference(text::hex("callReference:", bytes)),
            EVENT_REFERENCE | TRANSACTION_IDENTIFIER => {
                self.reference(format!("{}:{}", schema::name(tag), text::trimmed(bytes)));
            }
            PARTIAL_TYPE_INDICATOR => self.partial = Some(text::trimmed(bytes)),
            // the destination of CAMEL's data session is not the access point that was charged
            ACCESS_POINT_NI if self.lines.access_point.is_none() => {
                self.lines.access_point = Some(text::trimmed(bytes));
            }
            CHARGE_TYPE | CHARGED_ITEM => self.lines.text(tag, bytes),
            _ => {}
        }
        Ok(())
    }
}

impl Visitor for Collector<'_> {
    fn enter(&mut self, tag: u16, at: u64) -> Result<()> {
        self.group = tag;
        self.lines.enter(tag, at)
    }

    fn leave(&mut self, tag: u16, at: u64) -> Result<()> {
        self.group = 0;
        self.lines.leave(tag, at)
    }

    fn value(&mut self, tag: u16, at: u64, value: Value<'_>) -> Result<()> {
        match value {
            Value::Int(value) => self.int(tag, at, value),
            Value::Text(bytes) => self.text(tag, at, bytes),
        }
    }
}

pub(super) fn add(sum: &mut u64, value: u64, what: &'static str, at: u64) -> Result<()> {
    *sum = sum.checked_add(value).ok_or_else(|| CdrError::new(at, ErrorKind::Sum(what)))?;
    Ok(())
}

pub(super) fn resolve<'t, T>(
    table: &'t BTreeMap<u64, T>,
    tag: u16,
    at: u64,
    code: u64,
    name: &'static str,
) -> Result<&'t T> {
    let reference = || CdrError::new(at, ErrorKind::Reference { what: schema::name(tag), code, table: name });
    table.get(&code).ok_or_else(reference)
}

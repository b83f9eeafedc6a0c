//! One call event becomes one usage record.

use std::sync::Arc;

use gesim_core::Lane;
use sha2::{Digest, Sha256};

use super::{
    header::FileHeader,
    schema, stamp,
    stamp::Stamp,
    tags::*,
    text,
    walk::{walk, Value, Visitor},
};
use crate::{
    error::{ErrorKind, Result, TapError},
    record::{Amounts, EventKind, FileIdentity, Party, UsageRecord},
};

/// The event that a tag names.
pub(crate) fn kind(tag: u16) -> Option<EventKind> {
    Some(match tag {
        MO_CALL => EventKind::MobileOriginatedCall,
        MT_CALL => EventKind::MobileTerminatedCall,
        SUPPL_SERVICE => EventKind::SupplServiceEvent,
        SERVICE_CENTRE_USAGE => EventKind::ServiceCentreUsage,
        GPRS_CALL => EventKind::GprsCall,
        CONTENT_TRANSACTION => EventKind::ContentTransaction,
        LOCATION_SERVICE => EventKind::LocationService,
        MESSAGING_EVENT => EventKind::MessagingEvent,
        MOBILE_SESSION => EventKind::MobileSession,
        _ => return None,
    })
}

/// Where an event lies in its file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub tag: u16,
    pub kind: EventKind,
    /// Counted from 1.
    pub record: u64,
    pub offset: u64,
    /// Where its contents begin.
    pub base: u64,
}

pub(crate) fn decode(
    place: Place,
    contents: &[u8],
    header: &FileHeader,
    file: &Arc<FileIdentity>,
) -> Result<UsageRecord> {
    let mut collector = Collector::new(header);
    walk(place.tag, place.offset, place.base, contents, &mut collector)
        .and_then(|()| collector.finish(place, contents, file))
        .map_err(|error| error.in_record(place.record))
}

struct Collector<'a> {
    header: &'a FileHeader,
    group: u16,
    local: i64,
    stamps: Vec<(u16, Stamp)>,
    parties: Vec<(u16, Party)>,
    other: Option<Party>,
    service: Option<String>,
    references: Vec<String>,
    partial: Option<String>,
    entities: Vec<String>,
    duration: Option<u64>,
    octets: u64,
    requested: bool,
    in_detail: bool,
    total_type: bool,
    detail_charge: u64,
    in_refund: bool,
    any_refund: bool,
    billed: Amounts,
    refunded: Amounts,
}

impl<'a> Collector<'a> {
    fn new(header: &'a FileHeader) -> Self {
        Self {
            header,
            group: 0,
            local: 0,
            stamps: Vec::with_capacity(2),
            parties: Vec::with_capacity(2),
            other: None,
            service: None,
            references: Vec::new(),
            partial: None,
            entities: Vec::with_capacity(2),
            duration: None,
            octets: 0,
            requested: false,
            in_detail: false,
            total_type: false,
            detail_charge: 0,
            in_refund: false,
            any_refund: false,
            billed: Amounts::default(),
            refunded: Amounts::default(),
        }
    }

    fn amounts(&mut self) -> &mut Amounts {
        if self.in_refund {
            &mut self.refunded
        } else {
            &mut self.billed
        }
    }

    fn int(&mut self, tag: u16, at: u64, value: u64) -> Result<()> {
        let header = self.header;
        match tag {
            UTC_TIME_OFFSET_CODE => {
                let offset = *resolve(&header.utc_offsets, tag, at, value, "UTC offset table")?;
                self.stamps.push((self.group, Stamp::new(self.local, offset)));
            }
            REC_ENTITY_CODE => {
                let entity = resolve(&header.rec_entities, tag, at, value, "recording entity table")?;
                self.entities.push(format!("{}:{}", entity.kind, entity.id));
            }
            EXCHANGE_RATE_CODE => drop(resolve(&header.exchange_rates, tag, at, value, "exchange rate table")?),
            TAX_CODE => resolve(&header.taxes, tag, at, value, "tax table").map(drop)?,
            MESSAGE_DESCRIPTION_CODE => {
                resolve(&header.messages, tag, at, value, "message description table").map(drop)?;
            }
            DISCOUNT_CODE => {
                let fixed = resolve(&header.discounts, tag, at, value, "discount table")?.unwrap_or(0);
                add(&mut self.amounts().discount, fixed, "discounts", at)?;
            }
            DISCOUNT => add(&mut self.amounts().discount, value, "discounts", at)?,
            TAX_VALUE => add(&mut self.amounts().tax, value, "taxes", at)?,
            CHARGE if self.in_detail => self.detail_charge = value,
            // a messaging event has one charge and no charge type
            CHARGE | CAMEL_INVOCATION_FEE => add(&mut self.billed.charge, value, "charges", at)?,
            CHARGE_REFUND_INDICATOR if value == 1 => (self.in_refund, self.any_refund) = (true, true),
            CHARGE_REFUND_INDICATOR => {
                let what = schema::name(tag);
                return Err(TapError::new(at, ErrorKind::OutOfRange { what, value, expected: "1" }));
            }
            CALL_DURATION | TRANSACTION_DURATION => self.duration = self.duration.or(Some(value)),
            DATA_VOLUME_INCOMING | DATA_VOLUME_OUTGOING => add(&mut self.octets, value, "data volumes", at)?,
            CHARGING_ID => self.references.push(format!("chargingId:{value}")),
            MESSAGING_EVENT_SERVICE | MOBILE_SESSION_SERVICE => self.service = Some(value.to_string()),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, tag: u16, at: u64, bytes: &[u8]) -> Result<()> {
        match tag {
            LOCAL_TIMESTAMP => {
                self.local = stamp::local(bytes, schema::name(self.group)).map_err(|kind| TapError::new(at, kind))?;
            }
            IMSI | MSISDN => self.parties.push((tag, Party::new(schema::name(tag), text::digits(bytes)))),
            MIN
            | CHARGED_PARTY_IDENTIFIER
            | CUSTOMER_IDENTIFIER
            | CONTENT_PROVIDER_IDENTIFIER
            | NETWORK_ACCESS_IDENTIFIER
            | PUBLIC_USER_ID => self.parties.push((tag, Party::new(schema::name(tag), text::trimmed(bytes)))),
            CALLED_NUMBER | CALLING_NUMBER | NON_CHARGED_PARTY_NUMBER | REQUESTED_NUMBER => {
                self.requested |= tag == REQUESTED_NUMBER;
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
            CALL_REFERENCE => {
                let hex: String = bytes.iter().map(|octet| format!("{octet:02x}")).collect();
                self.references.push(format!("callReference:{hex}"));
            }
            EVENT_REFERENCE | TRANSACTION_IDENTIFIER => {
                self.references.push(format!("{}:{}", schema::name(tag), text::trimmed(bytes)));
            }
            PARTIAL_TYPE_INDICATOR => self.partial = Some(text::trimmed(bytes)),
            CHARGE_TYPE => self.total_type = bytes == b"00",
            _ => {}
        }
        Ok(())
    }

    /// The first of `tags` that the event has.
    fn stamp(&self, tags: &[u16]) -> Option<Stamp> {
        tags.iter().find_map(|tag| self.stamps.iter().find(|(found, _)| found == tag).map(|(_, stamp)| *stamp))
    }

    fn subscriber(&mut self) -> Option<Party> {
        const BY_RANK: [u16; 8] = [
            IMSI,
            MIN,
            CHARGED_PARTY_IDENTIFIER,
            CUSTOMER_IDENTIFIER,
            MSISDN,
            NETWORK_ACCESS_IDENTIFIER,
            PUBLIC_USER_ID,
            CONTENT_PROVIDER_IDENTIFIER,
        ];
        let best = BY_RANK.iter().find_map(|tag| self.parties.iter().position(|(found, _)| found == tag))?;
        Some(self.parties.swap_remove(best).1)
    }

    fn lane(&self, kind: EventKind) -> Lane {
        let short_message = self.service.as_deref().is_some_and(|service| service.starts_with("t2"));
        match kind {
            EventKind::MobileOriginatedCall if short_message => Lane::SmsMo,
            EventKind::MobileTerminatedCall if short_message => Lane::SmsMt,
            EventKind::MobileOriginatedCall => Lane::VoiceMo,
            EventKind::MobileTerminatedCall => Lane::VoiceMt,
            // only who starts a session requests a destination
            EventKind::MobileSession if self.requested => Lane::VoiceMo,
            EventKind::MobileSession => Lane::VoiceMt,
            EventKind::GprsCall => Lane::Data,
            EventKind::SupplServiceEvent | EventKind::ServiceCentreUsage | EventKind::LocationService => Lane::Service,
            EventKind::ContentTransaction | EventKind::MessagingEvent => Lane::Content,
        }
    }

    fn finish(mut self, place: Place, contents: &[u8], file: &Arc<FileIdentity>) -> Result<UsageRecord> {
        let missing = |what| TapError::new(place.offset, ErrorKind::Missing { what, parent: schema::name(place.tag) });
        let start = self.stamp(start_tags(place.kind)).ok_or_else(|| missing("a start time"))?;
        let subscriber = self.subscriber().ok_or_else(|| missing("a subscriber"))?;
        let charged = self.billed != Amounts::default() || self.refunded != Amounts::default();
        if charged && self.header.decimals.is_none() {
            return Err(TapError::new(
                place.offset,
                ErrorKind::Missing {
                    what: "accountingInfo, which gives charges their decimals,",
                    parent: "transferBatch",
                },
            ));
        }
        let lane = self.lane(place.kind);
        let units = match lane {
            Lane::Data => self.octets,
            Lane::VoiceMo | Lane::VoiceMt => self.duration.ok_or_else(|| missing("totalCallEventDuration"))?,
            _ => 1,
        };
        Ok(UsageRecord {
            record: place.record,
            offset: place.offset,
            event: place.kind,
            lane,
            units,
            billed: self.billed,
            refunded: self.refunded,
            refund: self.any_refund,
            start,
            duration: self.duration,
            subscriber,
            context_start: self.stamp(&[PDP_CONTEXT_START]),
            other_party: self.other,
            service: self.service,
            references: self.references,
            partial: self.partial,
            rec_entities: self.entities,
            file: Arc::clone(file),
            octets: Sha256::digest(contents).into(),
        })
    }
}

/// Where an event's time of charging is found, best first.
fn start_tags(kind: EventKind) -> &'static [u16] {
    match kind {
        EventKind::MobileOriginatedCall | EventKind::MobileTerminatedCall | EventKind::GprsCall => &[CALL_EVENT_START],
        EventKind::SupplServiceEvent => &[CHARGING_TIMESTAMP],
        EventKind::ServiceCentreUsage => &[DEPOSIT_TIMESTAMP],
        EventKind::ContentTransaction => &[ORDER_PLACED, ACTUAL_DELIVERY, REQUESTED_DELIVERY],
        EventKind::LocationService => &[CHARGING_TIMESTAMP, LCS_REQUEST_TIMESTAMP],
        EventKind::MessagingEvent | EventKind::MobileSession => &[SERVICE_START],
    }
}

impl Visitor for Collector<'_> {
    fn enter(&mut self, tag: u16, _at: u64) -> Result<()> {
        self.group = tag;
        if tag == CHARGE_DETAIL {
            (self.in_detail, self.total_type, self.detail_charge) = (true, false, 0);
        }
        Ok(())
    }

    fn leave(&mut self, tag: u16, at: u64) -> Result<()> {
        if tag == CHARGE_DETAIL {
            self.in_detail = false;
            // type 00 is the total of its charge information; the other types are parts of it
            if self.total_type {
                let charge = self.detail_charge;
                add(&mut self.amounts().charge, charge, "charges", at)?;
            }
        } else if tag == CONTENT_SERVICE_USED {
            self.in_refund = false;
        }
        Ok(())
    }

    fn value(&mut self, tag: u16, at: u64, value: Value<'_>) -> Result<()> {
        match value {
            Value::Int(value) => self.int(tag, at, value),
            Value::Text(bytes) => self.text(tag, at, bytes),
        }
    }
}

fn add(sum: &mut u64, value: u64, what: &'static str, at: u64) -> Result<()> {
    *sum = sum.checked_add(value).ok_or_else(|| TapError::new(at, ErrorKind::Sum(what)))?;
    Ok(())
}

fn resolve<'t, T>(
    table: &'t std::collections::BTreeMap<u64, T>,
    tag: u16,
    at: u64,
    code: u64,
    name: &'static str,
) -> Result<&'t T> {
    let reference = || TapError::new(at, ErrorKind::Reference { what: schema::name(tag), code, table: name });
    table.get(&code).ok_or_else(reference)
}

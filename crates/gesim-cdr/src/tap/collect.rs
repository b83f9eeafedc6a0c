//! Gathers what a record needs while the walker checks a call event.

use std::collections::BTreeMap;

use super::{
    header::FileHeader,
    schema,
    stamp::{self, Stamp},
    tags::*,
    text,
    walk::{Value, Visitor},
};
use crate::{
    error::{ErrorKind, Result, CdrError},
    party::Party,
    record::Amounts,
};

/// What the elements of one call event say, kept until its end.
pub(super) struct Collector<'a> {
    pub(super) header: &'a FileHeader,
    pub(super) group: u16,
    pub(super) local: i64,
    pub(super) stamps: Vec<(u16, Stamp)>,
    pub(super) parties: Vec<(u16, Party)>,
    pub(super) other: Option<Party>,
    pub(super) service: Option<String>,
    pub(super) references: Vec<String>,
    pub(super) partial: Option<String>,
    pub(super) entities: Vec<String>,
    pub(super) duration: Option<u64>,
    pub(super) octets: u64,
    pub(super) requested: bool,
    pub(super) in_detail: bool,
    pub(super) total_type: bool,
    pub(super) detail_charge: u64,
    pub(super) in_refund: bool,
    pub(super) any_refund: bool,
    pub(super) billed: Amounts,
    pub(super) refunded: Amounts,
}

impl<'a> Collector<'a> {
    pub(super) fn new(header: &'a FileHeader) -> Self {
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
                return Err(CdrError::new(at, ErrorKind::OutOfRange { what, value, expected: "1" }));
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
                self.local = stamp::local(bytes, schema::name(self.group)).map_err(|kind| CdrError::new(at, kind))?;
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
    *sum = sum.checked_add(value).ok_or_else(|| CdrError::new(at, ErrorKind::Sum(what)))?;
    Ok(())
}

fn resolve<'t, T>(table: &'t BTreeMap<u64, T>, tag: u16, at: u64, code: u64, name: &'static str) -> Result<&'t T> {
    let reference = || CdrError::new(at, ErrorKind::Reference { what: schema::name(tag), code, table: name });
    table.get(&code).ok_or_else(reference)
}

//! What a file says about itself and the tables its call events refer to.

use std::collections::BTreeMap;

use gesim_core::Tadig;

use super::{
    schema,
    stamp::{self, Stamp},
    tags::*,
    text,
    tree::Group,
};
use crate::{
    breakdown::{Discount, ExchangeRate, Tax},
    error::{CdrError, ErrorKind, Result},
};

/// Currency of TAP charges when the file names none: special drawing rights, as ISO 4217 writes them.
pub const DEFAULT_CURRENCY: &str = "XDR";

/// A recording entity: the switch or gateway that wrote a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecEntity {
    pub kind: u64,
    pub id: String,
    /// `kind:id`, as records have it.
    pub(crate) label: String,
}

/// Batch control, accounting and network information of one transfer batch.
#[derive(Debug, Clone)]
pub struct FileHeader {
    pub sender: Tadig,
    pub recipient: Tadig,
    pub sequence: u32,
    /// 10, 11 or 12 of TAP 3.
    pub release: u64,
    pub created: Option<Stamp>,
    pub available: Stamp,
    pub cutoff: Stamp,
    /// The sender marked the file as test data: nobody pays for it.
    pub test: bool,
    pub local_currency: Option<String>,
    pub currency: String,
    /// Charges are integers of `10^-decimals` of the currency. None only in a file without charges.
    pub decimals: Option<u8>,
    pub exchange_rates: BTreeMap<u64, ExchangeRate>,
    pub utc_offsets: BTreeMap<u64, i16>,
    pub rec_entities: BTreeMap<u64, RecEntity>,
    pub taxes: BTreeMap<u64, Tax>,
    pub discounts: BTreeMap<u64, Discount>,
    /// Short descriptions of value added services (3.10).
    pub(crate) services: BTreeMap<u64, String>,
    pub(crate) messages: BTreeMap<u64, ()>,
}

impl FileHeader {
    pub(crate) fn from_batch_control(group: &Group) -> Result<Self> {
        Ok(Self {
            sender: tadig(group, SENDER)?,
            recipient: tadig(group, RECIPIENT)?,
            sequence: sequence(group)?,
            release: group.need_int(RELEASE_VERSION)?,
            created: group.stamp(FILE_CREATION)?,
            available: group.need_stamp(FILE_AVAILABLE)?,
            cutoff: group.need_stamp(TRANSFER_CUT_OFF)?,
            test: test_flag(group)?,
            local_currency: None,
            currency: DEFAULT_CURRENCY.to_owned(),
            decimals: None,
            exchange_rates: BTreeMap::new(),
            utc_offsets: BTreeMap::new(),
            rec_entities: BTreeMap::new(),
            taxes: BTreeMap::new(),
            discounts: BTreeMap::new(),
            services: BTreeMap::new(),
            messages: BTreeMap::new(),
        })
    }

    pub(crate) fn add_accounting(&mut self, group: &Group) -> Result<()> {
        self.local_currency = group.text(LOCAL_CURRENCY);
        if let Some(currency) = group.text(TAP_CURRENCY) {
            self.currency = currency;
        }
        if let Some((at, value)) = group.located_int(TAP_DECIMAL_PLACES) {
            self.decimals = Some(in_range(at, TAP_DECIMAL_PLACES, value, 0..=6, "0 to 6")? as u8);
        }
        for entry in entries(group, CURRENCY_CONVERSION) {
            let rate = ExchangeRate {
                rate: in_range(entry.at, EXCHANGE_RATE, entry.need_int(EXCHANGE_RATE)?, 1..=u64::MAX, "more than 0")?,
                decimals: entry.need_int(NUMBER_OF_DECIMAL_PLACES)?,
            };
            insert(&mut self.exchange_rates, entry, EXCHANGE_RATE_CODE, rate, "exchange rate table")?;
        }
        for entry in entries(group, TAXATION) {
            let kind = entry.located_text(TAX_TYPE).and_then(|(_, text)| text.try_into().ok());
            let rate = entry.located_text(TAX_RATE).map(|(_, digits)| number(digits));
            let tax = Tax { kind: kind.ok_or_else(|| entry.lacks(TAX_TYPE))?, rate };
            insert(&mut self.taxes, entry, TAX_CODE, tax, "tax table")?;
        }
        for entry in entries(group, DISCOUNTING) {
            let applied = entry.group(DISCOUNT_APPLIED).unwrap_or(entry);
            let fixed = applied.int(FIXED_DISCOUNT).or(applied.int(DISCOUNT_VALUE)).map(Discount::Fixed);
            let discount = fixed.or(applied.int(DISCOUNT_RATE).map(Discount::Rate));
            let discount = discount.ok_or_else(|| entry.lacks(DISCOUNT_APPLIED))?;
            insert(&mut self.discounts, entry, DISCOUNT_CODE, discount, "discount table")?;
        }
        Ok(())
    }

    pub(crate) fn add_network(&mut self, group: &Group) -> Result<()> {
        for entry in entries(group, UTC_TIME_OFFSET_INFO) {
            let (at, text) = entry.located_text(UTC_TIME_OFFSET).ok_or_else(|| entry.lacks(UTC_TIME_OFFSET))?;
            let offset = stamp::offset(text, "utcTimeOffset").map_err(|kind| CdrError::new(at, kind))?;
            insert(&mut self.utc_offsets, entry, UTC_TIME_OFFSET_CODE, offset, "UTC offset table")?;
        }
        for entry in entries(group, REC_ENTITY_INFORMATION) {
            let id = entity_id(entry).ok_or_else(|| entry.lacks(REC_ENTITY_ID))?;
            let kind = entry.need_int(REC_ENTITY_TYPE)?;
            let entity = RecEntity { kind, label: format!("{kind}:{id}"), id };
            insert(&mut self.rec_entities, entry, REC_ENTITY_CODE, entity, "recording entity table")?;
        }
        Ok(())
    }

    pub(crate) fn add_services(&mut self, group: &Group) -> Result<()> {
        for entry in entries(group, VAS_INFORMATION) {
            let description = entry.text(VAS_SHORT_DESCRIPTION).ok_or_else(|| entry.lacks(VAS_SHORT_DESCRIPTION))?;
            insert(&mut self.services, entry, VAS_CODE, description, "value added service table")?;
        }
        Ok(())
    }

    pub(crate) fn add_messages(&mut self, group: &Group) -> Result<()> {
        for entry in entries(group, MESSAGE_DESCRIPTION_INFORMATION) {
            insert(&mut self.messages, entry, MESSAGE_DESCRIPTION_CODE, (), "message description table")?;
        }
        Ok(())
    }
}

pub(crate) fn tadig(group: &Group, tag: u16) -> Result<Tadig> {
    let (at, bytes) = group.located_text(tag).ok_or_else(|| group.lacks(tag))?;
    let code = bytes.try_into().ok().and_then(|bytes| Tadig::new(bytes).ok());
    let reason = "no TADIG code (five of A to Z and 0 to 9)";
    code.ok_or_else(|| CdrError::new(at, ErrorKind::Text { what: schema::name(tag), reason }))
}

pub(crate) fn sequence(group: &Group) -> Result<u32> {
    let (at, digits) = group.located_text(FILE_SEQUENCE_NUMBER).ok_or_else(|| group.lacks(FILE_SEQUENCE_NUMBER))?;
    let sequence = in_range(at, FILE_SEQUENCE_NUMBER, u64::from(number(digits)), 1..=99_999, "1 to 99999")?;
    Ok(sequence as u32)
}

/// Of at most nine checked digits.
fn number(digits: &[u8]) -> u32 {
    digits.iter().take(9).fold(0, |number, digit| number * 10 + u32::from(digit & 0xf))
}

/// A recording entity's address: one string, in 3.10 one of five kinds.
fn entity_id(entry: &Group) -> Option<String> {
    let text = [REC_ENTITY_ID, GMLC_ADDRESS, MSC_ID, IP_V4, IP_V6].into_iter().find_map(|tag| entry.text(tag));
    text.or_else(|| entry.located_text(MSISDN).map(|(_, bytes)| text::digits(bytes)))
}

pub(crate) fn test_flag(group: &Group) -> Result<bool> {
    match group.located_text(FILE_TYPE_INDICATOR) {
        None => Ok(false),
        Some((_, b"T")) => Ok(true),
        Some((at, _)) => {
            Err(CdrError::new(at, ErrorKind::Text { what: "fileTypeIndicator", reason: "something other than T" }))
        }
    }
}

fn entries(group: &Group, tag: u16) -> Vec<&Group> {
    let mut found = Vec::new();
    group.all(tag, &mut found);
    found
}

fn insert<T>(map: &mut BTreeMap<u64, T>, entry: &Group, code: u16, value: T, table: &'static str) -> Result<()> {
    let code = entry.need_int(code)?;
    match map.insert(code, value) {
        None => Ok(()),
        Some(_) => Err(CdrError::new(entry.at, ErrorKind::Redefined { table, code })),
    }
}

fn in_range(
    at: u64,
    tag: u16,
    value: u64,
    range: std::ops::RangeInclusive<u64>,
    expected: &'static str,
) -> Result<u64> {
    if range.contains(&value) {
        return Ok(value);
    }
    Err(CdrError::new(at, ErrorKind::OutOfRange { what: schema::name(tag), value, expected }))
}

//! The tables of a file: what call events refer to by code. A code is given at first sight.

use std::collections::BTreeMap;

use super::{header::TapHeader, reject};
use crate::{
    breakdown::{Discount, ExchangeRate, Tax},
    error::Result,
    generate::encode::Encoder,
    tap::{tags::*, Stamp},
};

/// More entries than this are no table of a network.
const ENTRIES: usize = 1 << 16;

struct Table<T> {
    codes: BTreeMap<T, u64>,
    entries: Vec<T>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { codes: BTreeMap::new(), entries: Vec::new() }
    }
}

impl<T: Ord + Clone> Table<T> {
    fn code(&mut self, entry: &T) -> Result<u64> {
        if let Some(code) = self.codes.get(entry) {
            return Ok(*code);
        }
        if self.entries.len() >= ENTRIES {
            return Err(reject("a table", "would have more than 65,536 entries"));
        }
        let code = self.entries.len() as u64;
        self.entries.push(entry.clone());
        self.codes.insert(entry.clone(), code);
        Ok(code)
    }

    fn numbered(&self) -> impl Iterator<Item = (u64, &T)> {
        (0u64..).zip(&self.entries)
    }
}

#[derive(Default)]
pub(super) struct Tables {
    offsets: Table<i16>,
    entities: Table<(u64, String)>,
    taxes: Table<TaxEntry>,
    discounts: Table<DiscountEntry>,
    rates: Table<RateEntry>,
    messages: bool,
}

type TaxEntry = ([u8; 2], Option<u32>);
type DiscountEntry = (bool, u64);
type RateEntry = (u64, u64);

impl Tables {
    pub fn offset(&mut self, stamp: Stamp) -> Result<u64> {
        self.offsets.code(&stamp.offset_minutes())
    }

    /// `kind` is used where the label does not begin with one.
    pub fn entity(&mut self, label: &str, kind: u64) -> Result<u64> {
        let (kind, id) = match label.split_once(':') {
            Some((number, id)) if !id.is_empty() => match number.parse::<i64>().map(u64::try_from) {
                Ok(Ok(number)) => (number, id),
                _ => (kind, label),
            },
            _ => (kind, label),
        };
        self.entities.code(&(kind, id.to_owned()))
    }

    pub fn tax(&mut self, Tax { kind, rate }: Tax) -> Result<u64> {
        if !kind.iter().all(u8::is_ascii_graphic) || rate.is_some_and(|rate| rate > 9_999_999) {
            return Err(reject("a tax", "has a kind or rate that TAP cannot say"));
        }
        self.taxes.code(&(kind, rate))
    }

    pub fn discount(&mut self, discount: Discount) -> Result<u64> {
        let (fixed, value) = match discount {
            Discount::Fixed(value) => (true, value),
            Discount::Rate(rate) => (false, rate),
        };
        if value > i64::MAX as u64 {
            return Err(reject("a discount", "does not fit in 63 bits"));
        }
        self.discounts.code(&(fixed, value))
    }

    pub fn rate(&mut self, ExchangeRate { rate, decimals }: ExchangeRate) -> Result<u64> {
        let possible = 1..=i64::MAX as u64;
        if !possible.contains(&rate) || decimals > i64::MAX as u64 {
            return Err(reject("an exchange rate", "is zero or does not fit in 63 bits"));
        }
        self.rates.code(&(rate, decimals))
    }

    /// Code of the one message description.
    pub fn message(&mut self) -> u64 {
        self.messages = true;
        0
    }

    pub fn accounting(&self, out: &mut Encoder, header: &TapHeader) {
        out.group(ACCOUNTING_INFO, |out| {
            list(out, 211, &self.taxes, |out, code, (kind, rate)| {
                out.group(TAXATION, |out| {
                    out.int(TAX_CODE, code);
                    out.bytes(TAX_TYPE, kind);
                    if let Some(rate) = rate {
                        out.text(TAX_RATE, &format!("{rate:07}"));
                    }
                });
            });
            list(out, 95, &self.discounts, |out, code, (fixed, value)| {
                out.group(DISCOUNTING, |out| {
                    out.int(DISCOUNT_CODE, code);
                    let tag = if *fixed { FIXED_DISCOUNT } else { DISCOUNT_RATE };
                    out.group(DISCOUNT_APPLIED, |out| out.int(tag, *value));
                });
            });
            out.text(LOCAL_CURRENCY, header.local_currency.as_deref().unwrap_or(&header.currency));
            out.text(TAP_CURRENCY, &header.currency);
            list(out, 80, &self.rates, |out, code, (rate, decimals)| {
                out.group(CURRENCY_CONVERSION, |out| {
                    out.int(EXCHANGE_RATE_CODE, code);
                    out.int(NUMBER_OF_DECIMAL_PLACES, *decimals);
                    out.int(EXCHANGE_RATE, *rate);
                });
            });
            out.int(TAP_DECIMAL_PLACES, u64::from(header.decimals));
        });
    }

    pub fn network(&self, out: &mut Encoder) {
        out.group(NETWORK_INFO, |out| {
            list(out, 234, &self.offsets, |out, code, minutes| {
                out.group(UTC_TIME_OFFSET_INFO, |out| {
                    out.int(UTC_TIME_OFFSET_CODE, code);
                    out.text(UTC_TIME_OFFSET, &Stamp::new(0, *minutes).offset_digits());
                });
            });
            list(out, 188, &self.entities, |out, code, (kind, id)| {
                out.group(REC_ENTITY_INFORMATION, |out| {
                    out.int(REC_ENTITY_CODE, code);
                    out.int(REC_ENTITY_TYPE, *kind);
                    out.text(REC_ENTITY_ID, id);
                });
            });
        });
        if self.messages {
            out.group(MESSAGE_DESCRIPTION_INFO, |out| {
                out.group(MESSAGE_DESCRIPTION_INFORMATION, |out| {
                    out.int(MESSAGE_DESCRIPTION_CODE, 0);
                    out.text(142, "short message");
                });
            });
        }
    }
}

/// A list is left out rather than empty.
fn list<T: Ord + Clone>(out: &mut Encoder, tag: u16, table: &Table<T>, mut entry: impl FnMut(&mut Encoder, u64, &T)) {
    if !table.entries.is_empty() {
        out.group(tag, |out| table.numbered().for_each(|(code, value)| entry(out, code, value)));
    }
}

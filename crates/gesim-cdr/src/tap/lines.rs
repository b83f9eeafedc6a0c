//! The charges of one call event: line by line, and what they add up to.

use super::{
    collect::{add, resolve},
    header::FileHeader,
    schema,
    tags::*,
};
use crate::{
    breakdown::{Breakdown, ChargeKind, ChargeLine, Discount, DiscountLine, ExchangeRate, Tax, TaxLine},
    error::{CdrError, ErrorKind, Result},
    record::Amounts,
};

#[derive(Default)]
pub(super) struct Lines {
    charges: Vec<ChargeLine>,
    taxes: Vec<TaxLine>,
    discounts: Vec<DiscountLine>,
    pub(super) incoming: u64,
    pub(super) access_point: Option<String>,
    /// Number of the charge information that is read, from 1.
    group: u16,
    item: char,
    exchange: Option<ExchangeRate>,
    tax: Option<Tax>,
    detail: Option<Detail>,
    /// Inside a CAMEL service: what is charged there counts besides the totals.
    camel: bool,
    refund: bool,
    any_refund: bool,
    billed: Amounts,
    refunded: Amounts,
}

/// A charge detail that is being read.
#[derive(Default)]
struct Detail {
    kind: Option<ChargeKind>,
    amount: u64,
    chargeable: Option<u64>,
    charged: Option<u64>,
}

impl Lines {
    /// Amounts billed and refunded, whether the event gives money back, and the lines.
    pub(super) fn finish(self) -> (Amounts, Amounts, bool, Breakdown) {
        let Self { charges, taxes, discounts, incoming, access_point, billed, refunded, any_refund, .. } = self;
        (billed, refunded, any_refund, Breakdown { charges, taxes, discounts, incoming, access_point })
    }

    fn amounts(&mut self) -> &mut Amounts {
        if self.refund {
            &mut self.refunded
        } else {
            &mut self.billed
        }
    }

    pub(super) fn enter(&mut self, tag: u16, at: u64) -> Result<()> {
        match tag {
            CHARGE_DETAIL => self.detail = Some(Detail::default()),
            CHARGE_INFORMATION | SESSION_CHARGE_INFORMATION | CAMEL_SERVICE_USED | MESSAGING_EVENT => {
                self.group = self.group.checked_add(1).ok_or_else(|| CdrError::new(at, ErrorKind::Sum("charges")))?;
                (self.item, self.exchange) = ('E', None);
                self.camel |= tag == CAMEL_SERVICE_USED;
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn leave(&mut self, tag: u16, at: u64) -> Result<()> {
        match tag {
            CHARGE_DETAIL => {
                let Some(detail) = self.detail.take() else { return Ok(()) };
                let mut kind = detail.kind.unwrap_or(ChargeKind::Total);
                // type 00 is the total of its charge information; the other types are parts of it
                if kind == ChargeKind::Total {
                    add(&mut self.amounts().charge, detail.amount, "charges", at)?;
                    if self.camel {
                        kind = ChargeKind::CamelFee;
                    }
                } else if self.camel {
                    return Ok(());
                }
                let Detail { amount, chargeable, charged, .. } = detail;
                self.line(kind, amount, chargeable, charged);
            }
            CONTENT_SERVICE_USED => self.refund = false,
            CAMEL_SERVICE_USED => self.camel = false,
            _ => {}
        }
        Ok(())
    }

    fn line(&mut self, kind: ChargeKind, amount: u64, chargeable: Option<u64>, charged: Option<u64>) {
        let Self { group, item, exchange, refund, .. } = *self;
        self.charges.push(ChargeLine { group, item, kind, amount, chargeable, charged, exchange, refund });
    }

    pub(super) fn int(&mut self, header: &FileHeader, tag: u16, at: u64, value: u64) -> Result<()> {
        match tag {
            EXCHANGE_RATE_CODE => {
                self.exchange = Some(*resolve(&header.exchange_rates, tag, at, value, "exchange rate table")?);
            }
            TAX_CODE => self.tax = Some(*resolve(&header.taxes, tag, at, value, "tax table")?),
            TAX_VALUE => {
                add(&mut self.amounts().tax, value, "taxes", at)?;
                if let Some(tax) = self.tax.take() {
                    self.taxes.push(TaxLine { group: self.group, tax, value, refund: self.refund });
                }
            }
            DISCOUNT_CODE => {
                let discount = *resolve(&header.discounts, tag, at, value, "discount table")?;
                if let Discount::Fixed(fixed) = discount {
                    add(&mut self.amounts().discount, fixed, "discounts", at)?;
                }
                let (group, refund) = (self.group, self.refund);
                self.discounts.push(DiscountLine { group, discount, value: None, refund });
            }
            DISCOUNT | DISCOUNT_VALUE => {
                add(&mut self.amounts().discount, value, "discounts", at)?;
                if let Some(line) = self.discounts.last_mut() {
                    line.value = Some(value);
                }
            }
            CHARGE => match &mut self.detail {
                Some(detail) => detail.amount = value,
                // a messaging event has one charge and no charge type
                None => {
                    add(&mut self.billed.charge, value, "charges", at)?;
                    self.line(ChargeKind::Total, value, None, None);
                }
            },
            CAMEL_INVOCATION_FEE => {
                add(&mut self.billed.charge, value, "charges", at)?;
                self.line(ChargeKind::CamelFee, value, None, None);
            }
            CHARGEABLE_UNITS => self.detail.iter_mut().for_each(|detail| detail.chargeable = Some(value)),
            CHARGED_UNITS => self.detail.iter_mut().for_each(|detail| detail.charged = Some(value)),
            CHARGE_REFUND_INDICATOR if value == 1 => (self.refund, self.any_refund) = (true, true),
            CHARGE_REFUND_INDICATOR => {
                let what = schema::name(tag);
                return Err(CdrError::new(at, ErrorKind::OutOfRange { what, value, expected: "1" }));
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn text(&mut self, tag: u16, bytes: &[u8]) {
        match (tag, &mut self.detail) {
            (CHARGED_ITEM, _) => self.item = bytes.first().map_or('E', |octet| char::from(*octet)),
            // tax information of 3.10 names a charge type too
            (CHARGE_TYPE, Some(detail)) => detail.kind = Some(kind(bytes)),
            _ => {}
        }
    }
}

/// A charge type of two or three checked digits.
fn kind(digits: &[u8]) -> ChargeKind {
    if digits == b"00" {
        return ChargeKind::Total;
    }
    let number = digits.iter().take(3).fold(0, |number, digit| number * 10 + u16::from(digit & 0xf));
    ChargeKind::Part { number, digits: digits.len().min(3) as u8 }
}

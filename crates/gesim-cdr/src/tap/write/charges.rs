//! The charges of a record as TAP groups them.

use gesim_core::Lane;

use super::{reject, tables::Tables};
use crate::{
    breakdown::{Breakdown, ChargeKind, ChargeLine, Discount, DiscountLine, Tax, TaxLine},
    error::Result,
    generate::encode::Encoder,
    record::{Amounts, EventKind, UsageRecord},
    tap::tags::*,
};

/// Value added tax, where a record says only how much.
const TAX: Tax = Tax { kind: *b"13", rate: None };

/// One charge information, or the CAMEL service of a call.
#[derive(Default)]
pub(super) struct Group {
    item: char,
    exchange: Option<u64>,
    pub refund: bool,
    details: Vec<ChargeLine>,
    /// Code and value.
    taxes: Vec<(u64, u64)>,
    /// Code, and the value where it is not in the table.
    discount: Option<(u64, Option<u64>)>,
    /// Of CAMEL.
    pub fee: Option<u64>,
}

impl Group {
    pub fn is_camel(&self) -> bool {
        self.details.is_empty()
    }

    /// What a messaging event, which has no details, is charged.
    pub fn total(&self) -> u64 {
        let totals = self.details.iter().filter(|line| line.kind == ChargeKind::Total);
        totals.fold(0, |sum, line| line.amount.saturating_add(sum))
    }

    pub fn discounted(&self) -> bool {
        self.discount.is_some()
    }

    /// `session` charge information must name a call type and has no discount.
    pub fn encode(&self, out: &mut Encoder, tag: u16, session: bool) {
        out.group(tag, |out| {
            out.text(CHARGED_ITEM, self.item.encode_utf8(&mut [0; 4]));
            self.exchange(out);
            if session {
                call_type(out);
            }
            out.group(64, |out| self.details.iter().for_each(|line| detail(out, line)));
            self.taxes(out);
            self.discount(out);
        });
    }

    pub fn encode_camel(&self, out: &mut Encoder) {
        out.group(CAMEL_SERVICE_USED, |out| {
            out.int(55, 0);
            self.exchange(out);
            self.taxes(out);
            self.discount(out);
            if let Some(fee) = self.fee {
                out.int(CAMEL_INVOCATION_FEE, fee);
            }
        });
    }

    pub fn exchange(&self, out: &mut Encoder) {
        if let Some(code) = self.exchange {
            out.int(EXCHANGE_RATE_CODE, code);
        }
    }

    pub fn taxes(&self, out: &mut Encoder) {
        if self.taxes.is_empty() {
            return;
        }
        out.group(214, |out| {
            for (code, value) in &self.taxes {
                out.group(213, |out| {
                    out.int(TAX_CODE, *code);
                    out.int(TAX_VALUE, *value);
                });
            }
        });
    }

    fn discount(&self, out: &mut Encoder) {
        let Some((code, value)) = self.discount else { return };
        out.group(96, |out| {
            out.int(DISCOUNT_CODE, code);
            if let Some(value) = value {
                out.int(DISCOUNT, value);
            }
        });
    }
}

pub(super) fn call_type(out: &mut Encoder) {
    out.group(258, |out| [259, 255, 256].into_iter().for_each(|tag| out.int(tag, 0)));
}

fn detail(out: &mut Encoder, line: &ChargeLine) {
    out.group(CHARGE_DETAIL, |out| {
        match line.kind {
            ChargeKind::Part { number, digits } => {
                out.text(CHARGE_TYPE, &format!("{number:0width$}", width = usize::from(digits.clamp(2, 3))));
            }
            _ => out.text(CHARGE_TYPE, "00"),
        }
        out.int(CHARGE, line.amount);
        if let Some(units) = line.chargeable {
            out.int(CHARGEABLE_UNITS, units);
        }
        if let Some(units) = line.charged {
            out.int(CHARGED_UNITS, units);
        }
    });
}

/// The groups of a record in their order: at least one that is no CAMEL service, where TAP asks for one.
pub(super) fn groups(record: &UsageRecord, tables: &mut Tables) -> Result<Vec<Group>> {
    let made;
    let lines = match record.breakdown.as_deref() {
        Some(lines) if adds_up(lines, record) => lines,
        // a record of another format, or one whose amounts were changed: its amounts are what counts
        _ => {
            made = summary(record);
            &made
        }
    };
    let mut groups: Vec<Group> = Vec::new();
    let mut numbers: Vec<u16> = Vec::new();
    let mut at = |groups: &mut Vec<Group>, number: u16, refund: bool| {
        numbers.iter().position(|known| *known == number).unwrap_or_else(|| {
            numbers.push(number);
            groups.push(Group { item: 'E', refund, ..Group::default() });
            groups.len() - 1
        })
    };
    for line in &lines.charges {
        if !line.item.is_ascii_graphic() {
            return Err(reject("a charged item", "is no visible character"));
        }
        fits([Some(line.amount), line.chargeable, line.charged])?;
        let index = at(&mut groups, line.group, line.refund);
        let group = &mut groups[index];
        (group.item, group.exchange) = (line.item, line.exchange.map(|rate| tables.rate(rate)).transpose()?);
        match line.kind {
            ChargeKind::CamelFee => group.fee = Some(group.fee.unwrap_or(0).saturating_add(line.amount)),
            _ => group.details.push(*line),
        }
    }
    for line in &lines.taxes {
        fits([Some(line.value), None, None])?;
        let index = at(&mut groups, line.group, line.refund);
        groups[index].taxes.push((tables.tax(line.tax)?, line.value));
    }
    for line in &lines.discounts {
        fits([line.value, None, None])?;
        let index = at(&mut groups, line.group, line.refund);
        let discount = (tables.discount(line.discount)?, line.value);
        if groups[index].discount.replace(discount).is_some() {
            return Err(reject("a charge", "has two discounts"));
        }
    }
    let optional = matches!(record.event, EventKind::ContentTransaction | EventKind::SupplServiceEvent);
    if groups.iter().all(Group::is_camel) && !optional {
        groups.insert(0, Group { item: item(record.lane), details: vec![total(record, 0, false)], ..Group::default() });
    }
    Ok(groups)
}

/// Integers of TAP have a sign.
fn fits(values: [Option<u64>; 3]) -> Result<()> {
    if values.into_iter().flatten().all(|value| value <= i64::MAX as u64) {
        return Ok(());
    }
    Err(reject("a charge", "does not fit in 63 bits"))
}

fn adds_up(lines: &Breakdown, record: &UsageRecord) -> bool {
    [(false, record.billed), (true, record.refunded)].into_iter().all(|(refund, amounts)| {
        let charges = lines.charges.iter().filter(|line| line.refund == refund);
        let counted = charges.filter(|line| !matches!(line.kind, ChargeKind::Part { .. })).map(|line| line.amount);
        let taxes = lines.taxes.iter().filter(|line| line.refund == refund).map(|line| line.value);
        let discounts = lines.discounts.iter().filter(|line| line.refund == refund).map(taken_off);
        let sum = |mut values: Box<dyn Iterator<Item = u64> + '_>| values.try_fold(0, u64::checked_add);
        sum(Box::new(counted)) == Some(amounts.charge)
            && sum(Box::new(taxes)) == Some(amounts.tax)
            && sum(Box::new(discounts)) == Some(amounts.discount)
    })
}

fn taken_off(line: &DiscountLine) -> u64 {
    let fixed = if let Discount::Fixed(fixed) = line.discount { fixed } else { 0 };
    fixed.saturating_add(line.value.unwrap_or(0))
}

/// The amounts of a record as lines: one group for what is billed, one for what is given back.
fn summary(record: &UsageRecord) -> Breakdown {
    let mut lines = Breakdown::default();
    for (group, amounts, refund) in [(0, record.billed, false), (1, record.refunded, true)] {
        let Amounts { charge, tax, discount } = amounts;
        if refund && amounts == Amounts::default() {
            continue;
        }
        lines.charges.push(ChargeLine { group, amount: charge, ..total(record, charge, refund) });
        if tax > 0 {
            lines.taxes.push(TaxLine { group, tax: TAX, value: tax, refund });
        }
        if discount > 0 {
            lines.discounts.push(DiscountLine { group, discount: Discount::Fixed(discount), value: None, refund });
        }
    }
    lines
}

fn total(record: &UsageRecord, amount: u64, refund: bool) -> ChargeLine {
    let units = Some(record.units);
    let (kind, item) = (ChargeKind::Total, item(record.lane));
    ChargeLine { group: 0, item, kind, amount, chargeable: units, charged: units, exchange: None, refund }
}

fn item(lane: Lane) -> char {
    match lane {
        Lane::Data => 'X',
        Lane::VoiceMo | Lane::VoiceMt => 'D',
        _ => 'E',
    }
}

//! The amounts of a record as lines, for records that have none.

use gesim_core::Lane;

use crate::{
    breakdown::{Breakdown, ChargeKind, ChargeLine, Discount, DiscountLine, Tax, TaxLine},
    record::{Amounts, UsageRecord},
};

/// Value added tax, where a record says only how much.
const TAX: Tax = Tax { kind: *b"13", rate: None };

/// Whether lines say what the amounts of their record say.
pub(super) fn adds_up(lines: &Breakdown, record: &UsageRecord) -> bool {
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
pub(super) fn summary(record: &UsageRecord) -> Breakdown {
    let mut lines = Breakdown::default();
    for (group, amounts, refund) in [(0, record.billed, false), (1, record.refunded, true)] {
        let Amounts { charge, tax, discount } = amounts;
        if refund && amounts == Amounts::default() {
            continue;
        }
        lines.charges.push(ChargeLine { group, ..total(record, charge, refund) });
        if tax > 0 {
            lines.taxes.push(TaxLine { group, tax: TAX, value: tax, refund });
        }
        if discount > 0 {
            lines.discounts.push(DiscountLine { group, discount: Discount::Fixed(discount), value: None, refund });
        }
    }
    lines
}

pub(super) fn total(record: &UsageRecord, amount: u64, refund: bool) -> ChargeLine {
    let units = Some(record.units);
    let (kind, item) = (ChargeKind::Total, item(record.lane));
    ChargeLine { group: 0, item, kind, amount, chargeable: units, charged: units, exchange: None, refund }
}

pub(super) fn item(lane: Lane) -> char {
    match lane {
        Lane::Data => 'X',
        Lane::VoiceMo | Lane::VoiceMt => 'D',
        _ => 'E',
    }
}

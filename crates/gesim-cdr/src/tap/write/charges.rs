//! One charge information as TAP has it.

use crate::{
    breakdown::{ChargeKind, ChargeLine},
    generate::encode::Encoder,
    tap::tags::*,
};

/// One charge information, or the CAMEL service of a call.
#[derive(Default)]
pub(super) struct Group {
    pub item: char,
    /// Code.
    pub exchange: Option<u64>,
    pub refund: bool,
    pub details: Vec<ChargeLine>,
    /// Code and value.
    pub taxes: Vec<(u64, u64)>,
    /// Code, and the value where it is not in the table.
    pub discount: Option<(u64, Option<u64>)>,
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

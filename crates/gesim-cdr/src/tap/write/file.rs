//! What stands around the call events of a file.

use super::{
    header::{self, Frame},
    reject,
    tables::Tables,
};
use crate::{
    error::Result,
    generate::encode::{identifier, length, Encoder},
    record::Amounts,
    tap::{audit::Totals, tags::*},
};

pub(super) struct Lead {
    /// Everything in front of the first call event.
    pub lead: Vec<u8>,
    /// Everything behind the last.
    pub audit: Vec<u8>,
    /// Of the whole file.
    pub octets: u64,
}

pub(super) fn lead(Frame(header): &Frame, tables: &Tables, totals: &Totals, events: u64) -> Result<Lead> {
    let mut head = Encoder::new(false);
    header::batch_control(&mut head, header);
    tables.accounting(&mut head, header);
    tables.network(&mut head);
    identifier(&mut head.out, CALL_EVENT_DETAILS, true);
    length(&mut head.out, events);
    let audit = audit(totals)?;
    let whole = [head.out.len() as u64, events, audit.len() as u64].into_iter().try_fold(0u64, u64::checked_add);
    let whole = whole.ok_or_else(|| reject("the file", "would be larger than a length can say"))?;
    let mut lead = Vec::with_capacity(head.out.len().saturating_add(16));
    identifier(&mut lead, TRANSFER_BATCH, true);
    length(&mut lead, whole);
    let octets = whole.saturating_add(lead.len() as u64);
    lead.extend_from_slice(&head.out);
    Ok(Lead { lead, audit, octets })
}

fn audit(totals: &Totals) -> Result<Vec<u8>> {
    let Totals { billed, refunded, .. } = *totals;
    let sums = [billed.charge, billed.tax, billed.discount, refunded.charge, refunded.tax, refunded.discount];
    if sums.iter().any(|sum| *sum > i64::MAX as u64) {
        return Err(reject("the sum of charges", "does not fit in 63 bits"));
    }
    let refunds = refunded != Amounts::default();
    let mut out = Encoder::new(false);
    out.group(AUDIT_CONTROL_INFO, |out| {
        if let (Some(earliest), Some(latest)) = (totals.earliest, totals.latest) {
            header::long_time(out, EARLIEST_CALL, earliest);
            header::long_time(out, LATEST_CALL, latest);
        }
        let refund = |out: &mut Encoder, tag, value| {
            if refunds {
                out.int(tag, value);
            }
        };
        out.int(TOTAL_CHARGE, billed.charge);
        refund(out, TOTAL_CHARGE_REFUND, refunded.charge);
        refund(out, TOTAL_TAX_REFUND, refunded.tax);
        out.int(TOTAL_TAX, billed.tax);
        out.int(TOTAL_DISCOUNT, billed.discount);
        refund(out, TOTAL_DISCOUNT_REFUND, refunded.discount);
        out.int(CALL_EVENT_DETAILS_COUNT, totals.records);
    });
    Ok(out.out)
}

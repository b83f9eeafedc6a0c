//! Control totals: what the file says about its call events, and what they add up to.

use gesim_core::{layout::LANES, Measure};
use serde::Serialize;

use super::{stamp::Stamp, tags::*, tree::Group};
use crate::{
    error::{CdrError, ErrorKind, Result},
    record::{Amounts, UsageRecord},
};

/// The totals of one lane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LaneTotals {
    pub records: u64,
    pub units: u64,
    pub charge: u64,
}

/// What the call events add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    pub records: u64,
    pub billed: Amounts,
    pub refunded: Amounts,
    pub earliest: Option<Stamp>,
    pub latest: Option<Stamp>,
    pub lanes: [LaneTotals; LANES],
}

impl Totals {
    pub(crate) fn add(&mut self, record: &UsageRecord) -> Result<()> {
        let fail = |what| CdrError::new(record.offset, ErrorKind::Sum(what)).in_record(record.record);
        let add = |sum: &mut u64, value: u64, what| {
            *sum = sum.checked_add(value).ok_or_else(|| fail(what))?;
            Ok::<_, CdrError>(())
        };
        let lane = &mut self.lanes[record.lane as usize];
        add(&mut lane.units, record.units, "units")?;
        add(&mut lane.charge, record.billed.charge, "charges")?;
        lane.records += 1;
        for (sum, amounts) in [(&mut self.billed, record.billed), (&mut self.refunded, record.refunded)] {
            add(&mut sum.charge, amounts.charge, "charges")?;
            add(&mut sum.tax, amounts.tax, "taxes")?;
            add(&mut sum.discount, amounts.discount, "discounts")?;
        }
        self.earliest = Some(self.earliest.map_or(record.start, |earliest| earliest.min(record.start)));
        self.latest = Some(self.latest.map_or(record.start, |latest| latest.max(record.start)));
        Ok(())
    }
}

/// Audit control information: the sender's own totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    pub(crate) at: u64,
    pub records: u64,
    pub billed: Amounts,
    pub refunded: Amounts,
    pub earliest: Option<Stamp>,
    pub latest: Option<Stamp>,
}

impl Audit {
    pub(crate) fn new(group: &Group) -> Result<Self> {
        let optional = |tag| group.int(tag).unwrap_or(0);
        // 3.10 lists totals by charge type: as in a call event, type 00 is the sum
        let mut totals = Vec::new();
        group.all(TOTAL_CHARGE_VALUE, &mut totals);
        let total = totals.into_iter().find(|total| total.located_text(CHARGE_TYPE).is_some_and(|(_, t)| t == b"00"));
        let charge = match total {
            Some(total) => total.need_int(ABSOLUTE_AMOUNT)?,
            None => group.need_int(TOTAL_CHARGE)?,
        };
        let refund = total.unwrap_or(group).int(TOTAL_CHARGE_REFUND).unwrap_or(0);
        Ok(Self {
            at: group.at,
            records: group.need_int(CALL_EVENT_DETAILS_COUNT)?,
            billed: Amounts { charge, tax: group.need_int(TOTAL_TAX)?, discount: group.need_int(TOTAL_DISCOUNT)? },
            refunded: Amounts {
                charge: refund,
                tax: optional(TOTAL_TAX_REFUND),
                discount: optional(TOTAL_DISCOUNT_REFUND),
            },
            earliest: group.stamp(EARLIEST_CALL)?,
            latest: group.stamp(LATEST_CALL)?,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The difference is part of the summary.
    Report,
    /// The difference refuses the file.
    Refuse,
}

/// What happens when a control total differs. A wrong number of call events refuses a file under every policy, and
/// so does a total charge above what the call events add up to: nobody is asked to pay what no record supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Charges stated too low; refunds, taxes and discounts.
    pub charges: Verdict,
    /// Earliest and latest call.
    pub times: Verdict,
}

impl Policy {
    /// Everything must match.
    pub const STRICT: Self = Self { charges: Verdict::Refuse, times: Verdict::Refuse };

    /// Charges must match where they are what is billed. A batch of units is priced by the agreement's tariff and
    /// takes no charge from the file, so there the difference is only reported.
    pub const fn for_measure(measure: Measure) -> Self {
        let charges = match measure {
            Measure::Units => Verdict::Report,
            Measure::Charge => Verdict::Refuse,
        };
        Self { charges, times: Verdict::Report }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::for_measure(Measure::Units)
    }
}

/// A control total that differs and was tolerated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Discrepancy {
    pub what: &'static str,
    pub stated: String,
    pub computed: String,
}

/// Compares all but the number of events: sums and times mean nothing when an event could not be read.
pub(crate) fn compare(audit: &Audit, totals: &Totals, policy: Policy) -> (Vec<Discrepancy>, Vec<CdrError>) {
    let (stated, computed) = (audit.billed, totals.billed);
    let (stated_back, computed_back) = (audit.refunded, totals.refunded);
    let overstated = if stated.charge > computed.charge { Verdict::Refuse } else { policy.charges };
    let amounts = [
        ("total charge", stated.charge, computed.charge, overstated),
        ("total tax", stated.tax, computed.tax, policy.charges),
        ("total discount", stated.discount, computed.discount, policy.charges),
        ("total refund", stated_back.charge, computed_back.charge, policy.charges),
        ("total tax refund", stated_back.tax, computed_back.tax, policy.charges),
        ("total discount refund", stated_back.discount, computed_back.discount, policy.charges),
    ];
    let mut differ: Vec<(Discrepancy, Verdict)> = amounts
        .into_iter()
        .filter(|(_, stated, computed, _)| stated != computed)
        .map(|(what, stated, computed, verdict)| (difference(what, stated, computed), verdict))
        .collect();
    let times = [("earliest call", audit.earliest, totals.earliest), ("latest call", audit.latest, totals.latest)];
    for (what, stated, computed) in times {
        if let (Some(stated), Some(computed)) = (stated, computed) {
            if stated != computed {
                differ.push((difference(what, stated, computed), policy.times));
            }
        }
    }
    let (refused, reported): (Vec<_>, Vec<_>) = differ.into_iter().partition(|(_, v)| *v == Verdict::Refuse);
    let refused = refused.into_iter().map(|(d, _)| control_error(audit.at, d)).collect();
    (reported.into_iter().map(|(d, _)| d).collect(), refused)
}

/// The number of call events, which no policy tolerates.
pub(crate) fn count_error(audit: &Audit, counted: u64) -> Option<CdrError> {
    let stated = audit.records;
    (stated != counted).then(|| CdrError::new(audit.at, ErrorKind::Count { stated, counted }))
}

fn difference(what: &'static str, stated: impl ToString, computed: impl ToString) -> Discrepancy {
    Discrepancy { what, stated: stated.to_string(), computed: computed.to_string() }
}

fn control_error(at: u64, Discrepancy { what, stated, computed }: Discrepancy) -> CdrError {
    CdrError::new(at, ErrorKind::ControlTotal { what, stated: stated.into(), computed: computed.into() })
}

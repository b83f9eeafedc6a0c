//! Numbers of errors.
//!
//! TD.57 numbers the errors of each item of a TAP file; the pair of item (the error context) and number says what is
//! wrong: 10 syntax, 20 out of range, 30 and up something mandatory is missing, 100 a control total differs. The numbers
//! here are those that public sources show. What TD.57 numbers in ways that no public source shows, or does not number
//! because it cannot occur in files that its ASN.1 decodes, has a number above 1000 of our own.

use crate::error::ErrorKind;

pub const SYNTAX: u64 = 10;
pub const OUT_OF_RANGE: u64 = 20;
/// Something mandatory is missing; more exact numbers are in [`missing`].
pub const MISSING: u64 = 30;
/// A control total differs from what the call events add up to.
pub const CONTROL_TOTAL: u64 = 100;
/// Ours: a code that the file's table does not define.
pub const REFERENCE: u64 = 1001;
/// Ours: an element that does not belong where it is, comes twice or out of order.
pub const STRUCTURE: u64 = 1002;
/// Ours: a table defines a code twice, where TD.57's number is not public.
pub const REDEFINED: u64 = 1003;
/// Ours: a sum does not fit in 64 bits.
pub const SUM: u64 = 1004;
/// Ours: this is no TAP file.
pub const FOREIGN: u64 = 1005;
/// Ours: something follows the file's data.
pub const TRAILING: u64 = 1006;
/// Ours: none of the above.
pub const OTHER: u64 = 1999;

/// The number of a refusal.
pub fn of(kind: &ErrorKind) -> u64 {
    match kind {
        ErrorKind::Truncated(_)
        | ErrorKind::BadTag(_)
        | ErrorKind::BadLength(_)
        | ErrorKind::Overrun { .. }
        | ErrorKind::TooDeep(_)
        | ErrorKind::TooLarge { .. }
        | ErrorKind::Encoding { .. }
        | ErrorKind::BadInteger { .. }
        | ErrorKind::Size { .. }
        | ErrorKind::Text { .. } => SYNTAX,
        ErrorKind::Version { .. }
        | ErrorKind::Negative { .. }
        | ErrorKind::OutOfRange { .. }
        | ErrorKind::Invalid { .. } => OUT_OF_RANGE,
        ErrorKind::Missing { what, parent } => missing(parent, what),
        ErrorKind::NoEvents => missing("transferBatch", "callEventDetails"),
        ErrorKind::EmptyGroup { .. } => MISSING,
        ErrorKind::Count { .. } | ErrorKind::ControlTotal { .. } => CONTROL_TOTAL,
        ErrorKind::Redefined { table, .. } => match *table {
            "exchange rate table" => 34,
            "tax table" | "recording entity table" => 33,
            _ => REDEFINED,
        },
        ErrorKind::Reference { .. } => REFERENCE,
        ErrorKind::Unexpected { .. } | ErrorKind::Order { .. } | ErrorKind::Duplicate { .. } => STRUCTURE,
        ErrorKind::Sum(_) => SUM,
        ErrorKind::Empty | ErrorKind::Foreign(_) | ErrorKind::Unrecognised(_) | ErrorKind::Syntax { .. } => FOREIGN,
        ErrorKind::Trailing { .. } => TRAILING,
        _ => OTHER,
    }
}

/// The number of a missing member of a group.
pub fn missing(parent: &str, what: &str) -> u64 {
    const KNOWN: [(&str, &[(&str, u64)]); 9] = [
        (
            "transferBatch",
            &[
                ("batchControlInfo", 30),
                ("accountingInfo", 31),
                ("networkInfo", 32),
                ("callEventDetails", 35),
                ("auditControlInfo", 36),
            ],
        ),
        (
            "batchControlInfo",
            &[
                ("sender", 30),
                ("recipient", 31),
                ("fileSequenceNumber", 32),
                ("fileAvailableTimeStamp", 33),
                ("specificationVersionNumber", 34),
                ("transferCutOffTimeStamp", 36),
            ],
        ),
        ("accountingInfo", &[("localCurrency", 32), ("tapDecimalPlaces", 35)]),
        ("currencyConversion", &[("exchangeRateCode", 30), ("numberOfDecimalPlaces", 31), ("exchangeRate", 33)]),
        ("taxation", &[("taxCode", 30), ("taxType", 31)]),
        ("networkInfo", &[("utcTimeOffsetInfoList", 30), ("recEntityInfoList", 33)]),
        ("recEntityInformation", &[("recEntityCode", 30), ("recEntityType", 31), ("recEntityId", 32)]),
        (
            "auditControlInfo",
            &[("totalCharge", 30), ("totalTaxValue", 31), ("totalDiscountValue", 32), ("callEventDetailsCount", 33)],
        ),
        ("callTypeGroup", &[("callTypeLevel1", 30), ("callTypeLevel2", 31), ("callTypeLevel3", 32)]),
    ];
    // what is missing is named with an explanation now and then: its first word counts
    let what = what.split([',', ' ']).next().unwrap_or(what);
    let group = KNOWN.iter().find(|(group, _)| *group == parent);
    let number = group.and_then(|(_, members)| members.iter().find(|(member, _)| *member == what));
    number.map_or(MISSING, |(_, number)| *number)
}

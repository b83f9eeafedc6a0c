//! What stands around the returns of a RAP file, and its totals.

use gesim_core::Tadig;

use super::{
    answer::{rejected, AnswerOptions},
    model::{RapTotals, ReturnBatch},
    scan::Scan,
    totals,
};
use crate::{
    error::{CdrError, Result},
    tap::tags::*,
};

/// Batch control information, with sender and recipient changed over.
pub(super) fn envelope(scan: &Scan, options: &AnswerOptions) -> Result<ReturnBatch> {
    const HEADERS: [u16; 2] = [BATCH_CONTROL_INFO, NOTIFICATION];
    let number = |groups: &[u16], tag| match scan.item(groups, tag) {
        Some(&[value]) if value < 0x80 => Some(value),
        _ => None,
    };
    let party = |tag, given: Option<Tadig>, what: &'static str| {
        let stated = scan.item(&HEADERS, tag).and_then(|code| code.try_into().ok());
        let stated = stated.and_then(|code| Tadig::new(code).ok());
        stated.or(given).ok_or_else(|| unanswerable(what))
    };
    let currency = scan.item(&[ACCOUNTING_INFO], TAP_CURRENCY);
    let currency = currency.filter(|code| code.len() == 3 && code.iter().all(u8::is_ascii_uppercase));
    Ok(ReturnBatch {
        sender: party(RECIPIENT, options.parties.recipient, "who it is for")?,
        recipient: party(SENDER, options.parties.sender, "who sent it")?,
        sequence: options.sequence,
        created: options.now,
        available: options.now,
        tap_version: number(&HEADERS, SPECIFICATION_VERSION)
            .zip(number(&HEADERS, RELEASE_VERSION))
            .map(|(specification, release)| (u64::from(specification), u64::from(release))),
        test: scan.item(&HEADERS, FILE_TYPE_INDICATOR) == Some(b"T"),
        roaming_partner: None,
        notes: Vec::new(),
        decimals: number(&[ACCOUNTING_INFO], TAP_DECIMAL_PLACES).filter(|places| *places <= 6),
        currency: currency.map(|code| String::from_utf8_lossy(code).into_owned()),
        returns: Vec::new(),
        totals: None,
    })
}

pub(super) fn file_sequence(scan: &Scan, options: &AnswerOptions) -> Result<u32> {
    let digits = scan.item(&[BATCH_CONTROL_INFO, NOTIFICATION], FILE_SEQUENCE_NUMBER);
    let stated = digits.filter(|digits| digits.len() == 5 && digits.iter().all(u8::is_ascii_digit));
    let stated = stated.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    let valid = |number: &u32| (1..=99_999).contains(number);
    stated.filter(valid).or(options.parties.sequence.filter(valid)).ok_or_else(|| unanswerable("its sequence number"))
}

fn unanswerable(what: &str) -> CdrError {
    let reason = format!("cannot be made: the TAP file does not say {what}");
    let mut error = rejected(0, "a RAP file", &reason);
    error.hint = Some("name the sender, the recipient and the file sequence number of the TAP file");
    error
}

/// Totals of what is returned.
pub(super) fn close(mut batch: ReturnBatch) -> ReturnBatch {
    let value = totals::of(&batch.returns);
    batch.totals = Some(RapTotals {
        severe_value: value.charge,
        details: batch.returns.len() as u64,
        notes: Vec::new(),
        severe_tax: (value.tax > 0).then_some(value.tax),
    });
    batch
}

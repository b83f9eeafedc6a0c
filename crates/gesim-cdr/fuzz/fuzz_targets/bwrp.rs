//! Any bytes: the reader answers, a refusal lies inside the file, what is read can be written and read again as the
//! same, and what is rated costs no less than nothing.
#![no_main]

use gesim_cdr::{
    bwrp::{inspect, Document, Settlement, SettlementDiscrepancy, Usage, UsageDiscrepancy},
    rating::{rate, rate_request, settle, settlement_discrepancy, usage_discrepancy},
    ReadOptions,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let summary = inspect(bytes, &ReadOptions::default());
    let document = match Document::read(bytes) {
        Ok(document) => document,
        Err(error) => {
            assert!(error.offset <= bytes.len() as u64, "{error}");
            assert!(summary.is_err());
            return;
        }
    };
    match document {
        Document::Usage(usage) => {
            let again = Usage::read(usage.to_json().to_string().as_bytes()).expect("what was written can be read");
            assert_eq!(again.to_json(), usage.to_json());
            drop(usage_discrepancy(&usage, &again));
        }
        Document::Contract(contract) => drop(rate(&contract.discounts, &Usage::default())),
        Document::Request(request) => {
            let Ok((rated, answer)) = rate_request(&request) else { return };
            assert!(rated.parts.iter().flat_map(|part| &part.lines).all(|line| !line.deal.is_negative()));
            drop((answer.to_string(), answer.compact()));
            let Ok(settlement) = settle(&rated, &request.usage) else { return };
            let again = Settlement::read(settlement.to_json().compact().as_bytes());
            // sums may be larger than a file may hold
            assert!(again.is_err() || again.as_ref() == Ok(&settlement));
            drop(settlement_discrepancy((&settlement, &request.usage), (&settlement, &request.usage)));
        }
        Document::Settlement(settlement) => {
            assert_eq!(Settlement::read(settlement.to_json().to_string().as_bytes()), Ok(*settlement));
        }
        Document::UsageDiscrepancy(report) => {
            let again = UsageDiscrepancy::read(report.to_json().to_string().as_bytes());
            assert!(again.is_err() || again == Ok(*report));
        }
        Document::SettlementDiscrepancy(report) => {
            let again = SettlementDiscrepancy::read(report.to_json().to_string().as_bytes());
            assert!(again.is_err() || again == Ok(*report));
        }
    }
});

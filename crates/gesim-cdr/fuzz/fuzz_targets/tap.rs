//! Any bytes: the decoder answers, a refusal lies inside the file, and what validates can be read, sealed, written as
//! a file that validates strictly, and read again as the same records.
#![no_main]

use gesim_cdr::{
    error::ErrorKind,
    tap::{inspect_with, write, Inspection, Policy, TapHeader, TapReader},
    AgreementKey, EventKind, UsageRecord,
};
use gesim_core::Measure;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let key = AgreementKey::new([7; 32]);
    let read = TapReader::open(bytes).and_then(|reader| {
        reader
            .map(|item| {
                let record = item?;
                let sealed = record.seal(&key);
                assert!(sealed.record_id[0] == 0 && sealed.meta_digest[0] == 0);
                drop(record.value(Measure::Units));
                drop(record.value(Measure::Charge));
                Ok(record)
            })
            .collect::<Result<Vec<_>, _>>()
    });
    match inspect_with(bytes, Policy::default()) {
        Ok(Inspection::TransferBatch(summary)) => {
            let records = read.expect("a file that validates is read");
            assert_eq!(records.len() as u64, summary.records);
            write_again(bytes, &records);
        }
        Ok(Inspection::Notification(_)) => assert!(read.is_err()),
        Err(error) => {
            assert!(error.offset <= bytes.len() as u64, "{error}");
            let strict = inspect_with(bytes, Policy::STRICT);
            assert!(strict.is_err(), "strict accepts what the default refuses: {error}");
        }
    }
});

fn write_again(bytes: &[u8], records: &[UsageRecord]) {
    let header = TapHeader::again(TapReader::open(bytes).expect("it was opened before").header());
    let mut out = Vec::new();
    if let Err(error) = write(&header, || Ok(records.iter().cloned().map(Ok)), &mut out) {
        return assert!(matches!(error.kind, ErrorKind::Rejected { .. }), "{error}");
    }
    let strict = inspect_with(&out[..], Policy::STRICT);
    assert!(matches!(strict, Ok(Inspection::TransferBatch(_))), "{strict:?}");
    let again: Vec<_> =
        TapReader::open(&out[..]).expect("a file of ours").map(|record| record.expect("ours")).collect();
    assert_eq!(records.len(), again.len());
    for (a, b) in records.iter().zip(&again) {
        assert_eq!((a.event, a.lane, a.units, a.start), (b.event, b.lane, b.units, b.start));
        assert_eq!((a.billed, a.refunded, a.refund, a.duration), (b.billed, b.refunded, b.refund, b.duration));
        // 3.10 has a number where 3.12 has an address
        if a.event != EventKind::ServiceCentreUsage {
            assert_eq!(a.identity(), b.identity());
        }
    }
}

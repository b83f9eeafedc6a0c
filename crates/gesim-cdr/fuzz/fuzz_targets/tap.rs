//! Any bytes: the decoder answers, a refusal lies inside the file, and what validates can be read and sealed.
#![no_main]

use gesim_cdr::{
    tap::{inspect_with, Inspection, Policy, TapReader},
    AgreementKey,
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
                Ok(())
            })
            .collect::<Result<Vec<()>, _>>()
    });
    match inspect_with(bytes, Policy::default()) {
        Ok(Inspection::TransferBatch(summary)) => assert_eq!(read.map(|all| all.len() as u64), Ok(summary.records)),
        Ok(Inspection::Notification(_)) => assert!(read.is_err()),
        Err(error) => {
            assert!(error.offset <= bytes.len() as u64, "{error}");
            let strict = inspect_with(bytes, Policy::STRICT);
            assert!(strict.is_err(), "strict accepts what the default refuses: {error}");
        }
    }
});

//! Any bytes: the reader of charging data records answers, a refusal lies inside the file, and what is inspected is
//! read to the same figures and sealed.
#![no_main]

use gesim_cdr::{
    charging::{inspect, ChargingReader},
    tap::Policy,
    AgreementKey, ReadOptions, RecordSource,
};
use gesim_core::Measure;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let options =
        ReadOptions { sender: "DEUD1".parse().ok(), recipient: "GBRCN".parse().ok(), ..ReadOptions::default() };
    let key = AgreementKey::new([7; 32]);
    let read = ChargingReader::open(bytes, &options).and_then(|reader| {
        reader.map(|item| item.map(|record| drop((record.seal(&key), record.value(Measure::Units))))).collect()
    });
    let read: Result<Vec<()>, _> = read;
    match inspect(bytes, &options) {
        Ok(summary) => {
            assert_eq!(read.map(|all| all.len() as u64), Ok(summary.records));
            let source = Box::new(ChargingReader::open(bytes, &options).expect("a file that was inspected"));
            let finished = source.finish(Policy::STRICT).expect("a file that was inspected");
            assert_eq!((finished.records, finished.remarks), (summary.records, summary.remarks));
        }
        Err(error) => {
            assert!(read.is_err(), "records are read from a file that is refused: {error}");
            assert!(error.offset <= bytes.len() as u64, "{error}");
            assert!(error.more.iter().all(|more| more.offset <= bytes.len() as u64), "{error}");
        }
    }
});

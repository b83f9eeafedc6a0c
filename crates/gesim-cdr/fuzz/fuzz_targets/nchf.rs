//! Any bytes: the reader of charging data requests answers, a refusal lies inside the file, and what is inspected is
//! read to the same figures and sealed.
#![no_main]

use gesim_cdr::{
    nchf::{inspect, NchfReader},
    AgreementKey, ReadOptions,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let options =
        ReadOptions { sender: "DEUD1".parse().ok(), recipient: "GBRCN".parse().ok(), ..ReadOptions::default() };
    let key = AgreementKey::new([7; 32]);
    let read = NchfReader::open(bytes, &options).and_then(|reader| {
        reader.map(|item| item.map(|record| drop(record.seal(&key)))).collect::<Result<Vec<()>, _>>()
    });
    match inspect(bytes, &options) {
        Ok(summary) => assert_eq!(read.map(|all| all.len() as u64), Ok(summary.records)),
        Err(error) => {
            assert!(read.is_err(), "records are read from a file that is refused: {error}");
            assert!(error.offset <= bytes.len() as u64, "{error}");
        }
    }
});

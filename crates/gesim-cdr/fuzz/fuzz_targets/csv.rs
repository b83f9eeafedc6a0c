//! Any bytes, by the example mapping: the reader answers, a refusal lies inside the file, and what is read is written
//! and read again unchanged. What comes before a zero octet is also taken for a mapping.
#![no_main]

use std::sync::LazyLock;

use gesim_cdr::{
    csv::{inspect, CsvReader, CsvWriter, Mapping},
    CdrError, ReadOptions, UsageRecord,
};
use libfuzzer_sys::fuzz_target;

static MAPPING: LazyLock<Mapping> = LazyLock::new(|| {
    Mapping::parse(include_str!("../../../../docs/examples/csv-mapping.toml")).expect("the example mapping")
});

fn exercise(bytes: &[u8], mapping: &Mapping) {
    let options =
        ReadOptions { sender: "DEUD1".parse().ok(), recipient: "GBRCN".parse().ok(), ..ReadOptions::default() };
    let read =
        |bytes: &[u8]| -> Result<Vec<UsageRecord>, CdrError> { CsvReader::open(bytes, mapping, &options)?.collect() };
    let records = match (inspect(bytes, mapping, &options), read(bytes)) {
        (Ok(summary), Ok(records)) => {
            assert_eq!(summary.records, records.len() as u64);
            records
        }
        (Err(error), Err(_)) => return assert!(error.offset <= bytes.len() as u64, "{error}"),
        (inspected, read) => panic!("{inspected:?} and {read:?}"),
    };
    let mut out = Vec::new();
    let mut writer = CsvWriter::new(&mut out, mapping).expect("memory to write to");
    if records.iter().any(|record| writer.write(record).is_err()) {
        return;
    }
    writer.finish().expect("memory to write to");
    let again = read(&out).expect("what was written");
    assert_eq!(again.len(), records.len());
    for (a, b) in records.iter().zip(&again) {
        assert_eq!((a.units, a.billed, a.duration, a.start), (b.units, b.billed, b.duration, b.start));
    }
}

fuzz_target!(|bytes: &[u8]| {
    exercise(bytes, &MAPPING);
    if let Some(end) = bytes.iter().position(|octet| *octet == 0) {
        let (mapping, rest) = bytes.split_at(end);
        if let Some(mapping) = std::str::from_utf8(mapping).ok().and_then(|text| Mapping::parse(text).ok()) {
            exercise(&rest[1..], &mapping);
        }
    }
});

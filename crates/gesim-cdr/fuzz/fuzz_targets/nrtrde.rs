//! Any bytes, taken for an NRTRDE file and for an error report: what is read can be written and reads the same, and a
//! file that is refused has a report.
#![no_main]

use gesim_cdr::{
    nrtrde::{inspect, report, ErrorReport, NrtrdeReader, NrtrdeWriter},
    tap::Stamp,
    ReadOptions, UsageRecord,
};
use libfuzzer_sys::fuzz_target;

fn records(bytes: &[u8]) -> gesim_cdr::error::Result<Vec<UsageRecord>> {
    NrtrdeReader::open(bytes, &ReadOptions::default())?.collect()
}

fn written(bytes: &[u8], records: &[UsageRecord]) -> Vec<u8> {
    let reader = NrtrdeReader::open(bytes, &ReadOptions::default()).expect("a header that was read before");
    let mut out = Vec::new();
    let mut writer = NrtrdeWriter::new(&mut out, reader.header()).expect("a header that was read");
    records.iter().for_each(|record| drop(writer.write(record)));
    writer.finish().expect("a buffer");
    out
}

fuzz_target!(|bytes: &[u8]| {
    let told = ReadOptions {
        sender: "DEUD1".parse().ok(),
        recipient: "GBRCN".parse().ok(),
        sequence: Some(1),
        currency: None,
    };
    let now = Stamp::from_unix(1_767_700_000, 0).expect("a time");
    match inspect(bytes, &ReadOptions::default()) {
        Ok(summary) => {
            let all = records(bytes).expect("what was inspected");
            assert_eq!(summary.records, all.len() as u64);
            // what can be said in our way of writing reads and writes the same from then on
            let once = written(bytes, &all);
            let again = records(&once).expect("what was written");
            assert_eq!(written(&once, &again), once);
        }
        Err(error) => {
            assert!(error.offset <= bytes.len() as u64, "{error}");
            let report = report(bytes, &told, now).expect("a report").expect("of a refused file");
            let mut csv = Vec::new();
            report.write(&mut csv).expect("a buffer");
            assert_eq!(ErrorReport::read(&csv[..]), Ok(report));
        }
    }
    if let Ok(report) = ErrorReport::read(bytes) {
        let mut csv = Vec::new();
        report.write(&mut csv).expect("a buffer");
        assert_eq!(ErrorReport::read(&csv[..]), Ok(report));
    }
});

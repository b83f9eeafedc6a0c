//! Usage files as records, and records as usage files.

mod bwrp_support;

use bwrp_support::fixture;
use gesim_cdr::{
    bwrp::{inspect, usage_of, Lanes, Month, Usage, UsageReader},
    generate::{generate, Options},
    source::RecordSource,
    tap::{Policy, TapReader},
    AgreementKey, ReadOptions, UsageRecord,
};
use gesim_core::{Lane, Measure};

fn options(sender: &str, recipient: &str) -> ReadOptions {
    ReadOptions {
        sender: Some(sender.parse().unwrap()),
        recipient: Some(recipient.parse().unwrap()),
        sequence: Some(7),
        currency: None,
    }
}

#[test]
fn rows_are_records_ok() {
    let Some(bytes) = fixture("initial/0003_JSON_DTAG_usage_body_to_create.json") else { return };
    // AAZOR carried AAZTD's subscribers
    let options = options("AAZOR", "AAZTD");
    let mut reader = UsageReader::open(&bytes[..], &options).unwrap();
    let records: Vec<UsageRecord> = reader.by_ref().map(Result::unwrap).collect();
    assert_eq!(records.len(), 48);
    let first = &records[0];
    assert_eq!((first.lane, first.units, first.service.as_deref()), (Lane::SmsMo, 5208, Some("SMSMO")));
    assert_eq!(first.subscriber.reveal(), "AAZTD/AAZOR");
    assert_eq!(first.subscriber.kind, "aggregate");
    assert_eq!(first.start.to_string(), "2020-01-01 00:00:00 +0000");
    assert_eq!((first.file.sequence, first.file.currency.as_str()), (7, "EUR"));
    // 104.16423 in the file's own decimals
    assert_eq!(first.billed.charge, 10_416_423 * 10u64.pow(u32::from(first.file.decimals) - 5));
    let key = AgreementKey::new([1; 32]);
    let ids: std::collections::HashSet<_> = records.iter().map(|record| record.seal(&key).record_id).collect();
    assert_eq!(ids.len(), 48);
    let summary = Box::new(reader).finish(Policy::default()).unwrap();
    assert_eq!(
        (summary.records, summary.sender.as_deref(), summary.recipient.as_deref()),
        (48, Some("AAZOR"), Some("AAZTD"))
    );
    let seen = inspect(&bytes[..], &options).unwrap();
    assert_eq!((seen.records, seen.totals, seen.currency), (48, summary.totals, Some("EUR".to_owned())));
    let whole = inspect(&bytes[..], &ReadOptions::default()).unwrap();
    assert_eq!((whole.records, whole.sender), (96, None));
}

#[test]
fn nobody_named_fails() {
    let Some(bytes) = fixture("initial/0003_JSON_DTAG_usage_body_to_create.json") else { return };
    let error = UsageReader::open(&bytes[..], &ReadOptions::default()).unwrap_err();
    assert!(error.hint.is_some(), "{error}");
    let error = UsageReader::open(&bytes[..], &options("AAZVF", "AAZTD")).unwrap_err();
    assert!(error.to_string().contains("no usage of the recipient's subscribers"), "{error}");
    let other = ReadOptions { currency: Some("USD".into()), ..options("AAZOR", "AAZTD") };
    assert!(UsageReader::open(&bytes[..], &other).unwrap_err().to_string().contains("the currency is EUR"));
    let contract = fixture("initial/0003_JSON_DTAG_contract_body_to_create.json").unwrap();
    assert!(UsageReader::open(&contract[..], &options("AAZOR", "AAZTD"))
        .unwrap_err()
        .to_string()
        .contains("a contract"));
}

fn tap(records: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    generate(&Options::new(records, 5, "DEUD1".parse().unwrap(), "GBRCN".parse().unwrap()), &mut bytes).unwrap();
    bytes
}

#[test]
fn tap_becomes_usage_ok() {
    let bytes = tap(500);
    let own = "DEUD1".parse().unwrap();
    let usage = usage_of(own, Some("test".into()), TapReader::open(&bytes[..]).unwrap()).unwrap();
    assert!(usage.outbound.is_empty() && !usage.inbound.is_empty());
    // the file's rows come to what its records come to
    let mut reader = TapReader::open(&bytes[..]).unwrap();
    let records: Vec<UsageRecord> = reader.by_ref().map(Result::unwrap).collect();
    let decimals = u32::from(records[0].file.decimals);
    for lane in Lane::ALL {
        let of_lane = || records.iter().filter(|record| record.lane == lane);
        let units: u64 = of_lane().filter(|record| !record.refund).map(|record| record.units).sum();
        let net: i128 = of_lane().map(|r| i128::from(r.billed.charge) - i128::from(r.refunded.charge)).sum();
        let rows = || usage.inbound.iter().filter(|row| row.service == gesim_cdr::bwrp::lanes::SERVICES[lane as usize]);
        let factor = match lane {
            Lane::Data => 1 << 20,
            Lane::VoiceMo | Lane::VoiceMt => 60,
            _ => 1,
        };
        let counted: u64 = rows().map(|row| row.usage.times(factor, 1).unwrap().scaled(0).unwrap()).sum();
        assert_eq!(counted, units, "{lane:?}");
        let charges: i128 = rows().map(|row| i128::from(row.charges.unwrap().scaled(decimals).unwrap())).sum();
        assert_eq!(charges, net, "{lane:?}");
    }
    // and it can be read again, by the other party too
    let text = usage.to_json().to_string();
    assert_eq!(Usage::read(text.as_bytes()).unwrap().inbound.len(), usage.inbound.len());
    let reader = UsageReader::open(text.as_bytes(), &options("DEUD1", "GBRCN")).unwrap();
    let again: u64 = reader.map(|record| record.unwrap()).filter(|r| r.lane == Lane::Data).map(|r| r.units).sum();
    assert_eq!(again, records.iter().filter(|r| r.lane == Lane::Data).map(|r| r.units).sum::<u64>());
    assert!(records.iter().all(|record| Month::of(record.start).is_some()));
    assert!(records.iter().filter(|record| !record.refund).all(|record| record.value(Measure::Units).is_ok()));
}

#[test]
fn lanes_of_somebody_else_fails() {
    let bytes = tap(3);
    let error = usage_of("FRAF1".parse().unwrap(), None, TapReader::open(&bytes[..]).unwrap()).unwrap_err();
    assert!(error.to_string().contains("FRAF1 among them"), "{error}");
    let mut lanes = Lanes::new("GBRCN".parse().unwrap()).name(Lane::VoiceMo, "MOC Local");
    for record in TapReader::open(&tap(200)[..]).unwrap() {
        lanes.add(&record.unwrap()).unwrap();
    }
    let usage = lanes.finish(None).unwrap();
    assert!(usage.inbound.is_empty() && usage.outbound.iter().any(|row| row.service == "MOC Local"));
}

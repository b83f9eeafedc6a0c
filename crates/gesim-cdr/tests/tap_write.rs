//! Records written as TAP and read again are the same records.

mod common;

use common::{file, options, specimen, Element};
use gesim_cdr::{
    breakdown::{ChargeLine, Discount, DiscountLine, ExchangeRate, Tax, TaxLine},
    error::ErrorKind,
    generate::Options,
    tap::{
        inspect, inspect_with, write, write_notification, Inspection, Policy, Stamp, TapHeader, TapPlan, TapReader,
        TapWritten,
    },
    Breakdown, CdrError, EventKind, UsageRecord,
};
use gesim_core::Lane;
use proptest::prelude::*;

fn read(bytes: &[u8]) -> (TapHeader, Vec<UsageRecord>) {
    let reader = TapReader::open(bytes).unwrap();
    (TapHeader::again(reader.header()), reader.map(Result::unwrap).collect())
}

fn written(header: &TapHeader, records: &[UsageRecord]) -> Result<(Vec<u8>, TapWritten), CdrError> {
    let mut out = Vec::new();
    let done = write(header, || Ok(records.iter().cloned().map(Ok)), &mut out)?;
    assert_eq!((done.octets, done.records), (out.len() as u64, records.len() as u64));
    Ok((out, done))
}

/// Writes, validates strictly and reads again.
fn again(header: &TapHeader, records: &[UsageRecord]) -> Vec<UsageRecord> {
    let (bytes, done) = written(header, records).unwrap();
    let Inspection::TransferBatch(summary) = inspect_with(&bytes[..], Policy::STRICT).unwrap() else { panic!() };
    assert_eq!((summary.records, summary.total_charge), (done.records, done.totals.billed.charge));
    assert_eq!((summary.version.as_str(), summary.sequence), ("3.12", header.sequence));
    assert_eq!(summary.available, header.available);
    let (header, records) = read(&bytes);
    // what was written once is written the same again
    assert_eq!(written(&header, &records).unwrap().0, bytes);
    records
}

fn same(a: &UsageRecord, b: &UsageRecord) {
    same_but_lines(a, b);
    assert_eq!(a.breakdown, b.breakdown, "{a:?}");
}

fn same_but_lines(a: &UsageRecord, b: &UsageRecord) {
    assert_eq!(a.identity(), b.identity(), "{a:?} {b:?}");
    assert_eq!((a.event, a.lane, a.units, a.billed, a.refunded), (b.event, b.lane, b.units, b.billed, b.refunded));
    assert_eq!((a.start, a.start.offset_minutes()), (b.start, b.start.offset_minutes()));
    assert_eq!((a.duration, a.refund, &a.partial), (b.duration, b.refund, &b.partial));
    assert_eq!((&a.subscriber, &a.other_party), (&b.subscriber, &b.other_party));
    assert_eq!((&a.service, &a.references, &a.rec_entities), (&b.service, &b.references, &b.rec_entities));
    assert_eq!(a.context_start, b.context_start);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn generated_files_ok(seed: u64, records in 1u64..400, decimals in 0u8..=6, indefinite: bool) {
        let bytes = file(&Options { seed, decimals, indefinite, ..options(records) });
        let (header, before) = read(&bytes);
        let after = again(&header, &before);
        prop_assert_eq!(before.len(), after.len());
        before.iter().zip(&after).for_each(|(a, b)| same(a, b));
    }

    #[test]
    fn bent_records_ok(seed: u64, amounts: [u32; 6], parts: [bool; 4], text in "[ -~]{1,40}", octets: u32) {
        let (header, mut records) = read(&specimen().encode());
        let mut bend = |record: &mut UsageRecord| {
            let content = record.event == EventKind::ContentTransaction;
            let ims = matches!(record.event, EventKind::MessagingEvent | EventKind::MobileSession);
            record.billed.charge = seed % (1 << 40);
            record.billed.tax = u64::from(amounts[1]);
            record.billed.discount = if ims { 0 } else { u64::from(amounts[2]) };
            if content {
                record.refunded.charge = u64::from(amounts[3]);
                record.refund = record.refunded.charge > 0;
            }
            if parts[0] {
                record.breakdown = None;
            }
            if parts[1] && record.event != EventKind::ServiceCentreUsage && record.lane != Lane::VoiceMo {
                record.other_party = None;
            }
            if record.event == EventKind::GprsCall {
                record.units = u64::from(octets);
                record.partial = parts[2].then(|| "L".into());
                record.context_start = Stamp::from_unix(i64::from(amounts[4]), -330);
            }
            if content && text.trim() == text {
                record.references = vec![format!("transactionIdentifier:{text}")];
            }
        };
        records.iter_mut().for_each(&mut bend);
        let after = again(&header, &records);
        for (a, b) in records.iter().zip(&after) {
            same_but_lines(a, b);
            prop_assert!(b.breakdown.is_some());
        }
    }
}

#[test]
fn specimen_ok() {
    let (header, before) = read(&specimen().encode());
    again(&header, &before).iter().zip(&before).for_each(|(a, b)| same(b, a));
}

#[test]
fn fixtures_ok() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/tap");
    if !folder.is_dir() {
        return println!("skipped: no external fixtures");
    }
    for name in ["tap_3_12_valid.ber", "tap_3_12_valid_most_indef.ber"] {
        let (header, before) = read(&std::fs::read(folder.join(name)).unwrap());
        let after = again(&header, &before);
        assert_eq!(after.len(), 4);
        before.iter().zip(&after).for_each(|(a, b)| same(a, b));
    }
}

#[test]
fn lines_ok() {
    // parts, several charges, taxes with rates, discounts of both kinds, a CAMEL fee with its own tax
    let mut root = specimen();
    let tax = |code: u8, kind: &[u8], rate: &[u8]| {
        Element::group(216, vec![Element::octets(212, &[code]), Element::octets(217, kind), Element::octets(215, rate)])
    };
    root.at(&[5, 211]).members().push(tax(7, b"11", b"1950000"));
    let applied =
        |code: u8, inner| Element::group(94, vec![Element::octets(91, &[code]), Element::group(428, vec![inner])]);
    let table = vec![applied(1, Element::octets(411, &[30])), applied(2, Element::octets(92, &[15]))];
    root.at(&[5]).members().insert(1, Element::group(95, table));
    let used = |code: u8| Element::group(213, vec![Element::octets(212, &[code]), Element::octets(397, &[code])]);
    let list = root.at(&[3, 9, 38, 39, 70]).members();
    list[0].members().retain(|member| member.tag < 214);
    let mut part = list[0].at(&[64, 63]).clone();
    *part.at(&[71]).value() = b"05".to_vec();
    list[0].at(&[64]).members().push(part.clone());
    *part.at(&[71]).value() = b"005".to_vec();
    part.members().truncate(2);
    list[0].at(&[64]).members().push(part);
    let mut second = list[0].clone();
    *second.at(&[66]).value() = b"E".to_vec();
    second.members().push(Element::group(214, vec![used(7), used(0)]));
    let discount = [Element::octets(91, &[2]), Element::octets(412, &[12])];
    second.members().push(Element::group(96, discount.to_vec()));
    list[0].members().push(Element::group(96, vec![Element::octets(91, &[1])]));
    list.push(second);
    root.at(&[3, 9]).members().retain(|member| member.tag != 57);
    let camel = vec![Element::octets(55, &[9]), Element::group(214, vec![used(7)]), Element::octets(422, &[3])];
    root.at(&[3, 9]).members().push(Element::group(57, camel));
    let (header, before) = read(&root.encode());
    let lines = before[0].breakdown.as_ref().unwrap();
    assert_eq!((lines.charges.len(), lines.taxes.len(), lines.discounts.len()), (7, 3, 2));
    assert_eq!((before[0].billed.discount, before[0].billed.tax), (42, 14));
    again(&header, &before).iter().zip(&before).for_each(|(a, b)| same(b, a));
}

#[test]
fn camel_of_data_ok() {
    let mut root = specimen();
    let camel = vec![Element::octets(55, &[9]), Element::octets(422, &[3])];
    root.at(&[3, 14]).members().push(Element::group(57, camel));
    let (header, before) = read(&root.encode());
    let (_, without) = read(&specimen().encode());
    assert_eq!(before[4].billed.charge, without[4].billed.charge + 3);
    again(&header, &before).iter().zip(&before).for_each(|(a, b)| same(b, a));
}

/// A record whose fields say nothing that TAP asks for is written with what stands for unknown.
#[test]
fn sparse_records_ok() {
    let (header, mut records) = read(&specimen().encode());
    for record in &mut records {
        (record.breakdown, record.service, record.duration) = (None, None, None);
        (record.references, record.rec_entities) = (vec![], vec![]);
        record.references.push("chfReference:of another format".into());
    }
    let after = again(&header, &records);
    for (a, b) in records.iter().zip(&after) {
        assert_eq!((a.event, a.lane, a.units, a.billed), (b.event, b.lane, b.units, b.billed));
        assert_eq!((a.start, &a.subscriber, &a.other_party), (b.start, &b.subscriber, &b.other_party));
        let entities: &[String] = if a.event == EventKind::ContentTransaction { &[] } else { &b.rec_entities[..1] };
        assert!(entities.iter().all(|label| label.ends_with(":DEUD1")), "{b:?}");
    }
    assert_eq!(after[4].references, ["chargingId:0"]);
    assert_eq!(after[4].breakdown.as_ref().unwrap().access_point.as_deref(), Some("unknown"));
    assert_eq!((after[0].service.as_deref(), after[2].service.as_deref()), (Some("t11"), Some("s00")));
}

/// What a record counts as decides, not what else it says.
#[test]
fn lanes_ok() {
    let (header, mut records) = read(&specimen().encode());
    records.truncate(9);
    for (lanes, services) in [
        ([Lane::SmsMo, Lane::SmsMt, Lane::SmsMt], ["t11", "b26", "1"]),
        ([Lane::VoiceMo, Lane::VoiceMt, Lane::Content], ["t22", "t21", "2"]),
        ([Lane::SmsMo, Lane::VoiceMt, Lane::SmsMo], ["t22", "t12", "7"]),
    ] {
        for ((at, lane), service) in [0, 1, 7].into_iter().zip(lanes).zip(services) {
            (records[at].lane, records[at].service) = (lane, Some(service.into()));
            records[at].units = if matches!(lane, Lane::VoiceMo | Lane::VoiceMt) { 61 } else { 1 };
        }
        let after = again(&header, &records);
        for (a, b) in records.iter().zip(&after) {
            assert_eq!((a.event, a.lane, a.units), (b.event, b.lane, b.units));
        }
    }
}

#[test]
fn refunds_ok() {
    let mut root = specimen();
    let mut back = root.at(&[3, 17, 285, 352]).clone();
    back.members().insert(4, Element::octets(344, &[1]));
    let mut third = root.at(&[3, 17, 285, 352]).clone();
    *third.at(&[341]).value() = b"third".to_vec();
    third.members().retain(|member| member.tag != 70);
    root.at(&[3, 17, 285]).members().extend([back, third]);
    let (header, before) = read(&root.encode());
    let content = before.iter().find(|record| record.event == EventKind::ContentTransaction).unwrap();
    assert!(content.refund && content.refunded == content.billed && content.references.len() == 2);
    again(&header, &before).iter().zip(&before).for_each(|(a, b)| same(b, a));
}

#[test]
fn other_records_fails() {
    let (header, records) = read(&specimen().encode());
    let refused = |at: usize, bend: &dyn Fn(&mut UsageRecord)| {
        let mut records = records.clone();
        bend(&mut records[at]);
        let error = written(&header, &records).unwrap_err();
        assert_eq!((error.record, error.offset), (Some(at as u64 + 1), records[at].offset), "{error}");
        assert!(matches!(error.kind, ErrorKind::Rejected { .. }), "{error}");
        error.to_string()
    };
    assert!(refused(0, &|record| record.refund = true).contains("content transactions only"));
    assert!(refused(3, &|record| record.units = 2).contains("counts several events"));
    assert!(refused(4, &|record| record.lane = Lane::Content).contains("lane"));
    assert!(refused(3, &|record| record.other_party = None).contains("the other party's number"));
    assert!(refused(1, &|record| record.rec_entities.push("1:x".into())).contains("more than one recording entity"));
    assert!(refused(1, &|record| record.rec_entities = vec!["1:é".into()]).contains("visible characters"));
    assert!(refused(4, &|record| record.references = vec!["chargingId:x".into()]).contains("charging identifier"));
    assert!(refused(0, &|record| record.references = vec!["callReference:0".into()]).contains("call reference"));
    assert!(refused(1, &|record| record.units = u64::MAX).contains("63 bits"));
    assert!(refused(6, &|record| record.billed.charge = u64::MAX).contains("63 bits"));
    assert!(refused(8, &|record| record.start = Stamp::from_unix(0, 15 * 60).unwrap()).contains("14 hours"));
    assert!(refused(7, &|record| record.event = EventKind::ValueAddedService).contains("TAP 3.12"));
    let lines = |record: &mut UsageRecord, bend: &dyn Fn(&mut Breakdown)| bend(record.breakdown.as_mut().unwrap());
    let rate = Some(ExchangeRate { rate: 0, decimals: 0 });
    assert!(refused(0, &|record| lines(record, &|l| l.charges[0].exchange = rate)).contains("an exchange rate"));
    assert!(refused(0, &|record| lines(record, &|l| l.charges[0].item = 'é')).contains("a charged item"));
    assert!(refused(0, &|record| lines(record, &|l| l.charges[0].charged = Some(1 << 63))).contains("63 bits"));
    let tax = Tax { kind: *b"1 ", rate: None };
    let tax = TaxLine { group: 1, tax, value: 0, refund: false };
    assert!(refused(4, &|record| lines(record, &|l| l.taxes.push(tax))).contains("a tax"));
    let discount = |amount| DiscountLine { group: 1, discount: Discount::Fixed(0), value: amount, refund: false };
    assert!(refused(4, &|record| lines(record, &|l| l.discounts.extend([discount(None); 2]))).contains("two discounts"));
    assert!(refused(8, &|record| lines(record, &|l| l.discounts.push(discount(None)))).contains("mobile sessions"));
    assert!(refused(7, &|record| lines(record, &|l| l.charges.push(ChargeLine {
        group: 9,
        amount: 0,
        ..l.charges[0]
    })))
    .contains("more charges"));
    let customer = records[6].subscriber.clone();
    assert!(refused(0, &|record| record.subscriber = customer.clone()).contains("IMSI"));
    let other = TapHeader { decimals: 2, ..header.clone() };
    assert!(written(&other, &records).unwrap_err().to_string().contains("other decimals"));
    let other = TapHeader { recipient: "FRAF1".parse().unwrap(), ..header.clone() };
    assert!(written(&other, &records).unwrap_err().to_string().contains("other operators"));
    assert_eq!(written(&header, &[]).unwrap_err().kind, ErrorKind::NoEvents);
}

#[test]
fn header_fails() {
    let (header, records) = read(&specimen().encode());
    for header in [
        TapHeader { sequence: 0, ..header.clone() },
        TapHeader { sequence: 100_000, ..header.clone() },
        TapHeader { decimals: 7, ..header.clone() },
        TapHeader { currency: "eur".into(), ..header.clone() },
        TapHeader { local_currency: Some("EURO".into()), ..header.clone() },
    ] {
        assert!(matches!(written(&header, &records).unwrap_err().kind, ErrorKind::Invalid { .. }));
    }
}

#[test]
fn changed_second_pass_fails() {
    let (header, records) = read(&specimen().encode());
    for second in [&records[..8], &[&records[..], &records[..1]].concat()[..]] {
        let mut plan = TapPlan::new(&header).unwrap();
        records.iter().try_for_each(|record| plan.add(record)).unwrap();
        let mut writer = plan.begin(std::io::sink()).unwrap();
        let done = second.iter().try_for_each(|record| writer.write(record)).and_then(|()| writer.finish());
        assert!(done.unwrap_err().to_string().contains("both passes"));
    }
}

#[test]
fn notification_ok() {
    let (mut header, _) = read(&specimen().encode());
    header.test = true;
    let mut out = Vec::new();
    assert_eq!(write_notification(&header, &mut out).unwrap(), out.len() as u64);
    let Inspection::Notification(found) = inspect(&out[..]).unwrap() else { panic!() };
    assert_eq!((found.sender.as_str(), found.sequence, found.test), (header.sender.as_str(), header.sequence, true));
    assert_eq!((found.available, found.version.as_str()), (header.available, "3.12"));
}

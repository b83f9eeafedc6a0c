//! NRTRDE files written, read, and bent out of shape.

mod common;

use std::collections::BTreeSet;

use common::{options, parse, Body, Element};
use gesim_cdr::{
    error::ErrorKind,
    nrtrde::{carries, inspect, report, ErrorReport, NrtrdeHeader, NrtrdeReader, NrtrdeWriter},
    tap::{Policy, Stamp, TapReader},
    CdrError, ReadOptions, RecordSource, UsageRecord,
};
use gesim_core::Lane;
use proptest::prelude::*;

fn header(available: Stamp) -> NrtrdeHeader {
    let (sender, recipient) = ("DEUD1".parse().unwrap(), "GBRCN".parse().unwrap());
    NrtrdeHeader { sender, recipient, sequence: 1234, available }
}

fn noon() -> Stamp {
    Stamp::from_unix(1_767_614_400, 60).unwrap()
}

/// Records of a generated TAP file that NRTRDE has a place for.
fn usage(records: u64, seed: u64) -> Vec<UsageRecord> {
    let bytes = common::file(&gesim_cdr::generate::Options { seed, ..options(records) });
    let all = TapReader::open(&bytes[..]).unwrap().map(Result::unwrap);
    all.filter(|record| carries(record.lane)).collect()
}

fn written(records: &[UsageRecord]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = NrtrdeWriter::new(&mut out, &header(noon())).unwrap();
    // mobile sessions of TAP have no recording entity: see `unplaceable_records_fails`
    let put = records.iter().filter(|record| writer.write(record).is_ok()).count();
    let done = writer.finish().unwrap();
    assert_eq!((done.records, done.octets), (put as u64, out.len() as u64));
    out
}

fn records(bytes: &[u8]) -> Vec<UsageRecord> {
    NrtrdeReader::open(bytes, &ReadOptions::default()).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn usage_round_trips_ok() {
    let before = usage(3000, 5);
    let bytes = written(&before);
    let after = records(&bytes);
    assert!(after.len() > 2500 && after.len() <= before.len());
    let lanes: BTreeSet<_> = after.iter().map(|record| record.lane as usize).collect();
    assert_eq!(lanes.len(), 5);
    let mut left = before.iter();
    for record in &after {
        let same = left.find(|other| other.start == record.start && other.subscriber == record.subscriber);
        let same = same.expect("the record that was written");
        assert_eq!((record.lane, record.units, record.event), (same.lane, same.units, same.event));
        assert_eq!(record.start.offset_minutes(), same.start.offset_minutes());
        assert_eq!(record.other_party, same.other_party);
        assert_eq!(record.service, same.service);
        if record.lane == Lane::Data {
            let lines = |record: &UsageRecord| {
                let lines = record.breakdown.as_ref().unwrap();
                (lines.incoming, lines.access_point.clone())
            };
            assert_eq!((record.duration, lines(record)), (same.duration, lines(same)));
            assert_eq!(record.references, same.references);
        }
        assert_eq!((record.billed.charge, record.refund), (0, false));
    }
    // what NRTRDE can say, it says the same again
    assert_eq!(written(&after), bytes);
    let summary = inspect(&bytes[..], &ReadOptions::default()).unwrap();
    assert_eq!((summary.sequence, summary.records), (Some(1234), after.len() as u64));
    assert_eq!(summary.available, Some(noon()));
    let source: Box<dyn RecordSource> = Box::new(NrtrdeReader::open(&bytes[..], &ReadOptions::default()).unwrap());
    assert_eq!(source.finish(Policy::STRICT).unwrap().records, after.len() as u64);
}

#[test]
fn delivery_within_four_hours_ok() {
    let mut one = usage(50, 1).into_iter().find(|record| record.lane == Lane::VoiceMo).unwrap();
    (one.units, one.duration) = (100, Some(100));
    let at = |seconds: i64| {
        let available = Stamp::from_unix(one.start.unix() + 100 + seconds, 0).unwrap();
        let mut out = Vec::new();
        let mut writer = NrtrdeWriter::new(&mut out, &header(available)).unwrap();
        writer.write(&one).unwrap();
        writer.finish().unwrap();
        let mut reader = NrtrdeReader::open(&out[..], &ReadOptions::default()).unwrap();
        assert_eq!(reader.by_ref().count(), 1);
        let delivery = reader.delivery();
        assert_eq!(delivery.slowest, Some(seconds));
        (delivery.late, delivery.ahead, inspect(&out[..], &ReadOptions::default()).unwrap().remarks)
    };
    assert_eq!(at(14_400), (0, 0, Vec::new()));
    let (late, ahead, remarks) = at(14_401);
    assert_eq!((late, ahead, remarks.len()), (1, 0, 1));
    assert!(remarks[0].starts_with("1 of 1 records came later than 4 hours, the slowest 240 minutes"));
    assert_eq!(at(0).0, 0);
    let (late, ahead, _) = at(-1);
    assert_eq!((late, ahead), (0, 1));
}

#[test]
fn empty_files_ok() {
    let bytes = written(&[]);
    // a list without members, and no list at all
    assert_eq!(inspect(&bytes[..], &ReadOptions::default()).unwrap().records, 0);
    let (mut root, _) = parse(&definite(&written(&usage(3, 1))));
    root.remove(2);
    *root.at(&[20]).value() = vec![0];
    assert_eq!(inspect(&root.encode()[..], &ReadOptions::default()).unwrap().records, 0);
    *root.at(&[20]).value() = vec![1];
    let error = inspect(&root.encode()[..], &ReadOptions::default()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Count { stated: 1, counted: 0 });
}

#[test]
fn unplaceable_records_fails() {
    let good = usage(400, 3);
    let call = good.iter().find(|record| record.lane == Lane::VoiceMo && !record.rec_entities.is_empty()).unwrap();
    let data = good.iter().find(|record| record.lane == Lane::Data).unwrap();
    let refused = |change: &dyn Fn(&mut UsageRecord), record: &UsageRecord| {
        let mut record = record.clone();
        change(&mut record);
        let mut out = Vec::new();
        let mut writer = NrtrdeWriter::new(&mut out, &header(noon())).unwrap();
        let error = writer.write(&record).unwrap_err();
        assert_eq!(error.record, Some(record.record));
        assert_eq!(writer.finish().unwrap().records, 0);
        assert!(inspect(&out[..], &ReadOptions::default()).is_ok());
        error.to_string()
    };
    assert!(refused(&|record| record.lane = Lane::Service, call).contains("neither a call"));
    assert!(refused(&|record| record.rec_entities.clear(), call).contains("no recording entity"));
    assert!(refused(&|record| record.service = Some("s21".to_owned()), call).contains("service code"));
    assert!(refused(&|record| record.service = Some("t22".to_owned()), call).contains("service code"));
    assert!(refused(&|record| record.subscriber.kind = "msisdn", call).contains("no IMSI"));
    assert!(refused(&|record| record.breakdown = None, data).contains("no access point"));
    assert!(refused(&|record| record.rec_entities.truncate(1), data).contains("both of its gateways"));
    assert!(refused(&|record| record.units = 0, data).contains("one way"));
    for sequence in [0, 10_000_000] {
        assert!(NrtrdeWriter::new(Vec::new(), &NrtrdeHeader { sequence, ..header(noon()) }).is_err());
    }
}

/// The same file with definite lengths.
fn definite(bytes: &[u8]) -> Vec<u8> {
    // 61 80 header 62 80 events 00 00 count 00 00
    let list = bytes.windows(2).position(|pair| pair == [0x62, 0x80]).unwrap();
    let count = bytes.len() - 2 - bytes[..bytes.len() - 2].iter().rev().position(|octet| *octet == 0x54).unwrap() - 1;
    let members = |bytes: &[u8]| {
        let (mut members, mut rest) = (Vec::new(), bytes.to_vec());
        while !rest.is_empty() {
            let (member, next) = parse(&rest);
            members.push(member);
            rest = next.to_vec();
        }
        members
    };
    let mut root = members(&bytes[2..list]);
    root.push(Element::group(2, members(&bytes[list + 2..count - 2])));
    root.extend(members(&bytes[count..bytes.len() - 2]));
    Element::group(1, root).encode()
}

/// One event of every kind, with every member that there is.
fn specimen() -> Element {
    let all = usage(400, 3);
    let kinds = [Lane::VoiceMo, Lane::SmsMt, Lane::Data];
    let chosen: Vec<_> = kinds
        .iter()
        .map(|lane| all.iter().find(|record| record.lane == *lane && !record.rec_entities.is_empty()).unwrap().clone())
        .collect();
    let (mut root, _) = parse(&definite(&written(&chosen)));
    let text = |tag, text: &str| Element::octets(tag, text.as_bytes());
    let tail = || {
        let charge = Element::octets(25, &[1, 2]);
        [
            charge,
            text(15, "DEUD1"),
            Element::octets(49, &[0x49, 0x15, 0x1f]),
            Element::octets(48, &[1]),
            Element::octets(47, &[2]),
        ]
    };
    let imei = Element::octets(33, &[0x35; 7]);
    for event in root.at(&[2]).members() {
        let kind = event.tag;
        let members = event.members();
        members.insert(1, imei.clone());
        match kind {
            3 => {
                let at = members.iter().position(|member| member.tag == 27).unwrap();
                members.insert(at, text(30, "*100#"));
                members.insert(at, text(42, "21"));
                members.insert(at + 3, text(44, "4915"));
            }
            5 => members.insert(7, text(17, "mnc001.mcc262.gprs")),
            _ => {}
        }
        members.extend(tail());
    }
    root
}

fn refusal(root: &Element) -> CdrError {
    let bytes = root.encode();
    let error = inspect(&bytes[..], &ReadOptions::default()).unwrap_err();
    assert!(error.offset <= bytes.len() as u64);
    error
}

#[test]
fn specimen_ok() {
    let summary = inspect(&specimen().encode()[..], &ReadOptions::default()).unwrap();
    assert_eq!(summary.records, 3);
    assert!(summary.remarks.iter().any(|remark| remark.contains("charges of 774")), "{:?}", summary.remarks);
}

const OPTIONAL: [u16; 14] = [33, 42, 30, 27, 44, 23, 25, 26, 17, 22, 15, 49, 48, 47];

/// Every element of the file by its path.
fn paths(element: &Element, path: &mut Vec<usize>, found: &mut Vec<(Vec<usize>, u16)>) {
    let Body::Members(members) = &element.body else { return };
    for (index, member) in members.iter().enumerate() {
        path.push(index);
        found.push((path.clone(), member.tag));
        paths(member, path, found);
        path.pop();
    }
}

fn list_of<'e>(root: &'e mut Element, path: &[usize]) -> (&'e mut Vec<Element>, usize) {
    let (last, way) = path.split_last().unwrap();
    (way.iter().fold(root, |element, index| &mut element.members()[*index]).members(), *last)
}

#[test]
fn members_missing_twice_or_misplaced_fails() {
    let root = specimen();
    let mut found = Vec::new();
    paths(&root, &mut Vec::new(), &mut found);
    assert!(found.len() > 50);
    for (path, tag) in found {
        let mut less = root.clone();
        let (list, index) = list_of(&mut less, &path);
        list.remove(index);
        let read = inspect(&less.encode()[..], &ReadOptions::default());
        assert_eq!(read.is_ok(), OPTIONAL.contains(&tag), "without {tag} at {path:?}");
        let mut more = root.clone();
        let (list, index) = list_of(&mut more, &path);
        list.insert(index, list[index].clone());
        refusal(&more);
        let mut other = root.clone();
        let (list, index) = list_of(&mut other, &path);
        if index + 1 < list.len() && path.len() != 2 {
            list.swap(index, index + 1);
            refusal(&other);
        }
        let mut foreign = root.clone();
        let (list, index) = list_of(&mut foreign, &path);
        list.insert(index, Element::octets(450, b"x"));
        refusal(&foreign);
    }
}

#[test]
fn values_fails() {
    let bent = |path: &[u16], value: &[u8], expected: &str| {
        let mut root = specimen();
        *root.at(path).value() = value.to_vec();
        let text = refusal(&root).to_string();
        assert!(text.contains(expected), "{text}");
    };
    bent(&[41], &[3], "the NRTRDE version is 3.1: expected 2.1");
    bent(&[37], &[2], "the NRTRDE version is 2.2: expected 2.1");
    bent(&[38], b"deud1", "sender holds no TADIG code");
    bent(&[39], b"0000000", "sequenceNumber is 0: expected 0000001 to 9999999");
    bent(&[39], b"12345678", "has 8 octets");
    bent(&[31], b"20260101250000", "does not exist");
    bent(&[45], b"+9900", "no offset");
    bent(&[20], &[4], "the file says that it holds 4 call events, and holds 3");
    bent(&[20], &[0xff], "callEventsCount is negative");
    bent(&[2, 3, 34], &[0xa1; 8], "(call event 1): imsi holds");
    bent(&[2, 3, 34], &[1, 2], "imsi has 2 octets");
    bent(&[2, 3, 19], &[0xff], "callEventDuration is negative");
    bent(&[2, 3, 19], &[0, 1], "nine equal bits");
    bent(&[2, 3, 46, 43], b"1g", "teleServiceCode holds");
    bent(&[2, 4, 22], b"49-1", "callingNumber holds");
    bent(&[2, 5, 28], &[0x7f; 9], "more than eight octets");
    let mut root = specimen();
    *root.at(&[2, 5, 28]).value() = vec![0x7f, 255, 255, 255, 255, 255, 255, 255];
    *root.at(&[2, 5, 29]).value() = vec![0x7f, 255, 255, 255, 255, 255, 255, 255];
    assert!(inspect(&root.encode()[..], &ReadOptions::default()).is_ok());
    root.at(&[2, 5]).tag = 6;
    assert!(refusal(&root).to_string().contains("[APPLICATION 6] does not belong in callEvents"));
}

#[test]
fn named_parties_fails() {
    let bytes = specimen().encode();
    let options = |sender: &str| ReadOptions { sender: Some(sender.parse().unwrap()), ..ReadOptions::default() };
    assert!(inspect(&bytes[..], &options("DEUD1")).is_ok());
    let error = inspect(&bytes[..], &options("GBRCN")).unwrap_err();
    assert_eq!(error.to_string(), "byte 0: sender is DEUD1: expected GBRCN");
}

#[test]
fn every_truncation_fails() {
    let indefinite = written(&usage(8, 2));
    for bytes in [definite(&indefinite), indefinite, specimen().encode()] {
        assert!(inspect(&bytes[..], &ReadOptions::default()).is_ok());
        for length in 0..bytes.len() {
            let error = inspect(&bytes[..length], &ReadOptions::default()).expect_err("a truncated file");
            assert!(error.offset <= length as u64, "{length}: {error}");
        }
        assert!(inspect(&[&bytes[..], &[0; 40]].concat()[..], &ReadOptions::default()).is_ok());
        let error = inspect(&[&bytes[..], &[0, 1]].concat()[..], &ReadOptions::default()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Trailing { octets: 2 });
    }
}

#[test]
fn reports_ok() {
    let mut root = specimen();
    *root.at(&[2, 3, 19]).value() = vec![0xff];
    root.at(&[2, 5]).remove(16);
    *root.at(&[20]).value() = vec![9];
    let bytes = root.encode();
    let told = report(&bytes[..], &ReadOptions::default(), noon()).unwrap().unwrap();
    assert_eq!((told.sender.as_str(), told.recipient.as_str(), told.sequence), ("GBRCN", "DEUD1", 1234));
    let lines: Vec<_> = told.lines.iter().map(|line| (line.record, line.code)).collect();
    assert_eq!((told.records, lines), (3, vec![(Some(1), 20), (Some(3), 30), (None, 100)]));
    let mut csv = Vec::new();
    told.write(&mut csv).unwrap();
    assert_eq!(ErrorReport::read(&csv[..]).unwrap(), told);
    for length in 0..csv.len() - 1 {
        assert!(ErrorReport::read(&csv[..length]).is_err(), "{length}");
    }
    let text = String::from_utf8(csv).unwrap();
    for (from, to) in [
        ("end,3", "end,4"),
        ("end,3", "end,0"),
        ("record,1,", "record,9,"),
        ("record,1,", "recording,1,"),
        ("file,,", "file,1,"),
        ("GBRCN", "gbrcn"),
        ("nrtrde-error-report-1", "nrtrde-error-report-2"),
        (",1234,", ",0,"),
        (",+0100,", ",+9900,"),
    ] {
        let bent = text.replacen(from, to, 1);
        assert_ne!(bent, text);
        assert!(ErrorReport::read(bent.as_bytes()).is_err(), "{to}");
    }
    assert!(ErrorReport::read(format!("{text}file,,1,2,more\n").as_bytes()).is_err());
    // a file that says nothing of itself
    let error = report(&b"?"[..], &ReadOptions::default(), noon()).unwrap_err();
    assert!(error.hint.is_some() && error.more.len() == 1, "{error}");
    let options = ReadOptions {
        sender: Some("DEUD1".parse().unwrap()),
        recipient: Some("GBRCN".parse().unwrap()),
        sequence: Some(8),
        currency: None,
    };
    let told = report(&b"?"[..], &options, noon()).unwrap().unwrap();
    assert_eq!((told.sender.as_str(), told.sequence, told.lines.len()), ("GBRCN", 8, 1));
}

/// Whatever is read can be written; a refusal lies inside the file and can be reported.
fn exercise(bytes: &[u8]) {
    let all =
        NrtrdeReader::open(bytes, &ReadOptions::default()).and_then(|reader| reader.collect::<Result<Vec<_>, _>>());
    match inspect(bytes, &ReadOptions::default()) {
        Ok(summary) => assert_eq!(written(&all.unwrap()).is_empty(), summary.release.is_empty()),
        Err(error) => {
            assert!(error.offset <= bytes.len() as u64, "{error}");
            let told = ReadOptions {
                sender: Some("DEUD1".parse().unwrap()),
                recipient: Some("GBRCN".parse().unwrap()),
                sequence: Some(1234),
                currency: None,
            };
            // a file of other parties than those that were expected is refused, too
            let mut csv = Vec::new();
            let report = report(bytes, &told, noon()).unwrap().unwrap();
            report.write(&mut csv).unwrap();
            assert_eq!(ErrorReport::read(&csv[..]).unwrap(), report);
        }
    }
}

#[test]
fn every_bit_flip_answers_ok() {
    let bytes = specimen().encode();
    for bit in 0..bytes.len() * 8 {
        let mut bent = bytes.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        exercise(&bent);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_answer_ok(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        exercise(&bytes);
        exercise(&[&[0x61, 0x80, 0x5f, 0x29, 0x01, 0x02][..], &bytes].concat());
    }
}

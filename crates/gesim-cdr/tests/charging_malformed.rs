//! Every way a file of charging data records can be wrong is refused, where it is wrong and for what.

mod charging_common;

use charging_common::{be32, ctx, file, group, int, packed_time, parties, pgw, seq, wrap, Members};
use gesim_cdr::{
    charging::{inspect, ChargingReader},
    error::ErrorKind as Kind,
    CdrError,
};
use gesim_core::Lane;

fn refused(bytes: &[u8]) -> CdrError {
    let error = inspect(bytes, &parties()).expect_err("a refusal");
    assert!(error.offset <= bytes.len() as u64, "{error}");
    error
}

/// A file with one good P-GW record, its members bent.
fn bent(bend: impl FnOnce(&mut Members)) -> CdrError {
    let mut members = pgw();
    bend(&mut members);
    refused(&file(&[wrap(79, &members)]))
}

fn set(tag: u32, value: Vec<u8>) -> impl FnOnce(&mut Members) {
    move |members| members.iter_mut().find(|member| member.0 == tag).unwrap().1 = value
}

#[test]
fn specimen_ok() {
    let bytes = file(&[wrap(79, &pgw())]);
    let record = ChargingReader::open(&bytes[..], &parties()).unwrap().next().unwrap().unwrap();
    assert_eq!((record.lane, record.units, record.duration), (Lane::Data, 3_000_000_300, Some(900)));
    assert_eq!(record.subscriber.reveal(), "234150000000001");
    assert_eq!(record.start.to_string(), "2026-01-05 10:00:00 +0100");
    assert_eq!(record.rec_entities, ["7:192.0.2.10"]);
    assert_eq!(record.references, ["chargingId:77", "localSequenceNumber:5"]);
}

#[test]
fn sgsn_record_ok() {
    let members = vec![
        (0, int(0, 18)),
        (3, ctx(3, &[0x32, 0x14, 0x05, 0, 0, 0, 0, 0xf1])),
        (10, int(10, 9)),
        (11, group(11, &ctx(0, &[192, 0, 2, 1]))),
        (15, group(15, &seq(&[int(3, 1000), int(4, 24), int(5, 2), ctx(6, &packed_time())]))),
        (16, ctx(16, &packed_time())),
        (17, int(17, 60)),
        (19, int(19, 18)),
        (21, int(21, 1)),
        (28, ctx(28, &[8, 0])),
    ];
    let bytes = file(&[wrap(20, &members)]);
    let record = ChargingReader::open(&bytes[..], &parties()).unwrap().next().unwrap().unwrap();
    assert_eq!((record.units, record.partial.as_deref()), (1024, Some("F")));
}

#[test]
fn indefinite_lengths_ok() {
    let body: Vec<u8> = pgw().into_iter().flat_map(|(_, octets)| octets).collect();
    let record = [&[0xbf, 79, 0x80][..], &body, &[0, 0]].concat();
    let summary = inspect(&file(&[record])[..], &parties()).unwrap();
    assert_eq!(summary.lanes[0].totals.units, 3_000_000_300);
    let open = [&[0xbf, 79, 0x80][..], &body].concat();
    assert!(matches!(refused(&file(&[open])).kind, Kind::Overrun { .. }));
}

#[test]
fn file_header_fails() {
    let bytes = file(&[wrap(79, &pgw()), wrap(79, &pgw())]);
    let with = |at: usize, octets: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + octets.len()].copy_from_slice(octets);
        bytes
    };
    let error = refused(&with(18, &be32(3)));
    assert_eq!((error.offset, error.kind), (18, Kind::Count { stated: 3, counted: 2 }));
    let length = bytes.len() as u32;
    assert_eq!(refused(&with(0, &be32(length + 1))).kind, Kind::Truncated("the header of a record"));
    assert!(matches!(refused(&with(0, &be32(length - 1))).kind, Kind::Overrun { what: "a record", .. }));
    assert!(matches!(refused(&with(0, &be32(20))).kind, Kind::OutOfRange { what: "the file length", .. }));
    assert!(matches!(refused(&with(4, &be32(49))).kind, Kind::Syntax { .. }));
    assert!(matches!(refused(&with(4, &be32(u32::MAX))).kind, Kind::Syntax { .. }));
    assert!(matches!(refused(&with(10, &[0xff; 4])).kind, Kind::Text { what: "the file opening time", .. }));
    let error = refused(&with(26, &[6]));
    assert_eq!((error.offset, error.to_string().contains("expected 0 to 5 or 128 to 131")), (26, true), "{error}");
    assert!(matches!(refused(&with(48, &[0, 9])).kind, Kind::Overrun { what: "the CDR routeing filter", .. }));
    assert!(matches!(refused(&with(50, &[0, 9])).kind, Kind::Overrun { what: "the private extension", .. }));
    // the lowest release is 17, the highest 16
    assert!(refused(&with(52, &[6, 7])).to_string().contains("17.0 is above the highest 16.0"));
    let unknown = [&[0xff; 4][..], &bytes[4..18], &[0xff; 4], &bytes[22..]].concat();
    assert!(refused(&unknown).to_string().contains("neither its length nor its records"));
    let joined = [&bytes[..], &[0]].concat();
    let error = refused(&joined);
    assert_eq!((error.offset, error.to_string().contains("1 octets follow")), (length.into(), true), "{error}");
}

#[test]
fn lengths_not_stated_ok() {
    let bytes = file(&[wrap(79, &pgw())]);
    for range in [0..4, 18..22] {
        let mut bytes = bytes.clone();
        bytes[range].fill(0xff);
        let summary = inspect(&bytes[..], &parties()).unwrap();
        assert!(summary.remarks.iter().any(|remark| remark.contains("does not state both")));
    }
}

#[test]
fn header_with_filter_and_extension_ok() {
    let bytes = file(&[wrap(79, &pgw())]);
    let inserted = [&bytes[..48], &[0, 3], b"abc", &[0, 2], b"xy", &bytes[52..]].concat();
    let mut longer = inserted;
    let length = longer.len() as u32;
    longer[..4].copy_from_slice(&be32(length));
    longer[4..8].copy_from_slice(&be32(59));
    let reader = ChargingReader::open(&longer[..], &parties()).unwrap();
    assert_eq!((&reader.header().routing_filter[..], &reader.header().extension[..]), (&b"abc"[..], &b"xy"[..]));
    assert_eq!(reader.filter(Result::is_ok).count(), 1);
    // a header that leaves the private extension's length out
    let mut shorter = [&bytes[..50], &bytes[52..]].concat();
    let length = shorter.len() as u32;
    shorter[..4].copy_from_slice(&be32(length));
    shorter[4..8].copy_from_slice(&be32(52));
    assert_eq!(inspect(&shorter[..], &parties()).unwrap().records, 1);
    // records lost
    for (octet, text) in [(3, "at least 3 records"), (0x85, "5 records were lost"), (0xff, "at least 127 records")] {
        let mut lost = bytes.clone();
        lost[47] = octet;
        let remarks = inspect(&lost[..], &parties()).unwrap().remarks;
        assert!(remarks.iter().any(|remark| remark.starts_with(text)), "{remarks:?}");
    }
}

#[test]
fn record_header_fails() {
    let bytes = file(&[wrap(79, &pgw())]);
    let with = |at: usize, octet: u8| {
        let mut bytes = bytes.clone();
        bytes[54 + at] = octet;
        refused(&bytes)
    };
    for (format, name) in [(2, "unaligned PER"), (3, "aligned PER"), (4, "XER"), (0, "unknown")] {
        let error = with(3, format << 5 | 7);
        assert_eq!((error.offset, error.record), (57, Some(1)));
        assert!(error.to_string().contains(&format!("is {name}: expected BER")), "{error}");
        assert!(error.hint.is_some());
    }
    assert!(matches!(with(3, 1 << 5 | 26).kind, Kind::OutOfRange { what: "the TS number", .. }));
    assert!(with(4, 8).to_string().contains("the record's release is 18.0: expected 17.0 to 17.0"));
    let mut empty = bytes[..54].to_vec();
    empty.extend([0, 0, 0xe0, 0x27, 7]);
    let length = empty.len() as u32;
    empty[..4].copy_from_slice(&be32(length));
    assert_eq!(refused(&empty).kind, Kind::EmptyGroup { parent: "a record" });
}

#[test]
fn record_kind_fails() {
    for (tag, name) in [(21, "[CONTEXT 21]"), (22, "[CONTEXT 22]"), (86, "[CONTEXT 86]"), (201, "[CONTEXT 201]")] {
        let error = refused(&file(&[wrap(tag, &pgw())]));
        assert_eq!((error.offset, error.record), (59, Some(1)));
        assert!(error.to_string().contains(&format!("is {name}: expected sgsnPDPRecord [20]")), "{error}");
    }
    assert!(matches!(bent(set(0, int(0, 84))).kind, Kind::OutOfRange { what: "recordType", value: 84, .. }));
    let two = [wrap(79, &pgw()), wrap(79, &pgw())].concat();
    assert!(refused(&file(&[two])).to_string().contains("ends before the length of its header"));
}

#[test]
fn mandatory_member_missing_fails() {
    for (tag, what) in [
        (0, "recordType"),
        (4, "p-GWAddress"),
        (5, "chargingID"),
        (6, "servingNodeAddress"),
        (13, "recordOpeningTime"),
        (14, "duration"),
        (15, "causeForRecClosing"),
        (23, "chargingCharacteristics"),
        (35, "servingNodeType"),
    ] {
        let error = bent(|members| members.retain(|member| member.0 != tag));
        assert_eq!(error.kind, Kind::Missing { what, parent: "pGWRecord" });
        assert_eq!((error.offset, error.record), (59, Some(1)));
    }
    // the subscriber may be named by number instead
    let number = |members: &mut Members| members[1] = (22, ctx(22, &[0x91, 0x44, 0x77, 0xf1]));
    let mut members = pgw();
    number(&mut members);
    let bytes = file(&[wrap(79, &members)]);
    let record = ChargingReader::open(&bytes[..], &parties()).unwrap().next().unwrap().unwrap();
    assert_eq!((record.subscriber.kind, record.subscriber.reveal()), ("msisdn", "44771"));
    let error = bent(|members| drop(members.remove(1)));
    assert_eq!(error.kind, Kind::Missing { what: "a subscriber", parent: "pGWRecord" });
}

#[test]
fn wrong_members_fails() {
    let error = bent(|members| members.push(members[2].clone()));
    assert_eq!(error.kind, Kind::Duplicate { what: "p-GWAddress", parent: "pGWRecord" });
    // 10 is no member, 63 was never assigned, 74 is one of a later release
    for tag in [10, 63] {
        let error = bent(|members| members.push((tag, ctx(tag, &[1]))));
        assert!(matches!(error.kind, Kind::Unexpected { parent: "pGWRecord", .. }), "{error}");
    }
    let mut members = pgw();
    members.push((74, group(74, &ctx(0, &[1]))));
    let summary = inspect(&file(&[wrap(79, &members)])[..], &parties()).unwrap();
    assert!(summary.remarks.iter().any(|remark| remark == "1 members of a later release were passed over"));
    let error = bent(|members| members.push((74, group(74, &[0x80]))));
    assert!(matches!(error.kind, Kind::Overrun { .. }), "{error}");
    let error = bent(|members| members.push((1, vec![0x04, 1, 7])));
    assert!(matches!(error.kind, Kind::Unexpected { parent: "pGWRecord", .. }));
    let error = bent(set(5, group(5, &[])));
    assert_eq!(error.kind, Kind::Encoding { what: "chargingID", expected: "a primitive element" });
    let error = bent(set(12, ctx(12, &[])));
    assert_eq!(error.kind, Kind::Encoding { what: "listOfTrafficVolumes", expected: "a constructed element" });
    let deep = (0..40).fold(Vec::new(), |inside, _| group(19, &inside));
    let error = bent(|members| members.push((19, deep)));
    assert!(matches!(error.kind, Kind::TooDeep(_)), "{error}");
}

#[test]
fn wrong_values_fails() {
    assert_eq!(bent(set(14, ctx(14, &[0xff]))).kind, Kind::Negative { what: "duration", value: -1 });
    assert!(matches!(bent(set(14, ctx(14, &[]))).kind, Kind::BadInteger { what: "duration", .. }));
    assert!(matches!(bent(set(14, ctx(14, &[1, 0, 0, 0, 0]))).kind, Kind::OutOfRange { what: "duration", .. }));
    assert!(matches!(bent(set(5, ctx(5, &[1, 0, 0, 0, 0]))).kind, Kind::OutOfRange { what: "chargingID", .. }));
    assert!(matches!(bent(set(15, int(15, 2))).kind, Kind::OutOfRange { what: "causeForRecClosing", value: 2, .. }));
    assert!(matches!(bent(set(3, ctx(3, &[0x0a, 0, 0]))).kind, Kind::Text { what: "servedIMSI", .. }));
    assert!(matches!(bent(set(3, ctx(3, &[0x0f, 0, 0]))).kind, Kind::Text { what: "servedIMSI", .. }));
    assert!(matches!(bent(set(3, ctx(3, &[0x11, 0x11, 0xf1]))).kind, Kind::Size { what: "servedIMSI", .. }));
    assert!(matches!(bent(set(3, ctx(3, &[0x11; 9]))).kind, Kind::Size { what: "servedIMSI", .. }));
    assert!(matches!(bent(set(4, group(4, &ctx(0, &[1, 2, 3])))).kind, Kind::Size { .. }));
    assert!(matches!(bent(set(4, group(4, &ctx(7, &[1, 2, 3])))).kind, Kind::Unexpected { .. }));
    assert!(matches!(bent(set(4, group(4, &[]))).kind, Kind::EmptyGroup { .. }));
    let time = |at: usize, octet: u8| {
        let mut time = packed_time();
        time[at] = octet;
        ctx(13, &time)
    };
    // month 13, minute 60, a half octet that is no digit, no sign, an offset of 15 hours
    for (at, octet) in [(1, 0x13), (4, 0x60), (2, 0x1a), (6, b'0'), (7, 0x15)] {
        let error = bent(set(13, time(at, octet)));
        assert!(matches!(error.kind, Kind::Text { what: "recordOpeningTime", .. }), "{error}");
    }
    let error = bent(set(13, ctx(13, &packed_time()[..8])));
    assert_eq!(error.kind, Kind::Size { what: "recordOpeningTime", length: 8, min: 9, max: 9 });
    let error = bent(|members| members.push((27, ctx(27, &[0x2a, 0xf6, 0x10]))));
    assert!(matches!(error.kind, Kind::Text { what: "servingNodePLMNIdentifier", .. }));
}

#[test]
fn volumes_fails() {
    let list = |items: &[Vec<u8>]| (12, group(12, &items.concat()));
    let most = ctx(3, &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    let end = [int(5, 2), ctx(6, &packed_time())];
    let with = |volumes: &[Vec<u8>]| seq(&[volumes, &end].concat());
    let run = |items: &[Vec<u8>]| bent(|members| members.iter_mut().find(|m| m.0 == 12).unwrap().1 = list(items).1);
    assert_eq!(run(&[with(std::slice::from_ref(&most)), with(&[most])]).kind, Kind::Sum("volumes"));
    assert!(matches!(run(&[with(&[ctx(3, &[0x80])])]).kind, Kind::Negative { what: "dataVolumeGPRSUplink", .. }));
    assert!(matches!(run(&[seq(&[int(3, 1), int(5, 2)])]).kind, Kind::Missing { what: "changeTime", .. }));
    assert!(matches!(run(&[with(&[int(4, 1), int(3, 1)])]).kind, Kind::Order { .. }));
    // an unknown member next to a volume could be one
    assert!(matches!(run(&[seq(&[end.concat(), ctx(30, &[1])])]).kind, Kind::Unexpected { .. }));
    assert!(matches!(run(&[ctx(1, &[1])]).kind, Kind::Unexpected { parent: "listOfTrafficVolumes", .. }));
}

#[test]
fn charging_function_fails() {
    let base = || -> Members {
        vec![
            (0, ctx(0, &[0, 200])),
            (1, ctx(1, b"smf-1")),
            (2, group(2, &[int(0, 1), ctx(1, b"imsi-234150000000001")].concat())),
            (3, group(3, &int(0, 1))),
            (6, ctx(6, &packed_time())),
            (7, int(7, 60)),
            (9, int(9, 0)),
        ]
    };
    let error = refused(&file(&[wrap(200, &base())]));
    assert!(error.to_string().contains("is of a service that is not billed here"), "{error}");
    assert_eq!(error.hint, Some("PDU session, SMS and IMS charging are supported"));
    let session = |containers: &[Vec<u8>]| {
        let mut members = base();
        let units = group(1, &seq(containers));
        members.push((5, group(5, &seq(&[int(0, 7), units]))));
        members.push((13, group(13, &[int(0, 1), int(6, 5)].concat())));
        file(&[wrap(200, &members)])
    };
    let total = |total: u64| session(&[int(4, total), int(5, 1000), int(6, 24)]);
    let read = ChargingReader::open(&total(1024)[..], &parties()).unwrap().next().unwrap().unwrap();
    assert_eq!((read.units, read.subscriber.reveal()), (1024, "234150000000001"));
    let error = refused(&total(1025));
    assert!(error.to_string().contains("dataTotalVolume is 1025: expected uplink and downlink: 1024"), "{error}");
    assert_eq!(inspect(&session(&[int(4, 9)])[..], &parties()).unwrap().lanes[0].totals.units, 9);
    assert_eq!(inspect(&session(&[int(4, 9), int(5, 4)])[..], &parties()).unwrap().lanes[0].totals.units, 9);
    assert!(matches!(refused(&session(&[int(4, 3), int(5, 4)])).kind, Kind::Invalid { .. }));
    let mut members = base();
    members[2] = (2, group(2, &[int(0, 9), ctx(1, b"x")].concat()));
    members.push((13, group(13, &[int(0, 1), int(6, 5)].concat())));
    assert!(matches!(refused(&file(&[wrap(200, &members)])).kind, Kind::OutOfRange { what: "subscriptionIDType", .. }));
    members[2] = (2, group(2, &[int(0, 1), ctx(1, b"12x456")].concat()));
    assert!(matches!(refused(&file(&[wrap(200, &members)])).kind, Kind::Text { .. }));
}

#[test]
fn sent_again_and_incomplete_ok() {
    let remarks = |record: Vec<u8>| inspect(&file(&[record])[..], &parties()).unwrap().remarks.join("; ");
    let mut members = pgw();
    members.push((52, ctx(52, &[])));
    assert!(remarks(wrap(79, &members)).contains("1 records were sent again: look for them in earlier files"));
    let session = |lost: &[u8]| {
        let members = vec![
            (0, ctx(0, &[0, 200])),
            (1, ctx(1, b"smf-1")),
            (2, group(2, &[int(0, 1), ctx(1, b"234150000000001")].concat())),
            (3, group(3, &int(0, 1))),
            (6, ctx(6, &packed_time())),
            (7, int(7, 60)),
            (9, int(9, 0)),
            (13, group(13, &[int(0, 1), int(6, 5)].concat())),
            (16, ctx(16, &[1, 0xab])),
            (22, group(22, &ctx(1, lost))),
        ];
        wrap(200, &members)
    };
    assert!(remarks(session(&[0xff])).contains("1 records say that part of their session was lost"));
    assert!(!remarks(session(&[0])).contains("lost"));
    let bytes = file(&[session(&[0])]);
    let record = ChargingReader::open(&bytes[..], &parties()).unwrap().next().unwrap().unwrap();
    assert!(record.references.contains(&"chargingSession:01ab".to_owned()), "{:?}", record.references);
    assert!(matches!(refused(&file(&[session(&[])])).kind, Kind::Size { what: "incompleteCDRIndication", .. }));
}

#[test]
fn several_reasons_fails() {
    let good = wrap(79, &pgw());
    let mut members = pgw();
    members.retain(|member| member.0 != 14);
    let bad = wrap(79, &members);
    let error = refused(&file(&[bad.clone(), good, bad]));
    assert_eq!((error.record, error.more.len(), error.more[0].record), (Some(1), 1, Some(3)));
}

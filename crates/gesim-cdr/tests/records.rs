//! Identity, metadata and values of records.

mod common;

use common::{file, options, specimen, Element};
use gesim_cdr::{
    error::ErrorKind,
    generate::Options,
    tap::{inspect, TapReader},
    AgreementKey, EventKind, UsageRecord,
};
use gesim_core::{poseidon::is_canonical, Lane, Measure};
use sha2::{Digest, Sha256};

fn records(bytes: &[u8]) -> Vec<UsageRecord> {
    TapReader::open(bytes).unwrap().map(Result::unwrap).collect()
}

fn bent(tag: u16, bend: impl FnOnce(&mut Element)) -> UsageRecord {
    let mut root = specimen();
    bend(&mut root);
    let index = common::EVENTS.iter().position(|event| *event == tag).unwrap();
    records(&root.encode()).swap_remove(index)
}

fn key(fill: u8) -> AgreementKey {
    AgreementKey::new([fill; 32])
}

#[test]
fn lanes_ok() {
    use EventKind::*;
    let found: Vec<_> = records(&specimen().encode()).iter().map(|record| (record.event, record.lane)).collect();
    assert_eq!(
        found,
        [
            (MobileOriginatedCall, Lane::VoiceMo),
            (MobileTerminatedCall, Lane::VoiceMt),
            (SupplServiceEvent, Lane::Service),
            (ServiceCentreUsage, Lane::Service),
            (GprsCall, Lane::Data),
            (ContentTransaction, Lane::Content),
            (LocationService, Lane::Service),
            (MessagingEvent, found[7].1),
            (MobileSession, found[8].1),
        ]
    );
    let message =
        |code: &'static [u8], tag| bent(tag, |root| *root.at(&[3, tag, 38, 39, 36, 426, 218]).value() = code.to_vec());
    assert_eq!((message(b"22", 9).lane, message(b"22", 9).units), (Lane::SmsMo, 1));
    assert_eq!(message(b"21", 10).lane, Lane::SmsMt);
    assert_eq!(message(b"20", 9).lane, Lane::SmsMo);
    // cell broadcast is no message to anybody, fax is a call
    for code in [b"11", b"23", b"61"] {
        assert_eq!(message(code, 9).lane, Lane::VoiceMo);
    }
    let over_ip = |service: u8| bent(433, |root| *root.at(&[3, 433, 439]).value() = vec![service]).lane;
    assert_eq!([1, 2, 3].map(over_ip), [Lane::SmsMo, Lane::SmsMt, Lane::Content]);
    let number = Element::group(450, vec![Element::octets(451, &[0x12])]);
    let session = bent(434, |root| {
        root.at(&[3, 434]).members().retain(|member| member.tag != 450);
        let at = root.at(&[3, 434]).members().iter().position(|member| member.tag == 448).unwrap();
        root.at(&[3, 434]).members().insert(at, number);
    });
    assert_eq!((session.lane, session.units), (Lane::VoiceMo, session.duration.unwrap()));
}

#[test]
fn ids_are_keyed_and_unique_ok() {
    let all = records(&file(&options(3000)));
    let mut ids: Vec<_> = all.iter().map(|record| record.seal(&key(1)).record_id).collect();
    assert!(ids.iter().all(|id| id[0] == 0 && is_canonical(id)));
    assert_ne!(ids[0], all[0].seal(&key(2)).record_id);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3000);
}

#[test]
fn same_call_in_another_file_ok() {
    // other sequence number, other position, other codes in the tables, other charge, corrected duration
    let before = bent(9, |_| ());
    let after = bent(9, |root| {
        *root.at(&[4, 109]).value() = b"00777".to_vec();
        *root.at(&[3, 9, 147, 223]).value() = vec![1];
        *root.at(&[3, 9, 38, 39, 70, 69, 64, 63, 62]).value() = vec![1];
        for (old, new) in [(0u8, 40u8), (1, 41)] {
            rename(root, 232, old, new);
        }
        for (old, new) in [(1u8, 51u8), (2, 52), (3, 53), (4, 54)] {
            rename(root, 184, old, new);
        }
        root.at(&[3]).members().reverse();
        root.at(&[3]).members().swap(0, 8);
    });
    assert_eq!(before.identity(), after.identity());
    let (a, b) = (before.seal(&key(1)), after.seal(&key(1)));
    assert_eq!(a.record_id, b.record_id);
    assert_ne!(a.meta_digest, b.meta_digest);
}

/// Gives a code another number wherever the tag occurs.
fn rename(element: &mut Element, tag: u16, old: u8, new: u8) {
    match &mut element.body {
        common::Body::Octets(octets) if element.tag == tag && *octets == [old] => *octets = vec![new],
        common::Body::Octets(_) => {}
        common::Body::Members(members) => members.iter_mut().for_each(|member| rename(member, tag, old, new)),
    }
}

#[test]
fn other_calls_have_other_ids_ok() {
    let base = bent(9, |_| ()).identity();
    let changes: [(&[u16], &[u8]); 6] = [
        (&[4, 196], b"FRAF1"),
        (&[4, 182], b"ITASI"),
        (&[3, 9, 147, 427, 199, 129], &[0x26, 0x20, 0x12, 0x34]),
        (&[3, 9, 147, 44, 16], b"20260105000001"),
        (&[3, 9, 147, 89, 407], &[0x49, 0x15]),
        (&[3, 9, 138, 156, 45], &[9, 9]),
    ];
    for (path, octets) in changes {
        let other = bent(9, |root| *root.at(path).value() = octets.to_vec()).identity();
        assert_ne!(base, other, "{path:?}");
    }
}

#[test]
fn metadata_tells_no_subscriber_ok() {
    let record = bent(14, |_| ());
    let sealed = record.seal(&key(3));
    assert_eq!(sealed.meta_digest[0], 0);
    let (day, detail) = (record.start.local_day(), Sha256::digest(&sealed.metadata).into());
    assert_eq!((sealed.day, sealed.detail), (day, detail));
    assert_eq!(sealed.meta_digest, gesim_core::meta::meta_digest(day, &detail));
    let imsi = record.subscriber.reveal().as_bytes().to_vec();
    assert!(record.identity().windows(imsi.len()).any(|window| window == imsi));
    assert!(!sealed.metadata.windows(imsi.len()).any(|window| window == imsi));
    assert!(sealed.metadata.starts_with(b"\x00\x00\x18gesim:call-event-meta:v1\x01\x00\x20"));
    // the metadata alone, without the key, cannot be made for a guessed subscriber
    assert_ne!(sealed.metadata, record.seal(&key(4)).metadata);
    assert!(!format!("{record:?} {:?}", key(3)).contains(std::str::from_utf8(&imsi).unwrap()));
}

#[test]
fn largest_value_ok() {
    let largest = [0x0f, 0xff, 0xff, 0xff, 0xff];
    let record = bent(14, |root| {
        *root.at(&[3, 14, 121, 250]).value() = largest.to_vec();
        *root.at(&[3, 14, 121, 251]).value() = vec![0];
    });
    assert_eq!(record.value(Measure::Units), Ok((1 << 36) - 1));
}

#[test]
fn too_large_value_fails() {
    let record = bent(14, |root| {
        *root.at(&[3, 14, 121, 250]).value() = vec![0x0f, 0xff, 0xff, 0xff, 0xff];
        *root.at(&[3, 14, 121, 251]).value() = vec![1];
    });
    let error = record.value(Measure::Units).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Value { lane: Lane::Data, value: 1 << 36 });
    assert_eq!((error.record, error.offset), (Some(5), record.offset));
    assert!(record.value(Measure::Charge).is_ok());
}

#[test]
fn refund_fails() {
    let refund = |root: &mut Element| root.at(&[3, 17, 285, 352]).members().insert(4, Element::octets(344, &[1]));
    let record = bent(17, refund);
    assert_eq!((record.billed.charge, record.refund), (0, true));
    assert!(record.refunded.charge > 0);
    for measure in [Measure::Units, Measure::Charge] {
        assert_eq!(record.value(measure).unwrap_err().kind, ErrorKind::Refund);
    }
    let mut root = specimen();
    refund(&mut root);
    let text = format!("{:?}", inspect(&root.encode()[..]).unwrap());
    assert!(text.contains("total refund"), "{text}");
}

#[test]
fn charges_ok() {
    // only type 00 counts, a CAMEL fee is added to it
    let charge = bent(9, |_| ()).billed.charge;
    let record = bent(9, |root| {
        let detail = root.at(&[3, 9, 38, 39, 70, 69, 64, 63]).clone();
        let mut part = detail.clone();
        *part.at(&[71]).value() = b"01".to_vec();
        root.at(&[3, 9, 38, 39, 70, 69, 64]).members().push(part);
        root.at(&[3, 9]).members().retain(|member| member.tag != 57);
        let fee = Element::group(57, vec![Element::octets(55, &[1]), Element::octets(422, &[7])]);
        root.at(&[3, 9]).members().push(fee);
    });
    let without_fee = bent(9, |root| root.at(&[3, 9]).members().retain(|member| member.tag != 57)).billed.charge;
    assert_eq!(record.billed.charge, without_fee + 7);
    assert!(charge >= without_fee);
}

#[test]
fn discounts_ok() {
    let applied = |value: Element| Element::group(428, vec![value]);
    let entry = |code: u8, value: Element| Element::group(94, vec![Element::octets(91, &[code]), applied(value)]);
    let record = bent(14, |root| {
        let table = vec![entry(1, Element::octets(411, &[30])), entry(2, Element::octets(92, &[15]))];
        root.at(&[5]).members().insert(1, Element::group(95, table));
        let given = |members| Element::group(96, members);
        let information = root.at(&[3, 14, 121, 70, 69]).clone();
        let list = root.at(&[3, 14, 121, 70]).members();
        list.push(information);
        list[0].members().push(given(vec![Element::octets(91, &[1])]));
        list[1].members().push(given(vec![Element::octets(91, &[2]), Element::octets(412, &[12])]));
    });
    assert_eq!(record.billed.discount, 42);
}

#[test]
fn partial_records_ok() {
    let options = Options { seed: 4, ..options(400) };
    let all = records(&file(&options));
    let partial = all.iter().find(|record| record.partial.is_some()).unwrap();
    assert_eq!((partial.partial.as_deref(), partial.context_start), (Some("I"), Some(partial.start)));
}

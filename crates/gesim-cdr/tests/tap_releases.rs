//! Files of TAP 3.10 and 3.11 are read by their own definitions, and say the same as a 3.12 file of the same calls.

mod common;

use common::{specimen, Body, Element};
use gesim_cdr::{
    error::ErrorKind,
    tap::{inspect, inspect_with, write, Inspection, Policy, Summary, TapHeader, TapReader},
    EventKind, UsageRecord,
};
use gesim_core::Lane;

fn records(root: &Element) -> Vec<UsageRecord> {
    TapReader::open(&root.encode()[..]).unwrap().map(Result::unwrap).collect()
}

fn summary(root: &Element, policy: Policy) -> Summary {
    match inspect_with(&root.encode()[..], policy).unwrap() {
        Inspection::TransferBatch(summary) => *summary,
        other => panic!("{other:?}"),
    }
}

/// The specimen without what 3.12 brought.
fn release_11() -> Element {
    let mut root = specimen();
    *root.at(&[4, 189]).value() = vec![11];
    root.at(&[3]).members().retain(|event| event.tag < 433);
    *root.at(&[15, 43]).value() = vec![7];
    root
}

/// The same calls as 3.10 has them.
fn release_10() -> Element {
    let mut root = release_11();
    *root.at(&[4, 189]).value() = vec![10];
    older(&mut root);
    let duration = Element::octets(223, &[9]);
    root.at(&[3, 17, 304]).members().push(duration);
    let total = Element::group(222, vec![Element::octets(71, b"00"), Element::octets(241, &[0])]);
    *root.at(&[15, 415]) = Element::group(224, vec![total]);
    root
}

fn older(element: &mut Element) {
    let tag = element.tag;
    let Body::Members(members) = &mut element.body else {
        match tag {
            407 | 405 => element.tag = 33,
            400 => element.tag = 151,
            _ => {}
        }
        return;
    };
    members.iter_mut().for_each(older);
    // choices lose their tags
    for member in members.iter_mut().filter(|member| matches!(member.tag, 426 | 427 | 430)) {
        *member = member.members()[0].clone();
    }
    match tag {
        121 => {
            let volumes: Vec<_> = members.drain(0..2).collect();
            members.insert(0, Element::group(120, vec![Element::group(119, volumes)]));
        }
        191 => members[2] = Element::group(158, vec![Element::octets(33, &[0x49, 0x16, 0x0f])]),
        57 => {
            let fee = members.iter_mut().find(|member| member.tag == 422).unwrap();
            let charge = Element { tag: 62, ..fee.clone() };
            let detail = Element::group(63, vec![Element::octets(71, b"00"), charge]);
            let list = Element::group(64, vec![detail]);
            *fee = Element::group(69, vec![Element::octets(66, b"E"), list]);
        }
        _ => {}
    }
}

#[test]
fn release_11_ok() {
    let (newer, older) = (records(&specimen()), records(&release_11()));
    assert_eq!(older.len(), 7);
    for (a, b) in newer.iter().zip(&older) {
        assert_eq!((a.identity(), a.units, a.billed, &a.breakdown), (b.identity(), b.units, b.billed, &b.breakdown));
    }
    assert_eq!(summary(&release_11(), Policy::default()).version, "3.11");
}

#[test]
fn release_11_with_newer_elements_fails() {
    let refused = |bend: &dyn Fn(&mut Element)| {
        let mut root = release_11();
        bend(&mut root);
        inspect(&root.encode()[..]).unwrap_err().kind
    };
    let session = specimen().at(&[3, 434]).clone();
    let kind = refused(&|root| root.at(&[3]).members().push(session.clone()));
    assert!(matches!(kind, ErrorKind::Unexpected { parent: "callEventDetails", .. }), "{kind}");
    let kind = refused(&|root| root.at(&[5, 211, 216]).members().push(Element::octets(432, b"1")));
    assert!(matches!(kind, ErrorKind::Unexpected { parent: "taxation", .. }), "{kind}");
    let nine = Element::octets(152, &[0x49; 9]);
    let kind = refused(&|root| root.at(&[3, 9, 147, 427, 199]).members().push(nine.clone()));
    assert_eq!(kind, ErrorKind::Size { what: "msisdn", length: 9, min: 1, max: 8 });
}

#[test]
fn release_10_ok() {
    let (newer, older) = (records(&specimen()), records(&release_10()));
    assert_eq!(older.len(), 7);
    for (a, b) in newer.iter().zip(&older) {
        assert_eq!((a.units, a.billed, a.lane, a.start), (b.units, b.billed, b.lane, b.start), "{a:?} {b:?}");
        // 3.10 has a number where 3.11 has an address
        if a.event != EventKind::ServiceCentreUsage {
            assert_eq!(a.identity(), b.identity(), "{a:?} {b:?}");
        }
    }
    assert_eq!(older[3].other_party.as_ref().unwrap().reveal(), "49160");
    assert_eq!(older[5].duration, Some(9));
    assert_eq!(summary(&release_10(), Policy::default()).version, "3.10");
}

#[test]
fn release_10_totals_ok() {
    let mut root = release_10();
    let charge: u64 = records(&root).iter().map(|record| record.billed.charge).sum();
    let tax: u64 = records(&root).iter().map(|record| record.billed.tax).sum();
    let octets = |value: u64| [&[0][..], &value.to_be_bytes()].concat().split_off(4);
    *root.at(&[15, 224, 222, 241]).value() = octets(charge);
    *root.at(&[15, 226]).value() = octets(tax);
    for value in [vec![15, 224, 222, 241], vec![15, 226]] {
        let value = root.at(&value).value();
        while value.len() > 1 && value[0] == 0 && value[1] < 0x80 {
            value.remove(0);
        }
    }
    root.at(&[15]).members().retain(|member| !matches!(member.tag, 101 | 133));
    assert_eq!(summary(&root, Policy::STRICT).total_charge, charge);
    // the list without type 00 has no total
    *root.at(&[15, 224, 222, 71]).value() = b"01".to_vec();
    let kind = inspect(&root.encode()[..]).unwrap_err().kind;
    assert_eq!(kind, ErrorKind::Missing { what: "totalCharge", parent: "auditControlInfo" });
}

#[test]
fn older_releases_written_as_newest_ok() {
    for root in [release_10(), release_11()] {
        let header = TapHeader::again(TapReader::open(&root.encode()[..]).unwrap().header());
        let (before, mut out) = (records(&root), Vec::new());
        write(&header, || Ok(before.iter().cloned().map(Ok)), &mut out).unwrap();
        let Inspection::TransferBatch(summary) = inspect_with(&out[..], Policy::STRICT).unwrap() else { panic!() };
        assert_eq!((summary.version.as_str(), summary.records), ("3.12", 7));
        for (a, b) in before.iter().zip(TapReader::open(&out[..]).unwrap().map(Result::unwrap)) {
            assert_eq!((a.units, a.billed, a.start, a.duration), (b.units, b.billed, b.start, b.duration));
            if a.event != EventKind::ServiceCentreUsage {
                assert_eq!(a.identity(), b.identity());
            }
        }
    }
}

#[test]
fn value_added_service_ok() {
    let mut root = release_10();
    let time = Element { tag: 74, ..root.at(&[3, 9, 147, 44]).clone() };
    let charge = root.at(&[3, 9, 38, 39, 70, 69]).clone();
    let used = Element::group(236, vec![Element::octets(237, &[5]), time, charge]);
    let subscriber = root.at(&[3, 12, 191, 286]).clone();
    root.at(&[3]).members().push(Element::group(13, vec![subscriber, used.clone()]));
    // and as part of a call
    root.at(&[3, 9]).members().retain(|member| member.tag != 57);
    root.at(&[3, 9]).members().push(Element::group(235, vec![used]));
    *root.at(&[15, 43]).value() = vec![8];
    let undefined = inspect(&root.encode()[..]).unwrap_err().kind;
    let table = "value added service table";
    assert_eq!(undefined, ErrorKind::Reference { what: "vasCode", code: 5, table });
    let entry = Element::group(238, vec![Element::octets(237, &[5]), Element::octets(240, b"weather")]);
    root.members().insert(3, Element::group(7, vec![entry]));
    let all = records(&root);
    let service = all.last().unwrap();
    assert_eq!((service.event, service.lane), (EventKind::ValueAddedService, Lane::Service));
    assert_eq!((service.service.as_deref(), service.units), (Some("vweather"), 1));
    assert_eq!(all[0].billed.charge, 2 * service.billed.charge);
}

#[test]
fn elements_of_other_releases_fails() {
    // 3.10's choices are not tagged, 3.11's are
    for (mut root, path) in [(release_11(), [3, 9, 147, 427]), (specimen(), [3, 9, 147, 427])] {
        *root.at(&path) = root.at(&path).members()[0].clone();
        let kind = inspect(&root.encode()[..]).unwrap_err().kind;
        assert!(matches!(kind, ErrorKind::Unexpected { parent: "moBasicCallInformation", .. }), "{kind}");
    }
    let mut root = release_10();
    let inner = root.at(&[3, 9, 147, 199]).clone();
    *root.at(&[3, 9, 147, 199]) = Element::group(427, vec![inner]);
    let kind = inspect(&root.encode()[..]).unwrap_err().kind;
    assert!(matches!(kind, ErrorKind::Unexpected { parent: "moBasicCallInformation", .. }), "{kind}");
    let mut root = release_11();
    root.members().insert(3, Element::group(7, vec![]));
    let kind = inspect(&root.encode()[..]).unwrap_err().kind;
    assert!(matches!(kind, ErrorKind::Unexpected { parent: "transferBatch", .. }), "{kind}");
    // the numbers that stand for untagged choices are no tags
    let mut root = release_10();
    *root.at(&[3, 9, 147, 199]) = Element::group(1001, vec![]);
    let kind = inspect(&root.encode()[..]).unwrap_err().kind;
    assert!(matches!(kind, ErrorKind::Unexpected { parent: "moBasicCallInformation", .. }), "{kind}");
}

#[test]
fn every_truncation_and_bit_flip_answers_ok() {
    for root in [release_10(), release_11()] {
        let bytes = root.encode();
        for length in 0..bytes.len() {
            let error = inspect(&bytes[..length]).expect_err("a truncated file");
            assert!(error.offset <= length as u64, "{length}: {error}");
        }
        for at in 0..bytes.len() * 8 {
            let mut bent = bytes.clone();
            bent[at / 8] ^= 1 << (at % 8);
            if let Err(error) = inspect(&bent[..]) {
                assert!(error.offset <= bytes.len() as u64, "{error}");
            }
        }
    }
}

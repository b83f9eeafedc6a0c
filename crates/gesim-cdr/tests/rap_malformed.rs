//! RAP files bent out of shape: refused whole, with the place, and never with a panic.

mod common;

use common::{parse, Body, Element};
use gesim_cdr::{
    error::ErrorKind,
    rap::{
        read, read_with, ErrorContext, ErrorDetail, FatalReturn, Group, GroupError, RapFile, RapTotals, Return,
        ReturnBatch, SevereReturn,
    },
    tap::{Policy, Stamp},
    CdrError, EventKind,
};
use proptest::prelude::*;

fn stamp(seconds: i64) -> Stamp {
    Stamp::from_unix(1_767_700_000 + seconds, -90).unwrap()
}

fn detail(code: u64, offset: Option<u64>) -> ErrorDetail {
    let step = |(level, item): (usize, &u64)| ErrorContext {
        item: *item,
        occurrence: (level == 1).then_some(300),
        level: level as u64 + 1,
    };
    ErrorDetail { context: [1, 3, 14, 121].iter().enumerate().map(step).collect(), offset, code }
}

/// A call event with a charge of 1500, a part of it, and a tax of 30.
fn event() -> Element {
    let number = |tag, value: u64| {
        let octets = value.to_be_bytes();
        Element::octets(tag, if value < 128 { &octets[7..] } else { &octets[6..] })
    };
    let line = |kind: &[u8], value| Element::group(63, vec![Element::octets(71, kind), number(62, value)]);
    let charges = Element::group(64, vec![line(b"00", 1500), line(b"01", 700)]);
    let taxes = Element::group(214, vec![Element::group(213, vec![number(212, 0), number(397, 30)])]);
    Element::group(
        14,
        vec![Element::group(121, vec![Element::group(70, vec![Element::group(69, vec![charges, taxes])])])],
    )
}

/// One of everything.
fn batch() -> ReturnBatch {
    let notes = vec!["one".to_owned(), "two".to_owned()];
    let group = |group, tag: Option<u16>| GroupError {
        group,
        original: tag.map_or_else(Vec::new, |tag| Element::group(tag, vec![Element::octets(196, b"DEUD1")]).encode()),
        details: vec![detail(30, None), detail(10, Some(70_000))],
    };
    let tags = [None, Some(2), Some(4), Some(5), Some(6), Some(8), Some(15)];
    let errors = Group::ALL.into_iter().zip(tags).map(|(kind, tag)| group(kind, tag)).collect();
    let severe = SevereReturn {
        sequence: 42,
        event: EventKind::GprsCall,
        original: event().encode(),
        details: vec![detail(20, None), ErrorDetail { context: Vec::new(), offset: None, code: 1_000_000 }],
        notes: Vec::new(),
    };
    ReturnBatch {
        sender: "GBRCN".parse().unwrap(),
        recipient: "DEUD1".parse().unwrap(),
        sequence: 99_999,
        created: stamp(0),
        available: stamp(60),
        tap_version: Some((3, 12)),
        test: true,
        roaming_partner: Some("FRAF1".parse().unwrap()),
        notes: notes.clone(),
        decimals: Some(3),
        currency: Some("XDR".to_owned()),
        returns: vec![
            Return::Stop { last: 7, notes: notes.clone() },
            Return::Missing { start: 99_999, end: Some(2), notes: Vec::new() },
            Return::Missing { start: 5, end: None, notes: notes.clone() },
            Return::Fatal(FatalReturn { sequence: 41, errors, notes }),
            Return::Severe(Box::new(severe)),
        ],
        totals: Some(RapTotals { severe_value: 1500, details: 5, notes: vec!["sum".to_owned()], severe_tax: Some(30) }),
    }
}

fn file() -> RapFile {
    RapFile::ReturnBatch(Box::new(batch()))
}

fn acknowledgement() -> RapFile {
    let RapFile::ReturnBatch(batch) = file() else { panic!() };
    let mut ack = gesim_cdr::rap::acknowledge(&batch, stamp(9));
    ack.notes = vec!["received".to_owned()];
    RapFile::Acknowledgement(ack)
}

fn bent(bend: impl FnOnce(&mut Element)) -> CdrError {
    let bytes = file().encode();
    let (mut root, _) = parse(&bytes);
    bend(&mut root);
    let bytes = root.encode();
    let error = read(&bytes[..]).unwrap_err();
    assert!(error.offset <= bytes.len() as u64, "{error}");
    error
}

#[test]
fn round_trips_ok() {
    for file in [file(), acknowledgement()] {
        assert_eq!(read_with(&file.encode()[..], Policy::STRICT).unwrap(), (file, Vec::new()));
    }
}

/// With indefinite lengths all over.
fn indefinite(element: &Element) -> Vec<u8> {
    let mut out = element.encode();
    if let Body::Members(members) = &element.body {
        let inner: Vec<u8> = members.iter().flat_map(indefinite).collect();
        let header = if element.tag > 127 { 3 } else { 1 + usize::from(element.tag > 30) };
        out.truncate(header);
        out.push(0x80);
        out.extend(inner);
        out.extend([0, 0]);
    }
    out
}

#[test]
fn indefinite_lengths_ok() {
    let bytes = indefinite(&parse(&file().encode()).0);
    let RapFile::ReturnBatch(again) = read(&bytes[..]).unwrap() else { panic!() };
    assert_eq!(again.returns[..3], batch().returns[..3]);
    // what is returned keeps the encoding that it has here
    let Return::Severe(severe) = &again.returns[4] else { panic!() };
    assert_eq!(severe.original, indefinite(&event()));
    assert_eq!(again.totals, batch().totals);
    (0..bytes.len()).for_each(|length| drop(read(&bytes[..length]).expect_err("a truncated file")));
}

#[test]
fn padding_ok() {
    let bytes = file().encode();
    for padding in [&[0u8; 100][..], &[0xff; 100]] {
        assert!(read(&[&bytes, padding].concat()[..]).is_ok());
    }
    let error = read(&[&bytes[..], &[0, 0, 7]].concat()[..]).unwrap_err();
    assert_eq!((error.offset, error.kind), (bytes.len() as u64 + 2, ErrorKind::Trailing { octets: 3 }));
    let twice = read(&[&bytes[..], &bytes[..]].concat()[..]).unwrap_err();
    assert!(matches!(twice.kind, ErrorKind::Trailing { .. }), "{twice}");
}

/// What may be left out: optional members, and one of several.
const OPTIONAL: [u16; 21] =
    [551, 201, 189, 110, 550, 244, 210, 518, 549, 524, 547, 553, 542, 552, 517, 512, 523, 522, 513, 163, 521];
const IN_LISTS: [u16; 3] = [163, 521, 545];

/// Calls back with every file that lacks one element, and with every one that has one twice.
fn each(root: &Element, path: &mut Vec<usize>, change: &mut impl FnMut(&Element, &[usize], u16)) {
    let Some(element) = path.iter().try_fold(root, |element, index| match &element.body {
        Body::Members(members) => members.get(*index),
        Body::Octets(_) => None,
    }) else {
        return;
    };
    let inside_original = [2, 4, 5, 6, 8, 14, 15].contains(&element.tag);
    if !path.is_empty() {
        change(root, path, element.tag);
    }
    let Body::Members(members) = &element.body else { return };
    if inside_original {
        return;
    }
    for index in 0..members.len() {
        path.push(index);
        each(root, path, change);
        path.pop();
    }
}

fn list_of<'e>(root: &'e mut Element, path: &[usize]) -> (&'e mut Vec<Element>, usize) {
    let (last, way) = path.split_last().unwrap();
    (way.iter().fold(root, |element, index| &mut element.members()[*index]).members(), *last)
}

#[test]
fn missing_members_fails() {
    for file in [file(), acknowledgement()] {
        let (root, _) = parse(&file.encode());
        let mut tried = 0;
        each(&root, &mut Vec::new(), &mut |root, path, tag| {
            let mut less = root.clone();
            let (list, index) = list_of(&mut less, path);
            list.remove(index);
            let read = read(&less.encode()[..]);
            // one step of a path less is a path still, a group without its only member is not one
            let optional = OPTIONAL.contains(&tag) || tag == 545;
            assert!(optional || read.is_err(), "without {tag} at {path:?}");
            tried += 1;
        });
        assert!(tried > 10);
    }
}

#[test]
fn members_twice_fails() {
    for file in [file(), acknowledgement()] {
        let (root, _) = parse(&file.encode());
        each(&root, &mut Vec::new(), &mut |root, path, tag| {
            let mut more = root.clone();
            let (list, index) = list_of(&mut more, path);
            list.insert(index, list[index].clone());
            let read = read(&more.encode()[..]);
            assert!(IN_LISTS.contains(&tag) || read.is_err(), "twice {tag} at {path:?}");
        });
    }
}

#[test]
fn members_out_of_order_fails() {
    let (root, _) = parse(&file().encode());
    each(&root, &mut Vec::new(), &mut |root, path, tag| {
        let mut other = root.clone();
        let (list, index) = list_of(&mut other, path);
        if index + 1 < list.len() && list[index + 1].tag != tag {
            list.swap(index, index + 1);
            // returns and error groups of different kinds: only the latter have an order
            let free = [538, 539, 540, 554].contains(&tag);
            assert!(free || read(&other.encode()[..]).is_err(), "{tag} behind its neighbour at {path:?}");
        }
    });
}

#[test]
fn values_fails() {
    let invalid = |error: CdrError, what: &str| {
        let text = error.to_string();
        assert!(text.contains(what), "{text}");
    };
    invalid(bent(|root| *root.at(&[537, 181]).value() = b"00000".to_vec()), "00001 to 99999");
    invalid(bent(|root| *root.at(&[537, 181]).value() = b"000001".to_vec()), "has 6 octets");
    invalid(bent(|root| *root.at(&[537, 196]).value() = b"gbrcn".to_vec()), "no TADIG code");
    invalid(bent(|root| *root.at(&[537, 244]).value() = vec![7]), "tapDecimalPlaces is 7: expected 0 to 6");
    invalid(bent(|root| *root.at(&[537, 210]).value() = b"xdr".to_vec()), "tapCurrency holds");
    invalid(bent(|root| *root.at(&[537, 110]).value() = b"L".to_vec()), "something other than T");
    invalid(bent(|root| *root.at(&[537, 526, 16]).value() = b"20260230000000".to_vec()), "does not exist");
    invalid(bent(|root| *root.at(&[537, 526, 231]).value() = b"+1500".to_vec()), "no offset");
    invalid(bent(|root| *root.at(&[536, 538, 532]).value() = b"0001".to_vec()), "has 4 octets");
    invalid(bent(|root| *root.at(&[536, 540, 520, 521, 519]).value() = vec![0xff]), "errorCode is negative");
    invalid(bent(|root| *root.at(&[536, 554, 551, 163]).value() = vec![7]), "outside visible ISO 646");
    let version = bent(|root| *root.at(&[537, 543]).value() = vec![4]);
    invalid(version.clone(), "the RAP version is 1.4: expected 1.5");
    assert_eq!(version.hint, Some("ask the sender for RAP 1.5"));
    // a record number is part of what is said of a return
    let error = bent(|root| *root.at(&[536, 540, 109]).value() = b"x0042".to_vec());
    assert_eq!(error.record, Some(5));
    invalid(bent(|root| root.at(&[536, 540]).members()[1].tag = 7), "severeReturn lacks callEventDetail");
    invalid(bent(|root| root.at(&[536, 539, 517]).members()[0].tag = 5), "lacks the group in error");
}

#[test]
fn control_totals_fails() {
    let error = bent(|root| *root.at(&[541, 528]).value() = vec![4]);
    assert!(matches!(error.kind, ErrorKind::ControlTotal { what: "number of return details", .. }), "{error}");
    for (tag, what) in [(533, "total severe return value"), (553, "total severe return tax")] {
        let (mut root, _) = parse(&file().encode());
        *root.at(&[541, tag]).value() = vec![1];
        let bytes = root.encode();
        let (_, differ) = read_with(&bytes[..], Policy::default()).unwrap();
        assert_eq!((differ.len(), differ[0].what, differ[0].stated.as_str()), (1, what, "1"));
        let error = read_with(&bytes[..], Policy::STRICT).unwrap_err();
        assert!(matches!(error.kind, ErrorKind::ControlTotal { .. }), "{error}");
    }
}

#[test]
fn nesting_fails() {
    // a returned group of a hundred thousand levels
    let mut bytes = parse(&file().encode()).0.encode();
    let at = bytes.windows(2).position(|pair| pair == [0x6e, 0x84]).unwrap_or(bytes.len());
    bytes.truncate(at);
    bytes.extend([0x6e, 0x80].repeat(100_000));
    assert!(read(&bytes[..]).is_err());
    let deep = (0..40).fold(Element::group(69, Vec::new()), |inner, _| Element::group(70, vec![inner]));
    let error = bent(|root| root.at(&[536, 540, 14]).members().push(deep));
    assert_eq!(error.kind, ErrorKind::TooDeep(24));
}

#[test]
fn every_truncation_fails() {
    for file in [file(), acknowledgement()] {
        let bytes = file.encode();
        for length in 0..bytes.len() {
            let error = read(&bytes[..length]).expect_err("a truncated file");
            assert!(error.offset <= length as u64, "{length}: {error}");
        }
    }
}

/// Whatever is read can be written, and reads the same.
fn exercise(bytes: &[u8]) {
    match read_with(bytes, Policy::default()) {
        Ok((file, _)) => assert_eq!(read(&file.encode()[..]).unwrap(), file),
        Err(error) => assert!(error.offset <= bytes.len() as u64, "{error}"),
    }
}

#[test]
fn every_bit_flip_answers_ok() {
    for file in [file(), acknowledgement()] {
        let bytes = file.encode();
        for bit in 0..bytes.len() * 8 {
            let mut bent = bytes.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            exercise(&bent);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_answer_ok(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        exercise(&bytes);
        exercise(&[&[0x7f, 0x84, 0x16, 0x80][..], &bytes].concat());
    }

    #[test]
    fn splices_answer_ok(cut in 0usize..4000, paste in 0usize..4000, length in 0usize..200, junk: [u8; 3]) {
        let bytes = file().encode();
        let (from, to) = (cut % bytes.len(), paste % bytes.len());
        let end = (from + length).min(bytes.len());
        exercise(&[&bytes[..to], &bytes[from..end], &bytes[to..]].concat());
        exercise(&[&bytes[..to], &junk, &bytes[to..]].concat());
        exercise(&[&bytes[..from], &bytes[end..]].concat());
    }

    #[test]
    fn values_ok(sequence in 1u32..=99_999, decimals in 0u8..=6, code: u32, item: u16, offset: Option<u64>, test: bool,
                 notes in proptest::collection::vec("[!-~][ -~]{0,40}", 0..4)) {
        let offset = offset.map(|offset| offset >> 1);
        let mut batch = batch();
        (batch.sequence, batch.decimals, batch.test, batch.notes) = (sequence, Some(decimals), test, notes.clone());
        let context = vec![ErrorContext { item: u64::from(item), occurrence: offset, level: 1 }];
        let details = vec![ErrorDetail { context, offset, code: u64::from(code) }];
        let errors = vec![GroupError { group: Group::TransferBatch, original: Vec::new(), details }];
        batch.returns = vec![Return::Fatal(FatalReturn { sequence, errors, notes })];
        batch.totals = Some(RapTotals { severe_value: 0, details: 1, notes: Vec::new(), severe_tax: None });
        let file = RapFile::ReturnBatch(Box::new(batch));
        prop_assert_eq!(read_with(&file.encode()[..], Policy::STRICT).unwrap().0, file);
    }
}

//! Every refused TAP file yields a valid RAP file that names file, place and reason.

mod common;

use std::{fs, io::Cursor, path::PathBuf};

use common::{file, options, parse, specimen, Element};
use gesim_cdr::{
    generate::Options,
    rap::{
        acknowledge, answer, code, missing_files, read, read_with, Answer, AnswerOptions, FatalReturn, Group, RapFile,
        Return, ReturnBatch, SevereReturn,
    },
    tap::{inspect, inspect_with, Policy, Stamp},
    CdrError, EventKind, ReadOptions,
};

fn asked() -> AnswerOptions {
    AnswerOptions {
        sequence: 7,
        now: Stamp::from_unix(1_767_700_000, 60).unwrap(),
        parties: ReadOptions::default(),
        reference: Some("ticket 4711".to_owned()),
        policy: Policy::default(),
    }
}

fn told() -> AnswerOptions {
    let parties = ReadOptions {
        sender: Some("DEUD1".parse().unwrap()),
        recipient: Some("GBRCN".parse().unwrap()),
        sequence: Some(1),
        currency: None,
    };
    AnswerOptions { parties, ..asked() }
}

/// The answer to a file, written and read again.
fn returned(bytes: &[u8], options: &AnswerOptions) -> (ReturnBatch, CdrError) {
    let Answer::Return { file, refusal } = answer(Cursor::new(bytes), options).unwrap() else {
        panic!("nothing to return")
    };
    let written = RapFile::ReturnBatch(file.clone()).encode();
    let (again, differ) = read_with(&written[..], Policy::STRICT).unwrap();
    assert_eq!((&again, differ.len()), (&RapFile::ReturnBatch(file.clone()), 0));
    (*file, *refusal)
}

fn fatal(batch: &ReturnBatch) -> &FatalReturn {
    match &batch.returns[..] {
        [Return::Fatal(fatal)] => fatal,
        other => panic!("{other:?}"),
    }
}

fn severe(batch: &ReturnBatch) -> Vec<&SevereReturn> {
    let mut found: Vec<&SevereReturn> = Vec::new();
    for item in &batch.returns {
        match item {
            Return::Severe(severe) => found.push(severe),
            other => panic!("{other:?}"),
        }
    }
    found
}

/// `1/3[5]/14/121/250` of a path.
fn path(detail: &gesim_cdr::rap::ErrorDetail) -> String {
    let steps = detail.context.iter().enumerate().map(|(index, step)| {
        assert_eq!(step.level, index as u64 + 1);
        step.occurrence.map_or(step.item.to_string(), |occurrence| format!("{}[{occurrence}]", step.item))
    });
    steps.collect::<Vec<_>>().join("/")
}

fn bent(bend: impl FnOnce(&mut Element)) -> Vec<u8> {
    let mut root = specimen();
    bend(&mut root);
    root.encode()
}

/// What holds of the answer to any refused file.
fn holds(bytes: &[u8]) -> bool {
    let error = match inspect(bytes) {
        Ok(_) => {
            assert_eq!(answer(Cursor::new(bytes), &told()).unwrap(), Answer::NothingToReturn);
            return false;
        }
        Err(error) => error,
    };
    let (batch, refusal) = returned(bytes, &told());
    assert_eq!((refusal.offset, &refusal.kind), (error.offset, &error.kind));
    assert!(!batch.returns.is_empty());
    let place = format!("byte {}", error.offset);
    for (index, item) in batch.returns.iter().enumerate() {
        let (sequence, details, notes): (_, Vec<_>, _) = match item {
            Return::Fatal(fatal) => {
                (fatal.sequence, fatal.errors.iter().flat_map(|error| &error.details).collect(), &fatal.notes)
            }
            Return::Severe(severe) => (severe.sequence, severe.details.iter().collect(), &severe.notes),
            other => panic!("{other:?}"),
        };
        assert!((1..=99_999).contains(&sequence) && !details.is_empty());
        assert!(details.iter().all(|detail| !detail.context.is_empty()), "{error}");
        assert_eq!(notes[0], "ticket 4711");
        assert!(index > 0 || notes[1].starts_with(&place), "{error}: {notes:?}");
    }
    true
}

#[test]
fn good_files_need_none_ok() {
    for bytes in [file(&options(20)), file(&Options { indefinite: true, ..options(20) }), specimen().encode()] {
        assert_eq!(answer(Cursor::new(bytes), &asked()).unwrap(), Answer::NothingToReturn);
    }
}

#[test]
fn severe_returns_ok() {
    let bytes = bent(|root| {
        *root.at(&[3, 14, 121, 250]).value() = vec![0xfe];
        root.at(&[3, 433]).remove(447);
    });
    let (batch, refusal) = returned(&bytes, &asked());
    assert_eq!((batch.sender.as_str(), batch.recipient.as_str(), batch.sequence), ("GBRCN", "DEUD1", 7));
    assert_eq!((batch.tap_version, batch.decimals, batch.test), (Some((3, 12)), Some(3), false));
    assert_eq!(refusal.more.len(), 1);
    let (root, _) = parse(&bytes);
    let returns = severe(&batch);
    assert_eq!(returns.len(), 2);
    for (item, (tag, event, place, number)) in returns.iter().zip([
        (14, EventKind::GprsCall, "1/3[5]/14/121/250", code::OUT_OF_RANGE),
        (433, EventKind::MessagingEvent, "1/3[8]/433", code::MISSING),
    ]) {
        assert_eq!((item.sequence, item.event), (1, event));
        // what is sent back is the call event as it came
        assert_eq!(parse(&item.original).0, root.clone().at(&[3, tag]).clone());
        assert_eq!((path(&item.details[0]).as_str(), item.details[0].code), (place, number));
        assert_eq!(item.details.len(), 1);
        assert_eq!(item.notes[0], "ticket 4711");
    }
    assert!(returns[0].notes[1].contains("(call event 5): dataVolumeIncoming is negative (-2)"));
    // the value of what is returned
    let charge = |path: &[u16]| root.clone().at(path).value().iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
    let expected = charge(&[3, 14, 121, 70, 69, 64, 63, 62]) + charge(&[3, 433, 62]);
    let totals = batch.totals.as_ref().unwrap();
    assert_eq!((totals.severe_value, totals.details), (expected, 2));
}

#[test]
fn repeated_items_are_counted_ok() {
    // the second network element list entry of a path says which one it is
    let bytes = bent(|root| {
        let list = root.at(&[3, 14, 117, 118, 185]).members();
        assert_eq!(list.len(), 2);
        *list[1].value() = vec![99];
    });
    let (batch, _) = returned(&bytes, &asked());
    let detail = &severe(&batch)[0].details[0];
    assert_eq!((path(detail).as_str(), detail.code), ("1/3[5]/14/117/118/185/184[2]", code::REFERENCE));
}

#[test]
fn fatal_returns_ok() {
    let check = |bytes: Vec<u8>, group, place: &str, number, tag: Option<u16>| {
        let (batch, refusal) = returned(&bytes, &told());
        let fatal = fatal(&batch);
        let [error] = &fatal.errors[..] else { panic!("{fatal:?}") };
        let detail = &error.details[0];
        assert_eq!((error.group, path(detail).as_str(), detail.code), (group, place, number), "{refusal}");
        match tag {
            Some(tag) => assert_eq!(parse(&error.original).0, *parse(&bytes).0.at(&[tag]), "{refusal}"),
            None => assert!(error.original.is_empty() && detail.offset == Some(refusal.offset)),
        }
        let totals = batch.totals.as_ref().unwrap();
        assert_eq!((totals.severe_value, totals.details), (0, 1));
        fatal.sequence
    };
    let number = |tag: u16| {
        bent(|root| {
            root.remove(tag);
        })
    };
    check(number(6), Group::TransferBatch, "1", 32, None);
    check(number(15), Group::TransferBatch, "1", 36, None);
    check(bent(|root| root.at(&[3]).members().clear()), Group::TransferBatch, "1", 35, None);
    let within = |group: u16, tag: u16| {
        bent(|root| {
            root.at(&[group]).remove(tag);
        })
    };
    check(within(4, 107), Group::BatchControlInfo, "1/4", 33, Some(4));
    check(within(4, 227), Group::BatchControlInfo, "1/4", 36, Some(4));
    check(within(5, 135), Group::AccountingInfo, "1/5", 32, Some(5));
    check(within(15, 415), Group::AuditControlInfo, "1/15", 30, Some(15));
    check(within(15, 43), Group::AuditControlInfo, "1/15", 33, Some(15));
    let count = bent(|root| *root.at(&[15, 43]).value() = vec![8]);
    check(count, Group::AuditControlInfo, "1/15/43", code::CONTROL_TOTAL, Some(15));
    let charge = bent(|root| *root.at(&[15, 415]).value() = vec![0x7f, 0xff, 0xff, 0xff]);
    check(charge, Group::AuditControlInfo, "1/15/415", code::CONTROL_TOTAL, Some(15));
    let twice = bent(|root| {
        let list = root.at(&[6, 188]).members();
        list[1] = list[0].clone();
    });
    check(twice, Group::NetworkInfo, "1/6/188/183[2]", 33, Some(6));
    // who sent it is told from outside where the file does not say so
    assert_eq!(check(within(4, 196), Group::BatchControlInfo, "1/4", 30, Some(4)), 1);
    assert_eq!(check(within(4, 109), Group::BatchControlInfo, "1/4", 32, Some(4)), 1);
    // a fatal error returns the whole file: its call events are not returned besides
    let both = bent(|root| {
        *root.at(&[3, 14, 121, 250]).value() = vec![0xfe];
        *root.at(&[15, 43]).value() = vec![8];
    });
    let (batch, refusal) = returned(&both, &asked());
    let fatal = fatal(&batch);
    assert_eq!((fatal.errors.len(), fatal.errors[0].group, refusal.more.len()), (2, Group::TransferBatch, 1));
    assert_eq!(path(&fatal.errors[0].details[0]), "1/3[5]/14/121/250");
}

#[test]
fn notifications_ok() {
    let Some(bytes) = fixture("tap_notification.ber") else { return };
    assert_eq!(answer(Cursor::new(&bytes), &asked()).unwrap(), Answer::NothingToReturn);
    let (mut root, _) = parse(&bytes);
    root.remove(107);
    let (batch, _) = returned(&root.encode(), &asked());
    let fatal = fatal(&batch);
    assert_eq!((fatal.errors[0].group, path(&fatal.errors[0].details[0])), (Group::Notification, "2".to_owned()));
    assert_eq!(parse(&fatal.errors[0].original).0, root);
}

#[test]
fn unknown_parties_fails() {
    for (path, tag) in [(4, 196), (4, 182), (4, 109)] {
        let bytes = bent(|root| {
            root.at(&[path]).remove(tag);
        });
        let error = answer(Cursor::new(&bytes), &asked()).unwrap_err();
        assert!(error.to_string().contains("cannot be made: the TAP file does not say"), "{error}");
        assert!(error.hint.is_some());
    }
    let error = answer(Cursor::new(b"not a file"), &asked()).unwrap_err();
    assert!(error.to_string().contains("does not say who it is for"), "{error}");
    assert!(!error.more.is_empty());
    for sequence in [0, 100_000] {
        assert!(answer(Cursor::new(b""), &AnswerOptions { sequence, ..told() }).is_err());
    }
}

#[test]
fn gaps_and_acknowledgements_ok() {
    let batch = missing_files(99_998, 2, &told()).unwrap();
    assert_eq!(batch.returns, [Return::Missing { start: 99_998, end: Some(2), notes: vec!["ticket 4711".to_owned()] }]);
    let written = RapFile::ReturnBatch(Box::new(batch.clone())).encode();
    assert_eq!(read(&written[..]).unwrap(), RapFile::ReturnBatch(Box::new(batch.clone())));
    assert!(matches!(missing_files(5, 5, &told()).unwrap().returns[..], [Return::Missing { end: None, .. }]));
    assert!(missing_files(0, 5, &told()).is_err() && missing_files(5, 100_000, &told()).is_err());
    let ack = RapFile::Acknowledgement(acknowledge(&batch, asked().now));
    let RapFile::Acknowledgement(again) = read(&ack.encode()[..]).unwrap() else { panic!() };
    assert_eq!((again.sender, again.recipient, again.sequence), (batch.recipient, batch.sender, 7));
}

#[test]
fn every_bit_flip_is_returned_ok() {
    let bytes = specimen().encode();
    let refused = (0..bytes.len() * 8).filter(|bit| {
        let mut bent = bytes.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        holds(&bent)
    });
    assert!(refused.count() > bytes.len());
}

#[test]
fn every_truncation_is_returned_ok() {
    for indefinite in [false, true] {
        let bytes = file(&Options { indefinite, ..options(6) });
        (0..bytes.len()).for_each(|length| assert!(holds(&bytes[..length]), "{length}"));
    }
}

fn fixture(name: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/tap");
    if !folder.is_dir() {
        println!("skipped: no external fixtures");
        return None;
    }
    Some(fs::read(folder.join(name)).unwrap())
}

#[test]
fn refused_fixtures_ok() {
    for name in ["tap_3_12_negative_volume.ber", "tap_3_12_timestamps.ber", "tap_3_12_negative_volume_fixed.ber"] {
        let Some(bytes) = fixture(name) else { return };
        if inspect_with(&bytes[..], Policy::default()).is_ok() {
            continue;
        }
        let (batch, refusal) = returned(&bytes, &asked());
        println!("{name}: {refusal}");
        batch.returns.iter().for_each(|item| println!("  {item:?}"));
    }
}

#[test]
fn thousands_of_errors_ok() {
    let file = |events: usize| {
        bent(|root| {
            *root.at(&[3]).members() = vec![Element::group(14, Vec::new()); events];
            *root.at(&[15, 43]).value() = (events as u16).to_be_bytes().to_vec();
        })
    };
    let (batch, _) = returned(&file(19_999), &asked());
    assert_eq!(severe(&batch).len(), 19_999);
    // one more, and the file is returned as a whole
    let (batch, _) = returned(&file(20_000), &asked());
    let fatal = fatal(&batch);
    assert_eq!((fatal.errors.len(), fatal.errors[0].group), (1, Group::TransferBatch));
    assert_eq!((fatal.errors[0].details.len(), fatal.notes.len()), (1000, 16));
}

//! pycrate, which shares no code with us, reads the RAP files that we write, and reads in them what we meant.
//! GESIM_PYCRATE names the folder that it is installed in.

mod common;

use std::{env, fs, io::Cursor, process::Command};

use common::{specimen, Element};
use gesim_cdr::{
    rap::{
        acknowledge, answer, missing_files, Answer, AnswerOptions, ErrorDetail, Group, RapFile, Return, ReturnBatch,
    },
    tap::{Policy, Stamp},
    ReadOptions,
};
use serde_json::{json, Map, Value};

/// What pycrate makes of a file, or why it is not asked.
fn theirs(bytes: &[u8]) -> Result<Value, &'static str> {
    env::var_os("GESIM_PYCRATE").ok_or("GESIM_PYCRATE names no pycrate")?;
    let input = tempfile::NamedTempFile::new().unwrap();
    fs::write(input.path(), bytes).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/pycrate_rap.py");
    let output = Command::new("python3").arg(script).arg(input.path()).output().map_err(|_| "no python3")?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout).unwrap())
}

fn details(details: &[ErrorDetail]) -> Value {
    let one = |detail: &ErrorDetail| {
        let context: Vec<_> =
            detail.context.iter().map(|step| json!([step.item, step.occurrence, step.level])).collect();
        json!({ "code": detail.code, "offset": detail.offset, "context": context })
    };
    details.iter().map(one).collect()
}

fn group(group: Group) -> &'static str {
    match group {
        Group::TransferBatch => "transferBatchError",
        Group::Notification => "notificationError",
        Group::BatchControlInfo => "batchControlError",
        Group::AccountingInfo => "accountingInfoError",
        Group::NetworkInfo => "networkInfoError",
        Group::MessageDescriptionInfo => "messageDescriptionError",
        Group::AuditControlInfo => "auditControlInfoError",
    }
}

fn one(item: &Return) -> Value {
    let number = |number: u32| format!("{number:05}");
    match item {
        Return::Stop { .. } => panic!("we write none"),
        Return::Missing { start, end, notes } => {
            json!({ "kind": "missingReturn", "start": number(*start), "end": end.map(number), "notes": notes })
        }
        Return::Fatal(fatal) => {
            let groups: Map<_, _> =
                fatal.errors.iter().map(|e| (group(e.group).to_owned(), details(&e.details))).collect();
            json!({ "kind": "fatalReturn", "sequence": number(fatal.sequence), "groups": groups, "notes": fatal.notes })
        }
        Return::Severe(severe) => json!({
            "kind": "severeReturn",
            "sequence": number(severe.sequence),
            "event": severe.event,
            "details": details(&severe.details),
            "notes": severe.notes,
        }),
    }
}

fn compare(batch: &ReturnBatch) -> Result<(), &'static str> {
    let found = theirs(&RapFile::ReturnBatch(Box::new(batch.clone())).encode())?;
    let totals = batch.totals.as_ref().unwrap();
    let expected = json!({
        "kind": "returnBatch",
        "sender": batch.sender.as_str(),
        "recipient": batch.recipient.as_str(),
        "rapFileSequenceNumber": format!("{:05}", batch.sequence),
        "value": totals.severe_value,
        "tax": totals.severe_tax,
        "count": totals.details,
        "returns": batch.returns.iter().map(one).collect::<Vec<_>>(),
    });
    assert_eq!(found, expected);
    Ok(())
}

type Bend = fn(&mut Element);

#[test]
fn pycrate_reads_the_same_ok() {
    let options = AnswerOptions {
        sequence: 21,
        now: Stamp::from_unix(1_767_700_000, -300).unwrap(),
        parties: ReadOptions {
            sender: Some("DEUD1".parse().unwrap()),
            recipient: Some("GBRCN".parse().unwrap()),
            sequence: Some(9),
            currency: None,
        },
        reference: Some("ticket 4711".to_owned()),
        policy: Policy::default(),
    };
    let bends: [Bend; 11] = [
        |root| *root.at(&[3, 14, 121, 250]).value() = vec![0xfe],
        |root| drop(root.at(&[3, 9, 147]).remove(427)),
        |root| drop(root.at(&[3, 433]).remove(447)),
        |root| {
            root.at(&[3, 10, 38, 39, 70, 69]).remove(64);
            root.at(&[3, 434]).remove(447);
        },
        |root| *root.at(&[15, 43]).value() = vec![1],
        |root| *root.at(&[15, 415]).value() = vec![0x7f; 4],
        |root| drop(root.at(&[15]).remove(226)),
        |root| drop(root.remove(6)),
        |root| drop(root.at(&[5]).remove(135)),
        |root| drop(root.at(&[4]).remove(107)),
        |root| drop(root.at(&[4]).remove(109)),
    ];
    let mut batches = vec![missing_files(7, 12, &options).unwrap(), missing_files(99_999, 99_999, &options).unwrap()];
    for bend in bends {
        let mut root = specimen();
        bend(&mut root);
        match answer(Cursor::new(root.encode()), &options).unwrap() {
            Answer::Return { file, .. } => batches.push(*file),
            Answer::NothingToReturn => panic!("a bent file"),
        }
    }
    for batch in &batches {
        if let Err(reason) = compare(batch) {
            return println!("skipped: {reason}");
        }
    }
    let ack = acknowledge(&batches[0], options.now);
    let found = theirs(&RapFile::Acknowledgement(ack).encode()).unwrap();
    let expected = json!({
        "kind": "acknowledgement", "sender": "DEUD1", "recipient": "GBRCN", "rapFileSequenceNumber": "00021",
    });
    assert_eq!(found, expected);
}

//! Files that are refused, and what their senders are told: RAP files, acknowledgements, error reports.

mod cli_support;

use std::fs;

use cli_support::{text, Home};
use serde_json::Value;

/// A generated TAP file in the folder of the test.
fn tap(home: &Home, name: &str) -> (String, Vec<u8>) {
    let file = home.path(name).display().to_string();
    let made = home.run(&["cdr", "generate", "--file", &file, "--records", "40", "--sequence", "31"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let bytes = fs::read(&file).expect("a file");
    (file, bytes)
}

#[test]
fn refused_files_are_returned_ok() {
    let home = Home::new();
    let (file, mut bytes) = tap(&home, "in.tap");
    let out = home.path("out.rap").display().to_string();
    let answer = |more: &[&str]| home.run(&[&["cdr", "rap", &file, "--file", &out, "--output", "json"], more].concat());
    let shown = answer(&["--sequence", "7"]).json();
    assert_eq!((shown["file"].is_null(), text(&shown, "kind")), (true, "none".to_owned()));
    assert!(!home.path("out.rap").exists());

    // the last octets are the number of call events
    let last = bytes.len() - 1;
    bytes[last] = 41;
    fs::write(&file, &bytes).expect("writes");
    let ran = home.run(&["cdr", "inspect", &file]);
    assert!(ran.failed(1).err.contains("return the file to its sender"), "{}", ran.err);
    let shown = answer(&["--sequence", "7", "--reference", "ticket 1"]).json();
    assert_eq!((text(&shown, "sender"), text(&shown, "recipient")), ("XLKJE".to_owned(), "WERFD".to_owned()));
    assert_eq!((&shown["sequence"], &shown["returns"]), (&Value::from(7), &Value::from(1)));
    assert!(shown.to_string().contains("code 100 at transferBatch/auditControlInfo/callEventDetailsCount"), "{shown}");
    assert!(fs::read(&out).expect("a file").windows(8).any(|part| part == b"ticket 1"));

    let ack = home.path("out.ack").display().to_string();
    let shown = home.run(&["cdr", "rap", &out, "--acknowledge", "--file", &ack, "--output", "json"]).json();
    assert_eq!((text(&shown, "kind"), text(&shown, "sender")), ("acknowledgement".to_owned(), "WERFD".to_owned()));
    let ran = home.run(&["cdr", "rap", &ack, "--acknowledge", "--file", &ack]);
    assert!(ran.failed(1).err.contains("acknowledge return batches only"), "{}", ran.err);
}

#[test]
fn broken_files_need_their_parties_ok() {
    let home = Home::new();
    let (file, bytes) = tap(&home, "in.tap");
    fs::write(&file, &bytes[..20]).expect("writes");
    let out = home.path("out.rap").display().to_string();
    let answer = |more: &[&str]| home.run(&[&["cdr", "rap", &file, "--sequence", "7", "--file", &out], more].concat());
    let ran = answer(&[]);
    assert!(ran.failed(1).err.contains("the TAP file does not say"), "{}", ran.err);
    assert!(ran.err.contains("name the sender, the recipient and the file sequence number"), "{}", ran.err);
    let ran = answer(&["--sender", "WERFD", "--recipient", "XLKJE", "--file-sequence", "31"]);
    assert!(ran.code == 0 && ran.out.contains("fatal: file 00031: code 10"), "{}{}", ran.out, ran.err);
    answer(&["--sequence", "100000"]).failed(2);
}

#[test]
fn gaps_are_returned_ok() {
    let home = Home::new();
    let out = home.path("out.rap").display().to_string();
    let parties = ["--sender", "WERFD", "--recipient", "XLKJE", "--file", &out];
    let ran = home.run(&[&["cdr", "rap", "--missing", "5", "--until", "8", "--sequence", "9"], &parties[..]].concat());
    assert!(ran.code == 0 && ran.out.contains("missing: files 00005 to 00008"), "{}{}", ran.out, ran.err);
    home.run(&["cdr", "rap", "--missing", "5", "--sequence", "9", "--file", &out]).failed(2);
    home.run(&["cdr", "rap", "--file", &out]).failed(2);
    let ran = home.run(&[&["cdr", "rap", "--missing", "0", "--sequence", "9"], &parties[..]].concat());
    ran.failed(2);
}

#[test]
fn error_reports_ok() {
    let home = Home::new();
    // a header, no call events, and a count of one
    let mut file = b"\x61\x3b\x5f\x29\x01\x02\x5f\x25\x01\x01\x5f\x26\x05FOO01\x5f\x24\x05BAR02\x5f\x27\x010".to_vec();
    *file.last_mut().expect("octets") = b'8';
    file.extend(b"\x5f\x1f\x0e20160123110203\x5f\x2d\x05+0200\x54\x01\x01");
    let length = file.len() - 2;
    file[1] = u8::try_from(length).expect("a short file");
    let input = home.path("nrtrde").display().to_string();
    fs::write(&input, &file).expect("writes");
    let out = home.path("errors.csv").display().to_string();
    let shown = home.run(&["cdr", "report", &input, "--file", &out, "--output", "json"]).json();
    assert_eq!((text(&shown, "sender"), text(&shown, "recipient")), ("BAR02".to_owned(), "FOO01".to_owned()));
    assert_eq!((&shown["sequence"], &shown["errors"][0]["code"]), (&Value::from(8), &Value::from(100)));
    let read = home.run(&["cdr", "report", &out, "--read", "--output", "json"]).json();
    assert_eq!(read["errors"], shown["errors"]);
    *file.last_mut().expect("octets") = 0;
    fs::write(&input, &file).expect("writes");
    let ran = home.run(&["cdr", "report", &input, "--file", &out]);
    assert!(ran.code == 0 && ran.out.contains("nothing to report"), "{}{}", ran.out, ran.err);
    home.run(&["cdr", "report", &input]).failed(2);
}

//! Any bytes, taken for a RAP file and for a TAP file: what is read can be written and reads the same, and a TAP file
//! that is refused has an answer, which is a RAP file in order.
#![no_main]

use std::io::Cursor;

use gesim_cdr::{
    rap::{answer, read, read_with, Answer, AnswerOptions, RapFile},
    tap::{Policy, Stamp},
    ReadOptions,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match read_with(bytes, Policy::default()) {
        Ok((file, _)) => assert_eq!(read(&file.encode()[..]), Ok(file)),
        Err(error) => assert!(error.offset <= bytes.len() as u64, "{error}"),
    }
    let options = AnswerOptions {
        sequence: 1,
        now: Stamp::from_unix(1_767_700_000, 0).expect("a time"),
        parties: ReadOptions {
            sender: "DEUD1".parse().ok(),
            recipient: "GBRCN".parse().ok(),
            sequence: Some(1),
            currency: None,
        },
        reference: None,
        policy: Policy::default(),
    };
    if let Answer::Return { file, refusal } = answer(Cursor::new(bytes), &options).expect("an answer") {
        assert!(!file.returns.is_empty() && refusal.offset <= bytes.len() as u64);
        let file = RapFile::ReturnBatch(file);
        assert_eq!(read_with(&file.encode()[..], Policy::STRICT), Ok((file, Vec::new())));
    }
});

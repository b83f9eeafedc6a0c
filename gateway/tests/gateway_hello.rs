//! The ClientHello's parser: whatever comes, however it is cut.

mod gateway_support;

use gateway_support::{body, hello, message, records, server_name, NAME};
use gesim_gateway::hello::{Hello, HelloReader, Refusal, ServerName};
use proptest::prelude::*;

const LONGEST: usize = 16_384;

fn read(bytes: &[u8]) -> Result<Option<Hello>, Refusal> {
    HelloReader::new(LONGEST).push(bytes)
}

fn with(extensions: &[(u16, Vec<u8>)]) -> Vec<u8> {
    records(&message(&body(extensions)), 1 << 14)
}

fn name(text: &str) -> Option<ServerName> {
    Some(text.parse().unwrap())
}

#[test]
fn a_name_is_read_ok() {
    let found = read(&with(&[(10, vec![0, 2, 0, 23]), server_name("SMDP.test"), (43, vec![2, 3, 4])]));
    assert_eq!(found, Ok(Some(Hello { name: name(NAME), encrypted: false })));
    assert_eq!(read(&with(&[(0xfe0d, vec![0; 9])])), Ok(Some(Hello { name: None, encrypted: true })));
    // Without extensions: 42 bytes in front of them, none behind.
    let bare = records(&message(&body(&[])[..41]), 100);
    assert_eq!(read(&bare), Ok(Some(Hello { name: None, encrypted: false })));
}

#[test]
fn byte_by_byte_over_many_records_ok() {
    for size in [1, 2, 3, 5, 70] {
        let bytes = records(&message(&body(&[server_name(NAME)])), size);
        let mut reader = HelloReader::new(LONGEST);
        for (place, byte) in bytes.iter().enumerate() {
            let found = reader.push(&[*byte]).unwrap();
            assert_eq!(found.is_some(), place + 1 == bytes.len(), "byte {place} of records of {size}");
        }
        assert_eq!(reader.into_bytes(), bytes);
    }
}

#[test]
fn what_follows_the_hello_is_kept_ok() {
    let bytes = [hello(NAME), vec![23, 3, 3, 0, 1, 9]].concat();
    let mut reader = HelloReader::new(LONGEST);
    assert!(reader.push(&bytes).unwrap().is_some());
    assert_eq!(reader.into_bytes(), bytes);
}

#[test]
fn other_protocols_fails() {
    for bytes in [&b"GET / HTTP/1.1\r\n"[..], b"SSH-2.0-x", &[0; 5], &[21, 3, 3, 0, 2, 2, 40], &[22, 2, 0, 0, 9]] {
        assert_eq!(read(bytes), Err(Refusal::NotTls), "{bytes:?}");
    }
    assert_eq!(read(&[0x80, 46, 1, 0, 2, 0, 21]), Err(Refusal::Sslv2));
    assert_eq!(read(&[0x80, 46, 4]), Err(Refusal::NotTls));
    assert_eq!(read(&[0x80, 46]), Ok(None));
}

#[test]
fn lengths_out_of_bounds_fails() {
    assert_eq!(read(&[22, 3, 1, 0, 0]), Err(Refusal::Malformed("a record's length")));
    assert_eq!(read(&[22, 3, 1, 0x40, 1]), Err(Refusal::Malformed("a record's length")));
    assert_eq!(HelloReader::new(600).push(&[22, 3, 1, 2, 0x54]), Err(Refusal::TooLong));
    assert_eq!(HelloReader::new(600).push(&[22, 3, 1, 2, 0x53]), Ok(None));
    // The message says at once that it will be too long.
    assert_eq!(read(&[22, 3, 1, 0, 4, 1, 0, 0x40, 1]), Err(Refusal::TooLong));
    assert_eq!(read(&[22, 3, 1, 0, 4, 2, 0, 0, 9]), Err(Refusal::Malformed("another message first")));
    assert_eq!(read(&[22, 3, 1, 0, 1, 2]), Err(Refusal::Malformed("another message first")));
}

#[test]
fn another_record_between_fails() {
    let whole = message(&body(&[server_name(NAME)]));
    let first = records(&whole[..20], 100);
    for between in [&[21, 3, 3, 0, 2, 1, 0][..], &[23], &[0x80]] {
        let refused = Err(Refusal::Malformed("another record inside the ClientHello"));
        assert_eq!(read(&[&first, between].concat()), refused);
    }
    assert_eq!(read(&[&first[..], &[22, 2]].concat()), Err(Refusal::Malformed("a record's version")));
}

#[test]
fn bytes_behind_fails() {
    let long = [message(&body(&[server_name(NAME)])), vec![0]].concat();
    let refused = Err(Refusal::Malformed("bytes behind the ClientHello in its record"));
    assert_eq!(read(&records(&long, 1 << 14)), refused);
    let inside = [body(&[server_name(NAME)]), vec![0]].concat();
    assert_eq!(read(&records(&message(&inside), 1 << 14)), Err(Refusal::Malformed("extensions")));
}

#[test]
fn every_truncation_fails() {
    let whole = body(&[server_name(NAME), (10, vec![0, 2, 0, 23])]);
    for length in (0..whole.len()).filter(|length| *length != 41) {
        let found = read(&records(&message(&whole[..length]), 1 << 14));
        assert!(matches!(found, Err(Refusal::Malformed(_))), "{length}: {found:?}");
    }
}

#[test]
fn fields_out_of_bounds_fails() {
    let whole = body(&[server_name(NAME)]);
    // version, session id of 33, no suites, odd suites, no compression
    let spoiled: [(usize, u8, &str); 4] = [
        (0, 2, "legacy_version"),
        (36, 0, "cipher_suites"),
        (36, 1, "cipher_suites"),
        (39, 0, "legacy_compression_methods"),
    ];
    for (place, value, field) in spoiled {
        let mut bytes = whole.clone();
        bytes[place] = value;
        if field == "cipher_suites" && value == 1 {
            bytes.remove(37);
        }
        let found = read(&records(&message(&bytes), 1 << 14));
        assert_eq!(found, Err(Refusal::Malformed(field)));
    }
    let long = [&whole[..34], &[33], &[9; 33], &whole[35..]].concat();
    assert_eq!(read(&records(&message(&long), 1 << 14)), Err(Refusal::Malformed("legacy_session_id")));
}

#[test]
fn two_names_fails() {
    let twice = with(&[server_name(NAME), server_name("other.test")]);
    assert_eq!(read(&twice), Err(Refusal::Malformed("an extension twice")));
    let (kind, value) = server_name("a.test");
    let entry = value[2..].to_vec();
    let list = [entry.clone(), entry].concat();
    let listed = [&(list.len() as u16).to_be_bytes()[..], &list].concat();
    assert_eq!(read(&with(&[(kind, listed)])), Err(Refusal::Malformed("server_name")));
}

#[test]
fn names_that_are_none_fails() {
    let long = format!("{}.test", "a".repeat(64));
    let longer = format!("{}test", "a.".repeat(125));
    for text in [
        "", ".", "a.", ".a", "a..b", "10.0.0.5", "::1", "a b", "a\0b", "-a.test", "a-.test", "ä.test", "*.test", &long,
        &longer,
    ] {
        assert!(text.parse::<ServerName>().is_err(), "{text:?}");
        assert_eq!(read(&with(&[server_name(text)])), Err(Refusal::Malformed("server_name")), "{text:?}");
    }
    let mut other_type = server_name(NAME);
    other_type.1[2] = 1;
    assert_eq!(read(&with(&[other_type])), Err(Refusal::Malformed("server_name")));
    let mut behind = server_name(NAME);
    behind.1.push(0);
    assert_eq!(read(&with(&[behind])), Err(Refusal::Malformed("server_name")));
}

proptest! {
    /// Any bytes, cut anywhere: no panic, and the same answer as in one piece.
    #[test]
    fn any_bytes_in_any_pieces_ok(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 1usize..40) {
        same(&bytes, cut)?;
        same(&records(&message(&bytes), 80), cut)?;
    }

    /// One bit of a good message flipped: the same answer however it is cut.
    #[test]
    fn a_flipped_bit_ok(place in 0usize..62, bit in 0u8..8, size in 1usize..90, cut in 1usize..40) {
        let mut bytes = message(&body(&[server_name(NAME), (10, vec![0])]));
        if let Some(byte) = bytes.get_mut(place) {
            *byte ^= 1 << bit;
        }
        same(&records(&bytes, size), cut)?;
    }
}

fn same(bytes: &[u8], cut: usize) -> Result<(), TestCaseError> {
    let mut reader = HelloReader::new(LONGEST);
    let pieces = bytes.chunks(cut).map(|piece| reader.push(piece)).find(|answer| *answer != Ok(None));
    let pieces = pieces.unwrap_or(Ok(None));
    let whole = read(bytes);
    match (&whole, &pieces) {
        // In one piece the end of a spoiled field may be seen in another order; refused is refused.
        (Err(_), Err(_)) => {}
        _ => prop_assert_eq!(whole, pieces),
    }
    Ok(())
}

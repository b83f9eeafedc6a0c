//! Charging data records put together by hand.

#![allow(dead_code, clippy::missing_panics_doc)]

use gesim_cdr::ReadOptions;

/// Members of a record with their tags.
pub type Members = Vec<(u32, Vec<u8>)>;

pub fn parties() -> ReadOptions {
    ReadOptions {
        sender: Some("DEUD1".parse().unwrap()),
        recipient: Some("GBRCN".parse().unwrap()),
        ..ReadOptions::default()
    }
}

pub fn be32(value: u32) -> [u8; 4] {
    value.to_be_bytes()
}

fn tlv(first: u8, tag: u32, contents: &[u8]) -> Vec<u8> {
    let mut out = match tag {
        0..=30 => vec![first | tag as u8],
        31..=127 => vec![first | 31, tag as u8],
        _ => vec![first | 31, 0x80 | (tag >> 7) as u8, (tag & 0x7f) as u8],
    };
    match contents.len() {
        length @ 0..=127 => out.push(length as u8),
        length => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(contents);
    out
}

pub fn ctx(tag: u32, contents: &[u8]) -> Vec<u8> {
    tlv(0x80, tag, contents)
}

pub fn group(tag: u32, contents: &[u8]) -> Vec<u8> {
    tlv(0xa0, tag, contents)
}

pub fn seq(members: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x20, 16, &members.concat())
}

pub fn int(tag: u32, value: u64) -> Vec<u8> {
    let octets = [&[0][..], &value.to_be_bytes()].concat();
    let skip = (0..8).find(|i| octets[*i] != 0 || octets[i + 1] >= 0x80).unwrap_or(8);
    ctx(tag, &octets[skip..])
}

/// 2026-01-05 10:00:00 +0100.
pub fn packed_time() -> Vec<u8> {
    vec![0x26, 0x01, 0x05, 0x10, 0x00, 0x00, b'+', 0x01, 0x00]
}

/// A good P-GW record with one container by bearer: 3,000,000,000 octets up, 300 down.
pub fn pgw() -> Members {
    let volumes = seq(&[int(3, 3_000_000_000), int(4, 300), int(5, 2), ctx(6, &packed_time())]);
    vec![
        (0, int(0, 85)),
        (3, ctx(3, &[0x32, 0x14, 0x05, 0, 0, 0, 0, 0xf1])),
        (4, group(4, &ctx(0, &[192, 0, 2, 10]))),
        (5, int(5, 77)),
        (6, group(6, &ctx(0, &[192, 0, 2, 20]))),
        (12, group(12, &volumes)),
        (13, ctx(13, &packed_time())),
        (14, int(14, 900)),
        (15, int(15, 0)),
        (20, int(20, 5)),
        (23, ctx(23, &[8, 0])),
        (35, group(35, &[0x0a, 1, 2])),
    ]
}

pub fn wrap(tag: u32, members: &Members) -> Vec<u8> {
    group(tag, &members.iter().flat_map(|(_, octets)| octets.clone()).collect::<Vec<_>>())
}

/// A file of release 17 records.
pub fn file(records: &[Vec<u8>]) -> Vec<u8> {
    let body: Vec<u8> = records
        .iter()
        .flat_map(|record| [&(record.len() as u16).to_be_bytes()[..], &[0xe0, 0x27, 7], record].concat())
        .collect();
    let mut out = be32(54 + body.len() as u32).to_vec();
    out.extend(be32(54));
    out.extend([0xe0, 0xe0]);
    out.extend([0x12, 0x8a, 0x08, 0x00, 0x12, 0x8a, 0x08, 0x00]);
    out.extend(be32(records.len() as u32));
    out.extend(be32(1));
    out.push(0);
    out.extend([0; 21]);
    out.extend([0, 0, 0, 0, 7, 7]);
    assert_eq!(out.len(), 54);
    out.extend(body);
    out
}

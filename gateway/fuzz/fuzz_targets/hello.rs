//! Any bytes, cut where the first byte says: the same answer as in one piece, and not a byte changed.
#![no_main]

use gesim_gateway::hello::HelloReader;
use libfuzzer_sys::fuzz_target;

const LONGEST: usize = 16_384;

fuzz_target!(|input: &[u8]| {
    let Some((cut, bytes)) = input.split_first() else { return };
    let whole = HelloReader::new(LONGEST).push(bytes);
    let mut reader = HelloReader::new(LONGEST);
    let mut pieces = Ok(None);
    let mut pushed = 0;
    for piece in bytes.chunks(usize::from(*cut).max(1)) {
        pieces = reader.push(piece);
        pushed += piece.len();
        if pieces != Ok(None) {
            break;
        }
    }
    match (&whole, &pieces) {
        (Err(_), Err(_)) => {}
        _ => assert_eq!(whole, pieces),
    }
    assert_eq!(reader.into_bytes(), bytes[..pushed]);
});

//! What commands around identity share with the demonstration.

pub mod certificate;
pub mod credential;
pub mod download;
pub mod enrol;
pub mod euicc;
pub mod lab;
pub mod secret;
pub mod session;

use time::OffsetDateTime;

/// A day as people read it; certificates of eUICCs end thousands of years from now.
pub fn day(unix: i64) -> String {
    match OffsetDateTime::from_unix_timestamp(unix) {
        Ok(time) => format!("{:04}-{:02}-{:02}", time.year(), u8::from(time.month()), time.day()),
        Err(_) if unix < 0 => "the beginning of time".into(),
        Err(_) => "the end of time".into(),
    }
}

/// An ICCID as people read it: packed digits, the nibbles of each octet swapped.
pub fn iccid(packed: &[u8]) -> String {
    let digits = packed.iter().flat_map(|octet| [octet & 0x0F, octet >> 4]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 10)).collect()
}

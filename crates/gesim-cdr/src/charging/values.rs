//! Values of TS 32.298: numbers, BCD, times, addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::element::Element;
use crate::{
    error::{ErrorKind, Result},
    party::Party,
    tap::{ber, stamp, Stamp},
};

/// An INTEGER or ENUMERATED that is zero or more.
pub(super) fn number(element: &Element<'_>, what: &'static str) -> Result<u64> {
    ber::unsigned(element.contents, what).or_else(|kind| element.fail(kind))
}

/// A number of 32 bits: identifiers and sequence numbers.
pub(super) fn number32(element: &Element<'_>, what: &'static str) -> Result<u64> {
    let value = number(element, what)?;
    match value <= u64::from(u32::MAX) {
        true => Ok(value),
        false => element.fail(ErrorKind::OutOfRange { what, value, expected: "0 to 4294967295" }),
    }
}

/// Seconds: a call of more than 2^32 of them is none.
pub(super) fn duration(element: &Element<'_>, what: &'static str) -> Result<u64> {
    number32(element, what)
}

/// Text of at most `max` octets, all visible.
pub(super) fn text(element: &Element<'_>, what: &'static str, max: usize) -> Result<String> {
    let length = element.contents.len();
    if length == 0 || length > max {
        return element.fail(ErrorKind::Size { what, length, min: 1, max });
    }
    match std::str::from_utf8(element.contents) {
        Ok(text) if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => element.fail(ErrorKind::Text { what, reason: "octets that are not visible UTF-8" }),
    }
}

/// A name of octets: as text where it is, else in hexadecimal digits.
pub(super) fn opaque(element: &Element<'_>, what: &'static str) -> Result<String> {
    sized(element, what, 1, 255)?;
    match std::str::from_utf8(element.contents) {
        Ok(text) if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => Ok(element.contents.iter().map(|octet| format!("{octet:02x}")).collect()),
    }
}

pub(super) fn boolean(element: &Element<'_>, what: &'static str) -> Result<bool> {
    sized(element, what, 1, 1)?;
    Ok(element.contents != [0])
}

fn sized(element: &Element<'_>, what: &'static str, min: usize, max: usize) -> Result<()> {
    let length = element.contents.len();
    match (min..=max).contains(&length) {
        true => Ok(()),
        false => element.fail(ErrorKind::Size { what, length, min, max }),
    }
}

/// Digits with the low half of an octet first, filled with `f` at the end (TS 29.002, TBCD-STRING).
fn tbcd(octets: &[u8]) -> Option<String> {
    let mut digits = String::with_capacity(octets.len() * 2);
    for (index, octet) in octets.iter().enumerate() {
        for (place, nibble) in [octet & 0xf, octet >> 4].into_iter().enumerate() {
            match char::from_digit(u32::from(nibble), 10) {
                Some(digit) => digits.push(digit),
                None if nibble == 0xf && place == 1 && index + 1 == octets.len() => {}
                None => return None,
            }
        }
    }
    Some(digits)
}

const NO_DIGITS: &str = "a digit that is not 0 to 9 (f fills only the last place)";

pub(super) fn imsi(element: &Element<'_>) -> Result<Party> {
    const WHAT: &str = "servedIMSI";
    sized(element, WHAT, 3, 8)?;
    match tbcd(element.contents) {
        Some(digits) if (6..=15).contains(&digits.len()) => Ok(Party::new("imsi", digits)),
        Some(digits) => element.fail(ErrorKind::Size { what: WHAT, length: digits.len(), min: 6, max: 15 }),
        None => element.fail(ErrorKind::Text { what: WHAT, reason: NO_DIGITS }),
    }
}

/// An ISDN-AddressString: type and plan of the number, then its digits.
pub(super) fn msisdn(element: &Element<'_>) -> Result<Party> {
    const WHAT: &str = "servedMSISDN";
    sized(element, WHAT, 2, 9)?;
    let (kind, digits) = element.contents.split_at(1);
    if kind.iter().any(|octet| octet & 0x80 == 0) {
        return element.fail(ErrorKind::Text { what: WHAT, reason: "no type of number in its first octet" });
    }
    match tbcd(digits) {
        Some(digits) => Ok(Party::new("msisdn", digits)),
        None => element.fail(ErrorKind::Text { what: WHAT, reason: NO_DIGITS }),
    }
}

/// Mobile country and network code, five or six digits (TS 29.060, octets 2 to 4 of a routing area identity).
pub(super) fn plmn(element: &Element<'_>, what: &'static str) -> Result<String> {
    let &[a, b, c] = element.contents else {
        return element.fail(ErrorKind::Size { what, length: element.contents.len(), min: 3, max: 3 });
    };
    let mut digits = String::with_capacity(6);
    for (place, nibble) in [a & 0xf, a >> 4, b & 0xf, c & 0xf, c >> 4, b >> 4].into_iter().enumerate() {
        match char::from_digit(u32::from(nibble), 10) {
            Some(digit) => digits.push(digit),
            None if place == 5 && nibble == 0xf => {}
            None => return element.fail(ErrorKind::Text { what, reason: NO_DIGITS }),
        }
    }
    Ok(digits)
}

/// Nine octets `YYMMDDhhmmssShhmm`: BCD, the sign in ASCII, of this century.
pub(super) fn time(element: &Element<'_>, what: &'static str) -> Result<Stamp> {
    sized(element, what, 9, 9)?;
    let bcd = |octets: &[u8]| -> Option<Vec<u8>> {
        let nibbles = octets.iter().flat_map(|octet| [octet >> 4, octet & 0xf]);
        nibbles.map(|nibble| (nibble < 10).then_some(b'0' + nibble)).collect()
    };
    let (local, sign, offset) = match element.contents {
        [local @ .., sign, hours, minutes] => (bcd(local), *sign, bcd(&[*hours, *minutes])),
        _ => (None, 0, None),
    };
    let (Some(local), Some(offset)) = (local, offset) else {
        return element.fail(ErrorKind::Text { what, reason: "a half octet that is not a digit" });
    };
    let read = stamp::local(&[b"20", &local[..]].concat(), what)
        .and_then(|local| Ok(Stamp::new(local, stamp::offset(&[&[sign], &offset[..]].concat(), what)?)));
    read.or_else(|kind| element.fail(kind))
}

/// The address of a node: the CHOICE IPAddress, inside the tag of the member.
pub(super) fn address(element: &Element<'_>, what: &'static str) -> Result<String> {
    ip(&element.inner(what)?, what)
}

/// The CHOICE IPAddress itself.
pub(super) fn ip(choice: &Element<'_>, what: &'static str) -> Result<String> {
    if choice.is(4) && choice.tag.constructed {
        let first = super::element::split(choice.contents, choice.base, what)?.0;
        return v6(&first, what);
    }
    if choice.tag.constructed || choice.tag.class != 2 || choice.tag.number > 3 {
        return choice.fail(ErrorKind::Unexpected { found: choice.tag, parent: what });
    }
    match choice.tag.number {
        0 => match <[u8; 4]>::try_from(choice.contents) {
            Ok(octets) => Ok(Ipv4Addr::from(octets).to_string()),
            Err(_) => choice.fail(ErrorKind::Size { what, length: choice.contents.len(), min: 4, max: 4 }),
        },
        1 => v6(choice, what),
        _ => text(choice, what, 45),
    }
}

fn v6(element: &Element<'_>, what: &'static str) -> Result<String> {
    match <[u8; 16]>::try_from(element.contents) {
        Ok(octets) => Ok(Ipv6Addr::from(octets).to_string()),
        Err(_) => element.fail(ErrorKind::Size { what, length: element.contents.len(), min: 16, max: 16 }),
    }
}

/// Someone named by a URI or number: the CHOICE InvolvedParty.
pub(super) fn involved(choice: &Element<'_>, what: &'static str) -> Result<Party> {
    if choice.tag.class != 2 || choice.tag.number > 4 || choice.tag.constructed {
        return choice.fail(ErrorKind::Unexpected { found: choice.tag, parent: what });
    }
    let name = text(choice, what, 1024)?;
    Ok(match choice.tag.number {
        1 | 3 => Party::new("number", name.trim_start_matches("tel:").trim_start_matches('+').to_owned()),
        4 => Party::new("external id", name),
        _ => Party::new("address", name),
    })
}

/// A subscription identifier of the charging function: its type and text; `imsi-` and `msisdn-` may stand in front.
pub(super) fn subscription(kind: u64, element: &Element<'_>, what: &'static str) -> Result<Party> {
    let data = text(element, what, 253)?;
    let digits = |prefix: &str, kind: &'static str, min: usize| {
        let digits = data.strip_prefix(prefix).unwrap_or(&data).trim_start_matches('+');
        match digits.bytes().all(|b| b.is_ascii_digit()) && (min..=15).contains(&digits.len()) {
            true => Ok(Party::new(kind, digits.to_owned())),
            false => element.fail(ErrorKind::Text { what, reason: "no number of at most 15 digits" }),
        }
    };
    match kind {
        0 => digits("msisdn-", "msisdn", 1),
        1 => digits("imsi-", "imsi", 6),
        2 => Ok(Party::new("address", data)),
        3 => Ok(Party::new("nai", data)),
        4 => Ok(Party::new("private", data)),
        value => element.fail(ErrorKind::OutOfRange { what: "subscriptionIDType", value, expected: "0 to 4" }),
    }
}

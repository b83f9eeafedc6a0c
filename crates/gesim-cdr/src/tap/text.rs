//! Character sets of TAP's strings.

use super::schema::Charset;
use crate::error::ErrorKind;

pub(crate) fn check(bytes: &[u8], charset: Charset, min: u16, max: u16, what: &'static str) -> Result<(), ErrorKind> {
    let (length, min, max) = (bytes.len(), usize::from(min), usize::from(max));
    if !(min..=max).contains(&length) {
        return Err(ErrorKind::Size { what, length, min, max });
    }
    let (ok, reason) = match charset {
        Charset::Ascii => {
            if bytes.iter().all(|b| *b == b' ') {
                return Err(ErrorKind::Text { what, reason: "only blanks" });
            }
            (bytes.iter().all(|b| (0x20..=0x7e).contains(b)), "a character outside visible ISO 646")
        }
        Charset::Digits => (bytes.iter().all(u8::is_ascii_digit), "a character that is not a digit"),
        Charset::Hex => {
            (bytes.iter().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F')), "a character that is not 0 to 9 or A to F")
        }
        Charset::Currency => (bytes.iter().all(u8::is_ascii_uppercase), "a character that is not A to Z"),
        Charset::Bcd => (bcd_ok(bytes, what), "a digit that is not 0 to 9 (f fills only the last place)"),
        Charset::Octets => (true, ""),
    };
    if ok {
        Ok(())
    } else {
        Err(ErrorKind::Text { what, reason })
    }
}

/// Subscriber and equipment numbers are decimal; dialled digits may use a to e.
fn bcd_ok(bytes: &[u8], what: &'static str) -> bool {
    let top = if matches!(what, "imsi" | "imei" | "msisdn") { 9 } else { 0xe };
    let Some((last, rest)) = bytes.split_last() else { return true };
    rest.iter().all(|b| b >> 4 <= top && b & 0xf <= top) && last >> 4 <= top && (last & 0xf <= top || last & 0xf == 0xf)
}

/// The digits of a checked BCD string.
pub(crate) fn digits(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for octet in bytes {
        push_digit(&mut out, octet >> 4);
        push_digit(&mut out, octet & 0xf);
    }
    out
}

fn push_digit(out: &mut String, nibble: u8) {
    match nibble {
        0..=9 => out.push(char::from(b'0' + nibble)),
        0xa..=0xe => out.push(char::from(b'a' - 10 + nibble)),
        _ => {}
    }
}

/// A prefix and octets in hexadecimal.
pub(crate) fn hex(prefix: &str, bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut out = String::with_capacity(prefix.len() + bytes.len() * 2);
    out.push_str(prefix);
    for octet in bytes {
        out.push(DIGITS[usize::from(octet >> 4)]);
        out.push(DIGITS[usize::from(octet & 0xf)]);
    }
    out
}

/// A checked string; blanks around it carry no meaning (TD.57).
pub(crate) fn trimmed(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).unwrap_or_default().trim_matches(' ').to_owned()
}

//! Times of certificates.

mod cert_support;

use cert_support::*;
use gesim_cert::{CertError, Tbs};

fn from(time: Vec<u8>) -> Result<i64, CertError> {
    let validity = seq(&[&time, &generalized("99991231235959Z")]);
    Tbs::parse(&Parts { validity, ..tls() }.der()).map(|tbs| tbs.not_before)
}

#[test]
fn times_ok() {
    for (time, seconds) in [
        (utc("000101000000Z"), 946_684_800),
        (utc("000229235959Z"), 951_868_799),
        (utc("200401083130Z"), 1_585_729_890),
        (utc("240229000000Z"), 1_709_164_800),
        (utc("491231235959Z"), 2_524_607_999),
        (generalized("20500101000000Z"), 2_524_608_000),
        (generalized("20550401082751Z"), 2_690_180_871),
        (generalized("21000301000000Z"), 4_107_542_400),
        (generalized("99991231235959Z"), 253_402_300_799),
    ] {
        assert_eq!(from(time.clone()), Ok(seconds), "{}", String::from_utf8_lossy(&time));
    }
}

#[test]
fn other_forms_fails() {
    for text in [
        "2506301314Z",
        "250630131438",
        "250630131438+0000",
        "250630131438-0100",
        "2506301314380Z",
        "250630131438z",
        "25063013143 Z",
        "+50630131438Z",
        "250630131438.5Z",
        "",
        "Z",
        "500101000000Z",
        "991231235959Z",
    ] {
        assert_eq!(from(utc(text)), Err(CertError::Time), "{text}");
    }
    for text in
        ["20491231235959Z", "20250630131438Z", "205001010000Z", "20500101000000.0Z", "20500101000000", "205", ""]
    {
        assert_eq!(from(generalized(text)), Err(CertError::Time), "{text}");
    }
    assert_eq!(from(tlv(0x16, b"250630131438Z")), Err(CertError::Tag));
}

#[test]
fn dates_that_do_not_exist_fails() {
    for text in [
        "250001000000Z",
        "251301000000Z",
        "250100000000Z",
        "250132000000Z",
        "250229000000Z",
        "240230000000Z",
        "250431000000Z",
        "250101240000Z",
        "250101006000Z",
        "250101000060Z",
    ] {
        assert_eq!(from(utc(text)), Err(CertError::Time), "{text}");
    }
    assert_eq!(from(generalized("21000229000000Z")), Err(CertError::Time), "2100 is no leap year");
}

#[test]
fn validity_that_ends_before_it_begins_fails() {
    let parts = Parts { validity: seq(&[&utc("260802131438Z"), &utc("260802131437Z")]), ..tls() };
    assert_eq!(Tbs::parse(&parts.der()).map(|_| ()), Err(CertError::Validity));
    let parts = Parts { validity: seq(&[&utc("260802131438Z"), &utc("260802131438Z")]), ..tls() };
    assert!(Tbs::parse(&parts.der()).is_ok());
}

//! One thing wrong at a time: everything that the profile does not have is refused, and for its own reason.

mod cert_support;

use cert_support::*;
use gesim_cert::{CertError, Role, Tbs};

#[track_caller]
fn fails(parts: Parts, error: CertError) {
    assert_eq!(Tbs::parse(&parts.der()).map(|_| ()), Err(error));
}

#[track_caller]
fn bytes_fail(bytes: &[u8], error: CertError) {
    assert_eq!(Tbs::parse(bytes).map(|_| ()), Err(error));
}

#[test]
fn roles_ok() {
    let der = tls().der();
    let tbs = Tbs::parse(&der).unwrap();
    assert_eq!((tbs.role, tbs.dns, tbs.rid), (Role::Tls, Some("smdp.example.com"), &[0x88, 0x37, 10][..]));
    assert_eq!((tbs.serial, tbs.ski, tbs.aki), (&[1, 0][..], &[7; 20], Some(&[7; 20])));
    assert_eq!((tbs.not_before, tbs.not_after), (1_751_289_278, 1_785_676_478));
    assert_eq!(tbs.key(), [&[3][..], &[0x11; 32]].concat()[..], "Y is odd");
    assert_eq!((tbs.issuer, tbs.subject), (&name(0x0C, b"Test CI")[..], &name(0x13, b"SM-DP+")[..]));
    for (parts, role) in [(auth(), Role::Auth), (auth().set(POLICIES, CRITICAL, &policy(5)), Role::ProfileBinding)] {
        assert_eq!(Tbs::parse(&parts.der()).map(|tbs| (tbs.role, tbs.dns)), Ok((role, None)));
    }
    let root = ca().without(AKI).der();
    assert_eq!(Tbs::parse(&root).map(|tbs| (tbs.role, tbs.aki, tbs.path_len)), Ok((Role::Ca, None, None)));
    let below =
        ca().set(BASIC, CRITICAL, &seq(&[&tlv(1, &[0xFF]), &tlv(2, &[0])])).set(USAGE, CRITICAL, &tlv(3, &[2, 4]));
    assert_eq!(Tbs::parse(&below.der()).map(|tbs| tbs.path_len), Ok(Some(0)));
    let swapped = tls().set(PURPOSE, CRITICAL, &seq(&[&oid(CLIENT_AUTH), &oid(SERVER_AUTH)])).set(
        SAN,
        PLAIN,
        &seq(&[&tlv(0x88, &[0x2A]), &tlv(0x82, b"a")]),
    );
    assert_eq!(Tbs::parse(&swapped.der()).map(|tbs| tbs.dns), Ok(Some("a")));
}

#[test]
fn validity_at_both_ends_ok() {
    let der = tls().der();
    let tbs = Tbs::parse(&der).unwrap();
    assert_eq!(tbs.check_validity(tbs.not_before), Ok(()));
    assert_eq!(tbs.check_validity(tbs.not_after), Ok(()));
    assert_eq!(tbs.check_validity(tbs.not_before - 1), Err(CertError::NotYetValid));
    assert_eq!(tbs.check_validity(tbs.not_after + 1), Err(CertError::Expired));
}

#[test]
fn trailing_bytes_fails() {
    bytes_fail(&[tls().der(), vec![0]].concat(), CertError::Trailing);
    fails(Parts { version: tlv(0xA0, &[tlv(2, &[2]), tlv(5, &[])].concat()), ..tls() }, CertError::Trailing);
    fails(Parts { algorithm: seq(&[&oid(ECDSA_SHA256), &tlv(5, &[])]), ..tls() }, CertError::Trailing);
    let three = seq(&[&utc("250630131438Z"), &utc("260802131438Z"), &utc("260802131438Z")]);
    fails(Parts { validity: three, ..tls() }, CertError::Trailing);
    let spare = |key: &[u8]| seq(&[key, &tlv(5, &[])]);
    let algorithm = seq(&[&oid(EC), &oid(P256), &tlv(5, &[])]);
    let key = seq(&[&algorithm, &tlv(3, &whole_octets(&point()))]);
    fails(Parts { key, ..tls() }, CertError::Trailing);
    let key = seq(&[&seq(&[&oid(EC), &oid(P256)]), &tlv(3, &whole_octets(&point())), &tlv(5, &[])]);
    fails(Parts { key, ..tls() }, CertError::Trailing);
    for (id, value) in [(SKI, tlv(4, &[7; 20])), (AKI, seq(&[&tlv(0x80, &[7; 20])]))] {
        fails(tls().set(id, PLAIN, &[value, vec![0]].concat()), CertError::Trailing);
    }
    fails(tls().set(AKI, PLAIN, &spare(&tlv(0x80, &[7; 20]))), CertError::Trailing);
    fails(tls().set(USAGE, CRITICAL, &[3, 2, 7, 0x80, 0]), CertError::Trailing);
    let mut parts = tls();
    parts.extensions[0] = seq(&[&oid(&[0x55, 0x1D, SKI]), &tlv(4, &tlv(4, &[7; 20])), &tlv(5, &[])]);
    fails(parts, CertError::Trailing);
    // issuerUniqueID, and anything after the extensions
    let mut parts = tls();
    parts.key.extend(tlv(0x81, &[0]));
    fails(parts, CertError::Tag);
    let der = tls().der();
    let inner = Parts { version: der[4..].to_vec(), ..tls() };
    bytes_fail(&tlv(0x30, &[inner.version, tlv(0xA3, &seq(&[]))].concat()), CertError::Trailing);
}

#[test]
fn lengths_that_are_not_minimal_fails() {
    let der = tls().der();
    assert_eq!(der[..2], [0x30, 0x82]);
    let content = &der[4..];
    let high = [&[0x30, 0x83, 0, der[2], der[3]][..], content].concat();
    bytes_fail(&high, CertError::Length);
    bytes_fail(&[&[0x30, 0x80][..], content, &[0, 0]].concat(), CertError::Length);
    fails(Parts { serial: vec![2, 0x81, 1, 5], ..tls() }, CertError::Length);
    fails(Parts { serial: vec![2, 0x82, 0, 1, 5], ..tls() }, CertError::Length);
    fails(Parts { serial: vec![2, 0x84, 0, 0, 0, 1, 5], ..tls() }, CertError::Length);
    fails(Parts { serial: vec![2, 0xFF, 1, 5], ..tls() }, CertError::Length);
    fails(Parts { version: [&[0xA0, 0x80][..], &tlv(2, &[2]), &[0, 0]].concat(), ..tls() }, CertError::Length);
    // as many octets as need the form, but one too few for it
    fails(Parts { subject: [&[0x30, 0x82, 0, 0xFF][..], &[0; 255]].concat(), ..tls() }, CertError::Length);
}

#[test]
fn high_tag_numbers_fails() {
    fails(Parts { serial: vec![0x1F, 2, 1, 5], ..tls() }, CertError::Tag);
    fails(Parts { subject: vec![0x3F, 0x10, 0], ..tls() }, CertError::Tag);
    fails(tls().set(SAN, PLAIN, &seq(&[&[0x9F, 8, 1, 0x2A]])), CertError::Tag);
}

#[test]
fn integers_and_serials_fails() {
    for (serial, error) in [
        (&[][..], CertError::Integer),
        (&[0x80], CertError::Integer),
        (&[0xFF, 0x01], CertError::Integer),
        (&[0, 0x7F], CertError::Integer),
        (&[0, 0, 0x80], CertError::Integer),
        (&[0], CertError::Serial),
        (&[1; 21], CertError::Serial),
    ] {
        fails(Parts { serial: tlv(2, serial), ..tls() }, error);
    }
    let longest = [&[0][..], &[0x80; 20]].concat();
    assert_eq!(Tbs::parse(&Parts { serial: tlv(2, &longest), ..tls() }.der()).map(|tbs| tbs.serial.len()), Ok(20));
}

#[test]
fn versions_fails() {
    for version in [&[0][..], &[1], &[3], &[0, 2]] {
        fails(Parts { version: tlv(0xA0, &tlv(2, version)), ..tls() }, CertError::Version);
    }
    // version 1 is said by leaving it out
    fails(Parts { version: vec![], ..tls() }, CertError::Tag);
}

#[test]
fn algorithms_and_curves_fails() {
    let sha384 = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 3];
    let brainpool = [0x2B, 0x24, 3, 3, 2, 8, 1, 1, 7];
    let rsa = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1];
    let bits = whole_octets(&point());
    fails(Parts { algorithm: seq(&[&oid(&sha384)]), ..tls() }, CertError::SignatureAlgorithm);
    fails(Parts { key: key_info(EC, &brainpool, &bits), ..tls() }, CertError::UnsupportedCurve);
    fails(Parts { key: key_info(&rsa, P256, &bits), ..tls() }, CertError::KeyAlgorithm);
    fails(Parts { key: seq(&[&seq(&[&oid(EC), &seq(&[])]), &tlv(3, &bits)]), ..tls() }, CertError::Tag);
    let compressed = whole_octets(&[&[2][..], &[0x11; 32]].concat());
    fails(Parts { key: key_info(EC, P256, &compressed), ..tls() }, CertError::Point);
    let mut hybrid = bits.clone();
    hybrid[1] = 6;
    fails(Parts { key: key_info(EC, P256, &hybrid), ..tls() }, CertError::Point);
    for unused in [1, 7, 8] {
        let mut bits = bits.clone();
        bits[0] = unused;
        fails(Parts { key: key_info(EC, P256, &bits), ..tls() }, CertError::BitString);
    }
    fails(Parts { key: key_info(EC, P256, &[]), ..tls() }, CertError::BitString);
}

#[test]
fn names_fails() {
    let two_in_one_set = seq(&[&tlv(0x31, &[seq(&[&oid(&[0x55, 4, 3]), &tlv(12, b"a")]), tlv(5, &[])].concat())]);
    fails(Parts { subject: two_in_one_set, ..tls() }, CertError::Trailing);
    fails(Parts { issuer: seq(&[]), ..tls() }, CertError::Name);
    fails(Parts { issuer: name(0x0C, b""), ..tls() }, CertError::Name);
    fails(Parts { subject: name(0x0C, &[0xC3, 0x28]), ..tls() }, CertError::Name);
    fails(Parts { subject: name(0x0C, b"a\0b"), ..tls() }, CertError::Name);
    fails(Parts { subject: name(0x13, b"a@b"), ..tls() }, CertError::Name);
    fails(Parts { subject: name(0x1E, b"ab"), ..tls() }, CertError::Name);
    let bad_oid = |content: &[u8]| seq(&[&tlv(0x31, &seq(&[&oid(content), &tlv(12, b"a")]))]);
    for content in [&[][..], &[0x80, 1], &[0x55, 4, 0x83], &[0x55, 4, 3, 1], &[0x55, 5, 3], &[0x55, 0x80, 4]] {
        fails(Parts { subject: bad_oid(content), ..tls() }, CertError::Name);
    }
}

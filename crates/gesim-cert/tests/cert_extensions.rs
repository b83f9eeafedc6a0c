//! Extensions: each once, critical as the profile says, whole, and none of another role.

mod cert_support;

use cert_support::*;
use gesim_cert::{CertError, Tbs};

#[track_caller]
fn fails(parts: Parts, error: CertError) {
    assert_eq!(Tbs::parse(&parts.der()).map(|_| ()), Err(error));
}

#[test]
fn duplicates_fails() {
    for parts in [tls(), auth(), ca()] {
        for index in 0..parts.extensions.len() {
            let mut twice = parts.clone();
            twice.extensions.push(parts.extensions[index].clone());
            fails(twice, CertError::DuplicateExtension);
        }
    }
}

#[test]
fn missing_fails() {
    for (parts, needed) in [
        (tls(), &[SKI, AKI, USAGE, POLICIES, SAN, PURPOSE][..]),
        (auth(), &[SKI, AKI, USAGE, POLICIES, SAN]),
        (ca(), &[SKI, USAGE, POLICIES, SAN, BASIC]),
    ] {
        for id in needed {
            fails(parts.clone().without(*id), CertError::MissingExtension);
        }
    }
}

#[test]
fn unknown_fails() {
    for critical in [CRITICAL, PLAIN] {
        fails(tls().set(30, critical, &seq(&[])), CertError::UnknownExtension);
    }
    let mut parts = tls();
    // authorityInfoAccess
    parts.extensions.push(seq(&[&oid(&[0x2B, 6, 1, 5, 5, 7, 1, 1]), &tlv(4, &seq(&[]))]));
    fails(parts, CertError::UnknownExtension);
}

#[test]
fn those_of_another_role_fails() {
    let basic = seq(&[&tlv(1, &[0xFF])]);
    fails(tls().set(BASIC, CRITICAL, &basic), CertError::UnknownExtension);
    fails(auth().set(BASIC, CRITICAL, &basic), CertError::UnknownExtension);
    let purpose = seq(&[&oid(SERVER_AUTH), &oid(CLIENT_AUTH)]);
    fails(auth().set(PURPOSE, CRITICAL, &purpose), CertError::UnknownExtension);
    fails(ca().set(PURPOSE, CRITICAL, &purpose), CertError::UnknownExtension);
    fails(ca().set(USAGE, CRITICAL, &tlv(3, &[7, 0x80])), CertError::KeyUsage);
    fails(auth().set(USAGE, CRITICAL, &tlv(3, &[1, 6])), CertError::KeyUsage);
}

#[test]
fn criticality_fails() {
    for (parts, ids) in [(tls(), &[SKI, AKI, SAN, POLICIES][..]), (auth(), &[SKI, AKI, SAN]), (ca(), &[SKI, AKI, SAN])]
    {
        for id in ids {
            let mut changed = parts.clone();
            let old = changed.extensions.iter_mut().find(|old| old[4..7] == [0x55, 0x1D, *id]).unwrap();
            let value = old[9..].to_vec();
            *old = extension(*id, CRITICAL, &value);
            fails(changed, CertError::Criticality);
        }
    }
    fails(tls().set(USAGE, PLAIN, &tlv(3, &[7, 0x80])), CertError::Criticality);
    fails(tls().set(PURPOSE, PLAIN, &seq(&[&oid(SERVER_AUTH), &oid(CLIENT_AUTH)])), CertError::Criticality);
    fails(auth().set(POLICIES, PLAIN, &policy(4)), CertError::Criticality);
    fails(ca().set(BASIC, PLAIN, &seq(&[&tlv(1, &[0xFF])])), CertError::Criticality);
    // an explicit FALSE, and TRUE in another spelling
    for truth in [&[0][..], &[1], &[0x7F], &[0xFF, 0xFF]] {
        fails(auth().set(USAGE, truth, &tlv(3, &[7, 0x80])), CertError::Boolean);
        fails(auth().set(SKI, truth, &tlv(4, &[7; 20])), CertError::Boolean);
    }
}

#[test]
fn policies_fails() {
    let one = |role| seq(&[&oid(&[0x67, 0x81, 0x12, 1, 2, 1, role])]);
    fails(tls().set(POLICIES, PLAIN, &seq(&[&one(3), &one(4)])), CertError::Trailing);
    fails(tls().set(POLICIES, PLAIN, &seq(&[])), CertError::Truncated);
    for role in [1, 2, 6, 7, 0x7F] {
        fails(tls().set(POLICIES, PLAIN, &policy(role)), CertError::Policy);
    }
    let any = seq(&[&seq(&[&oid(&[0x55, 0x1D, 0x20, 0])])]);
    fails(tls().set(POLICIES, PLAIN, &any), CertError::Policy);
    let qualified = seq(&[&seq(&[&oid(&[0x67, 0x81, 0x12, 1, 2, 1, 3]), &seq(&[])])]);
    fails(tls().set(POLICIES, PLAIN, &qualified), CertError::Trailing);
}

#[test]
fn key_usages_and_purposes_fails() {
    for usage in [&[0, 0x80][..], &[7, 0xC0], &[7, 0x80, 0], &[], &[6, 0xC0], &[3, 0x88]] {
        fails(tls().set(USAGE, CRITICAL, &tlv(3, usage)), CertError::KeyUsage);
    }
    fails(ca().set(USAGE, CRITICAL, &tlv(3, &[1, 2])), CertError::KeyUsage);
    let purposes = |list: &[&[u8]]| tls().set(PURPOSE, CRITICAL, &seq(list));
    let (server, client) = (oid(SERVER_AUTH), oid(CLIENT_AUTH));
    fails(purposes(&[&server]), CertError::Truncated);
    fails(purposes(&[&server, &server]), CertError::ExtendedKeyUsage);
    fails(purposes(&[&server, &client, &client]), CertError::Trailing);
}

#[test]
fn basic_constraints_fails() {
    let basic = |value: &[u8]| ca().set(BASIC, CRITICAL, value);
    fails(basic(&seq(&[])), CertError::BasicConstraints);
    fails(basic(&seq(&[&tlv(1, &[0])])), CertError::Boolean);
    fails(basic(&seq(&[&tlv(1, &[1])])), CertError::Boolean);
    fails(basic(&seq(&[&tlv(2, &[0])])), CertError::BasicConstraints);
    fails(basic(&seq(&[&tlv(1, &[0xFF]), &tlv(2, &[0xFF])])), CertError::Integer);
    fails(basic(&seq(&[&tlv(1, &[0xFF]), &tlv(2, &[1, 0])])), CertError::BasicConstraints);
    fails(basic(&seq(&[&tlv(1, &[0xFF]), &tlv(2, &[0]), &tlv(2, &[0])])), CertError::Trailing);
}

#[test]
fn alternative_names_fails() {
    let (dns, rid) = (tlv(0x82, b"smdp.example.com"), tlv(0x88, &[0x88, 0x37, 10]));
    let san = |list: &[&[u8]]| tls().set(SAN, PLAIN, &seq(list));
    fails(san(&[&dns, &dns, &rid]), CertError::AltName);
    fails(san(&[&dns, &rid, &rid]), CertError::AltName);
    fails(san(&[&dns]), CertError::AltName);
    fails(san(&[&rid]), CertError::AltName);
    fails(san(&[]), CertError::AltName);
    fails(san(&[&dns, &rid, &tlv(0x87, &[127, 0, 0, 1])]), CertError::AltName);
    fails(auth().set(SAN, PLAIN, &seq(&[&dns, &rid])), CertError::AltName);
    fails(san(&[&dns, &tlv(0x88, &[0x88])]), CertError::Oid);
    fails(san(&[&dns, &tlv(0x88, &[1; 24])]), CertError::AltName);
    assert!(Tbs::parse(&san(&[&dns, &tlv(0x88, &[1; 23])]).der()).is_ok());
    for host in [
        &b""[..],
        b".",
        b"a.",
        b".a",
        b"a..b",
        b"*.example.com",
        b"-a.com",
        b"a-.com",
        b"a_b.com",
        b"a b",
        b"a\0.com",
        b"\xC3\xA4.com",
        &[b'a'; 64],
        &[b'a'; 254],
    ] {
        fails(san(&[&tlv(0x82, host), &rid]), CertError::DnsName);
    }
}

#[test]
fn longest_host_ok() {
    // three labels of 63 octets, their dots, and the rest
    let host = |rest: usize| [[&[b'a'; 63][..], b"."].concat().repeat(3), vec![b'b'; rest]].concat();
    let with = |host: &[u8]| tls().set(SAN, PLAIN, &seq(&[&tlv(0x82, host), &tlv(0x88, &[0x2A])]));
    assert_eq!(host(61).len(), 253);
    assert!(Tbs::parse(&with(&host(61)).der()).is_ok());
    fails(with(&host(62)), CertError::DnsName);
}

#[test]
fn key_identifiers_and_crl_points_fails() {
    fails(tls().set(SKI, PLAIN, &tlv(4, &[7; 19])), CertError::KeyIdentifier);
    fails(tls().set(AKI, PLAIN, &seq(&[&tlv(0x80, &[7; 21])])), CertError::KeyIdentifier);
    fails(tls().set(AKI, PLAIN, &seq(&[])), CertError::Truncated);
    let point = |uri: &[u8]| seq(&[&tlv(0xA0, &tlv(0xA0, &tlv(0x86, uri)))]);
    assert!(Tbs::parse(&tls().set(CRL, PLAIN, &seq(&[&point(b"http://a/b.crl")])).der()).is_ok());
    fails(tls().set(CRL, CRITICAL, &seq(&[&point(b"http://a/b.crl")])), CertError::Criticality);
    fails(tls().set(CRL, PLAIN, &seq(&[])), CertError::CrlPoints);
    fails(tls().set(CRL, PLAIN, &seq(&[&point(b"")])), CertError::CrlPoints);
    fails(tls().set(CRL, PLAIN, &seq(&[&point(b"http://a b")])), CertError::CrlPoints);
    fails(tls().set(CRL, PLAIN, &seq(&[&seq(&[&tlv(0xA0, &tlv(0xA0, &[]))])])), CertError::CrlPoints);
    let reasons = seq(&[&tlv(0xA0, &tlv(0xA0, &tlv(0x86, b"http://a"))), &tlv(0x81, &[0])]);
    fails(tls().set(CRL, PLAIN, &seq(&[&reasons])), CertError::Trailing);
}

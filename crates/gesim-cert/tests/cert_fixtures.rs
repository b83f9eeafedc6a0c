//! Genuine SGP.26 certificates: read as another library reads them, and no damage to them goes unseen.

mod cert_support;

use std::ops::Range;

use cert_support::{fixtures, seq, tlv};
use gesim_cert::{CertError, Certificate, Role, ServerSigned1, Tbs};
use p256::ecdsa::{signature::Verifier, Signature, VerifyingKey};
use x509_cert::{
    der::{Decode, Encode},
    ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, SubjectKeyIdentifier},
};

const FOLDERS: [(&str, Role); 7] = [
    ("sgp26/CertificateIssuer", Role::Ca),
    ("sgp26/DPtls", Role::Tls),
    ("sgp26/DPauth", Role::Auth),
    ("sgp26/DPpb", Role::ProfileBinding),
    ("es9plus/pki/CertificateIssuer", Role::Ca),
    ("es9plus/pki/DPauth", Role::Auth),
    ("es9plus/pki/DPpb", Role::ProfileBinding),
];

/// Every certificate on P-256 with its role.
fn nist() -> Vec<(String, Role, Vec<u8>)> {
    let all = FOLDERS.iter().filter_map(|(folder, role)| Some((role, fixtures(folder)?)));
    let all = all.flat_map(|(role, files)| files.into_iter().map(|(name, der)| (name, *role, der)));
    all.filter(|(name, ..)| !name.contains("BRP")).collect()
}

#[test]
fn genuine_ok() {
    for (folder, role) in FOLDERS {
        for (name, der) in fixtures(folder).unwrap_or_default() {
            let read = Certificate::parse(&der);
            match name.contains("BRP") {
                true => assert_eq!(read.map(|_| ()), Err(CertError::UnsupportedCurve), "{name}"),
                false => assert_eq!(read.map(|read| read.tbs.role), Ok(role), "{name}"),
            }
        }
    }
}

#[test]
fn signatures_under_the_ci_ok() {
    for root in ["sgp26", "es9plus/pki"] {
        let Some(cis) = fixtures(&format!("{root}/CertificateIssuer")) else { return };
        let (_, ci) = cis.iter().find(|(name, _)| name.contains("NIST")).unwrap();
        let ci = Certificate::parse(ci).unwrap();
        let key = VerifyingKey::from_sec1_bytes(&ci.tbs.key()).unwrap();
        assert_eq!(VerifyingKey::from_sec1_bytes(ci.tbs.point).unwrap(), key, "{root}");
        for (name, role, der) in nist() {
            let read = Certificate::parse(&der).unwrap();
            if read.tbs.aki == Some(ci.tbs.ski) || (role == Role::Ca && read.tbs.ski == ci.tbs.ski) {
                let signature = Signature::from_slice(&read.signature).unwrap();
                key.verify(read.tbs_der, &signature).unwrap_or_else(|error| panic!("{name}: {error}"));
            }
        }
    }
}

#[test]
fn another_library_reads_the_same_ok() {
    for (name, role, der) in nist() {
        let ours = Certificate::parse(&der).unwrap();
        let theirs = x509_cert::Certificate::from_der(&der).unwrap();
        same(&name, role, &ours.tbs, ours.tbs_der, theirs.tbs_certificate());
        let signature = Signature::from_der(theirs.signature().as_bytes().unwrap()).unwrap();
        assert_eq!(signature.to_bytes()[..], ours.signature, "{name}");
    }
}

fn same(name: &str, role: Role, ours: &Tbs<'_>, der: &[u8], theirs: &x509_cert::TbsCertificate) {
    assert_eq!(theirs.to_der().unwrap(), der, "{name}");
    assert_eq!(theirs.issuer().to_der().unwrap(), ours.issuer, "{name}");
    assert_eq!(theirs.subject().to_der().unwrap(), ours.subject, "{name}");
    let serial = theirs.serial_number().as_bytes();
    assert_eq!(serial.strip_prefix(&[0]).unwrap_or(serial), ours.serial, "{name}");
    let validity = theirs.validity();
    let seconds = |time: &x509_cert::time::Time| time.to_unix_duration().as_secs() as i64;
    assert_eq!(seconds(&validity.not_before), ours.not_before, "{name}");
    assert_eq!(seconds(&validity.not_after), ours.not_after, "{name}");
    let key = theirs.subject_public_key_info();
    assert_eq!(key.subject_public_key.as_bytes(), Some(&ours.point[..]), "{name}");
    let (_, ski) = theirs.get_extension::<SubjectKeyIdentifier>().unwrap().unwrap();
    assert_eq!(ski.0.as_bytes(), ours.ski, "{name}");
    let aki = theirs.get_extension::<AuthorityKeyIdentifier>().unwrap().and_then(|(_, aki)| aki.key_identifier);
    assert_eq!(aki.as_ref().map(|aki| aki.as_bytes()), ours.aki.map(|aki| &aki[..]), "{name}");
    let ca = theirs.get_extension::<BasicConstraints>().unwrap().is_some_and(|(_, basic)| basic.ca);
    assert_eq!(ca, role == Role::Ca, "{name}");
    // that library cannot hold an arc of 2.999, so that it is the extension's octets that are compared
    let names =
        theirs.extensions().unwrap().iter().find(|other| other.extn_id.as_bytes() == [0x55, 0x1D, 0x11]).unwrap();
    let dns = ours.dns.map(|dns| tlv(0x82, dns.as_bytes())).unwrap_or_default();
    assert_eq!(names.extn_value.as_bytes(), seq(&[&dns, &tlv(0x88, ours.rid)]), "{name}");
}

#[test]
fn truncated_fails() {
    for (name, _, der) in nist() {
        let tbs = Certificate::parse(&der).unwrap().tbs_der;
        for length in 0..tbs.len() {
            assert!(Tbs::parse(&tbs[..length]).is_err(), "{name} cut to {length}");
            let mut gap = tbs.to_vec();
            gap.remove(length);
            assert!(Tbs::parse(&gap).is_err(), "{name} without octet {length}");
        }
        for length in 0..der.len() {
            assert!(Certificate::parse(&der[..length]).is_err(), "{name} cut to {length}");
        }
    }
}

/// Where a field stands in the bytes that it was read from.
fn place(all: &[u8], part: &[u8]) -> Range<usize> {
    let from = part.as_ptr() as usize - all.as_ptr() as usize;
    from..from + part.len()
}

#[test]
fn flipped_bits_change_values_only_ok() {
    for (name, role, der) in nist() {
        let read = Certificate::parse(&der).unwrap();
        let (tbs, bytes) = (read.tbs, read.tbs_der);
        let mut values = vec![
            // with the zero octet that keeps it positive
            11..place(bytes, tbs.serial).end,
            place(bytes, tbs.issuer),
            place(bytes, tbs.subject),
            place(bytes, &tbs.point[1..]),
            place(bytes, tbs.ski),
            place(bytes, tbs.rid),
        ];
        values.extend(tbs.aki.map(|aki| place(bytes, aki)));
        values.extend(tbs.dns.map(|dns| place(bytes, dns.as_bytes())));
        // the dates between the two names
        values.push(values[1].end..values[2].start);
        // URIs of revocation lists
        let uris = bytes.windows(7).enumerate().filter(|(_, window)| window == b"http://");
        values.extend(uris.map(|(at, _)| at..at + usize::from(bytes[at - 1])));
        // DPauth and DPpb differ in one bit of their policy, and in nothing else
        if matches!(role, Role::Auth | Role::ProfileBinding) {
            let policy = [0x67, 0x81, 0x12, 1, 2, 1];
            let at = bytes.windows(6).position(|window| window == policy).unwrap();
            values.push(at + 6..at + 7);
        }
        let mut accepted = 0;
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.to_vec();
                changed[at] ^= 1 << bit;
                let Ok(other) = Tbs::parse(&changed) else { continue };
                assert!(
                    values.iter().any(|range| range.contains(&at)),
                    "{name}: bit {bit} of octet {at} does not matter"
                );
                assert_ne!((other, &changed[..]), (tbs, bytes));
                accepted += 1;
            }
        }
        assert!(accepted > 64 * 8, "{name}: the key's bits at least");
    }
}

#[test]
fn server_signed_of_a_real_server_ok() {
    let Some(files) = fixtures("es9plus") else { return };
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".json")) {
        let text = std::str::from_utf8(text).unwrap();
        let value = text.split("\"serverSigned1\": \"").nth(1).unwrap().split('"').next().unwrap();
        let bytes = base64(value);
        let read = ServerSigned1::parse(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((read.transaction_id.len(), read.server_address), (16, "127.0.0.1:18002"), "{name}");
        for length in 0..bytes.len() {
            assert!(ServerSigned1::parse(&bytes[..length]).is_err());
        }
    }
}

fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|byte| DIGITS.iter().position(|digit| *digit == byte));
    let bits: Vec<bool> = digits.flat_map(|digit| (0..6).rev().map(move |bit| digit >> bit & 1 == 1)).collect();
    bits.chunks_exact(8).map(|octet| octet.iter().fold(0, |sum, bit| sum << 1 | u8::from(*bit))).collect()
}

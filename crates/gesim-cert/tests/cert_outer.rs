//! Whole certificates and serverSigned1, built by hand.

mod cert_support;

use cert_support::*;
use gesim_cert::{CertError, Certificate, ServerSigned1};

fn signature(r: &[u8], s: &[u8]) -> Vec<u8> {
    tlv(3, &whole_octets(&seq(&[&tlv(2, r), &tlv(2, s)])))
}

fn certificate(algorithm: &[u8], signature: &[u8]) -> Vec<u8> {
    seq(&[&tls().der(), algorithm, signature])
}

#[test]
fn certificate_ok() {
    let algorithm = seq(&[&oid(ECDSA_SHA256)]);
    let r = [&[0][..], &[0xFF; 32]].concat();
    let der = certificate(&algorithm, &signature(&r, &[5]));
    let read = Certificate::parse(&der).unwrap();
    assert_eq!(read.tbs_der, tls().der());
    assert_eq!(
        (&read.signature[..32], &read.signature[32..63], read.signature[63]),
        (&[0xFF; 32][..], &[0; 31][..], 5)
    );
}

#[test]
fn certificate_fails() {
    let algorithm = seq(&[&oid(ECDSA_SHA256)]);
    let sha384 = seq(&[&oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 3])]);
    let good = signature(&[1], &[1]);
    let long = [&[1][..], &[0; 32]].concat();
    for (der, error) in [
        (certificate(&sha384, &good), CertError::SignatureAlgorithm),
        (certificate(&algorithm, &signature(&[0], &[1])), CertError::Signature),
        (certificate(&algorithm, &signature(&[1], &[0])), CertError::Signature),
        (certificate(&algorithm, &signature(&long, &[1])), CertError::Signature),
        (certificate(&algorithm, &signature(&[0xFF], &[1])), CertError::Integer),
        (certificate(&algorithm, &signature(&[0, 1], &[1])), CertError::Integer),
        (
            certificate(&algorithm, &tlv(3, &[&[1][..], &seq(&[&tlv(2, &[1]), &tlv(2, &[1])])].concat())),
            CertError::BitString,
        ),
        (certificate(&algorithm, &tlv(3, &whole_octets(&seq(&[&tlv(2, &[1])])))), CertError::Truncated),
        (certificate(&algorithm, &tlv(3, &whole_octets(&seq(&[&[2, 1, 1, 2, 1, 1, 2, 1, 1]])))), CertError::Trailing),
        (certificate(&algorithm, &[good.clone(), vec![5, 0]].concat()), CertError::Trailing),
        ([certificate(&algorithm, &good), vec![0]].concat(), CertError::Trailing),
    ] {
        assert_eq!(Certificate::parse(&der).map(|_| ()), Err(error));
    }
}

fn signed(fields: &[(u8, &[u8])]) -> Vec<u8> {
    let fields: Vec<_> = fields.iter().map(|(tag, content)| tlv(*tag, content)).collect();
    tlv(0x30, &fields.concat())
}

const GOOD: [(u8, &[u8]); 4] = [(0x80, &[9]), (0x81, &[1; 16]), (0x83, b"smdp.example.com"), (0x84, &[2; 16])];

#[test]
fn server_signed_ok() {
    let bytes = signed(&GOOD);
    let read = ServerSigned1::parse(&bytes).unwrap();
    assert_eq!((read.transaction_id, read.euicc_challenge), (&[9][..], &[1; 16]));
    assert_eq!((read.server_address, read.server_challenge), ("smdp.example.com", &[2; 16]));
}

#[test]
fn server_signed_fails() {
    let with = |index: usize, content: &'static [u8]| {
        let mut fields = GOOD;
        fields[index].1 = content;
        signed(&fields)
    };
    for (bytes, error) in [
        (with(0, &[]), CertError::ServerSigned),
        (with(0, &[0; 17]), CertError::ServerSigned),
        (with(1, &[0; 15]), CertError::ServerSigned),
        (with(1, &[0; 17]), CertError::ServerSigned),
        (with(2, &[]), CertError::ServerSigned),
        (with(2, &[0xC3, 0x28]), CertError::ServerSigned),
        (with(3, &[0; 15]), CertError::ServerSigned),
        ([signed(&GOOD), vec![0]].concat(), CertError::Trailing),
        (signed(&[&GOOD[..], &[(0xA5, &[])]].concat()), CertError::Trailing),
        (signed(&[GOOD[0], GOOD[2], GOOD[1], GOOD[3]]), CertError::Tag),
        (signed(&GOOD[..3]), CertError::Truncated),
        (signed(&[(0xA0, &[9]), GOOD[1], GOOD[2], GOOD[3]]), CertError::Tag),
    ] {
        assert_eq!(ServerSigned1::parse(&bytes).map(|_| ()), Err(error));
    }
}

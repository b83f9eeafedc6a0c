//! Random damage and random bytes: no panic, and nothing is accepted that another library reads otherwise.

mod cert_support;

use cert_support::{auth, ca, tls, tlv};
use gesim_cert::{Certificate, ServerSigned1, Tbs};
use proptest::prelude::*;
use x509_cert::der::{Decode, Encode};

fn agrees(bytes: &[u8]) {
    let Ok(ours) = Tbs::parse(bytes) else { return };
    let theirs = x509_cert::TbsCertificate::from_der(bytes).expect("another library refuses what is accepted here");
    assert_eq!(theirs.to_der().unwrap(), bytes);
    assert_eq!(theirs.subject_public_key_info().subject_public_key.as_bytes(), Some(&ours.point[..]));
    assert_eq!(theirs.validity().not_after.to_unix_duration().as_secs() as i64, ours.not_after);
    assert_eq!(theirs.extensions().map_or(0, |all| all.len()), 5 + usize::from(ours.dns.is_some() || ours.is_ca()));
}

trait IsCa {
    fn is_ca(&self) -> bool;
}

impl IsCa for Tbs<'_> {
    fn is_ca(&self) -> bool {
        self.role == gesim_cert::Role::Ca
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_ok(which in 0..3usize, edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..4)) {
        let mut bytes = [tls(), auth(), ca()][which].der();
        for (at, octet, kind) in edits {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = octet,
                1 => bytes.insert(at, octet),
                _ => drop(bytes.remove(at)),
            }
        }
        agrees(&bytes);
    }

    #[test]
    fn octets_ok(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let wrapped = tlv(0x30, &bytes);
        for bytes in [&bytes, &wrapped] {
            agrees(bytes);
            let _ = Certificate::parse(bytes);
            let _ = ServerSigned1::parse(bytes);
        }
    }
}

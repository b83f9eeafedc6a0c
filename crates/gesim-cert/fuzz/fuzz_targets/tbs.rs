//! Any bytes: the parsers answer, and what they accept another library reads equally, octet for octet.
#![no_main]

use gesim_cert::{Certificate, ServerSigned1, Tbs};
use libfuzzer_sys::fuzz_target;
use x509_cert::der::{Decode, Encode};

fuzz_target!(|bytes: &[u8]| {
    let _ = ServerSigned1::parse(bytes);
    if let Ok(ours) = Certificate::parse(bytes) {
        assert_eq!(Tbs::parse(ours.tbs_der), Ok(ours.tbs));
    }
    if let Ok(ours) = Tbs::parse(bytes) {
        let theirs = x509_cert::TbsCertificate::from_der(bytes).expect("accepted here only");
        assert_eq!(theirs.to_der().expect("encodes"), bytes);
        assert_eq!(theirs.subject_public_key_info().subject_public_key.as_bytes(), Some(&ours.point[..]));
        assert_eq!(ours.key()[1..], ours.point[1..33]);
    }
});

//! Decoders take any bytes without a panic, and give back exactly what they took.

mod rsp_common;

use gesim_rsp::{
    asn1::*,
    chain::{verify_euicc, verify_server, Anchor},
    keys,
    profile::{elements, Profile, ProfileError},
    tlv::{header, tlv, Reader, Tlv, TlvError},
};
use proptest::prelude::*;
use rsp_common::*;

/// Every top-level decoder; what decodes must encode to the same bytes.
fn decode_all(raw: &[u8]) {
    let same = |encoded: Option<Vec<u8>>| encoded.is_none_or(|encoded| encoded == raw);
    assert!(same(EuiccInfo1::decode(raw).ok().and_then(|value| value.encode().ok())));
    assert!(same(EuiccInfo2::decode(raw).ok().and_then(|value| value.encode().ok())));
    let _ = EuiccInfo2::signing_key_ids(raw);
    assert!(same(ServerSigned1::decode(raw).ok().and_then(|value| value.encode().ok())));
    assert!(same(CtxParams1::decode(raw).ok().and_then(|value| value.encode().ok())));
    assert!(same(EuiccSigned1::decode(raw).ok().and_then(|value| value.encode().ok())));
    let _ = AuthenticateServerResponse::decode(raw);
    let _ = AuthenticateServerRequest::decode(raw);
    assert!(same(SmdpSigned2::decode(raw).ok().and_then(|value| value.encode().ok())));
    assert!(same(EuiccSigned2::decode(raw).ok().and_then(|value| value.encode().ok())));
    let _ = PrepareDownloadRequest::decode(raw);
    let _ = PrepareDownloadResponse::decode(raw);
    let _ = CancelSession::decode(raw);
    assert!(same(StoreMetadataRequest::decode(raw).ok().and_then(|value| value.encode().ok())));
    assert!(same(BoundProfilePackage::decode(raw).ok().map(|value| value.encode())));
    let _ = ReplaceSessionKeys::decode(raw);
    let _ = ConfigureIsdp::check(raw);
    assert!(same(ProfileInstallationResult::decode(raw).ok().map(|value| value.encode())));
    let _ = (parse_signature(raw), parse_key_id(raw), elements(raw), keys::from_der(raw), keys::low_s(raw));
    let trust = trust(&pki_once());
    assert!(verify_server(&trust, raw, &[raw], gesim_cert::Role::Auth, NOW).is_err());
    assert!(verify_euicc(&trust, raw, raw, NOW).is_err());
    assert!(Anchor::from_certificate(raw).is_err());
}

fn pki_once() -> gesim_rsp::pki::Pki {
    static PKI: std::sync::OnceLock<gesim_rsp::pki::Pki> = std::sync::OnceLock::new();
    PKI.get_or_init(pki).clone()
}

const TAGS: [u16; 12] = [0xBF20, 0xBF22, 0xBF38, 0xBF21, 0xBF25, 0xBF36, 0xBF37, 0xBF41, 0xBF26, 0xBF24, 0x30, 0xA0];

/// Elements inside of elements, with tags that the decoders look for.
fn nested() -> impl Strategy<Value = Vec<u8>> {
    let tags = prop::sample::select(vec![
        0x80u16, 0x81, 0x82, 0x83, 0x84, 0x86, 0x87, 0x88, 0x04, 0x02, 0x0C, 0x06, 0x30, 0x5A, 0xA0, 0xA1, 0xA2, 0xA3,
        0xA6, 0x5F37, 0x5F49, 0xBF22, 0xBF23, 0xBF27, 0xBF2F,
    ]);
    let leaf = (tags.clone(), prop::collection::vec(any::<u8>(), 0..20)).prop_map(|(tag, value)| tlv(tag, &[value]));
    let inner = leaf.prop_recursive(4, 40, 6, move |inner| {
        (tags.clone(), prop::collection::vec(inner, 0..6)).prop_map(|(tag, parts)| tlv(tag, &parts))
    });
    (prop::sample::select(TAGS.to_vec()), prop::collection::vec(inner, 0..6)).prop_map(|(tag, parts)| tlv(tag, &parts))
}

proptest! {
    #[test]
    fn any_bytes_never_panic_ok(raw in prop::collection::vec(any::<u8>(), 0..300)) {
        decode_all(&raw);
    }

    #[test]
    fn any_elements_never_panic_ok(raw in nested()) {
        decode_all(&raw);
    }

    #[test]
    fn elements_come_back_ok(tag in prop::sample::select(TAGS.to_vec()), value in prop::collection::vec(any::<u8>(), 0..70_000)) {
        let raw = tlv(tag, &[&value]);
        let element = Tlv::parse(&raw).unwrap();
        prop_assert_eq!((element.tag, element.value, element.raw), (tag, &value[..], &raw[..]));
        prop_assert_eq!(raw.len() - value.len(), header(tag, value.len()).len());
        let longer = [&raw[..], &[0]].concat();
        prop_assert_eq!(Tlv::parse(&longer), Err(TlvError::Trailing));
        prop_assert!(Tlv::parse(&raw[..raw.len() - 1]).is_err());
    }
}

#[test]
fn lengths_and_tags_that_are_not_shortest_fails() {
    for (raw, error) in [
        (&[0x04, 0x80, 0, 0][..], TlvError::Length),
        (&[0x04, 0x81, 0x01, 0], TlvError::Length),
        (&[0x04, 0x82, 0x00, 0x01, 0], TlvError::Length),
        (&[0x04, 0x84, 0, 0, 0, 1, 0], TlvError::Length),
        (&[0xBF, 0x1E, 0], TlvError::Tag),
        (&[0xBF, 0x81, 0x20, 0], TlvError::Tag),
        (&[0xBF], TlvError::Truncated),
        (&[0x04, 2, 0], TlvError::Truncated),
        (&[], TlvError::Truncated),
        (&[0x04, 0, 0x04, 0], TlvError::Trailing),
    ] {
        assert_eq!(Tlv::parse(raw), Err(error), "{raw:02X?}");
    }
    assert_eq!(Tlv::expect(&[4, 0], 5), Err(TlvError::Unexpected { expected: 5, found: 4 }));
    let mut reader = Reader::new(&[0x04, 0, 0x05, 0]);
    assert_eq!(reader.take_if(0x05), Ok(None));
    assert!(reader.take(0x04).is_ok() && reader.take_if(0x05).is_ok_and(|found| found.is_some()));
    assert_eq!(reader.finish(), Ok(()));
}

#[test]
fn profiles_without_a_frame_fails() {
    let good = profile();
    assert_eq!(elements(&good.package).expect("whole").count, 8);
    let metadata = good.metadata.clone();
    let check = |package: Vec<u8>| Profile::new(metadata.clone(), package).expect_err("refused");
    assert_eq!(check(Vec::new()), ProfileError::Frame);
    // cut inside of the end, and in front of it
    assert_eq!(check(good.package[..good.package.len() - 4].to_vec()), ProfileError::Tlv(TlvError::Truncated));
    assert_eq!(check(good.package[..good.package.len() - 9].to_vec()), ProfileError::Frame);
    assert_eq!(check([&good.package[..], &tlv(0xA1, &[[0u8; 0]])].concat()), ProfileError::Frame);
    assert_eq!(check(tlv(0xAA, &[[0u8; 0]])), ProfileError::Frame);
    let mut other = good.package.clone();
    let at = other.windows(2).position(|pair| pair == [0x83, 10]).expect("ICCID") + 2;
    other[at] ^= 1;
    assert_eq!(check(other), ProfileError::Iccid);
    for iccid in ["", "12345", "89883030000000000012345", "898830300000000000X"] {
        assert!(StoreMetadataRequest::new(iccid, "GeSIM", "plan").is_err(), "{iccid}");
    }
    assert!(StoreMetadataRequest::new(ICCID, &"x".repeat(33), "plan").is_err());
}

#[test]
fn keys_and_their_forms_ok() {
    let key = gesim_rsp::keys::KeyPair::generate();
    let signature = key.sign(b"message");
    assert_eq!(keys::low_s(&signature), Ok(signature), "ours are low already");
    assert_eq!(keys::from_der(&keys::to_der(&signature).expect("DER")), Ok(signature));
    keys::verify(&key.public65(), b"message", &signature).expect("verifies");
    keys::verify(&key.key33(), b"message", &signature).expect("compressed");
    assert!(keys::verify(&key.public65(), b"massage", &signature).is_err());
    let der = key.pkcs8_der().expect("DER");
    let pem = key.pkcs8_pem().expect("PEM");
    for again in [keys::KeyPair::from_pkcs8_der(&der), keys::KeyPair::from_pkcs8_pem(&pem)] {
        assert_eq!(again.expect("reads").key33(), key.key33());
    }
    let printed = format!("{key:?}");
    assert!(printed.contains(&hex::encode(key.key33())) && printed.len() < 120, "{printed}");
    assert!(keys::check_point(&[4; 65]).is_err() && key.agree(&[4; 65]).is_err());
    assert!(keys::KeyPair::from_bytes(&[0; 32]).is_err() && keys::KeyPair::from_bytes(&[0xFF; 32]).is_err());
}

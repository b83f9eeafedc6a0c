//! Protection of bound profile packages.

use gesim_core::Eid;
use gesim_rsp::{
    bsp::{x963_kdf, Bsp, BspError, SessionKeys, MAX_SEGMENT},
    keys::KeyPair,
};
use proptest::prelude::*;

const EID: &str = "89049032123451234512345678901235";

/// The two ends of a channel.
fn ends() -> (Bsp, Bsp) {
    let (server, euicc) = (KeyPair::from_seed(&[1], "server"), KeyPair::from_seed(&[2], "euicc"));
    let eid: Eid = EID.parse().expect("EID");
    let shared = server.agree(&euicc.public65()).expect("point");
    assert_eq!(shared, euicc.agree(&server.public65()).expect("point"));
    let end = || Bsp::new(SessionKeys::derive(&shared, b"host", eid));
    (end(), end())
}

/// Vectors of NIST's CAVP for ANSI X9.63 with SHA-256.
#[test]
fn key_derivation_vectors_ok() {
    let secret = hex::decode("96c05619d56c328ab95fe84b18264b08725b85e33fd34f08").expect("hex");
    assert_eq!(hex::encode(&*x963_kdf(&secret, &[], 16)), "443024c3dae66b95e6f5670601558f71");
    let long = x963_kdf(&secret, b"info", 80);
    assert_eq!(long.len(), 80);
    assert_eq!(long[..48], x963_kdf(&secret, b"info", 48)[..]);
    assert_ne!(long[..16], x963_kdf(&secret, b"other", 16)[..]);
}

/// Computed with OpenSSL's AES-ECB, AES-CBC and CMAC, step by step as SGP.22 describes; the KDF with Python's hashlib.
#[test]
fn known_answers_ok() {
    let secret: [u8; 32] = std::array::from_fn(|at| at as u8);
    let keys = SessionKeys::derive(&secret, b"host", EID.parse().expect("EID"));
    assert_eq!(hex::encode(*keys.chaining), "dd44b41c98e31c9d5e3c1f58b0978e87");
    assert_eq!(hex::encode(*keys.enc), "ff983bf993a22bd69d310530a705f3a5");
    assert_eq!(hex::encode(*keys.mac), "5ba719138905c2ae5e711bc62a14e656");

    let from = |first: u8| std::array::from_fn(|at| first + at as u8);
    let keys = SessionKeys { chaining: from(0x20).into(), enc: from(0).into(), mac: from(0x10).into() };
    let mut bsp = Bsp::new(keys);
    let mut sent = bsp.seal(0x87, &[0xBF, 0x24, 0]);
    sent.extend(bsp.authenticate(0x88, &[1, 2, 3]));
    sent.extend(bsp.seal(0x87, &[4, 5]));
    let expected = [
        "871814f13a0eb6367c49a710e2dcd99ad5b45d42b2470ab6f5e8",
        "880b010203f8ddf2a1caf65a98",
        "8718e24611f91134997c2e684bf7ee97ab459a022ef5090b4899",
    ];
    assert_eq!(sent.iter().map(hex::encode).collect::<Vec<_>>(), expected);
}

#[test]
fn keys_depend_on_everything_ok() {
    let eid: Eid = EID.parse().expect("EID");
    let other: Eid = "89049032000000000000000000000163".parse().expect("EID");
    let keys = [
        SessionKeys::derive(&[1; 32], b"host", eid),
        SessionKeys::derive(&[2; 32], b"host", eid),
        SessionKeys::derive(&[1; 32], b"hose", eid),
        SessionKeys::derive(&[1; 32], b"host", other),
    ];
    for (at, one) in keys.iter().enumerate() {
        assert!(keys[..at].iter().all(|two| one.enc != two.enc && one.mac != two.mac && one.chaining != two.chaining));
        assert_ne!(one.enc, one.mac);
    }
}

#[test]
fn sequences_ok() {
    let (mut server, mut euicc) = ends();
    let profile: Vec<u8> = (0..5_000u32).map(|n| n as u8).collect();
    let (first, metadata) = (server.seal(0x87, &[0xBF, 0x24, 0]), server.authenticate(0x88, &profile[..1_500]));
    let package = server.seal(0x86, &profile);
    assert_eq!((first.len(), metadata.len(), package.len()), (1, 2, 5));
    assert!(package.iter().chain(&metadata).all(|segment| segment.len() <= MAX_SEGMENT));
    assert_eq!(*euicc.open(&first).expect("opens"), [0xBF, 0x24, 0]);
    assert_eq!(euicc.check(&metadata).expect("verifies"), profile[..1_500]);
    assert_eq!(*euicc.open(&package).expect("opens"), profile);
}

#[test]
fn every_bit_of_a_segment_counts_fails() {
    let (mut server, _) = ends();
    let segments = server.seal(0x86, &[0x5A; 100]);
    let euicc = || ends().1;
    assert!(euicc().open(&segments).is_ok());
    for bit in 0..segments[0].len() * 8 {
        let mut changed = segments.clone();
        changed[0][bit / 8] ^= 1 << (bit % 8);
        assert!(euicc().open(&changed).is_err(), "bit {bit}");
    }
    for length in 0..segments[0].len() {
        assert!(euicc().open(&[segments[0][..length].to_vec()]).is_err(), "cut at {length}");
    }
}

#[test]
fn missing_repeated_and_swapped_segments_fails() {
    let (mut server, _) = ends();
    let all = server.seal(0x86, &[7; 4_000]);
    let open = |order: &[usize]| ends().1.open(&order.iter().map(|at| all[*at].clone()).collect::<Vec<_>>());
    assert_eq!(all.len(), 4);
    assert!(open(&[0, 1, 2, 3]).is_ok());
    for order in [&[1, 2, 3][..], &[0, 2, 3], &[0, 0, 1, 2, 3], &[1, 0, 2, 3], &[0, 1, 3, 2]] {
        assert_eq!(open(order).expect_err("refused"), BspError::Mac, "{order:?}");
    }
}

#[test]
fn another_keys_segments_fails() {
    let segments = Bsp::new(SessionKeys::generate()).seal(0x86, &[1; 50]);
    assert_eq!(ends().1.open(&segments).expect_err("refused"), BspError::Mac);
    // what was only authenticated is not taken for encrypted, nor does it decrypt to anything
    let clear = ends().0.authenticate(0x87, &[1; 15]);
    assert_eq!(ends().1.open(&clear).expect_err("refused"), BspError::Padding);
}

proptest! {
    #[test]
    fn any_data_comes_back_ok(data in proptest::collection::vec(any::<u8>(), 1..3_000)) {
        let (mut server, mut euicc) = ends();
        let (sealed, clear) = (server.seal(0x86, &data), server.authenticate(0x88, &data));
        prop_assert_eq!(&*euicc.open(&sealed).unwrap(), &data);
        prop_assert_eq!(&euicc.check(&clear).unwrap(), &data);
    }

    #[test]
    fn any_octets_never_panic_ok(data in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (_, mut euicc) = ends();
        let segments = [data];
        prop_assert!(euicc.open(&segments).is_err());
        prop_assert!(euicc.check(&segments).is_err());
    }
}

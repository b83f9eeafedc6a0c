//! What the registrar takes and what it refuses, without HTTP.

mod support;

use base64::{engine::general_purpose::STANDARD, Engine};
use gesim_registrar::{
    api::{Answer, Begun},
    store::State,
    LeafChain, Policy, Registrar, RegistrarError,
};
use gesim_rsp::{
    asn1::{AuthenticateServerRequest, CtxParams1},
    chain::Trust,
    euicc::{Euicc, SoftConfig, SoftEuicc},
    keys::random,
    pki::Pki,
    tlv::{tlv, Tlv},
};
use support::{
    device::{eid, Device},
    World,
};

fn begun(registrar: &Registrar, device: &Device) -> (Begun, Vec<u8>) {
    let begun = registrar.begin(&device.begin()).expect("begun");
    let signed = STANDARD.decode(&begun.server_signed1).expect("base64");
    (begun, signed)
}

/// The response is refused because of the eUICC, in these words, and nothing waits for the chain.
fn refused(registrar: &Registrar, begun: &Begun, answer: &Answer, words: &str) {
    let error = registrar.answer(&begun.id, answer).expect_err("refused");
    assert!(matches!(error, RegistrarError::Euicc(_)) && error.to_string().contains(words), "{error}");
    assert_eq!(error.status(), 403);
    assert_eq!(registrar.store().open_jobs().expect("jobs"), 0);
}

#[test]
fn devices_are_enrolled_ok() {
    let world = World::new();
    let registrar = world.open();
    for number in 0..5 {
        let device = Device::new(&world.pki, number);
        let (begun, _) = begun(&registrar, &device);
        let credential = registrar.enrol(&world.desk, &begun.id, &device.answer(&begun)).expect("enrolled");
        let enrolment = credential.check(device.eid, &device.idc).expect("leads to the root");
        let head = world.desk.head().expect("head");
        assert_eq!((enrolment.index, Some(enrolment.root)), (number as u32, head.root));
        assert_eq!(head.count, number as u32 + 1);
        let other = Device::new(&world.pki, number + 100);
        assert!(credential.check(other.eid, &device.idc).is_err() && credential.check(device.eid, &other.idc).is_err());
    }
    registrar.check(&world.desk).expect("one tree");
}

#[test]
fn the_same_answer_again_is_the_same_credential_ok() {
    let world = World::new();
    let registrar = world.open();
    let device = Device::new(&world.pki, 1);
    let (begun, signed) = begun(&registrar, &device);
    let answer = device.answer(&begun);
    let first = registrar.enrol(&world.desk, &begun.id, &answer).expect("enrolled");
    world.advance(3_600);
    assert_eq!(first, registrar.enrol(&world.desk, &begun.id, &answer).expect("again, after the nonce's time"));
    assert_eq!(world.desk.head().expect("head").count, 1);
    // Another answer to the same nonce.
    let other = device.sign(&signed, |parts| parts[3] = tlv(0xBF22, &[tlv(0x81, &[[9, 9, 9]])]));
    assert!(matches!(registrar.answer(&begun.id, &other), Err(RegistrarError::Answered)));
}

#[test]
fn a_device_that_lost_its_credential_gets_it_again_ok() {
    let world = World::new();
    let registrar = world.open();
    let device = Device::new(&world.pki, 1);
    let (first, _) = begun(&registrar, &device);
    let first = registrar.enrol(&world.desk, &first.id, &device.answer(&first)).expect("enrolled");
    let (second, _) = begun(&registrar, &device);
    assert_eq!(first, registrar.enrol(&world.desk, &second.id, &device.answer(&second)).expect("enrolled"));
    assert_eq!(world.desk.head().expect("head").count, 1);
}

#[test]
fn a_live_tag_cannot_be_taken_over_fails() {
    let world = World::new();
    let registrar = world.open();
    let device = Device::new(&world.pki, 1);
    let (first, _) = begun(&registrar, &device);
    registrar.enrol(&world.desk, &first.id, &device.answer(&first)).expect("enrolled");
    for change in [0, 1] {
        let mut thief = Device::new(&world.pki, 1);
        (thief.euicc, thief.key) = (device.euicc.clone(), device.key.clone());
        // The same secret for another wallet, and the same wallet with another secret.
        match change {
            0 => assert_ne!(thief.wallet, device.wallet),
            _ => (thief.wallet, thief.idc) = (device.wallet, Device::new(&world.pki, 2).idc),
        }
        let (begun, _) = begun(&registrar, &thief);
        let error = registrar.answer(&begun.id, &thief.answer(&begun)).expect_err("live");
        assert!(matches!(error, RegistrarError::AlreadyEnrolled), "{error}");
        assert_eq!(error.status(), 409);
        assert!(error.hint().is_some_and(|hint| hint.contains("revoke")));
    }
    assert_eq!(world.desk.head().expect("head").count, 1);
}

#[test]
fn a_tag_is_enrolled_anew_after_revocation_and_after_expiry_ok() {
    let world = World::new();
    let registrar = world.open_with(Policy { leaf_seconds: 86_400, ..Policy::default() });
    let mut device = Device::new(&world.pki, 1);
    let enrol = |device: &Device| {
        let (begun, _) = begun(&registrar, device);
        registrar.enrol(&world.desk, &begun.id, &device.answer(&begun))
    };
    let first = enrol(&device).expect("enrolled");
    let leaf = registrar.find_leaf(None, Some(0)).expect("leaf");
    registrar.store().want_revocation(leaf.id).expect("wanted");
    while registrar.step(&world.desk).expect("revoked") != gesim_registrar::service::Step::Idle {}
    assert_eq!(registrar.find_leaf(None, Some(0)).expect("leaf").state, State::Revoked);
    // Another secret and wallet: after a revocation the device begins anew.
    device.idc = Device::new(&world.pki, 9).idc;
    let second = enrol(&device).expect("enrolled");
    assert_eq!((first.eid_tag == second.eid_tag, second.path.index), (true, 1));
    assert_ne!(first.salt, second.salt);
    second.check(device.eid, &device.idc).expect("leads to the root");
    world.advance(86_400);
    assert!(enrol(&Device { idc: [3; 32], ..Device::new(&world.pki, 7) }).is_ok(), "others go on");
    world.advance(2);
    device.idc = Device::new(&world.pki, 10).idc;
    let third = enrol(&device).expect("enrolled");
    assert_eq!(third.path.index, 3);
    registrar.check(&world.desk).expect("one tree");
    assert_eq!(registrar.find_leaf(None, Some(1)).expect("leaf").state, State::Ended);
}

#[test]
fn an_enrolment_ends_with_the_certificate_ok() {
    let world = World::new();
    let registrar = world.open_with(Policy { leaf_seconds: 3_650 * 86_400, ..Policy::default() });
    let device = Device::new(&world.pki, 1);
    world.clock.fetch_add(20 * 365 * 86_400, std::sync::atomic::Ordering::SeqCst);
    let (begun, _) = begun(&registrar, &device);
    let credential = registrar.enrol(&world.desk, &begun.id, &device.answer(&begun)).expect("enrolled");
    assert_eq!(credential.expiry, world.pki.config.validity.not_after);
}

#[test]
fn answers_to_something_else_fail() {
    let world = World::new();
    let registrar = world.open();
    let device = Device::new(&world.pki, 1);
    let other = Device::new(&world.pki, 2);
    let (first, signed) = begun(&registrar, &device);
    let (second, second_signed) = begun(&registrar, &device);
    // Replayed for another nonce of the same device.
    refused(&registrar, &second, &device.answer(&first), "another serverChallenge");
    // The transaction is right and the challenge is not: another wallet's, another secret's, another nonce's.
    let challenge = |parts: &mut [Vec<u8>; 5]| parts[2] = tlv(0x84, &[random::<16>()]);
    refused(&registrar, &first, &device.sign(&signed, challenge), "another serverChallenge");
    let address = |parts: &mut [Vec<u8>; 5]| parts[1] = tlv(0x83, &["smdp.example"]);
    refused(&registrar, &first, &device.sign(&signed, address), "another serverAddress");
    // A device does not even sign a challenge of another wallet or secret.
    let check = |idc, wallet: [u8; 32], euicc| first.check(idc, &wallet, euicc);
    assert!(check(&device.idc, other.wallet.to_bytes(), &device.challenge).is_err());
    assert!(check(&other.idc, device.wallet.to_bytes(), &device.challenge).is_err());
    assert!(check(&device.idc, device.wallet.to_bytes(), &other.challenge).is_err());
    check(&device.idc, device.wallet.to_bytes(), &device.challenge).expect("its own");
    // Both nonces still work.
    registrar.answer(&first.id, &device.sign(&signed, |_| {})).expect("taken");
    registrar.answer(&second.id, &device.sign(&second_signed, |_| {})).expect("taken: the same device");
}

#[test]
fn signatures_and_certificates_that_are_wrong_fail() {
    let world = World::new();
    let registrar = world.open();
    let device = Device::new(&world.pki, 1);
    let fresh = || begun(&registrar, &device);
    let parts = |answer: &Answer| -> Vec<Vec<u8>> {
        let bytes = STANDARD.decode(&answer.authenticate_server_response).expect("base64");
        let outer = Tlv::parse(&bytes).expect("response");
        let mut ok = outer.children().next().expect("ok").children();
        (0..4).map(|_| ok.next().expect("part").raw.to_vec()).collect()
    };
    let (begin, signed) = fresh();
    let good = parts(&device.sign(&signed, |_| {}));
    // Another device's key, or certificate.
    let other = Device::new(&world.pki, 2);
    let by_other = parts(&other.sign(&signed, |_| {}));
    let mixed = [good[0].clone(), by_other[1].clone(), good[2].clone(), good[3].clone()];
    refused(&registrar, &begin, &device.pack(&mixed), "the eUICC's signature");
    let mixed = [good[0].clone(), good[1].clone(), by_other[2].clone(), good[3].clone()];
    refused(&registrar, &begin, &device.pack(&mixed), "the eUICC's signature");
    // A flipped bit in each part.
    for (part, words) in [(0, ""), (1, "the eUICC's signature"), (2, ""), (3, "")] {
        let (begin, signed) = fresh();
        let mut spoilt = parts(&device.sign(&signed, |_| {}));
        let last = spoilt[part].len() - 1;
        spoilt[part][last] ^= 1;
        refused(&registrar, &begin, &device.pack(&spoilt), words);
    }
    // Of another CI, which has the same names.
    let elsewhere = Pki::new(Default::default());
    let foreign = Device::new(&elsewhere, 1);
    let (begin, signed) = fresh();
    refused(&registrar, &begin, &foreign.sign(&signed, |_| {}), "not trusted");
    // An EUM that is not the eUICC's, and an EID that the EUM may not give out.
    let (begin, signed) = fresh();
    let mut mixed = parts(&device.sign(&signed, |_| {}));
    mixed[3] = elsewhere.eum.certificate.clone();
    refused(&registrar, &begin, &device.pack(&mixed), "");
    let outside = world.pki.another_euicc(&eid(0).replacen("89049032", "89049033", 1));
    let (begin, signed) = fresh();
    let stray = Device { euicc: outside.certificate.clone(), key: outside.key.clone(), ..Device::new(&world.pki, 1) };
    refused(&registrar, &begin, &stray.sign(&signed, |_| {}), "");
}

#[test]
fn an_eid_outside_of_its_manufacturers_prefix_fails() {
    let world = World::new();
    let registrar = world.open();
    // 32 digits with right check digits, of another manufacturer.
    const BASE: u128 = 89_049_033_000_000_000_000_000_000_000_000;
    let stray = format!("{:032}", BASE - BASE % 97 + 98);
    let euicc = world.pki.another_euicc(&stray);
    let device = Device { euicc: euicc.certificate.clone(), key: euicc.key.clone(), ..Device::new(&world.pki, 1) };
    let (begin, signed) = begun(&registrar, &device);
    refused(&registrar, &begin, &device.sign(&signed, |_| {}), "outside of its manufacturer's name constraints");
}

#[test]
fn responses_that_are_not_even_responses_fail() {
    let world = World::new();
    let registrar = world.open();
    let device = Device::new(&world.pki, 1);
    let (_, signed) = begun(&registrar, &device);
    let good = STANDARD.decode(device.sign(&signed, |_| {}).authenticate_server_response).expect("base64");
    let mut tried = 0;
    for cut in (0..good.len()).step_by(37) {
        let (begin, _) = begun(&registrar, &device);
        let answer = |bytes: &[u8]| Answer { authenticate_server_response: STANDARD.encode(bytes) };
        assert!(registrar.answer(&begin.id, &answer(&good[..cut])).is_err());
        assert!(registrar.answer(&begin.id, &answer(&[&good[..], &[0; 1]].concat())).is_err());
        tried += 1;
    }
    assert!(tried > 20);
    // The eUICC's own refusal has a code.
    let (begin, _) = begun(&registrar, &device);
    let error = tlv(0xBF38, &[tlv(0xA1, &[tlv(0x80, &[hex::decode(&begin.id).expect("id")]), tlv(0x02, &[[0x05]])])]);
    refused(
        &registrar,
        &begin,
        &Answer { authenticate_server_response: STANDARD.encode(error) },
        "refused this server",
    );
    let text = Answer { authenticate_server_response: "not base64!".into() };
    assert!(matches!(registrar.answer(&begin.id, &text), Err(RegistrarError::Request(_))));
}

#[test]
fn nonces_end_fail() {
    let world = World::new();
    let registrar = world.open_with(Policy { most_open: 3, ..Policy::default() });
    let device = Device::new(&world.pki, 1);
    let (first, _) = begun(&registrar, &device);
    world.advance(299);
    let (second, _) = begun(&registrar, &device);
    world.advance(1);
    let expired = registrar.answer(&first.id, &device.answer(&first)).expect_err("expired");
    assert!(matches!(expired, RegistrarError::NonceExpired), "{expired}");
    assert_eq!(expired.status(), 410);
    // Five wrong answers, and the right one comes too late.
    let wrong = Device::new(&world.pki, 2);
    for _ in 0..5 {
        let signed = STANDARD.decode(&second.server_signed1).expect("base64");
        let answer = wrong.sign(&signed, |parts| parts[2] = tlv(0x84, &[[0; 16]]));
        assert!(matches!(registrar.answer(&second.id, &answer), Err(RegistrarError::Euicc(_))));
    }
    let late = registrar.answer(&second.id, &device.answer(&second)).expect_err("too many");
    assert!(matches!(late, RegistrarError::TooManyAnswers), "{late}");
    assert!(matches!(
        registrar.answer(&"00".repeat(16), &device.answer(&second)),
        Err(RegistrarError::UnknownEnrolment)
    ));
    assert!(matches!(registrar.answer("zz", &device.answer(&second)), Err(RegistrarError::UnknownEnrolment)));
    // Only so many wait at once.
    begun(&registrar, &device);
    begun(&registrar, &device);
    assert!(matches!(registrar.begin(&device.begin()), Err(RegistrarError::Full)));
    world.advance(300);
    begun(&registrar, &device);
}

#[test]
fn requests_that_are_malformed_fail() {
    let world = World::new();
    let registrar = world.open();
    let device = Device::new(&world.pki, 1);
    let with = |change: &dyn Fn(&mut gesim_registrar::api::Begin)| {
        let mut request = device.begin();
        change(&mut request);
        registrar.begin(&request).expect_err("refused").to_string()
    };
    assert!(with(&|it| it.idc = "12".into()).contains("idc"));
    // The modulus itself is no field element.
    let modulus = "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";
    assert!(with(&|it| it.idc = modulus.into()).contains("idc"));
    assert!(with(&|it| it.wallet = "0".into()).contains("wallet"));
    assert!(with(&|it| it.euicc_challenge = STANDARD.encode([0; 15])).contains("euiccChallenge"));
    assert!(with(&|it| it.euicc_info1 = STANDARD.encode([0xBF, 0x20, 0x01])).contains("euiccInfo1"));
}

#[test]
fn euiccs_that_cannot_answer_us_are_told_at_once_fails() {
    let world = World::new();
    let registrar = world.open();
    let other = Pki::new(Default::default()).ci.key_id().to_vec();
    for place in [0, 1] {
        let mut device = Device::new(&world.pki, 1);
        device.cis[place] = other.clone();
        let refused = registrar.begin(&device.begin()).expect_err("another CI");
        assert!(matches!(refused, RegistrarError::OtherCi), "{refused}");
    }
    // The SGP.26 CI on Brainpool is such a CI.
    let mut brainpool = Device::new(&world.pki, 1);
    brainpool.cis = [hex::decode("c0bc70ba36929d43b467ff57570530e57ab8fcd8").expect("hex"), other];
    assert!(matches!(registrar.begin(&brainpool.begin()), Err(RegistrarError::OtherCi)));
}

#[test]
fn the_software_euicc_is_enrolled_ok() {
    let world = World::new();
    let registrar = world.open();
    let device = Device::new(&world.pki, 1);
    let clock = std::sync::Arc::clone(&world.clock);
    let config = SoftConfig {
        credential: (&world.pki.euicc).into(),
        eum_certificate: world.pki.eum.certificate.clone(),
        trust: Trust::from_certificates([world.pki.ci.certificate.as_slice()]).expect("CI"),
        intermediates: Vec::new(),
        clock: std::sync::Arc::new(move || clock.load(std::sync::atomic::Ordering::SeqCst)),
    };
    let mut euicc = SoftEuicc::new(config).expect("eUICC");
    let challenge = euicc.get_euicc_challenge();
    let mut request = device.begin();
    request.euicc_challenge = STANDARD.encode(challenge);
    request.euicc_info1 = STANDARD.encode(euicc.get_euicc_info1());
    let begun = registrar.begin(&request).expect("begun");
    begun.check(&device.idc, &device.wallet.to_bytes(), &challenge).expect("its own challenge");
    let bytes = |text: &str| STANDARD.decode(text).expect("base64");
    let (signature, ci) = (bytes(&begun.server_signature1), bytes(&begun.euicc_ci_pk_id_to_be_used));
    let request = AuthenticateServerRequest::assemble(
        &bytes(&begun.server_signed1),
        Tlv::expect(&signature, 0x5F37).expect("signature").value.try_into().expect("r and s"),
        Tlv::expect(&ci, 0x04).expect("key identifier").value.try_into().expect("20 octets"),
        &bytes(&begun.server_certificate),
        &CtxParams1::new(None, [0x35, 0x29, 0x06, 0x11]),
    );
    let response = euicc.authenticate_server(&request.expect("request"));
    let answer = Answer { authenticate_server_response: STANDARD.encode(response) };
    let credential = registrar.enrol(&world.desk, &begun.id, &answer).expect("enrolled");
    credential.check(euicc.eid(), &device.idc).expect("leads to the root");
}

#[test]
fn brainpool_certificates_fail() {
    let world = World::new();
    let registrar = world.open();
    let honest = world.pki.another_euicc(&eid(1));
    let mut template = honest.template.clone();
    template.key.curve = &[1, 3, 36, 3, 3, 2, 8, 1, 1, 7];
    let brainpool = template.sign(&world.pki.eum.key, honest.key.clone());
    let device = Device { euicc: brainpool.certificate, key: honest.key, ..Device::new(&world.pki, 1) };
    let (begun, signed) = begun(&registrar, &device);
    refused(&registrar, &begun, &device.sign(&signed, |_| {}), "not on P-256");
}

/// What real eUICC code signed for another server, on another curve, does not enrol anybody here.
#[test]
fn recorded_answers_fail() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures/es9plus");
    if !folder.is_dir() {
        eprintln!("skipped: no external fixtures");
        return;
    }
    let world = World::new();
    let server = world.server();
    for (name, words) in [("session_BRP_1.json", "not on P-256"), ("session_NIST_1.json", "not trusted here")] {
        let text = std::fs::read_to_string(folder.join(name)).expect("transcript");
        let session: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let recorded = session[1]["request"]["authenticateServerResponse"].as_str().expect("response");
        let response = STANDARD.decode(recorded).expect("base64");
        let refused = server.verify(&response, &[0; 16], &[0; 16], 1_750_000_000).err().expect("refused");
        assert!(refused.to_string().contains(words), "{name}: {refused}");
    }
}

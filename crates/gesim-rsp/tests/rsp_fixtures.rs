//! Transcripts of a real SM-DP+: everything in them verifies, and no bit of what is signed can change.

use std::{fs, path::Path};

use gesim_cert::Role;
use gesim_rsp::{
    asn1::{
        parse_key_id, parse_signature, signature_tlv, AuthenticateOk, AuthenticateServerRequest,
        AuthenticateServerResponse, BoundProfilePackage, CtxParams1, EuiccInfo1, EuiccInfo2, EuiccSigned1,
        EuiccSigned2, InitialiseSecureChannel, PrepareDownloadRequest, PrepareDownloadResponse, ServerSigned1,
        SmdpSigned2, StoreMetadataRequest,
    },
    chain::{verify_euicc, verify_server, Rule, Trust, Which},
    es9::{
        Answer, AuthenticateClientRequest, AuthenticateClientResponse, GetBoundProfilePackageRequest,
        GetBoundProfilePackageResponse, InitiateAuthenticationRequest, InitiateAuthenticationResponse,
    },
    keys,
    tlv::Tlv,
};
use serde_json::Value;

/// 2026-06-01, inside of every certificate's validity.
const NOW: i64 = 1_780_272_000;

struct Transcript {
    initiate: (InitiateAuthenticationRequest, InitiateAuthenticationResponse),
    client: (AuthenticateClientRequest, AuthenticateClientResponse),
    package: (GetBoundProfilePackageRequest, GetBoundProfilePackageResponse),
}

fn file(path: &str) -> Option<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/es9plus");
    if !root.is_dir() {
        println!("skipped: no external fixtures");
        return None;
    }
    Some(fs::read(root.join(path)).expect("fixture"))
}

/// Parses, and what is written again says the same.
fn message<T: serde::Serialize + serde::de::DeserializeOwned>(value: &Value) -> T {
    let parsed: T = serde_json::from_value(value.clone()).expect("message");
    assert_eq!(&serde_json::to_value(&parsed).expect("JSON"), value);
    parsed
}

fn answer<T: serde::Serialize + serde::de::DeserializeOwned>(value: &Value) -> T {
    message::<Answer<T>>(value).into_result().expect("success")
}

fn transcript(name: &str) -> Option<Transcript> {
    let text: Value = serde_json::from_slice(&file(name)?).expect("JSON");
    let at = |index: usize, part: &str| &text[index][part];
    Some(Transcript {
        initiate: (message(at(0, "request")), answer(at(0, "response"))),
        client: (message(at(1, "request")), answer(at(1, "response"))),
        package: (message(at(2, "request")), answer(at(2, "response"))),
    })
}

fn nist() -> Option<(Trust, Vec<Transcript>)> {
    let ci = file("pki/CertificateIssuer/CERT_CI_ECDSA_NIST.der")?;
    let trust = Trust::from_certificates([ci.as_slice()]).expect("CI");
    let sessions = ["session_NIST_1.json", "session_NIST_2.json"];
    Some((trust, sessions.into_iter().map(|name| transcript(name).expect("transcript")).collect()))
}

fn euicc_answer(transcript: &Transcript) -> Box<AuthenticateOk> {
    match AuthenticateServerResponse::decode(&transcript.client.0.authenticate_server_response.0).expect("decodes") {
        AuthenticateServerResponse::Ok(ok) => ok,
        AuthenticateServerResponse::Error { .. } => panic!("an error was recorded"),
    }
}

/// What it is called, key, message, signature.
type SignedPart = (&'static str, Vec<u8>, Vec<u8>, [u8; 64]);

/// Everything that is signed in a transcript.
fn signatures(trust: &Trust, transcript: &Transcript) -> Vec<SignedPart> {
    let (initiate, client) = (&transcript.initiate.1, &transcript.client.1);
    let auth = verify_server(trust, &initiate.server_certificate.0, &[], Role::Auth, NOW).expect("DPauth");
    let pb = verify_server(trust, &client.smdp_certificate.0, &[], Role::ProfileBinding, NOW).expect("DPpb");
    let ok = euicc_answer(transcript);
    let euicc = verify_euicc(trust, &ok.euicc_certificate, &ok.eum_certificate, NOW).expect("eUICC");
    let signature1 = parse_signature(&initiate.server_signature1.0).expect("serverSignature1");
    let signature2 = parse_signature(&client.smdp_signature2.0).expect("smdpSignature2");
    let PrepareDownloadResponse::Ok(download) =
        PrepareDownloadResponse::decode(&transcript.package.0.prepare_download_response.0).expect("decodes")
    else {
        panic!("an error was recorded")
    };
    let package = BoundProfilePackage::decode(&transcript.package.1.bound_profile_package.0).expect("BPP");
    let euicc_signature1 = signature_tlv(&ok.euicc_signed1.signature);
    vec![
        ("serverSignature1", auth.point.to_vec(), initiate.server_signed1.0.clone(), signature1),
        ("euiccSignature1", euicc.point.to_vec(), ok.euicc_signed1.raw.clone(), ok.euicc_signed1.signature),
        ("smdpSignature2", pb.point.to_vec(), [&client.smdp_signed2.0[..], &euicc_signature1].concat(), signature2),
        (
            "euiccSignature2",
            euicc.point.to_vec(),
            [&download.raw[..], &client.smdp_signature2.0].concat(),
            download.signature,
        ),
        (
            "smdpSign",
            pb.point.to_vec(),
            InitialiseSecureChannel::to_sign(&package.channel.raw, &*download.value.euicc_otpk),
            package.channel.signature,
        ),
    ]
}

#[test]
fn every_signature_verifies_ok() {
    let Some((trust, sessions)) = nist() else { return };
    let mut high = 0;
    for session in &sessions {
        for (name, key, message, signature) in signatures(&trust, session) {
            keys::verify(&key, &message, &signature).unwrap_or_else(|error| panic!("{name}: {error}"));
            let low = keys::low_s(&signature).expect("numbers");
            high += usize::from(low != signature);
            keys::verify(&key, &message, &low).expect("normalised");
        }
    }
    assert!(high > 0, "the recordings hold signatures with a high s");
}

#[test]
fn a_flipped_bit_of_anything_signed_fails() {
    let Some((trust, sessions)) = nist() else { return };
    for (name, key, message, signature) in signatures(&trust, &sessions[0]) {
        for bit in 0..512 {
            let mut changed = signature;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(keys::verify(&key, &message, &changed).is_err(), "{name}: signature, bit {bit}");
        }
        // all bits of what is short, every seventh of what is long
        let step = if message.len() <= 128 { 1 } else { 7 };
        for bit in (0..message.len() * 8).step_by(step) {
            let mut changed = message.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(keys::verify(&key, &changed, &signature).is_err(), "{name}: message, bit {bit}");
        }
    }
}

#[test]
fn the_parts_fit_together_ok() {
    let Some((trust, sessions)) = nist() else { return };
    for session in &sessions {
        let signed1 = ServerSigned1::decode(&session.initiate.1.server_signed1.0).expect("serverSigned1");
        assert_eq!(&signed1.euicc_challenge[..], session.initiate.0.euicc_challenge.0);
        assert_eq!(signed1.transaction_id[..], session.initiate.1.transaction_id.0);
        assert_eq!(signed1.server_address, session.initiate.0.smdp_address);
        let strict = gesim_cert::ServerSigned1::parse(&session.initiate.1.server_signed1.0).expect("gesim-cert");
        assert_eq!(strict.server_challenge[..], signed1.server_challenge[..]);
        let ok = euicc_answer(session);
        assert_eq!(ok.euicc_signed1.value.server_challenge[..], signed1.server_challenge[..]);
        assert_eq!(ok.euicc_signed1.value.transaction_id, session.client.0.transaction_id.0);
        let key_id = parse_key_id(&session.initiate.1.euicc_ci_pk_id_to_be_used.0).expect("key id");
        assert!(trust.find(&key_id).is_some());
        let chain = verify_euicc(&trust, &ok.euicc_certificate, &ok.eum_certificate, NOW).expect("chain");
        assert_eq!(chain.eid.to_string(), "89049032123451234512345678901235");
        let info2 = &ok.euicc_signed1.value.euicc_info2;
        assert_eq!(EuiccInfo2::signing_key_ids(info2).expect("ids"), [key_id.to_vec()]);
    }
}

/// Decoding and encoding again gives the very bytes that were recorded.
#[test]
fn encodings_are_reproduced_ok() {
    let Some((_, sessions)) = nist() else { return };
    for session in &sessions {
        let (initiate, client, package) = (&session.initiate, &session.client, &session.package);
        let raw = &initiate.0.euicc_info1.0;
        assert_eq!(&EuiccInfo1::decode(raw).expect("info1").encode().expect("encodes"), raw);
        let raw = &initiate.1.server_signed1.0;
        assert_eq!(&ServerSigned1::decode(raw).expect("signed1").encode().expect("encodes"), raw);
        let raw = &client.0.authenticate_server_response.0;
        assert_eq!(&AuthenticateServerResponse::decode(raw).expect("response").encode(), raw);
        let ok = euicc_answer(session);
        assert_eq!(&ok.euicc_signed1.value.encode().expect("encodes"), &ok.euicc_signed1.raw);
        let info2 = &ok.euicc_signed1.value.euicc_info2;
        assert_eq!(&EuiccInfo2::decode(info2).expect("info2").encode().expect("encodes"), info2);
        let ctx = ok.euicc_signed1.value.ctx_params1.encode().expect("encodes");
        assert_eq!(CtxParams1::decode(&ctx).expect("ctx"), ok.euicc_signed1.value.ctx_params1);
        assert!(ok.euicc_signed1.value.ctx_params1.matching_id().is_some_and(|id| id.starts_with("TS48V")));
        let raw = &client.1.profile_metadata.0;
        assert_eq!(&StoreMetadataRequest::decode(raw).expect("metadata").encode().expect("encodes"), raw);
        let raw = &client.1.smdp_signed2.0;
        assert_eq!(&SmdpSigned2::decode(raw).expect("signed2").encode().expect("encodes"), raw);
        let raw = &package.0.prepare_download_response.0;
        let response = PrepareDownloadResponse::decode(raw).expect("download");
        assert_eq!(&response.encode(), raw);
        let PrepareDownloadResponse::Ok(signed) = response else { panic!("an error was recorded") };
        assert_eq!(signed.value.encode().expect("encodes"), signed.raw);
        let raw = &package.1.bound_profile_package.0;
        assert_eq!(&BoundProfilePackage::decode(raw).expect("BPP").encode(), raw);
        // requests of the device to its eUICC, put together from what the server sent
        let signature = parse_signature(&initiate.1.server_signature1.0).expect("signature");
        let key_id = parse_key_id(&initiate.1.euicc_ci_pk_id_to_be_used.0).expect("key id");
        let request = AuthenticateServerRequest::assemble(
            &initiate.1.server_signed1.0,
            signature,
            key_id,
            &initiate.1.server_certificate.0,
            &ok.euicc_signed1.value.ctx_params1,
        );
        let request = AuthenticateServerRequest::decode(&request.expect("assembles")).expect("decodes");
        assert_eq!(request.server_signed1.raw, initiate.1.server_signed1.0);
        assert_eq!(request.server_certificate, initiate.1.server_certificate.0);
        let signature = parse_signature(&client.1.smdp_signature2.0).expect("signature");
        let request =
            PrepareDownloadRequest::assemble(&client.1.smdp_signed2.0, signature, None, &client.1.smdp_certificate.0);
        let request = PrepareDownloadRequest::decode(&request.expect("assembles")).expect("decodes");
        assert_eq!(request.smdp_signed2.signature, signature);
    }
}

/// Whatever octet of a message is cut off, appended or changed: it decodes to something else, or not at all; nothing panics.
#[test]
fn changed_messages_fails() {
    let Some((_, sessions)) = nist() else { return };
    let session = &sessions[0];
    type Check = (&'static str, Vec<u8>, fn(&[u8]) -> Option<Vec<u8>>);
    let checks: Vec<Check> = vec![
        ("info1", session.initiate.0.euicc_info1.0.clone(), |raw| EuiccInfo1::decode(raw).ok()?.encode().ok()),
        ("signed1", session.initiate.1.server_signed1.0.clone(), |raw| ServerSigned1::decode(raw).ok()?.encode().ok()),
        ("euiccSigned1", euicc_answer(session).euicc_signed1.raw, |raw| EuiccSigned1::decode(raw).ok()?.encode().ok()),
        ("response", session.client.0.authenticate_server_response.0.clone(), |raw| {
            Some(AuthenticateServerResponse::decode(raw).ok()?.encode())
        }),
        ("metadata", session.client.1.profile_metadata.0.clone(), |raw| {
            StoreMetadataRequest::decode(raw).ok()?.encode().ok()
        }),
        ("signed2", session.client.1.smdp_signed2.0.clone(), |raw| SmdpSigned2::decode(raw).ok()?.encode().ok()),
        ("download", session.package.0.prepare_download_response.0.clone(), |raw| {
            let PrepareDownloadResponse::Ok(signed) = PrepareDownloadResponse::decode(raw).ok()? else { return None };
            let again = EuiccSigned2::decode(&signed.raw).ok()?.encode().ok()?;
            assert_eq!(again, signed.raw);
            Some(PrepareDownloadResponse::Ok(signed).encode())
        }),
    ];
    for (name, raw, again) in checks {
        assert_eq!(again(&raw).as_ref(), Some(&raw), "{name}");
        for length in 0..raw.len() {
            assert_eq!(again(&raw[..length]), None, "{name}, cut at {length}");
        }
        assert_eq!(again(&[&raw[..], &[0]].concat()), None, "{name}, one octet more");
        for at in 0..raw.len() {
            for bit in 0..8 {
                let mut changed = raw.clone();
                changed[at] ^= 1 << bit;
                // canonical or refused: two encodings never mean the same
                if let Some(encoded) = again(&changed) {
                    assert_eq!(encoded, changed, "{name}, octet {at}, bit {bit}");
                }
            }
        }
    }
}

#[test]
fn brainpool_is_refused_with_the_reason_fails() {
    let Some(session) = transcript("session_BRP_1.json") else { return };
    let ci = file("pki/CertificateIssuer/CERT_CI_ECDSA_BRP.der").expect("fixture");
    let error = Trust::from_certificates([ci.as_slice()]).expect_err("Brainpool CI");
    assert_eq!((error.which, error.rule), (Which::Ci, Rule::UnsupportedCurve));
    assert!(error.to_string().contains("NIST"), "{error}");
    let nist = file("pki/CertificateIssuer/CERT_CI_ECDSA_NIST.der").expect("fixture");
    let trust = Trust::from_certificates([nist.as_slice()]).expect("CI");
    let server = verify_server(&trust, &session.initiate.1.server_certificate.0, &[], Role::Auth, NOW);
    assert_eq!(server.expect_err("Brainpool DPauth").rule, Rule::UnsupportedCurve);
    let ok = euicc_answer(&session);
    let euicc = verify_euicc(&trust, &ok.euicc_certificate, &ok.eum_certificate, NOW);
    assert_eq!(euicc.expect_err("Brainpool EUM").rule, Rule::UnsupportedCurve);
}

#[test]
fn times_outside_of_the_certificates_fails() {
    let Some((trust, sessions)) = nist() else { return };
    let certificate = &sessions[0].initiate.1.server_certificate.0;
    let rule = |now| verify_server(&trust, certificate, &[], Role::Auth, now).expect_err("refused").rule;
    assert_eq!(rule(1_577_836_800), Rule::NotYetValid);
    assert_eq!(rule(2_000_000_000), Rule::Expired);
    assert_eq!(Tlv::expect(certificate, 0x30).expect("one element").raw, certificate);
}

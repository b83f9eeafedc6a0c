//! What a dishonest device, server or bystander tries, message by message.

mod rsp_common;

use std::sync::{
    atomic::{AtomicI64, Ordering},
    Arc, Mutex,
};

use gesim_rsp::{
    asn1::{
        AuthenticateErrorCode as Auth, AuthenticateServerResponse, BoundProfilePackage, DownloadErrorCode as Download,
        InstallationOutcome, PrepareDownloadResponse, ProfileInstallationResult,
    },
    auth::{offer, verify_authenticate_response, AuthError, Credential, Expected},
    es9::*,
    euicc::{Euicc, SoftEuicc},
    keys::KeyPair,
    pki::{oids, Issued, Pki, PkiConfig, Template},
    smdp::{Authorization, Smdp, SmdpError},
};
use rsp_common::*;

fn begin(smdp: &Smdp, euicc: &mut SoftEuicc) -> InitiateAuthenticationResponse {
    smdp.initiate_authentication(&initiate(euicc, "smdp.gesim.test")).expect("initiates")
}

fn authenticated(smdp: &Smdp, euicc: &mut SoftEuicc) -> AuthenticateClientResponse {
    let answer = begin(smdp, euicc);
    smdp.authenticate_client(&client_request(euicc, &answer, MATCHING_ID)).expect("authenticates")
}

fn package(smdp: &Smdp, euicc: &mut SoftEuicc) -> Vec<u8> {
    let answer = authenticated(smdp, euicc);
    smdp.get_bound_profile_package(&package_request(euicc, &answer)).expect("package").bound_profile_package.0
}

fn code(refused: Result<impl std::fmt::Debug, StatusCodeData>) -> (String, String) {
    let refused = refused.expect_err("refused");
    assert!(refused.message.is_some_and(|message| !message.is_empty()), "a reason is given");
    (refused.subject_code, refused.reason_code)
}

fn pair(code: (&str, &str)) -> (String, String) {
    (code.0.into(), code.1.into())
}

// --- what the server must notice

#[test]
fn a_wrong_matching_id_fails() {
    let pki = pki();
    let (smdp, mut euicc) = (smdp(&pki), euicc(&pki));
    let answer = begin(&smdp, &mut euicc);
    let refused = smdp.authenticate_client(&client_request(&mut euicc, &answer, "GESIM-2"));
    assert_eq!(code(refused), pair(codes::MATCHING_ID_REFUSED));
}

#[test]
fn every_step_happens_once_fails() {
    let pki = pki();
    let (smdp, mut euicc) = (smdp(&pki), euicc(&pki));
    let answer = begin(&smdp, &mut euicc);
    let client = client_request(&mut euicc, &answer, MATCHING_ID);
    let answer = smdp.authenticate_client(&client).expect("once");
    assert_eq!(code(smdp.authenticate_client(&client)), pair(codes::TRANSACTION_UNKNOWN));
    // the replay ended the transaction: nobody goes on with it
    let download = package_request(&mut euicc, &answer);
    assert_eq!(code(smdp.get_bound_profile_package(&download)), pair(codes::TRANSACTION_UNKNOWN));
    let answer = authenticated(&smdp, &mut euicc);
    let download = package_request(&mut euicc, &answer);
    smdp.get_bound_profile_package(&download).expect("once");
    assert_eq!(code(smdp.get_bound_profile_package(&download)), pair(codes::TRANSACTION_UNKNOWN));
}

#[test]
fn steps_out_of_order_fails() {
    let pki = pki();
    let (smdp, mut euicc) = (smdp(&pki), euicc(&pki));
    let answer = begin(&smdp, &mut euicc);
    let early = GetBoundProfilePackageRequest {
        transaction_id: answer.transaction_id,
        prepare_download_response: Base64(euicc.prepare_download(&[])),
    };
    assert_eq!(code(smdp.get_bound_profile_package(&early)), pair(codes::TRANSACTION_UNKNOWN));
}

#[test]
fn an_answer_to_another_transaction_fails() {
    let pki = pki();
    let (smdp, mut euicc) = (smdp(&pki), euicc(&pki));
    let first = begin(&smdp, &mut euicc);
    let mut client = client_request(&mut euicc, &first, MATCHING_ID);
    client.transaction_id = begin(&smdp, &mut euicc).transaction_id;
    assert_eq!(code(smdp.authenticate_client(&client)), pair(codes::EUICC_SIGNATURE_INVALID));
}

#[test]
fn a_tampered_answer_fails() {
    let pki = pki();
    let (smdp, mut euicc) = (smdp(&pki), euicc(&pki));
    let mut tampered = |at: usize| {
        let answer = begin(&smdp, &mut euicc);
        let mut client = client_request(&mut euicc, &answer, MATCHING_ID);
        let raw = &mut client.authenticate_server_response.0;
        if at >= raw.len() {
            return false;
        }
        raw[at] ^= 1;
        assert!(smdp.authenticate_client(&client).is_err(), "octet {at}");
        true
    };
    let octets = (0..).step_by(11).take_while(|at| tampered(*at)).count();
    assert!(octets > 100, "{octets}");
    let answer = authenticated(&smdp, &mut euicc);
    let mut download = package_request(&mut euicc, &answer);
    download.prepare_download_response.0[40] ^= 1;
    assert_eq!(code(smdp.get_bound_profile_package(&download)), pair(codes::EUICC_SIGNATURE_INVALID));
}

/// A one-time key of somebody who listens in, in place of the eUICC's.
#[test]
fn another_one_time_key_fails() {
    let pki = pki();
    let (smdp, mut euicc) = (smdp(&pki), euicc(&pki));
    let answer = authenticated(&smdp, &mut euicc);
    let mut download = package_request(&mut euicc, &answer);
    let PrepareDownloadResponse::Ok(mut signed) =
        PrepareDownloadResponse::decode(&download.prepare_download_response.0).expect("decodes")
    else {
        panic!("refused")
    };
    signed.value.euicc_otpk = KeyPair::generate().public65().into();
    signed.raw = signed.value.encode().expect("encodes");
    signed.signature = KeyPair::generate().sign(&signed.raw);
    download.prepare_download_response = Base64(PrepareDownloadResponse::Ok(signed).encode());
    assert_eq!(code(smdp.get_bound_profile_package(&download)), pair(codes::EUICC_SIGNATURE_INVALID));
}

#[test]
fn late_and_too_many_transactions_fails() {
    let (pki, time) = (pki(), Arc::new(AtomicI64::new(NOW)));
    let clock = time.clone();
    let mut config = config(&pki, Arc::new(|_| Ok(())));
    config.clock = Arc::new(move || clock.load(Ordering::Relaxed));
    let smdp = Smdp::new(config).expect("SM-DP+");
    smdp.order(MATCHING_ID, profile(), None).expect("order");
    assert_eq!(smdp.order(MATCHING_ID, profile(), None), Err(SmdpError::MatchingIdTaken));
    let mut euicc = euicc(&pki);
    let answer = begin(&smdp, &mut euicc);
    let client = client_request(&mut euicc, &answer, MATCHING_ID);
    time.fetch_add(61, Ordering::Relaxed);
    assert_eq!(code(smdp.authenticate_client(&client)), pair(codes::TRANSACTION_UNKNOWN));
    (0..8).for_each(|_| drop(begin(&smdp, &mut euicc)));
    let request = initiate(&mut euicc, "smdp.gesim.test");
    assert_eq!(code(smdp.initiate_authentication(&request)), pair(codes::UNAVAILABLE));
    time.fetch_add(61, Ordering::Relaxed);
    smdp.initiate_authentication(&request).expect("the old ones are forgotten");
}

/// The operator decides on the EID that the certificate says, with what opens the session's commitment: misbinding ends here.
#[test]
fn the_operator_refuses_an_eid_fails() {
    let pki = pki();
    let seen: Arc<Mutex<Option<Authorization>>> = Arc::default();
    let asked = seen.clone();
    let config = config(
        &pki,
        Arc::new(move |authorization| {
            *asked.lock().expect("lock") = Some(authorization.clone());
            Err("the session is bound to another EID".into())
        }),
    );
    let smdp = Smdp::new(config).expect("SM-DP+");
    smdp.order(MATCHING_ID, profile(), None).expect("order");
    let mut euicc = euicc(&pki);
    let answer = begin(&smdp, &mut euicc);
    let mut client = client_request(&mut euicc, &answer, MATCHING_ID);
    client.gesim = Some(SessionOpening { session: [1; 32], randomness: [2; 32] });
    let json = serde_json::to_string(&client).expect("JSON");
    let client: AuthenticateClientRequest = serde_json::from_str(&json).expect("JSON");
    assert_eq!(code(smdp.authenticate_client(&client)), pair(codes::EID_REFUSED));
    let asked = seen.lock().expect("lock").clone().expect("was asked");
    assert_eq!((asked.eid, asked.opening.clone()), (euicc.eid(), client.gesim.clone()));
    assert!(!format!("{asked:?}").contains(&hex::encode([2; 32])), "randomness is not printed");
    assert_eq!(code(smdp.authenticate_client(&client)), pair(codes::TRANSACTION_UNKNOWN));
}

#[test]
fn a_cancelled_session_is_over_ok() {
    let pki = pki();
    let (smdp, mut euicc) = (smdp(&pki), euicc(&pki));
    let answer = authenticated(&smdp, &mut euicc);
    let id = &answer.transaction_id;
    assert!(euicc.cancel_session(&[9], 0).is_none(), "another session");
    let cancel = euicc.cancel_session(&id.0, 0).expect("cancels");
    let request = CancelSessionRequest { transaction_id: id.clone(), cancel_session_response: Base64(cancel) };
    smdp.cancel_session(&request).expect("signed by the eUICC");
    let download = package_request(&mut euicc, &answer);
    assert_eq!(code(smdp.get_bound_profile_package(&download)), pair(codes::TRANSACTION_UNKNOWN));
    let refused = PrepareDownloadResponse::decode(&download.prepare_download_response.0).expect("decodes");
    assert!(matches!(refused, PrepareDownloadResponse::Error { code: Download::NoSessionContext, .. }));
}

#[test]
fn a_forged_installation_report_fails() {
    let pki = pki();
    let (smdp, mut euicc) = (smdp(&pki), euicc(&pki));
    let package = package(&smdp, &mut euicc);
    let mut result = ProfileInstallationResult::decode(&euicc.load_bound_profile_package(&package)).expect("result");
    let honest = HandleNotificationRequest { pending_notification: Base64(result.encode()) };
    result.signature = KeyPair::generate().sign(&result.raw);
    let forged = HandleNotificationRequest { pending_notification: Base64(result.encode()) };
    assert_eq!(code(smdp.handle_notification(&forged)), pair(codes::EUICC_SIGNATURE_INVALID));
    smdp.handle_notification(&honest).expect("a forgery does not use up the transaction");
}

#[test]
fn a_server_with_certificates_that_do_not_fit_fails() {
    let pki = pki();
    let check = |change: fn(&mut gesim_rsp::smdp::SmdpConfig)| {
        let mut config = config(&pki, Arc::new(|_| Ok(())));
        change(&mut config);
        Smdp::new(config).err().expect("refused")
    };
    assert!(matches!(check(|config| config.auth = config.binding.clone()), SmdpError::Chain(_)));
    assert!(matches!(check(|config| config.address = "other.test".into()), SmdpError::Chain(_)));
    assert!(matches!(check(|config| config.clock = Arc::new(|| 0)), SmdpError::Chain(_)));
    let another = pki.reissue(&pki.dp_pb, other_registered_id);
    let mut config = config(&pki, Arc::new(|_| Ok(())));
    config.binding = Credential::from(&another);
    assert_eq!(Smdp::new(config).err(), Some(SmdpError::Differ));
    assert!(Credential::new(pki.dp_pb.certificate.clone(), pki.dp_auth.key.clone()).is_err());
}

fn other_registered_id(mut template: Template) -> Template {
    let names = template.extensions.iter_mut().filter(|extension| extension.id == oids::ALT_NAME);
    names.for_each(|names| names.value = vec![0x30, 0x05, 0x88, 0x03, 0x88, 0x37, 0x0B]);
    template
}

// --- what the eUICC must notice

fn auth_error(euicc: &mut SoftEuicc, request: &[u8]) -> Auth {
    match AuthenticateServerResponse::decode(&euicc.authenticate_server(request)).expect("decodes") {
        AuthenticateServerResponse::Ok(_) => panic!("accepted"),
        AuthenticateServerResponse::Error { code, .. } => code,
    }
}

/// An offer by whoever holds `issued`, for this eUICC's challenge.
fn offered(pki: &Pki, euicc: &mut SoftEuicc, issued: &Issued) -> InitiateAuthenticationResponse {
    let good = offer_as(pki, euicc, &pki.dp_auth, [7; 16]);
    let signature = issued.key.sign(&good.server_signed1.0);
    InitiateAuthenticationResponse {
        server_signature1: Base64(gesim_rsp::asn1::signature_tlv(&signature)),
        server_certificate: Base64(issued.certificate.clone()),
        ..good
    }
}

fn offer_as(
    pki: &Pki,
    euicc: &mut SoftEuicc,
    issued: &Issued,
    server_challenge: [u8; 16],
) -> InitiateAuthenticationResponse {
    let (info, challenge) = (euicc.get_euicc_info1(), euicc.get_euicc_challenge());
    offer(&Credential::from(issued), &trust(pki), &info, challenge, &expected(server_challenge), NOW).expect("offer")
}

fn expected(server_challenge: [u8; 16]) -> Expected {
    Expected { transaction_id: vec![1; 16], server_address: "registrar.gesim.test".into(), server_challenge }
}

#[test]
fn servers_that_are_none_fails() {
    let pki = pki();
    let mut euicc = euicc(&pki);
    let mut refusal = |issued: &Issued| {
        let answer = offered(&pki, &mut euicc, issued);
        auth_error(&mut euicc, &server_request(&answer, MATCHING_ID))
    };
    assert_eq!(refusal(&pki.dp_pb), Auth::InvalidOid);
    assert_eq!(refusal(&pki.dp_tls), Auth::InvalidOid);
    let brainpool = pki.reissue(&pki.dp_auth, |old| old.with_curve(oids::BRAINPOOL_P256));
    assert_eq!(refusal(&brainpool), Auth::UnsupportedCurve);
    assert_eq!(
        refusal(&pki.reissue(&pki.dp_auth, |old| old.with_validity(NOW - 9, NOW - 1))),
        Auth::InvalidCertificate
    );
    let other = Pki::new(PkiConfig::default());
    assert_eq!(refusal(&other.dp_auth), Auth::InvalidCertificate);
    let thief = Issued { key: KeyPair::generate(), ..pki.dp_auth.clone() };
    assert_eq!(refusal(&thief), Auth::InvalidSignature);
}

#[test]
fn every_octet_of_a_servers_offer_counts_fails() {
    let pki = pki();
    let mut euicc = euicc(&pki);
    let length = server_request(&offer_as(&pki, &mut euicc, &pki.dp_auth, [7; 16]), MATCHING_ID).len();
    // the device's own context at the end is not the server's word
    let context = 30;
    for at in 0..length - context {
        let mut request = server_request(&offer_as(&pki, &mut euicc, &pki.dp_auth, [7; 16]), MATCHING_ID);
        request[at] ^= 1 << (at % 8);
        auth_error(&mut euicc, &request);
    }
}

#[test]
fn a_replayed_offer_fails() {
    let pki = pki();
    let mut euicc = euicc(&pki);
    let request = server_request(&offer_as(&pki, &mut euicc, &pki.dp_auth, [7; 16]), MATCHING_ID);
    euicc.authenticate_server(&request);
    assert_eq!(auth_error(&mut euicc, &request), Auth::NoSessionContext);
    euicc.get_euicc_challenge();
    assert_eq!(auth_error(&mut euicc, &request), Auth::EuiccChallengeMismatch);
    let unknown = {
        let mut answer = offer_as(&pki, &mut euicc, &pki.dp_auth, [7; 16]);
        answer.euicc_ci_pk_id_to_be_used.0[5] ^= 1;
        server_request(&answer, MATCHING_ID)
    };
    assert_eq!(auth_error(&mut euicc, &unknown), Auth::CiPkUnknown);
}

fn download_error(euicc: &mut SoftEuicc, answer: &AuthenticateClientResponse) -> Download {
    match PrepareDownloadResponse::decode(&euicc.prepare_download(&download_request(answer))).expect("decodes") {
        PrepareDownloadResponse::Ok(_) => panic!("accepted"),
        PrepareDownloadResponse::Error { code, .. } => code,
    }
}

#[test]
fn wrong_download_requests_fails() {
    let pki = pki();
    let (smdp, mut euicc) = (smdp(&pki), euicc(&pki));
    let mut refusal = |change: &dyn Fn(&mut AuthenticateClientResponse)| {
        let mut answer = authenticated(&smdp, &mut euicc);
        change(&mut answer);
        download_error(&mut euicc, &answer)
    };
    assert_eq!(refusal(&|answer| answer.smdp_signature2.0[10] ^= 1), Download::InvalidSignature);
    assert_eq!(refusal(&|answer| answer.smdp_signed2.0[10] ^= 1), Download::InvalidTransactionId);
    let auth = pki.dp_auth.certificate.clone();
    assert_eq!(refusal(&|answer| answer.smdp_certificate.0 = auth.clone()), Download::InvalidCertificate);
    let another = pki.reissue(&pki.dp_pb, other_registered_id).certificate;
    assert_eq!(refusal(&|answer| answer.smdp_certificate.0 = another.clone()), Download::InvalidCertificate);
    // a signature that does not cover this authentication: another session of the same eUICC
    let stale = authenticated(&smdp, &mut euicc);
    let mut fresh = authenticated(&smdp, &mut euicc);
    fresh.smdp_signature2 = stale.smdp_signature2.clone();
    assert_eq!(download_error(&mut euicc, &fresh), Download::InvalidSignature);
    assert_eq!(download_error(&mut euicc, &stale), Download::NoSessionContext);
}

fn outcome(euicc: &mut SoftEuicc, package: &[u8]) -> Option<(u8, u8)> {
    let result = ProfileInstallationResult::decode(&euicc.load_bound_profile_package(package)).expect("result");
    match result.data.outcome {
        InstallationOutcome::Success { .. } => None,
        InstallationOutcome::Error { command, reason } => Some((command, reason)),
    }
}

#[test]
fn changed_packages_fails() {
    let pki = pki();
    let mut config = config(&pki, Arc::new(|_| Ok(())));
    config.own_keys = true;
    let smdp = Smdp::new(config).expect("SM-DP+");
    smdp.order(MATCHING_ID, profile(), None).expect("order");
    let mut euicc = euicc(&pki);
    let mut changed = |change: &dyn Fn(&mut BoundProfilePackage)| {
        let mut package = BoundProfilePackage::decode(&package(&smdp, &mut euicc)).expect("package");
        change(&mut package);
        let outcome = outcome(&mut euicc, &package.encode());
        assert!(euicc.profiles().is_empty(), "nothing is installed");
        outcome
    };
    let flip = |segments: &mut Vec<Vec<u8>>| {
        let octet = segments.last_mut().and_then(|segment| segment.last_mut());
        *octet.expect("a segment") ^= 1;
    };
    assert_eq!(changed(&|package| package.channel.signature[3] ^= 1), Some((0, 2)));
    assert_eq!(changed(&|package| package.channel.raw[8] ^= 1), Some((0, 3)), "transaction");
    assert_eq!(changed(&|package| *package.channel.raw.last_mut().expect("key") ^= 1), Some((0, 2)), "one-time key");
    assert_eq!(changed(&|package| package.channel.raw[2] = 2), Some((0, 5)), "operation");
    assert_eq!(changed(&|package| flip(&mut package.configure)), Some((1, 8)));
    assert_eq!(changed(&|package| flip(&mut package.metadata)), Some((2, 8)));
    assert_eq!(changed(&|package| flip(package.replace_keys.as_mut().expect("own keys"))), Some((4, 8)));
    assert_eq!(
        changed(&|package| package.replace_keys = None),
        Some((5, 8)),
        "keys of the session, not of the profile"
    );
    assert_eq!(changed(&|package| flip(&mut package.profile)), Some((5, 8)));
    assert_eq!(changed(&|package| package.profile.swap(0, 1)), Some((5, 8)));
    assert_eq!(changed(&|package| drop(package.profile.remove(0))), Some((5, 8)));
    assert_eq!(changed(&|package| package.profile.insert(0, package.profile[0].clone())), Some((5, 8)));
    // no MAC can notice this one: the profile has no end
    assert_eq!(changed(&|package| drop(package.profile.pop())), Some((5, 12)));
}

#[test]
fn packages_for_somebody_else_fails() {
    let pki = pki();
    let (smdp, mut euicc) = (smdp(&pki), euicc(&pki));
    let first = package(&smdp, &mut euicc);
    assert_eq!(outcome(&mut euicc, &first[..first.len() - 1]), Some((0, 7)), "cut off");
    assert_eq!(outcome(&mut euicc, &first), Some((0, 3)), "the session is used up");
    // another session's package, for the same eUICC
    let second = package(&smdp, &mut euicc);
    assert_eq!(outcome(&mut euicc, &first), Some((0, 3)));
    assert_eq!(outcome(&mut euicc, &second), Some((0, 3)));
    let third = package(&smdp, &mut euicc);
    assert_eq!(outcome(&mut euicc, &third), None);
    // the same profile does not fit twice
    let fourth = package(&smdp, &mut euicc);
    assert_eq!(outcome(&mut euicc, &fourth), Some((2, 9)));
    assert_eq!(euicc.profiles().len(), 1);
}

// --- how an EID is proven to a registrar

#[test]
fn an_eid_is_proven_over_a_chosen_challenge_ok() {
    let pki = pki();
    let mut euicc = euicc(&pki);
    let challenge = gesim_core::eid::enrolment_challenge(&[1; 32], &[2; 32], &[3; 32]);
    let answer = offer_as(&pki, &mut euicc, &pki.dp_auth, challenge);
    let response = euicc.authenticate_server(&server_request(&answer, ""));
    let verified = verify_authenticate_response(&response, &expected(challenge), &trust(&pki), NOW).expect("verifies");
    assert_eq!(verified.eid, euicc.eid());
    assert!(verified.chain.manufacturer.to_lowercase().contains("software"));
    assert!(euicc.describe().contains("software"));
    // the same answer proves nothing else
    let other = gesim_core::eid::enrolment_challenge(&[1; 32], &[9; 32], &[3; 32]);
    let check = |expected: &Expected, now| verify_authenticate_response(&response, expected, &trust(&pki), now);
    assert_eq!(check(&expected(other), NOW), Err(AuthError::Mismatch("serverChallenge")));
    let changed = Expected { transaction_id: vec![2; 16], ..expected(challenge) };
    assert_eq!(check(&changed, NOW), Err(AuthError::Mismatch("transactionId")));
    let changed = Expected { server_address: "smdp.gesim.test".into(), ..expected(challenge) };
    assert_eq!(check(&changed, NOW), Err(AuthError::Mismatch("serverAddress")));
    assert!(matches!(check(&expected(challenge), 1), Err(AuthError::Chain(_))));
    for at in 0..response.len() {
        let mut changed = response.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(verify_authenticate_response(&changed, &expected(challenge), &trust(&pki), NOW).is_err(), "octet {at}");
    }
}

#[test]
fn an_euicc_that_refuses_says_so_fails() {
    let pki = pki();
    let mut euicc = euicc(&pki);
    let answer = offered(&pki, &mut euicc, &pki.dp_pb);
    let response = euicc.authenticate_server(&server_request(&answer, ""));
    let error = verify_authenticate_response(&response, &expected([7; 16]), &trust(&pki), NOW);
    assert_eq!(error, Err(AuthError::Refused(Auth::InvalidOid)));
}

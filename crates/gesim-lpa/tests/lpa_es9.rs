//! A whole download from an SM-DP+ over the connection whose handshake is the evidence, and every answer that is refused.

#[path = "lpa_support/dishonest.rs"]
mod dishonest;
mod lpa_support;
#[path = "lpa_support/smdp.rs"]
mod smdp;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{engine::general_purpose::STANDARD, Engine};
use dishonest::{dishonest, honest, reply, Reply};
use gesim_core::eid::binding_commitment;
use gesim_lpa::{
    es9::{Order, ServerAuthEvidence},
    LpaError, Rule, Step,
};
use gesim_rsp::{
    asn1::{signature_tlv, InstallationOutcome, ServerSigned1},
    chain::{Rule as ChainRule, Which},
    es9::{
        codes, PATH_AUTHENTICATE_CLIENT, PATH_GET_BOUND_PROFILE_PACKAGE, PATH_HANDLE_NOTIFICATION,
        PATH_INITIATE_AUTHENTICATION,
    },
    euicc::Euicc,
    keys::KeyPair,
    pki::{encode_oid, Issued, Pki, PkiConfig},
    smdp::OrderState,
};
use hyper::{Response, StatusCode};
use lpa_support::pki;
use serde_json::{json, Value};
use smdp::{profile, secrets, serve, smdp, soft_euicc, start, MATCHING_ID, PATIENCE};

fn order() -> Order {
    Order { matching_id: Some(MATCHING_ID.into()), tac: [0x35, 0x29, 0x06, 0x11], session: Some([1; 32]) }
}

#[tokio::test]
async fn download_ok() {
    for intermediate in [false, true] {
        let pki = Pki::new(PkiConfig { intermediate, seed: Some([7; 32]), ..PkiConfig::default() });
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = asked.clone();
        let smdp = smdp(&pki, move |authorization| {
            heard.lock().expect("no panic elsewhere").push(authorization.clone());
            Ok(())
        });
        let server = serve(smdp.clone()).await;
        let mut euicc = soft_euicc(&pki);
        let (eid, secrets) = (euicc.eid(), secrets(&mut euicc));
        let started = start(&pki, server.addr, &mut euicc, PATIENCE).await;
        let authenticated = started.authenticate_server(&secrets).await.expect("serverSigned1");
        let evidence = authenticated.evidence.clone();
        assert!(evidence.signed.verifies());
        assert_eq!(evidence.signed.key, pki.dp_auth.key.key33());
        assert_eq!(evidence.euicc_r, *secrets.euicc_r());
        let signed = ServerSigned1::decode(&evidence.signed.message).expect("serverSigned1");
        assert_eq!(signed.euicc_challenge[..], secrets.euicc_challenge()[..]);
        assert_eq!(signed.server_address, pki.config.dns);
        let text = serde_json::to_string(&evidence).expect("JSON");
        assert_eq!(serde_json::from_str::<ServerAuthEvidence>(&text).expect("evidence"), evidence);

        let offered = authenticated.authenticate_client(&order(), &secrets).await.expect("an offer");
        assert_eq!(offered.metadata.profile_name, "Roam 10 GB");
        let installed = offered.install().await.expect("an installed profile");
        assert!(matches!(installed.result.data.outcome, InstallationOutcome::Success { .. }));
        assert_eq!(euicc.profiles().len(), 1);
        assert_eq!(euicc.profiles()[0].elements, profile().package);
        assert_eq!(smdp.order_state(MATCHING_ID), Some(OrderState::Installed(eid)));
        // The operator can compare the EID that it sees with the session's commitment.
        let asked = asked.lock().expect("no panic elsewhere");
        let opening = asked[0].opening.as_ref().expect("an opening");
        assert_eq!((asked.len(), asked[0].eid, opening.session), (1, eid, [1; 32]));
        let bind_c = secrets.opening(eid).expect("an opening").bind_c;
        assert_eq!(binding_commitment(asked[0].eid, &opening.randomness).expect("a commitment"), bind_c);
    }
}

#[tokio::test]
async fn cancelled_ok() {
    let pki = pki();
    let smdp = smdp(&pki, |_| Ok(()));
    let server = serve(smdp.clone()).await;
    let mut euicc = soft_euicc(&pki);
    let secrets = secrets(&mut euicc);
    let started = start(&pki, server.addr, &mut euicc, PATIENCE).await;
    let authenticated = started.authenticate_server(&secrets).await.expect("serverSigned1");
    let offered = authenticated.authenticate_client(&order(), &secrets).await.expect("an offer");
    offered.cancel(0).await.expect("a cancelled session");
    assert!(euicc.profiles().is_empty());
    assert_eq!(smdp.order_state(MATCHING_ID), Some(OrderState::Released));
}

/// How a download ends with a server at this address.
async fn outcome(pki: &Pki, address: std::net::SocketAddr, patience: Duration) -> Result<(), LpaError> {
    let mut euicc = soft_euicc(pki);
    let secrets = secrets(&mut euicc);
    let started = start(pki, address, &mut euicc, patience).await;
    let done = async {
        let authenticated = started.authenticate_server(&secrets).await?;
        authenticated.authenticate_client(&order(), &secrets).await?.install().await
    };
    let done = done.await.map(drop);
    if done.as_ref().is_err_and(|error| error.step != Step::HandleNotification) {
        assert!(euicc.profiles().is_empty(), "nothing is installed");
    }
    done
}

/// The genuine server, but the answer of one function is changed.
async fn changed(pki: &Pki, function: &'static str, change: impl Fn(&mut Value) + Send + Sync + 'static) -> LpaError {
    let genuine = smdp(pki, |_| Ok(()));
    let address = dishonest(pki, move |path, body| {
        let mut answer = honest(&genuine, path, body);
        if path == function {
            change(&mut answer);
        }
        reply(answer.to_string())
    });
    let address = address.await;
    outcome(pki, address, PATIENCE).await.expect_err("the answer was changed")
}

fn octets(answer: &Value, field: &str) -> Vec<u8> {
    STANDARD.decode(answer[field].as_str().expect("a field")).expect("base64")
}

fn put(answer: &mut Value, field: &str, octets: &[u8]) {
    answer[field] = json!(STANDARD.encode(octets));
}

fn flip(answer: &mut Value, field: &str, from_end: usize) {
    let mut bytes = octets(answer, field);
    let at = bytes.len() - 1 - from_end;
    bytes[at] ^= 1;
    put(answer, field, &bytes);
}

/// serverSigned1 changed and signed again, as a server would that holds the key.
fn sign_again(answer: &mut Value, key: &KeyPair, change: impl Fn(&mut ServerSigned1)) {
    let mut signed = ServerSigned1::decode(&octets(answer, "serverSigned1")).expect("serverSigned1");
    change(&mut signed);
    let raw = signed.encode().expect("serverSigned1");
    put(answer, "serverSignature1", &signature_tlv(&key.sign(&raw)));
    put(answer, "serverSigned1", &raw);
}

#[tokio::test]
async fn unchanged_answers_ok() {
    // The server of the tests below is only as dishonest as it is told to be.
    let pki = pki();
    let genuine = smdp(&pki, |_| Ok(()));
    let address = dishonest(&pki, move |path, body| reply(honest(&genuine, path, body).to_string())).await;
    outcome(&pki, address, PATIENCE).await.expect("a download");
}

#[tokio::test]
async fn server_signed_for_others_fails() {
    let pki = pki();
    let key = pki.dp_auth.key.clone();
    let error = changed(&pki, PATH_INITIATE_AUTHENTICATION, {
        let key = key.clone();
        move |answer| sign_again(answer, &key, |signed| signed.euicc_challenge = [9; 16].into())
    });
    let error = error.await;
    assert_eq!(error.step, Step::InitiateAuthentication);
    assert!(matches!(*error.rule, Rule::Challenge), "{error}");
    let error = changed(&pki, PATH_INITIATE_AUTHENTICATION, {
        let key = key.clone();
        move |answer| sign_again(answer, &key, |signed| signed.server_address = "smdp.other.test".into())
    });
    let error = error.await;
    assert!(matches!(&*error.rule, Rule::Address(name) if name == "smdp.other.test"), "{error}");
    let change =
        move |answer: &mut Value| sign_again(answer, &key, |signed| signed.transaction_id = vec![1; 16].into());
    let error = changed(&pki, PATH_INITIATE_AUTHENTICATION, change).await;
    assert!(matches!(*error.rule, Rule::Transaction), "{error}");
}

#[tokio::test]
async fn server_signed_by_others_fails() {
    let pki = pki();
    let other = Pki::new(PkiConfig { seed: Some([8; 32]), ..PkiConfig::default() });
    let sibling = Pki::new(PkiConfig { registered_id: encode_oid(&[2, 999, 11]), ..pki.config.clone() });
    let cases: [(&Issued, ChainRule); 3] = [
        (&other.dp_auth, ChainRule::UnknownIssuer),
        (&sibling.dp_auth, ChainRule::RegisteredId),
        (&pki.dp_pb, ChainRule::Role),
    ];
    for (issued, rule) in cases {
        let issued = issued.clone();
        let change = move |answer: &mut Value| {
            sign_again(answer, &issued.key, |_| {});
            put(answer, "serverCertificate", &issued.certificate);
        };
        let error = changed(&pki, PATH_INITIATE_AUTHENTICATION, change).await;
        assert_eq!(error.step, Step::InitiateAuthentication);
        let found = matches!(*error.rule, Rule::Server(found) if found.which == Which::DpAuth && found.rule == rule);
        assert!(found, "{rule:?}: {error} {:?}", error.rule);
    }
    let change = |answer: &mut Value| sign_again(answer, &KeyPair::generate(), |_| {});
    let error = changed(&pki, PATH_INITIATE_AUTHENTICATION, change).await;
    assert!(matches!(*error.rule, Rule::SignatureOn("serverSigned1")), "{error}");
    let error = changed(&pki, PATH_INITIATE_AUTHENTICATION, |answer| flip(answer, "serverSigned1", 3)).await;
    assert!(matches!(*error.rule, Rule::SignatureOn("serverSigned1")), "{error}");
}

#[tokio::test]
async fn offer_signed_by_others_fails() {
    let pki = pki();
    let error = changed(&pki, PATH_AUTHENTICATE_CLIENT, |answer| flip(answer, "smdpSigned2", 0)).await;
    assert_eq!(error.step, Step::AuthenticateClient);
    assert!(matches!(*error.rule, Rule::SignatureOn("smdpSigned2")), "{error}");
    let error = changed(&pki, PATH_AUTHENTICATE_CLIENT, |answer| flip(answer, "smdpSignature2", 5)).await;
    assert!(matches!(*error.rule, Rule::SignatureOn("smdpSigned2")), "{error}");
    let certificate = pki.dp_auth.certificate.clone();
    let change = move |answer: &mut Value| put(answer, "smdpCertificate", &certificate);
    let error = changed(&pki, PATH_AUTHENTICATE_CLIENT, change).await;
    assert!(matches!(*error.rule, Rule::Server(found) if found.rule == ChainRule::Role), "{error}");
    let change = |answer: &mut Value| answer["transactionId"] = json!("00");
    let error = changed(&pki, PATH_AUTHENTICATE_CLIENT, change).await;
    assert!(matches!(*error.rule, Rule::Transaction), "{error}");
}

#[tokio::test]
async fn changed_package_fails() {
    let pki = pki();
    // The last octet of the package is of the last segment's MAC.
    let error = changed(&pki, PATH_GET_BOUND_PROFILE_PACKAGE, |answer| flip(answer, "boundProfilePackage", 0)).await;
    assert_eq!(error.step, Step::Install);
    assert!(matches!(*error.rule, Rule::Euicc(_)), "{error}");
    let change = |answer: &mut Value| answer["transactionId"] = json!("00");
    let error = changed(&pki, PATH_GET_BOUND_PROFILE_PACKAGE, change).await;
    assert_eq!(error.step, Step::GetBoundProfilePackage);
    assert!(matches!(*error.rule, Rule::Transaction), "{error}");
}

#[tokio::test]
async fn failed_installation_is_told_ok() {
    let pki = pki();
    let genuine = smdp(&pki, |_| Ok(()));
    let smdp = genuine.clone();
    let address = dishonest(&pki, move |path, body| {
        let mut answer = honest(&smdp, path, body);
        if path == PATH_GET_BOUND_PROFILE_PACKAGE {
            flip(&mut answer, "boundProfilePackage", 0);
        }
        reply(answer.to_string())
    });
    let address = address.await;
    outcome(&pki, address, PATIENCE).await.expect_err("the package was changed");
    assert!(matches!(genuine.order_state(MATCHING_ID), Some(OrderState::Failed(_))));
}

#[tokio::test]
async fn operator_refuses_fails() {
    let pki = pki();
    let server = serve(smdp(&pki, |_| Err("bind_c is another EID's".into()))).await;
    let error = outcome(&pki, server.addr, PATIENCE).await.expect_err("the operator refused");
    assert_eq!(error.step, Step::AuthenticateClient);
    let Rule::Refused(code) = &*error.rule else { panic!("{error}") };
    assert!(code.is(codes::EID_REFUSED), "{code}");
    assert!(code.to_string().contains("bind_c"));
}

#[tokio::test]
async fn another_challenge_fails() {
    // The session committed to one challenge, the eUICC has drawn another since.
    let pki = pki();
    let server = serve(smdp(&pki, |_| Ok(()))).await;
    let mut euicc = soft_euicc(&pki);
    let secrets = secrets(&mut euicc);
    euicc.get_euicc_challenge();
    let started = start(&pki, server.addr, &mut euicc, PATIENCE).await;
    let authenticated = started.authenticate_server(&secrets).await.expect("serverSigned1");
    let Err(error) = authenticated.authenticate_client(&order(), &secrets).await else { panic!("accepted") };
    assert!(matches!(&*error.rule, Rule::Euicc(code) if code == "EuiccChallengeMismatch"), "{error}");
}

#[tokio::test]
async fn unruly_server_fails() {
    fn at(status: StatusCode) -> Reply {
        let mut reply = reply("");
        *reply.status_mut() = status;
        reply
    }
    type Check = fn(&Rule) -> bool;
    let cases: [(fn() -> Reply, Check); 8] = [
        (|| at(StatusCode::INTERNAL_SERVER_ERROR), |rule| matches!(rule, Rule::Status(500))),
        (|| at(StatusCode::FOUND), |rule| matches!(rule, Rule::Status(302))),
        (|| at(StatusCode::NO_CONTENT), |rule| matches!(rule, Rule::Message(_))),
        (|| reply("not JSON"), |rule| matches!(rule, Rule::Message(_))),
        (
            || reply(r#"{"header":{"functionExecutionStatus":{"status":"Executed-Success"}}}"#),
            |rule| matches!(rule, Rule::Refused(_)),
        ),
        (|| reply(vec![b' '; 5 << 20]), |rule| matches!(rule, Rule::TooLong(_))),
        (|| Response::new("{}".into()), |rule| matches!(rule, Rule::Message(_))),
        (
            || {
                std::thread::sleep(Duration::from_millis(600));
                reply("{}")
            },
            |rule| matches!(rule, Rule::Timeout(_)),
        ),
    ];
    let pki = pki();
    for (number, (answer, check)) in cases.into_iter().enumerate() {
        let address = dishonest(&pki, move |_, _| answer()).await;
        let patience = if number == 7 { Duration::from_millis(200) } else { PATIENCE };
        let error = outcome(&pki, address, patience).await.expect_err("no answer of an SM-DP+");
        assert_eq!(error.step, Step::InitiateAuthentication);
        assert!(check(&error.rule), "case {number}: {error} {:?}", error.rule);
    }
}

#[tokio::test]
async fn lost_notification_is_said_fails() {
    let pki = pki();
    let genuine = smdp(&pki, |_| Ok(()));
    let address = dishonest(&pki, move |path, body| match path {
        PATH_HANDLE_NOTIFICATION => {
            let mut lost = reply("");
            *lost.status_mut() = StatusCode::BAD_GATEWAY;
            lost
        }
        _ => reply(honest(&genuine, path, body).to_string()),
    });
    let address = address.await;
    let error = outcome(&pki, address, PATIENCE).await.expect_err("the notification was lost");
    assert_eq!(error.step, Step::HandleNotification);
}

//! The whole download over loopback TLS, and what must stop it.

mod rsp_common;

use std::sync::{Arc, Mutex};

use gesim_rsp::{
    asn1::{InstallationOutcome, ProfileInstallationResult},
    auth::Credential,
    chain::Trust,
    es9::*,
    euicc::{Euicc, SoftConfig, SoftEuicc},
    pki::{Pki, PkiConfig},
    smdp::{OrderState, Smdp},
};
use hyper::StatusCode;
use rsp_common::*;

/// Everything from the first message to the notification.
async fn download(client: &mut Client, euicc: &mut SoftEuicc, pki: &Pki) -> Result<Vec<u8>, StatusCodeData> {
    let request = initiate(euicc, &pki.config.dns);
    let answer: InitiateAuthenticationResponse = client.call(PATH_INITIATE_AUTHENTICATION, &request).await?;
    let request = client_request(euicc, &answer, MATCHING_ID);
    let answer: AuthenticateClientResponse = client.call(PATH_AUTHENTICATE_CLIENT, &request).await?;
    let request = package_request(euicc, &answer);
    let answer: GetBoundProfilePackageResponse = client.call(PATH_GET_BOUND_PROFILE_PACKAGE, &request).await?;
    Ok(euicc.load_bound_profile_package(&answer.bound_profile_package.0))
}

fn assert_installed(result: &[u8]) {
    let result = ProfileInstallationResult::decode(result).expect("result");
    assert!(matches!(result.data.outcome, InstallationOutcome::Success { .. }), "{:?}", result.data.outcome);
}

#[tokio::test]
async fn a_profile_is_downloaded_and_installed_ok() {
    let pki = pki();
    for own_keys in [false, true] {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let asked = seen.clone();
        let mut config = config(
            &pki,
            Arc::new(move |authorization| {
                asked.lock().expect("lock").push(authorization.clone());
                Ok(())
            }),
        );
        config.own_keys = own_keys;
        let smdp = Arc::new(Smdp::new(config).expect("SM-DP+"));
        smdp.order(MATCHING_ID, profile(), Some(pki.config.eid.parse().expect("EID"))).expect("order");
        let server = listen(smdp.clone()).await;
        let mut client = Client::connect(&pki, trust(&pki), server.addr).await.expect("connects");
        let mut euicc = euicc(&pki);
        let result = download(&mut client, &mut euicc, &pki).await.expect("download");
        assert_installed(&result);
        let [installed] = euicc.profiles() else { panic!("one profile") };
        assert_eq!(installed.elements, profile().package);
        assert_eq!(installed.metadata, metadata().encode().expect("metadata"));
        assert_eq!(smdp.order_state(MATCHING_ID), Some(OrderState::Downloaded(euicc.eid())));
        // the operator was asked about the EID of the certificate
        let asked = seen.lock().expect("lock").clone();
        assert_eq!(asked.len(), 1);
        assert_eq!((asked[0].eid, asked[0].matching_id.as_str()), (euicc.eid(), MATCHING_ID));
        // the notification closes the order, once
        let request = HandleNotificationRequest { pending_notification: Base64(result) };
        let body = serde_json::to_vec(&request).expect("JSON");
        let (status, empty) = client.raw(PATH_HANDLE_NOTIFICATION, Some(PROTOCOL), body).await;
        assert_eq!((status, empty.len()), (StatusCode::NO_CONTENT, 0));
        assert_eq!(smdp.order_state(MATCHING_ID), Some(OrderState::Installed(euicc.eid())));
        assert!(smdp.handle_notification(&request).expect_err("twice").is(codes::TRANSACTION_UNKNOWN));
        let again = download(&mut client, &mut euicc, &pki).await.expect_err("downloaded already");
        assert!(again.is(codes::NO_ELIGIBLE_PROFILE), "{again}");
        server.shutdown().await;
    }
}

/// The SM-DP+ stands below an intermediate CA, which its TLS server sends and the eUICC knows.
#[tokio::test]
async fn an_intermediate_ca_stands_between_ok() {
    let pki = Pki::new(PkiConfig { intermediate: true, ..PkiConfig::default() });
    let mut config = config(&pki, Arc::new(|_| Ok(())));
    assert!(Smdp::new(config.clone()).is_err(), "without it nobody could verify this server");
    for credential in [&mut config.tls, &mut config.auth, &mut config.binding] {
        credential.intermediates = pki.intermediate.iter().map(|ca| ca.certificate.clone()).collect();
    }
    let smdp = Arc::new(Smdp::new(config).expect("SM-DP+"));
    smdp.order(MATCHING_ID, profile(), None).expect("order");
    let server = listen(smdp).await;
    let mut client = Client::connect(&pki, trust(&pki), server.addr).await.expect("connects");
    let soft = SoftConfig {
        credential: Credential::from(&pki.euicc),
        eum_certificate: pki.eum.certificate.clone(),
        trust: trust(&pki),
        intermediates: Credential::of(&pki, &pki.dp_auth).intermediates,
        clock: Arc::new(|| NOW),
    };
    let mut euicc = SoftEuicc::new(soft).expect("eUICC");
    assert_installed(&download(&mut client, &mut euicc, &pki).await.expect("download"));
}

#[tokio::test]
async fn an_interrupted_download_is_repeated_by_the_same_device_only_ok() {
    let pki = pki();
    let server = listen(Arc::new(smdp(&pki))).await;
    let mut client = Client::connect(&pki, trust(&pki), server.addr).await.expect("connects");
    download(&mut client, &mut euicc(&pki), &pki).await.expect("the card was pulled out");
    let other = pki.another_euicc("89049032000000000000000000000163");
    let refused = download(&mut client, &mut euicc_with(&pki, trust(&pki), &other), &pki).await;
    assert!(refused.expect_err("another device").is(codes::EID_REFUSED));
    assert_installed(&download(&mut client, &mut euicc(&pki), &pki).await.expect("the same device"));
}

#[tokio::test]
async fn a_server_below_another_ci_fails() {
    let (pki, other) = (pki(), Pki::new(PkiConfig::default()));
    let server = listen(Arc::new(smdp(&pki))).await;
    let error = Client::connect(&pki, trust(&other), server.addr).await.err().expect("refused in the handshake");
    assert!(error.contains("not trusted"), "{error}");
    // an eUICC that knows other CIs only is refused before anything is signed
    let mut client = Client::connect(&pki, trust(&pki), server.addr).await.expect("connects");
    let mut foreign = euicc_with(&other, trust(&other), &other.euicc);
    let refused = download(&mut client, &mut foreign, &pki).await.expect_err("no CI in common");
    assert!(refused.is(codes::CI_UNSUPPORTED), "{refused}");
    // one that claims to know ours, with certificates below another
    let both = Trust::from_certificates([&other.ci.certificate[..], &pki.ci.certificate]).expect("CIs");
    let mut foreign = euicc_with(&other, both, &other.euicc);
    let refused = download(&mut client, &mut foreign, &pki).await.expect_err("another EUM");
    assert!(refused.is(codes::CI_UNKNOWN), "{refused}");
}

#[tokio::test]
async fn requests_that_are_none_fails() {
    let pki = pki();
    let server = listen(Arc::new(smdp(&pki))).await;
    let mut client = Client::connect(&pki, trust(&pki), server.addr).await.expect("connects");
    let good = serde_json::to_vec(&initiate(&mut euicc(&pki), &pki.config.dns)).expect("JSON");
    let mut status = Vec::new();
    for (path, protocol, body) in [
        (PATH_INITIATE_AUTHENTICATION, None, good.clone()),
        (PATH_INITIATE_AUTHENTICATION, Some("gsma/rsp/v3.0.0"), good.clone()),
        (PATH_INITIATE_AUTHENTICATION, Some(PROTOCOL), b"{}".to_vec()),
        (PATH_INITIATE_AUTHENTICATION, Some(PROTOCOL), [&good[..good.len() - 1], b",\"more\":1}"].concat()),
        (
            PATH_AUTHENTICATE_CLIENT,
            Some(PROTOCOL),
            br#"{"transactionId":"XY","authenticateServerResponse":""}"#.to_vec(),
        ),
        (PATH_INITIATE_AUTHENTICATION, Some(PROTOCOL), vec![b' '; 70_000]),
        ("/gsma/rsp2/es9plus/other", Some(PROTOCOL), good.clone()),
        (PATH_INITIATE_AUTHENTICATION, Some(PROTOCOL), good),
    ] {
        let mut client = Client::connect(&pki, trust(&pki), server.addr).await.expect("connects");
        status.push(client.raw(path, protocol, body).await.0.as_u16());
    }
    assert_eq!(status, [400, 400, 400, 400, 400, 413, 404, 200]);
    let wrong = initiate(&mut euicc(&pki), "other.gesim.test");
    let refused = client.call::<InitiateAuthenticationResponse>(PATH_INITIATE_AUTHENTICATION, &wrong).await;
    assert!(refused.expect_err("another address").is(codes::ADDRESS_REFUSED));
}

/// No session is resumed, so every connection is signed for anew.
#[tokio::test]
async fn the_server_stops_and_frees_its_port_ok() {
    let pki = pki();
    let server = listen(Arc::new(smdp(&pki))).await;
    let addr = server.addr;
    Client::connect(&pki, trust(&pki), addr).await.expect("connects");
    server.shutdown().await;
    assert!(Client::connect(&pki, trust(&pki), addr).await.is_err());
    tokio::net::TcpListener::bind(addr).await.expect("free again");
}

//! Every server that is not the one: refused during the handshake, with the reason, and before a byte of ES9+.

mod lpa_support;

use std::{process::Command, time::Duration};

use gesim_cert::CertError;
use gesim_lpa::{
    tls::{connect, Group, Options, Versions},
    Rule, ServerRules, Step,
};
use gesim_rsp::{
    chain::{ChainError, Rule as ChainRule, Which},
    keys::{KeyError, KeyPair},
    pki::{encode_oid, oids, Issued, Pki, PkiConfig},
};
use lpa_support::{options, pki, refusal, rules, session, tap, with_groups, SServer, NOW};
use rustls::AlertDescription;
use tempfile::TempDir;
use tokio::net::TcpListener;

const APPLICATION_DATA: u8 = 23;
/// An encrypted alert of TLS 1.3: level, description, inner type, tag.
const ALERT: usize = 2 + 1 + 16;

/// Both versions refuse this certificate for this reason, and nothing but an alert follows.
async fn certificate_is_refused(own: &Issued, above: &[&Issued], rules: &ServerRules, which: Which, rule: ChainRule) {
    for (argument, versions) in [("-tls1_2", Versions::Tls12), ("-tls1_3", Versions::Tls13)] {
        let server = SServer::start(own, above, &[argument]);
        let (address, wire) = tap(server.address).await;
        let error = refusal(rules, &options(address, versions)).await;
        assert_eq!(error.step, Step::Handshake);
        assert!(
            matches!(*error.rule, Rule::Server(found) if found == ChainError { which, rule }),
            "{argument}: {error}"
        );
        assert!(!error.hint().is_empty());
        let records = wire.device_records();
        assert!(!records.is_empty());
        let sent: Vec<_> = records.iter().filter(|(kind, _)| *kind == APPLICATION_DATA).collect();
        match versions {
            Versions::Tls13 => {
                assert!(sent.len() <= 1 && sent.iter().all(|(_, length)| *length <= ALERT), "{records:?}")
            }
            _ => assert!(sent.is_empty(), "{records:?}"),
        }
    }
}

#[tokio::test]
async fn another_ci_fails() {
    let (own, other) = (pki(), Pki::new(PkiConfig { seed: Some([8; 32]), ..PkiConfig::default() }));
    for above in [&[][..], &[&other.ci]] {
        certificate_is_refused(&other.dp_tls, above, &rules(&own), Which::DpTls, ChainRule::UnknownIssuer).await;
    }
}

#[tokio::test]
async fn forged_issuer_fails() {
    // Names the CI by its identifier, but is signed with another key.
    let pki = pki();
    let forged = pki.dp_tls.template.sign(&KeyPair::generate(), pki.dp_tls.key.clone());
    certificate_is_refused(&forged, &[], &rules(&pki), Which::DpTls, ChainRule::Signature(KeyError::Mismatch)).await;
}

#[tokio::test]
async fn another_registered_id_fails() {
    let pki = pki();
    let expected = ServerRules { registered_id: encode_oid(&[2, 999, 11]), ..rules(&pki) };
    certificate_is_refused(&pki.dp_tls, &[], &expected, Which::DpTls, ChainRule::RegisteredId).await;
}

#[tokio::test]
async fn another_name_fails() {
    let pki = pki();
    for name in ["smdp.other.test", "www.smdp.gesim.test", "gesim.test"] {
        let expected = ServerRules { name: name.into(), ..rules(&pki) };
        certificate_is_refused(&pki.dp_tls, &[], &expected, Which::DpTls, ChainRule::DnsName).await;
    }
}

#[tokio::test]
async fn expired_or_early_fails() {
    let pki = pki();
    let short = pki.reissue(&pki.dp_tls, |template| template.with_validity(NOW - 10, NOW + 10));
    let at = |now: i64| ServerRules { now, ..rules(&pki) };
    certificate_is_refused(&short, &[], &at(NOW + 11), Which::DpTls, ChainRule::Expired).await;
    certificate_is_refused(&short, &[], &at(NOW - 11), Which::DpTls, ChainRule::NotYetValid).await;
    let server = SServer::start(&short, &[], &[]);
    for now in [NOW - 10, NOW + 10] {
        connect(&session(9), &at(now), &options(server.address, Versions::Tls12))
            .await
            .expect("both ends are included");
    }
}

#[tokio::test]
async fn another_role_fails() {
    let pki = pki();
    certificate_is_refused(&pki.dp_auth, &[], &rules(&pki), Which::DpTls, ChainRule::Role).await;
    certificate_is_refused(&pki.dp_pb, &[], &rules(&pki), Which::DpTls, ChainRule::Role).await;
}

#[tokio::test]
async fn outside_the_profile_fails() {
    let pki = pki();
    let without = pki.reissue(&pki.dp_tls, |template| template.drop_extension(oids::EXTENDED_USAGE));
    certificate_is_refused(&without, &[], &rules(&pki), Which::DpTls, ChainRule::Profile(CertError::MissingExtension))
        .await;
}

#[tokio::test]
async fn missing_intermediate_fails() {
    let pki = Pki::new(PkiConfig { intermediate: true, seed: Some([8; 32]), ..PkiConfig::default() });
    certificate_is_refused(&pki.dp_tls, &[], &rules(&pki), Which::DpTls, ChainRule::UnknownIssuer).await;
}

#[tokio::test]
async fn two_hops_fail() {
    let pki = Pki::new(PkiConfig { intermediate: true, seed: Some([8; 32]), ..PkiConfig::default() });
    let first = pki.intermediate.as_ref().expect("an intermediate CA");
    // A CA below the intermediate CA, and a server below that.
    let lower = Pki::new(PkiConfig { intermediate: true, seed: Some([9; 32]), ..PkiConfig::default() });
    let second = lower.intermediate.as_ref().expect("an intermediate CA");
    let identifier = |mut template: gesim_rsp::pki::Template| {
        let from = first.template.extensions.iter().find(|extension| extension.id == oids::SUBJECT_KEY_ID);
        let ski = from.expect("an identifier").value[2..].to_vec();
        let aki = template.extensions.iter_mut().find(|extension| extension.id == oids::AUTHORITY_KEY_ID);
        aki.expect("an identifier").value[4..].copy_from_slice(&ski);
        template.issuer = first.template.subject.clone();
        template
    };
    let second = identifier(second.template.clone()).sign(&first.key, second.key.clone());
    certificate_is_refused(
        &lower.dp_tls,
        &[&second, first, &pki.ci],
        &rules(&pki),
        Which::Intermediate,
        ChainRule::TooDeep,
    )
    .await;
}

/// A key and a certificate by openssl itself.
fn openssl_certificate(folder: &TempDir, key: &[&str]) -> (String, String) {
    let path = |name: &str| folder.path().join(name);
    let made = Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=smdp.gesim.test", "-newkey"])
        .args(key)
        .arg("-keyout")
        .arg(path("key"))
        .arg("-out")
        .arg(path("cert"))
        .output()
        .expect("Debian's openssl on the path");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let read = |name: &str| std::fs::read_to_string(path(name)).expect("a file");
    (read("cert"), read("key"))
}

#[tokio::test]
async fn other_keys_fail() {
    let pki = pki();
    for kind in [&["rsa:2048"][..], &["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]] {
        let folder = TempDir::new().expect("scratch folder");
        let (certificate, key) = openssl_certificate(&folder, kind);
        for (argument, versions) in [("-tls1_2", Versions::Tls12), ("-tls1_3", Versions::Tls13)] {
            let server = SServer::with_pem(&certificate, &key, "", &[argument]);
            let error = refusal(&rules(&pki), &options(server.address, versions)).await;
            // The server has no suite or signature for what the device offers.
            let alert =
                matches!(*error.rule, Rule::Tls(rustls::Error::AlertReceived(AlertDescription::HandshakeFailure)));
            assert!(alert, "{kind:?} {argument}: {error} {:?}", error.rule);
            assert!(error.hint().contains("ecdsa_secp256r1_sha256"));
        }
    }
}

#[tokio::test]
async fn other_suites_and_groups_fail() {
    let pki = pki();
    let all = [
        (&["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"][..], Versions::Tls12),
        (&["-tls1_2", "-groups", "P-384"], Versions::Tls12),
        (&["-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384"], Versions::Tls13),
        (&["-tls1_3", "-groups", "P-384"], Versions::Tls13),
    ];
    for (arguments, versions) in all {
        let server = SServer::start(&pki.dp_tls, &[], arguments);
        let error = refusal(&rules(&pki), &options(server.address, versions)).await;
        let alert = matches!(*error.rule, Rule::Tls(rustls::Error::AlertReceived(AlertDescription::HandshakeFailure)));
        assert!(alert, "{arguments:?}: {error} {:?}", error.rule);
    }
}

#[tokio::test]
async fn hello_retry_request_fails() {
    let pki = pki();
    let server = SServer::start(&pki.dp_tls, &[], &["-tls1_3", "-groups", "X25519"]);
    let other = with_groups(options(server.address, Versions::Tls13), &[Group::P256, Group::X25519]);
    let error = refusal(&rules(&pki), &other).await;
    assert!(matches!(*error.rule, Rule::RetryRequest), "{error}");
    assert!(error.hint().contains("first"));
}

#[tokio::test]
async fn client_certificate_request_fails() {
    // In TLS 1.3 it would be part of the transcript, which the chain takes in one form only.
    let pki = pki();
    let server = SServer::start(&pki.dp_tls, &[], &["-tls1_3", "-verify", "1"]);
    let error = refusal(&rules(&pki), &options(server.address, Versions::Tls13)).await;
    assert!(matches!(*error.rule, Rule::Transcript(_)), "{error}");
}

#[tokio::test]
async fn nobody_there_fails() {
    let pki = pki();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let silent = Options { timeout: Duration::from_millis(200), ..options(address, Versions::Tls12) };
    let error = refusal(&rules(&pki), &silent).await;
    assert!(matches!((error.step, &*error.rule), (Step::Handshake, Rule::Timeout(_))), "{error}");
    let none = with_groups(options(address, Versions::Tls12), &[]);
    let error = refusal(&rules(&pki), &none).await;
    assert!(matches!(*error.rule, Rule::NoGroup), "{error}");
    let unnamed = ServerRules { name: "not a name".into(), ..rules(&pki) };
    let error = refusal(&unnamed, &options(address, Versions::Tls12)).await;
    assert!(matches!(*error.rule, Rule::Name(_)), "{error}");
    drop(listener);
    let error = refusal(&rules(&pki), &options(address, Versions::Tls12)).await;
    assert!(matches!((error.step, &*error.rule), (Step::Connect, Rule::Network(_))), "{error}");
}

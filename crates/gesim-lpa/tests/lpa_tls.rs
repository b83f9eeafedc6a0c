//! Handshakes with openssl are evidence, in both versions and over both groups.

mod lpa_support;

use gesim_lpa::{
    tls::{connect, Group, Versions},
    Handshake, HandshakeEvidence,
};
use gesim_rsp::pki::{Pki, PkiConfig};
use lpa_support::{options, pki, rules, session, with_groups, SServer};
use p256::ecdsa::{signature::Verifier, Signature, VerifyingKey};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A handshake with openssl under these arguments; its evidence.
async fn evidence(arguments: &[&str], versions: Versions) -> HandshakeEvidence {
    let pki = pki();
    let server = SServer::start(&pki.dp_tls, &[], arguments);
    let connection = connect(&session(9), &rules(&pki), &options(server.address, versions)).await.expect("a handshake");
    let evidence = connection.evidence;
    // Once more without any code of ours: the certificate's key signed exactly this message.
    let key = VerifyingKey::from_sec1_bytes(&pki.dp_tls.key.public65()).expect("a point");
    let signature = Signature::from_slice(&evidence.signed.signature).expect("two numbers");
    key.verify(&evidence.signed.message, &signature).expect("the server's signature");
    assert_eq!(signature, signature.normalize_s(), "the precompile takes a low s only");
    assert_eq!(evidence.signed.key, pki.dp_tls.key.key33());
    assert_eq!(evidence.tbs_hash, <[u8; 32]>::from(Sha256::digest(pki.dp_tls.tbs())));
    assert_eq!(evidence.client_random, session(9).client_random(&evidence.dn));
    evidence.verify(&session(9)).expect("evidence");
    evidence
}

#[tokio::test]
async fn tls12_p256_ok() {
    let evidence = evidence(&["-tls1_2", "-groups", "P-256"], Versions::Tls12).await;
    let message = &evidence.signed.message;
    assert_eq!(evidence.handshake, Handshake::Tls12);
    assert_eq!(message.len(), 133);
    assert_eq!(message[..32], evidence.client_random);
    assert_eq!(message[64..69], [3, 0, 0x17, 65, 4]);
}

#[tokio::test]
async fn tls12_x25519_ok() {
    let evidence = evidence(&["-tls1_2", "-groups", "X25519"], Versions::Tls12).await;
    let message = &evidence.signed.message;
    assert_eq!(message.len(), 100);
    assert_eq!(message[..32], evidence.client_random);
    assert_eq!(message[64..68], [3, 0, 0x1d, 32]);
}

#[tokio::test]
async fn tls12_other_suite_ok() {
    let evidence = evidence(&["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"], Versions::Tls12).await;
    assert_eq!(evidence.handshake, Handshake::Tls12);
}

#[tokio::test]
async fn tls13_ok() {
    for suite in ["TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"] {
        let evidence = evidence(&["-tls1_3", "-ciphersuites", suite], Versions::Tls13).await;
        let Handshake::Tls13 { transcript } = &evidence.handshake else { panic!("{suite}: TLS 1.2") };
        let message = &evidence.signed.message;
        assert_eq!(message.len(), 130);
        assert_eq!(message[..64], [0x20; 64]);
        assert_eq!(message[98..], *Sha256::digest(transcript));
        assert_eq!(transcript[6..38], evidence.client_random);
        // The messages fill the transcript exactly, in the one order.
        let (mut rest, mut kinds) = (&transcript[..], Vec::new());
        while let [kind, a, b, c, tail @ ..] = rest {
            kinds.push(*kind);
            rest = &tail[u32::from_be_bytes([0, *a, *b, *c]) as usize..];
        }
        assert_eq!(kinds, [1, 2, 8, 11]);
    }
}

#[tokio::test]
async fn records_of_any_shape_ok() {
    // Messages that lie across records, and records that are padded.
    for shape in [&["-max_send_frag", "512"][..], &["-record_padding", "256"], &["-num_tickets", "0"]] {
        for (version, versions) in [("-tls1_2", Versions::Tls12), ("-tls1_3", Versions::Tls13)] {
            evidence(&[&[version], shape].concat(), versions).await;
        }
    }
}

#[tokio::test]
async fn tls13_x25519_ok() {
    let pki = pki();
    let server = SServer::start(&pki.dp_tls, &[], &["-tls1_3", "-groups", "X25519"]);
    let options = with_groups(options(server.address, Versions::Tls13), &[Group::X25519, Group::P256]);
    let connection = connect(&session(9), &rules(&pki), &options).await.expect("a handshake");
    connection.evidence.verify(&session(9)).expect("evidence");
}

#[tokio::test]
async fn versions_are_chosen_ok() {
    // A server of both versions takes 1.2 when that is preferred; one of 1.3 only is asked a second time.
    assert_eq!(evidence(&[], Versions::Prefer12).await.handshake, Handshake::Tls12);
    assert!(matches!(evidence(&["-tls1_3"], Versions::Prefer12).await.handshake, Handshake::Tls13 { .. }));
}

#[tokio::test]
async fn intermediate_ca_ok() {
    let pki = Pki::new(PkiConfig { intermediate: true, seed: Some([8; 32]), ..PkiConfig::default() });
    let ca = pki.intermediate.as_ref().expect("an intermediate CA");
    for version in ["-tls1_2", "-tls1_3"] {
        let server = SServer::start(&pki.dp_tls, &[ca, &pki.ci], &[version]);
        let options = options(server.address, Versions::Prefer12);
        let connection = connect(&session(9), &rules(&pki), &options).await.expect(version);
        connection.evidence.verify(&session(9)).expect("evidence");
    }
}

#[tokio::test]
async fn connection_is_usable_ok() {
    let pki = pki();
    for version in ["-tls1_2", "-tls1_3"] {
        let server = SServer::start(&pki.dp_tls, &[], &[version]);
        let options = options(server.address, Versions::Prefer12);
        let mut connection = connect(&session(9), &rules(&pki), &options).await.expect(version);
        connection.stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.expect("a request");
        let mut page = Vec::new();
        // openssl closes without a close_notify, which ends the reading with an error behind the page.
        let _ = connection.stream.read_to_end(&mut page).await;
        assert!(page.starts_with(b"HTTP/1.0 200"), "{}", String::from_utf8_lossy(&page));
    }
}

#[tokio::test]
async fn tickets_are_not_used_ok() {
    let pki = pki();
    for version in ["-tls1_2", "-tls1_3"] {
        let server = SServer::start(&pki.dp_tls, &[], &[version]);
        let mut signatures = Vec::new();
        for challenge in [1, 2] {
            let options = options(server.address, Versions::Prefer12);
            let mut connection = connect(&session(challenge), &rules(&pki), &options).await.expect(version);
            connection.evidence.verify(&session(challenge)).expect("a full handshake each time");
            signatures.push(connection.evidence.signed.signature);
            // Reads what comes, so that TLS 1.3 tickets have arrived.
            connection.stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.expect("a request");
            let _ = connection.stream.read_to_end(&mut Vec::new()).await;
        }
        assert_ne!(signatures[0], signatures[1]);
    }
}

#[tokio::test]
async fn changed_evidence_fails() {
    for (arguments, versions) in [(["-tls1_2"], Versions::Tls12), (["-tls1_3"], Versions::Tls13)] {
        let whole = evidence(&arguments, versions).await;
        let changed = |change: &dyn Fn(&mut HandshakeEvidence)| {
            let mut evidence = whole.clone();
            change(&mut evidence);
            evidence.verify(&session(9)).is_err()
        };
        assert!(!changed(&|_| {}));
        assert!(whole.verify(&session(10)).is_err(), "another challenge");
        assert!(changed(&|e| e.dn[0] ^= 1));
        assert!(changed(&|e| e.client_random[31] ^= 1));
        for at in 0..whole.signed.message.len() {
            assert!(changed(&|e| e.signed.message[at] ^= 1), "octet {at} of the message");
        }
        assert!(changed(&|e| e.signed.message.push(0)));
        for at in 0..64 {
            assert!(changed(&|e| e.signed.signature[at] ^= 1), "octet {at} of the signature");
        }
        assert!(changed(&|e| e.signed.key[0] ^= 1), "the other point of the same x");
        assert!(changed(&|e| {
            let signature = Signature::from_slice(&e.signed.signature).expect("two numbers");
            let (r, s) = signature.split_scalars();
            let high = Signature::from_scalars(r.to_bytes(), (-s).to_bytes()).expect("the other s");
            e.signed.signature = high.to_bytes().into();
        }));
        if let Handshake::Tls13 { transcript } = &whole.handshake {
            for at in 0..transcript.len() {
                let flipped = |e: &mut HandshakeEvidence| match &mut e.handshake {
                    Handshake::Tls13 { transcript } => transcript[at] ^= 1,
                    Handshake::Tls12 => panic!("another version"),
                };
                assert!(changed(&flipped), "octet {at} of the transcript");
            }
            assert!(changed(&|e| e.handshake = Handshake::Tls12));
        }
    }
}

#[tokio::test]
async fn evidence_survives_json_ok() {
    for versions in [Versions::Tls12, Versions::Tls13] {
        let evidence = evidence(&[], versions).await;
        let text = serde_json::to_string(&evidence).expect("JSON");
        assert_eq!(serde_json::from_str::<HandshakeEvidence>(&text).expect("evidence"), evidence);
        let data = evidence.signed.instruction_data().expect("a short message");
        assert_eq!(data[..2], [1, 0]);
        assert_eq!(data.len(), 113 + evidence.signed.message.len());
        assert_eq!(data[16..49], evidence.signed.key);
        assert_eq!(data[49..113], evidence.signed.signature);
        assert_eq!(data[113..], evidence.signed.message);
    }
}

//! The generated PKI has the shape of the genuine test certificates, and wrong certificates are refused for their reason.

use std::path::{Path, PathBuf};

use gesim_cert::{Certificate, Role, Tbs};
use gesim_rsp::{
    chain::{verify_euicc, verify_server, Anchor, Rule, Trust, Which},
    keys::KeyPair,
    pki::{encode_oid, oids, parse_oid, Issued, Pki, PkiConfig, Template},
    tlv::Tlv,
};
use x509_cert::der::Decode;

const NOW: i64 = 1_750_000_000;

fn pki() -> Pki {
    Pki::new(PkiConfig { seed: Some([7; 32]), ..PkiConfig::default() })
}

fn trust(pki: &Pki) -> Trust {
    Trust::from_certificates([pki.ci.certificate.as_slice()]).expect("CI")
}

/// Extension ids and critical flags, in order, and the tags of the TBS's fields.
fn shape(der: &[u8]) -> (Vec<u16>, Vec<(Vec<u8>, bool)>) {
    let mut outer = Tlv::expect(der, 0x30).expect("certificate").children();
    let mut tbs = outer.take(0x30).expect("TBS").children();
    let (mut tags, mut extensions) = (Vec::new(), Vec::new());
    while !tbs.is_empty() {
        let field = tbs.next().expect("field");
        tags.push(field.tag);
        if field.tag == 0xA3 {
            let mut list = Tlv::expect(field.value, 0x30).expect("list").children();
            while !list.is_empty() {
                let mut extension = list.take(0x30).expect("extension").children();
                let id = extension.take(0x06).expect("id").value.to_vec();
                extensions.push((id, extension.take_if(0x01).expect("flag").is_some()));
            }
        }
    }
    (tags, extensions)
}

fn fixture(path: &str) -> Option<Vec<u8>> {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures");
    if !root.is_dir() {
        println!("skipped: no external fixtures");
        return None;
    }
    Some(std::fs::read(root.join(path)).expect("fixture"))
}

#[test]
fn shapes_equal_those_of_the_genuine_certificates_ok() {
    let pki = pki();
    for (ours, theirs) in [
        (&pki.ci, "sgp26/CertificateIssuer/CERT_CI_ECDSA_NIST.der"),
        (&pki.dp_tls, "sgp26/DPtls/CERT_S_SM_DP_TLS_NIST.der"),
        (&pki.dp_auth, "sgp26/DPauth/CERT_S_SM_DPauth_ECDSA_NIST.der"),
        (&pki.dp_pb, "sgp26/DPpb/CERT_S_SM_DPpb_ECDSA_NIST.der"),
        (&pki.eum, "es9plus/pki/EUM/CERT_EUM_ECDSA_NIST.der"),
        (&pki.euicc, "es9plus/pki/eUICC/CERT_EUICC_ECDSA_NIST.der"),
    ] {
        let Some(theirs) = fixture(theirs) else { return };
        assert_eq!(shape(&ours.certificate), shape(&theirs));
    }
}

#[test]
fn certificates_parse_strictly_and_equally_ok() {
    for intermediate in [false, true] {
        let pki = Pki::new(PkiConfig { intermediate, ..PkiConfig::default() });
        let roles = [(&pki.ci, Role::Ca), (&pki.dp_tls, Role::Tls), (&pki.dp_auth, Role::Auth)];
        let more = pki.intermediate.as_ref().map(|ca| (ca, Role::Ca));
        for (issued, role) in roles.into_iter().chain([(&pki.dp_pb, Role::ProfileBinding)]).chain(more) {
            let strict = Certificate::parse(&issued.certificate).expect("gesim-cert");
            assert_eq!(strict.tbs.role, role);
            assert_eq!(strict.tbs.key(), issued.key.key33());
            assert_eq!(strict.tbs_der, issued.tbs());
            assert_eq!(*strict.tbs.ski, issued.key_id());
            x509_cert::Certificate::from_der(&issued.certificate).expect("x509-cert");
        }
        let tls = Tbs::parse(&pki.dp_tls.tbs()).map(|tbs| (tbs.dns.map(str::to_owned), tbs.rid.to_vec())).expect("TBS");
        assert_eq!(tls, (Some("smdp.gesim.test".into()), encode_oid(&[2, 999, 10])));
    }
}

#[test]
fn one_seed_gives_one_pki_ok() {
    assert_eq!(pki().euicc.certificate, pki().euicc.certificate);
    let other = Pki::new(PkiConfig { seed: Some([8; 32]), ..PkiConfig::default() });
    assert_ne!(pki().ci.key.key33(), other.ci.key.key33());
    assert!(!format!("{:?}", pki().config).contains("7, 7"), "the seed is not printed");
    assert_ne!(KeyPair::generate().key33(), KeyPair::generate().key33());
}

#[test]
fn registered_ids_ok() {
    assert_eq!(parse_oid("2.999.10"), Some(vec![0x88, 0x37, 0x0A]));
    assert_eq!(parse_oid("1.2.840.10045.3.1.7"), Some(encode_oid(oids::P256)));
    for wrong in ["", "2", "3.1", "1.40", "2.x", "2..1"] {
        assert_eq!(parse_oid(wrong), None, "{wrong}");
    }
}

#[test]
fn chains_ok() {
    for intermediate in [false, true] {
        let pki = Pki::new(PkiConfig { intermediate, ..PkiConfig::default() });
        let above: Vec<&[u8]> = pki.intermediate.iter().map(|ca| ca.certificate.as_slice()).collect();
        for (issued, role) in [(&pki.dp_tls, Role::Tls), (&pki.dp_auth, Role::Auth), (&pki.dp_pb, Role::ProfileBinding)]
        {
            let found = verify_server(&trust(&pki), &issued.certificate, &above, role, NOW).expect("chain");
            assert_eq!(found.key33, issued.key.key33());
            assert_eq!(found.ci_key_id, pki.ci.key_id());
            found.expect_registered_id(&pki.config.registered_id).expect("rid");
        }
        let chain = verify_euicc(&trust(&pki), &pki.euicc.certificate, &pki.eum.certificate, NOW).expect("eUICC");
        assert_eq!(chain.eid.to_string(), pki.config.eid);
        assert_eq!(chain.point, pki.euicc.key.public65());
    }
}

/// As the chain's program does: the CI's key is all that is known of it.
#[test]
fn a_key_alone_is_an_anchor_ok() {
    let pki = pki();
    for point in [&pki.ci.key.key33()[..], &pki.ci.key.public65()] {
        let anchor = Anchor::from_key(pki.ci.key_id(), point).expect("point");
        let trust = Trust::new(vec![anchor]);
        verify_server(&trust, &pki.dp_tls.certificate, &[], Role::Tls, NOW).expect("chain");
        verify_euicc(&trust, &pki.euicc.certificate, &pki.eum.certificate, NOW).expect("chain");
    }
    assert!(Anchor::from_key([0; 20], &[4; 65]).is_err());
    assert_eq!(Anchor::from_certificate(&pki.dp_auth.certificate).expect_err("no CI").rule, Rule::NotRoot);
    let forged = pki.ci.template.sign(&pki.eum.key, pki.ci.key.clone());
    assert!(matches!(Anchor::from_certificate(&forged.certificate).expect_err("forged").rule, Rule::Signature(_)));
    let renamed = {
        let mut template = pki.ci.template.clone();
        template.subject.0[0].text = "Another CI".into();
        template.issuer = template.subject.clone();
        template.sign(&pki.ci.key, pki.ci.key.clone())
    };
    let trust = Trust::from_certificates([&renamed.certificate[..]]).expect("a root");
    let error = verify_server(&trust, &pki.dp_auth.certificate, &[], Role::Auth, NOW).expect_err("another name");
    assert_eq!((error.which, error.rule), (Which::Ci, Rule::IssuerName));
}

fn server_rule(pki: &Pki, issued: &Issued, role: Role, above: &[&[u8]], now: i64) -> (Which, Rule) {
    let error = verify_server(&trust(pki), &issued.certificate, above, role, now).expect_err("refused");
    (error.which, error.rule)
}

#[test]
fn wrong_server_certificates_fails() {
    let pki = pki();
    let check = |issued: &Issued, now| server_rule(&pki, issued, Role::Auth, &[], now).1;
    assert_eq!(server_rule(&pki, &pki.dp_tls, Role::Auth, &[], NOW), (Which::DpAuth, Rule::Role));
    assert_eq!(check(&pki.dp_auth, 1_500_000_000), Rule::NotYetValid);
    assert_eq!(check(&pki.dp_auth, 2_600_000_000), Rule::Expired);
    let change = |change: fn(Template) -> Template| check(&pki.reissue(&pki.dp_auth, change), NOW);
    assert_eq!(change(|old| old.with_curve(oids::BRAINPOOL_P256)), Rule::UnsupportedCurve);
    assert_eq!(change(|old| old.with_policy(oids::ROLE_DP_PB)), Rule::Role);
    assert!(matches!(change(|old| old.drop_extension(oids::KEY_USAGE)), Rule::Profile(_)));
    assert!(matches!(change(|old| old.with_extension(oids::EXTENDED_USAGE, false, vec![0x30, 0])), Rule::Profile(_)));
    let other = Pki::new(PkiConfig::default());
    assert_eq!(check(&other.dp_auth, NOW), Rule::UnknownIssuer);
    // the right issuer's name and key identifier, another's signature
    let forged = pki.dp_auth.template.sign(&other.ci.key, pki.dp_auth.key.clone());
    assert!(matches!(check(&forged, NOW), Rule::Signature(_)));
    let found = verify_server(&trust(&pki), &pki.dp_tls.certificate, &[], Role::Tls, NOW).expect("chain");
    assert_eq!(found.expect_dns("other.test").expect_err("name").rule, Rule::DnsName);
    assert_eq!(found.expect_registered_id(&[1]).expect_err("id").rule, Rule::RegisteredId);
    found.expect_dns("SMDP.gesim.test").expect("case does not matter");
}

#[test]
fn wrong_intermediates_fails() {
    let pki = Pki::new(PkiConfig { intermediate: true, ..PkiConfig::default() });
    assert_eq!(server_rule(&pki, &pki.dp_auth, Role::Auth, &[], NOW).1, Rule::UnknownIssuer);
    // an intermediate below an intermediate: the second one's "CI" is the first one
    let first = pki.intermediate.clone().expect("intermediate");
    let deep = {
        let mut template = first.template.clone();
        let own = KeyPair::generate();
        template.issuer = first.template.subject.clone();
        template.key.point = own.public65().to_vec();
        let own_id = first.template.sign(&own, own.clone()).key_id();
        for extension in &mut template.extensions {
            if extension.id == oids::AUTHORITY_KEY_ID {
                extension.value = [&[0x30, 0x16, 0x80, 0x14][..], &first.key_id()].concat();
            }
            if extension.id == oids::SUBJECT_KEY_ID {
                extension.value = [&[0x04, 0x14][..], &own_id].concat();
            }
        }
        template.sign(&first.key, own)
    };
    let mut leaf = pki.dp_auth.template.clone();
    leaf.issuer = deep.template.subject.clone();
    for extension in leaf.extensions.iter_mut().filter(|extension| extension.id == oids::AUTHORITY_KEY_ID) {
        extension.value = [&[0x30, 0x16, 0x80, 0x14][..], &deep.key_id()].concat();
    }
    let leaf = leaf.sign(&deep.key, pki.dp_auth.key.clone());
    let above: Vec<&[u8]> = vec![&deep.certificate, &first.certificate];
    assert_eq!(server_rule(&pki, &leaf, Role::Auth, &above, NOW), (Which::Intermediate, Rule::TooDeep));
}

fn device_rule(pki: &Pki, euicc: &Issued, eum: &Issued, now: i64) -> (Which, Rule) {
    let error = verify_euicc(&trust(pki), &euicc.certificate, &eum.certificate, now).expect_err("refused");
    (error.which, error.rule)
}

#[test]
fn wrong_device_certificates_fails() {
    let pki = pki();
    let euicc = |change: &dyn Fn(Template) -> Template| {
        let changed = change(pki.euicc.template.clone()).sign(&pki.eum.key, pki.euicc.key.clone());
        device_rule(&pki, &changed, &pki.eum, NOW)
    };
    let eum = |change: &dyn Fn(Template) -> Template| {
        let changed = change(pki.eum.template.clone()).sign(&pki.ci.key, pki.eum.key.clone());
        device_rule(&pki, &pki.euicc, &changed, NOW)
    };
    let subject = |at: usize, text: &str| {
        let text = text.to_owned();
        move |mut old: Template| {
            old.subject.0[at].text = text.clone();
            old
        }
    };
    // another manufacturer's EID (its check digits are right), another organisation, no EID
    let outside = (Which::Euicc, Rule::OutsideConstraints);
    assert_eq!(euicc(&subject(2, "89049033000000000000000000000185")), outside);
    assert_eq!(euicc(&subject(1, "Another EUM")), outside);
    assert_eq!(euicc(&subject(2, "89049032123451234512345678901236")), (Which::Euicc, Rule::Eid));
    assert_eq!(euicc(&subject(2, "8904903212345")), (Which::Euicc, Rule::Eid));
    assert_eq!(euicc(&|old| old.with_policy(oids::ROLE_EUM)), (Which::Euicc, Rule::Role));
    assert_eq!(euicc(&|old| old.with_curve(oids::BRAINPOOL_P256)), (Which::Euicc, Rule::UnsupportedCurve));
    assert_eq!(euicc(&|old| old.drop_extension(oids::KEY_USAGE)), (Which::Euicc, Rule::Extensions));
    let basic = vec![0x30, 0x03, 0x01, 0x01, 0xFF];
    assert_eq!(
        euicc(&|old| old.with_extension(oids::BASIC_CONSTRAINTS, true, basic.clone())),
        (Which::Euicc, Rule::Extensions)
    );
    assert_eq!(euicc(&|old| old.with_validity(0, 1)).0, Which::Euicc);
    assert_eq!(eum(&|old| old.drop_extension(oids::NAME_CONSTRAINTS)), (Which::Eum, Rule::Extensions));
    assert_eq!(eum(&|old| old.with_policy(oids::ROLE_CI)), (Which::Eum, Rule::Role));
    assert_eq!(eum(&|old| old.with_validity(1_577_836_800, NOW - 1)), (Which::Eum, Rule::Expired));
    let forged = pki.eum.template.sign(&pki.eum.key, pki.eum.key.clone());
    assert!(matches!(device_rule(&pki, &pki.euicc, &forged, NOW), (Which::Eum, Rule::Signature(_))));
    let forged = pki.euicc.template.sign(&pki.ci.key, pki.euicc.key.clone());
    assert!(matches!(device_rule(&pki, &forged, &pki.eum, NOW), (Which::Euicc, Rule::Signature(_))));
    let other = Pki::new(PkiConfig::default());
    assert_eq!(device_rule(&pki, &other.euicc, &other.eum, NOW), (Which::Eum, Rule::UnknownIssuer));
    assert_eq!(device_rule(&pki, &pki.dp_auth, &pki.eum, NOW).0, Which::Euicc);
}

#[test]
fn every_octet_of_a_device_certificate_counts_fails() {
    let pki = pki();
    let (trust, euicc, eum) = (trust(&pki), &pki.euicc.certificate, &pki.eum.certificate);
    // one bit of every octet, another one each time
    for at in 0..euicc.len() {
        let mut changed = euicc.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(verify_euicc(&trust, &changed, eum, NOW).is_err(), "eUICC, octet {at}");
    }
    for at in 0..eum.len() {
        let mut changed = eum.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(verify_euicc(&trust, euicc, &changed, NOW).is_err(), "EUM, octet {at}");
    }
    for length in 0..euicc.len() {
        assert!(verify_euicc(&trust, &euicc[..length], eum, NOW).is_err(), "cut at {length}");
    }
}

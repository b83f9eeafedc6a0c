//! Issuers and SM-DP+ certificates: who may certify, what is registered, and what stops counting.

use std::{fs, path::PathBuf};

use anchor_lang::prelude::Pubkey;
use gesim_cert::Certificate;
use gesim_core::{digest::sha256, provenance::name_hash};
use gesim_tests::{
    attack,
    identity::{
        calls,
        certificates::{rid, Servers, CI_DELAY},
        pki::{precompile, Key, Subject, HOST, RID},
    },
};
use identity::{
    error::IdentityError,
    events,
    state::{seeds, Issuer, IssuerState, Smdp, SmdpRole},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// 2025-07-15 and 2026-11-24.
const IN_2025: i64 = 1_752_537_600;
const TODAY: i64 = 1_795_478_400;

/// An authority that is not the one who pays, so that its signature can be missing.
fn with_authority(servers: &mut Servers) -> Keypair {
    let next = servers.chain.keypair();
    servers.ok(&[calls::propose_authority(servers.authority(), next.pubkey())]);
    servers.chain.ok(&[calls::accept_authority(next.pubkey())], &[&next]);
    next
}

#[test]
fn ci_in_two_steps_ok() {
    let mut servers = Servers::new();
    let (key, who) = (Key::new(20), servers.authority());
    let issuer = seeds::issuer(&key.compressed()).0;
    let meta = servers.ok(&[calls::propose_ci(who, who, key.compressed(), key.ski())]);
    let ready_at = servers.chain.now() + i64::from(CI_DELAY);
    assert_eq!(meta.events::<events::IssuerProposed>()[0].ready_at, ready_at);
    let state: Issuer = servers.chain.fetch(&issuer);
    assert_eq!(
        (state.version, state.state, state.key, state.ski),
        (1, IssuerState::Proposed, key.compressed(), key.ski())
    );
    assert_eq!((state.ci, state.not_before, state.not_after), (issuer, 0, i64::MAX));
    servers.chain.warp_to(ready_at - 1);
    servers.fails(&[calls::confirm_issuer(who, issuer)], IdentityError::IssuerTooEarly);
    servers.chain.warp_to(ready_at);
    let meta = servers.ok(&[calls::confirm_issuer(who, issuer)]);
    let event = &meta.events::<events::IssuerChanged>()[0];
    assert_eq!((event.issuer, event.before, event.after), (issuer, IssuerState::Proposed, IssuerState::Active));
    servers.fails(&[calls::confirm_issuer(who, issuer)], IdentityError::IssuerState);
    servers.chain.send(&[calls::propose_ci(who, who, key.compressed(), key.ski())], &[]).unwrap_err();
}

#[test]
fn proposed_ci_certifies_nothing_fails() {
    let mut servers = Servers::new();
    let (key, who) = (Key::new(20), servers.authority());
    let issuer = seeds::issuer(&key.compressed()).0;
    servers.ok(&[calls::propose_ci(who, who, key.compressed(), key.ski())]);
    let tbs = Subject::new(3).tbs(&Key::new(21), &key);
    servers.fails(&[key.signs(&tbs), calls::register_smdp(who, issuer, issuer, &tbs)], IdentityError::IssuerState);
    // taken back, it is gone for good: retiring and restoring is no way around the delay
    servers.ok(&[calls::retire_issuer(who, issuer)]);
    assert_eq!(servers.chain.fetch::<Issuer>(&issuer).state, IssuerState::Retired);
    servers.chain.warp_by(2 * i64::from(CI_DELAY));
    for again in
        [calls::restore_issuer(who, issuer), calls::confirm_issuer(who, issuer), calls::retire_issuer(who, issuer)]
    {
        servers.fails(&[again], IdentityError::IssuerState);
    }
}

#[test]
fn keys_that_are_no_points_fails() {
    let mut servers = Servers::new();
    let who = servers.authority();
    for first in [0, 1, 4, 0xFF] {
        let mut key = Key::new(20).compressed();
        key[0] = first;
        servers.fails(&[calls::propose_ci(who, who, key, [0; 20])], IdentityError::WrongKey);
    }
}

#[test]
fn retirement_ok() {
    let mut servers = Servers::new();
    let (who, ci) = (servers.authority(), servers.ci_address());
    servers.ok(&[calls::retire_issuer(who, ci)]);
    let tbs = Subject { serial: 9, ..Subject::new(5) }.tbs(&Key::new(30), &servers.ci);
    let both = servers.register(&tbs);
    servers.fails(&both, IdentityError::IssuerState);
    servers.fails(&[calls::confirm_issuer(who, ci)], IdentityError::IssuerTooEarly);
    servers.ok(&[calls::restore_issuer(who, ci)]);
    servers.ok(&both);
    servers.fails(&[calls::restore_issuer(who, ci)], IdentityError::IssuerState);
    servers.ok(&[calls::retire_issuer(who, ci)]);
    servers.chain.warp_by(CI_DELAY.into());
    servers.ok(&[calls::confirm_issuer(who, ci)]);
    assert_eq!(servers.chain.fetch::<Issuer>(&ci).state, IssuerState::Retired);
    for again in [calls::restore_issuer(who, ci), calls::confirm_issuer(who, ci), calls::retire_issuer(who, ci)] {
        servers.fails(&[again], IdentityError::IssuerState);
    }
}

#[test]
fn attacks_on_issuers_fails() {
    let mut servers = Servers::new();
    let (ci, tls) = (servers.ci_address(), servers.tls.address);
    let second = servers.accredit(&Key::new(22));
    let authority = with_authority(&mut servers);
    let (who, payer) = (authority.pubkey(), servers.authority());
    let stranger = servers.chain.keypair().pubkey();
    let decoys = [stranger, tls];
    let (ci_key, payer_pays) =
        (Key::new(20), |index, key: &Pubkey| index == 1 && (*key == stranger || *key == who || attack::is_copy(key)));
    let propose = calls::propose_ci(who, payer, ci_key.compressed(), ci_key.ski());
    attack::everything(&mut servers.chain, &propose, &decoys, &payer_pays);
    // another issuer in the same state may be retired as well; nothing else may
    let other = |index, key: &Pubkey| index == 2 && *key == second;
    attack::everything(&mut servers.chain, &calls::retire_issuer(who, ci), &[stranger, tls, second], &other);
    servers.chain.ok(&[calls::retire_issuer(who, ci)], &[&authority]);
    attack::everything(&mut servers.chain, &calls::restore_issuer(who, ci), &[stranger, tls, second], &attack::nothing);
    servers.chain.warp_by(CI_DELAY.into());
    attack::everything(&mut servers.chain, &calls::confirm_issuer(who, ci), &[stranger, tls, second], &attack::nothing);
    let auth = servers.auth.address;
    let other = |index, key: &Pubkey| index == 2 && *key == auth;
    attack::everything(&mut servers.chain, &calls::revoke_smdp(who, tls), &[stranger, ci, auth], &other);
}

#[test]
fn register_smdp_ok() {
    let mut servers = Servers::new();
    let ci = servers.ci_address();
    let state: Smdp = servers.chain.fetch(&servers.tls.address);
    assert_eq!((state.version, state.role, state.revoked), (1, SmdpRole::Tls, false));
    assert_eq!((state.tbs, state.key), (sha256(&[&servers.tls.tbs]), servers.tls.key.compressed()));
    assert_eq!((state.rid, Some(state.dns_hash)), (rid(&RID), name_hash(HOST.as_bytes())));
    assert_eq!((state.not_before, state.not_after), (1_735_689_600, 2_051_222_400));
    assert_eq!((state.issuer, state.ci, state.payer), (ci, ci, servers.authority()));
    let state: Smdp = servers.chain.fetch(&servers.auth.address);
    assert_eq!((state.role, state.dns_hash), (SmdpRole::Auth, [0; 32]));
    let tbs = Subject::new(5).tbs(&Key::new(30), &servers.ci);
    let both = servers.register(&tbs);
    let meta = servers.ok(&both);
    let event = &meta.events::<events::SmdpRegistered>()[0];
    assert_eq!((event.issuer, event.role, event.rid), (ci, SmdpRole::ProfileBinding, rid(&RID)));
    // once
    servers.chain.send(&both, &[]).unwrap_err();
}

#[test]
fn validity_fails() {
    let mut servers = Servers::new();
    let register = |servers: &Servers, from, until| {
        servers.register(&Subject { from, until, ..Subject::new(5) }.tbs(&Key::new(30), &servers.ci))
    };
    let (early, late) =
        (register(&servers, "260301000000Z", "270101000000Z"), register(&servers, "250101000000Z", "260301000000Z"));
    // 2026-03-01
    servers.chain.warp_to(1_772_323_199);
    servers.fails(&early, IdentityError::NotYetValid);
    servers.chain.warp_to(1_772_323_201);
    servers.fails(&late, IdentityError::Expired);
    servers.chain.warp_to(1_772_323_200);
    servers.ok(&early);
    servers.ok(&late);
}

#[test]
fn other_certificates_fails() {
    let mut servers = Servers::new();
    let (ca, key) = (servers.ci.clone(), Key::new(30));
    // a CA is no SM-DP+
    let both = servers.register(&Subject::new(0).tbs(&key, &ca));
    servers.fails(&both, IdentityError::WrongRole);
    // the CI's signature under a certificate that names another one
    let both = servers.register(&Subject::new(5).tbs(&key, &Key::new(31)));
    servers.fails(&both, IdentityError::WrongIssuer);
    // one octet too many
    let both = servers.register(&[Subject::new(5).tbs(&key, &ca), vec![0]].concat());
    servers.fails(&both, IdentityError::Certificate);
    // another address than the TBS's
    let [signed, mut ours] = servers.register(&Subject::new(5).tbs(&key, &ca));
    let wrong = [3; 32];
    let at =
        ours.accounts.iter().position(|meta| meta.pubkey == seeds::smdp(&sha256(&[&Subject::new(5).tbs(&key, &ca)])).0);
    ours.accounts[at.unwrap()].pubkey = seeds::smdp(&wrong).0;
    ours.data[8..].copy_from_slice(&wrong);
    servers.fails(&[signed, ours], IdentityError::WrongMessage);
    // an issuer with somebody else's CI
    let other = servers.accredit(&Key::new(40));
    let tbs = Subject::new(5).tbs(&key, &ca);
    let ours = calls::register_smdp(servers.authority(), servers.ci_address(), other, &tbs);
    servers.fails(&[ca.signs(&tbs), ours], IdentityError::WrongCi);
}

#[test]
fn intermediate_ok() {
    let mut servers = Servers::new();
    let (below, ci, who) = (Key::new(50), servers.ci_address(), servers.authority());
    let ca = Subject { until: "270101000000Z", ..Subject::new(0) }.tbs(&below, &servers.ci);
    let issuer = seeds::issuer(&below.compressed()).0;
    let register = [servers.ci.signs(&ca), calls::register_intermediate(who, ci, below.compressed())];
    let meta = servers.ok(&register);
    assert_eq!(meta.events::<events::IntermediateRegistered>()[0].ci, ci);
    let state: Issuer = servers.chain.fetch(&issuer);
    assert_eq!(
        (state.state, state.ci, state.ski, state.key),
        (IssuerState::Active, ci, below.ski(), below.compressed())
    );
    assert_eq!((state.not_before, state.not_after), (1_735_689_600, 1_798_761_600));
    let tbs = Subject::new(3).tbs(&Key::new(51), &below);
    let both = [below.signs(&tbs), calls::register_smdp(who, issuer, ci, &tbs)];
    servers.ok(&both);
    let state: Smdp = servers.chain.fetch(&seeds::smdp(&sha256(&[&tbs])).0);
    assert_eq!((state.issuer, state.ci), (issuer, ci));
    // it certifies nothing when it has expired itself
    let tbs = Subject { serial: 2, ..Subject::new(3) }.tbs(&Key::new(51), &below);
    servers.chain.warp_to(1_798_761_601);
    servers.fails(&[below.signs(&tbs), calls::register_smdp(who, issuer, ci, &tbs)], IdentityError::Expired);
}

#[test]
fn intermediate_of_a_retiring_ci_certifies_nothing_fails() {
    let mut servers = Servers::new();
    let (below, ci, who) = (Key::new(50), servers.ci_address(), servers.authority());
    let ca = Subject::new(0).tbs(&below, &servers.ci);
    let register = [servers.ci.signs(&ca), calls::register_intermediate(who, ci, below.compressed())];
    let issuer = seeds::issuer(&below.compressed()).0;
    servers.ok(&[calls::retire_issuer(who, ci)]);
    servers.fails(&register, IdentityError::IssuerState);
    servers.ok(&[calls::restore_issuer(who, ci)]);
    servers.ok(&register);
    servers.ok(&[calls::retire_issuer(who, ci)]);
    let tbs = Subject::new(3).tbs(&Key::new(51), &below);
    servers.fails(&[below.signs(&tbs), calls::register_smdp(who, issuer, ci, &tbs)], IdentityError::IssuerState);
    // nor does it without its CI: naming itself does not make it one
    servers.fails(&[below.signs(&tbs), calls::register_smdp(who, issuer, issuer, &tbs)], IdentityError::WrongCi);
}

#[test]
fn two_hops_fails() {
    let mut servers = Servers::new();
    let (below, further, who) = (Key::new(50), Key::new(51), servers.authority());
    let ca = Subject::new(0).tbs(&below, &servers.ci);
    servers.ok(&[servers.ci.signs(&ca), calls::register_intermediate(who, servers.ci_address(), below.compressed())]);
    let issuer = seeds::issuer(&below.compressed()).0;
    let ca = Subject::new(0).tbs(&further, &below);
    servers.fails(
        &[below.signs(&ca), calls::register_intermediate(who, issuer, further.compressed())],
        IdentityError::WrongCi,
    );
}

#[test]
fn other_intermediates_fails() {
    let mut servers = Servers::new();
    let (below, ci, who) = (Key::new(50), servers.ci_address(), servers.authority());
    let ours = calls::register_intermediate(who, ci, below.compressed());
    for (tbs, error) in [
        (Subject::new(4).tbs(&below, &servers.ci), IdentityError::WrongRole),
        (Subject::new(0).tbs(&Key::new(51), &servers.ci), IdentityError::WrongMessage),
        (Subject::new(0).tbs(&below, &Key::new(51)), IdentityError::WrongIssuer),
        (Subject { until: "251231000000Z", ..Subject::new(0) }.tbs(&below, &servers.ci), IdentityError::Expired),
    ] {
        servers.fails(&[servers.ci.signs(&tbs), ours.clone()], error);
    }
    // no certificate of a CI brings a retired CI back
    servers.ok(&[calls::retire_issuer(who, ci)]);
    let other = Key::new(60);
    let cross = servers.accredit(&other);
    let tbs = Subject::new(0).tbs(&servers.ci, &other);
    let ours = calls::register_intermediate(who, cross, servers.ci.compressed());
    servers.chain.send(&[other.signs(&tbs), ours], &[]).unwrap_err();
    assert_eq!(servers.chain.fetch::<Issuer>(&ci).state, IssuerState::Retiring);
}

#[test]
fn attacks_on_intermediates_fails() {
    let mut servers = Servers::new();
    let below = Key::new(50);
    let ca = Subject::new(0).tbs(&below, &servers.ci);
    servers.chain.front = vec![servers.ci.signs(&ca)];
    let ours = calls::register_intermediate(servers.authority(), servers.ci_address(), below.compressed());
    let stranger = servers.chain.keypair().pubkey();
    attack::everything(&mut servers.chain, &ours, &[stranger, servers.tls.address], &|index, key| {
        index == 0 && (*key == stranger || attack::is_copy(key))
    });
}

#[test]
fn revoke_ok() {
    let mut servers = Servers::new();
    let (who, smdp) = (servers.authority(), servers.tls.address);
    let meta = servers.ok(&[calls::revoke_smdp(who, smdp)]);
    assert_eq!(meta.events::<events::SmdpRevoked>()[0].smdp, smdp);
    assert!(servers.chain.fetch::<Smdp>(&smdp).revoked);
    servers.fails(&[calls::revoke_smdp(who, smdp)], IdentityError::Revoked);
    // it cannot be registered again
    let both = servers.register(&servers.tls.tbs.clone());
    servers.chain.send(&both, &[]).unwrap_err();
    assert!(servers.chain.fetch::<Smdp>(&smdp).revoked);
}

#[test]
fn pause_fails() {
    let mut servers = Servers::new();
    let (who, ci, below) = (servers.authority(), servers.ci_address(), Key::new(50));
    let both = servers.register(&Subject::new(5).tbs(&Key::new(30), &servers.ci));
    let ca = Subject::new(0).tbs(&below, &servers.ci);
    let intermediate = [servers.ci.signs(&ca), calls::register_intermediate(who, ci, below.compressed())];
    servers.ok(&[calls::set_paused(who, identity::state::pause::REGISTER)]);
    servers.fails(&both, IdentityError::Paused);
    servers.fails(&intermediate, IdentityError::Paused);
    // what protects is never paused
    servers.ok(&[
        calls::revoke_smdp(who, servers.tls.address),
        calls::retire_issuer(who, ci),
        calls::restore_issuer(who, ci),
    ]);
    servers.ok(&[calls::set_paused(who, identity::state::pause::ALL & !identity::state::pause::REGISTER)]);
    servers.ok(&both);
    servers.ok(&intermediate);
}

/// Genuine certificates of SGP.26 by their folder and name.
fn fixtures(folder: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures/sgp26").join(folder);
    if !folder.is_dir() {
        println!("skipped: no external fixtures");
        return None;
    }
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    Some(
        files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap())).collect(),
    )
}

/// A certificate as a transaction brings it: the TBS, and the signature with s in the lower half.
fn low_s(certificate: &Certificate<'_>) -> [u8; 64] {
    p256::ecdsa::Signature::from_slice(&certificate.signature).unwrap().normalize_s().to_bytes().into()
}

#[test]
fn genuine_certificates_ok() {
    let Some(cis) = fixtures("CertificateIssuer") else { return };
    let mut servers = Servers::new();
    let who = servers.authority();
    let (_, der) = cis.iter().find(|(name, _)| name.contains("NIST")).unwrap();
    let ci = Certificate::parse(der).unwrap();
    let (key, issuer) = (ci.tbs.key(), seeds::issuer(&ci.tbs.key()).0);
    servers.ok(&[calls::propose_ci(who, who, key, *ci.tbs.ski)]);
    servers.chain.warp_by(CI_DELAY.into());
    servers.ok(&[calls::confirm_issuer(who, issuer)]);
    let (mut registered, mut refused) = (0, 0);
    for folder in ["DPtls", "DPauth", "DPpb"] {
        for (name, der) in fixtures(folder).unwrap() {
            if name.contains("BRP") {
                // nothing that the precompile verifies can bring its TBS: the CI's signature is on another curve
                let length = usize::from(u16::from_be_bytes([der[6], der[7]])) + 4;
                let tbs = &der[4..4 + length];
                let both = servers.register(tbs);
                servers.fails(&both, IdentityError::UnsupportedCurve);
                refused += 1;
                continue;
            }
            let certificate = Certificate::parse(&der).unwrap();
            let both = [
                precompile(&key, &low_s(&certificate), certificate.tbs_der),
                calls::register_smdp(who, issuer, issuer, certificate.tbs_der),
            ];
            if folder == "DPtls" {
                servers.chain.warp_to(TODAY);
                servers.fails(&both, IdentityError::Expired);
            }
            servers.chain.warp_to(IN_2025);
            servers.ok(&both);
            registered += 1;
        }
    }
    assert_eq!((registered, refused), (8, 5));
}

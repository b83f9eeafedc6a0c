//! Provisioning sessions: a challenge, a TLS 1.2 handshake over it, what the server signs on top, and the end.

use anchor_lang::prelude::{Clock, Pubkey};
use gesim_core::provenance::{challenge, SESSION_SLOTS};
use gesim_tests::{
    attack,
    identity::{
        calls,
        certificates::{rid, server_signed, Servers, CI_DELAY, DN, EUICC_CHALLENGE, R},
        handshake::{p256_parameters, server_key_exchange, x25519_parameters},
        pki::{Key, Subject, HOST},
    },
};
use identity::{
    error::IdentityError,
    events,
    state::{pause, seeds, Session, SessionState, AUTHENTICATED_SECONDS},
    OpenSessionArgs,
};
use solana_signer::Signer;

#[test]
fn open_ok() {
    let mut servers = Servers::new();
    let newest = [0x5A; 32];
    let mut account = servers.chain.account(&seeds::SLOT_HASHES).unwrap();
    account.data[16..48].copy_from_slice(&newest);
    servers.chain.svm.set_account(seeds::SLOT_HASHES, account).unwrap();
    let args = servers.args(7);
    let session = servers.open(args);
    let (wallet, clock) = (servers.wallet.pubkey(), servers.chain.svm.get_sysvar::<Clock>());
    let state: Session = servers.chain.fetch(&session);
    assert_eq!((state.version, state.state, state.bound), (1, SessionState::Open, false));
    assert_eq!((state.wallet, state.counter, state.payer), (wallet, 7, servers.authority()));
    assert_eq!((state.entitlement, state.rid, state.bind_c), (args.entitlement, args.rid, args.bind_c));
    assert_eq!((state.euicc_commit, state.expires_slot), (args.euicc_commit, clock.slot + SESSION_SLOTS));
    assert_eq!(state.challenge, challenge(&newest, &session.to_bytes(), &wallet.to_bytes(), 7));
    assert_eq!((state.opened_at, state.binding_expires), (clock.unix_timestamp, clock.unix_timestamp + 86_400));
    assert_eq!((state.tls_smdp, state.auth_smdp, state.dns_hash), Default::default());
}

#[test]
fn open_fails() {
    let mut servers = Servers::new();
    let (wallet, payer) = (servers.wallet.insecure_clone(), servers.authority());
    let open = |args| calls::open_session(wallet.pubkey(), payer, args);
    let args = servers.args(1);
    for (args, error) in [
        (OpenSessionArgs { binding_term: 0, ..args }, IdentityError::Duration),
        (OpenSessionArgs { bind_c: gesim_core::poseidon::MODULUS, ..args }, IdentityError::NotAFieldElement),
    ] {
        servers.chain.fails(&[open(args)], &[&wallet], error);
    }
    servers.ok(&[calls::set_paused(payer, pause::SESSION)]);
    servers.chain.fails(&[open(args)], &[&wallet], IdentityError::Paused);
    servers.ok(&[calls::set_paused(payer, pause::ALL & !pause::SESSION)]);
    servers.chain.ok(&[open(args)], &[&wallet]);
    servers.chain.send(&[open(args)], &[&wallet]).unwrap_err();
}

#[test]
fn attacks_on_opening_fails() {
    let mut servers = Servers::new();
    let (wallet, stranger) = (servers.wallet.pubkey(), servers.chain.keypair().pubkey());
    let open = calls::open_session(wallet, servers.authority(), servers.args(1));
    let decoys = [stranger, servers.tls.address, calls::INSTRUCTIONS];
    attack::everything(&mut servers.chain, &open, &decoys, &|index, key| {
        index == 1 && (*key == stranger || *key == wallet || attack::is_copy(key))
    });
}

#[test]
fn whole_session_ok() {
    let mut servers = Servers::new();
    let session = servers.open(servers.args(1));
    let both = servers.provenance(&session);
    let meta = servers.ok(&both);
    let event = &meta.events::<events::ProvenanceRecorded>()[0];
    assert_eq!((event.session, event.smdp, event.tls), (session, servers.tls.address, 0x0303));
    let state: Session = servers.chain.fetch(&session);
    assert_eq!((state.state, state.tls_smdp), (SessionState::Handshake, servers.tls.address));
    assert_eq!((state.handshake_at, state.authenticated_at), (servers.chain.now(), 0));
    servers.fails(&both, IdentityError::SessionState);
    servers.chain.warp_by(30);
    let both = servers.authentication(&session);
    let meta = servers.ok(&both);
    assert_eq!(meta.events::<events::ServerAuthenticated>()[0].smdp, servers.auth.address);
    let state: Session = servers.chain.fetch(&session);
    assert_eq!((state.state, state.auth_smdp), (SessionState::Authenticated, servers.auth.address));
    assert_eq!(state.authenticated_at, servers.chain.now());
    servers.fails(&both, IdentityError::SessionState);
}

#[test]
fn x25519_ok() {
    let mut servers = Servers::new();
    let session = servers.open(servers.args(1));
    let message = server_key_exchange(&servers.client_random(&session), &x25519_parameters());
    assert_eq!(message.len(), 100);
    let record = calls::record_provenance(&servers.chain, session, servers.tls.address, DN);
    servers.ok(&[servers.tls.key.signs(&message), record]);
}

#[test]
fn other_messages_fails() {
    let mut servers = Servers::new();
    let session = servers.open(servers.args(1));
    let record = calls::record_provenance(&servers.chain, session, servers.tls.address, DN);
    let (random, good) = (servers.client_random(&session), p256_parameters());
    let with = |at: usize, value| {
        let mut parameters = good.clone();
        parameters[at] = value;
        server_key_exchange(&random, &parameters)
    };
    let honest = server_key_exchange(&random, &good);
    assert_eq!(honest.len(), 133);
    let mut messages = vec![
        // explicit curve, P-384, P-256's number with X25519's length, a point that is compressed, a length that lies
        with(0, 1),
        with(2, 0x18),
        with(2, 0x1D),
        with(1, 1),
        with(3, 64),
        with(4, 2),
        honest[..132].to_vec(),
        [&honest[..], &[0]].concat(),
        server_key_exchange(&random, &[&x25519_parameters()[..], &[0]].concat()),
        server_key_exchange(&random, &x25519_parameters()[..35]),
        random.to_vec(),
        honest[..64].to_vec(),
        honest[..20].to_vec(),
    ];
    let mut swapped = x25519_parameters();
    swapped[2] = 0x17;
    messages.push(server_key_exchange(&random, &swapped));
    for message in messages {
        servers.fails(&[servers.tls.key.signs(&message), record.clone()], IdentityError::Handshake);
    }
    servers.ok(&[servers.tls.key.signs(&honest), record]);
}

#[test]
fn other_client_randoms_fails() {
    let mut servers = Servers::new();
    let session = servers.open(servers.args(1));
    let both = servers.provenance(&session);
    // another dn than the handshake was made with
    let record = calls::record_provenance(&servers.chain, session, servers.tls.address, [0xD1; 32]);
    servers.fails(&[both[0].clone(), record], IdentityError::WrongClientRandom);
    // every part of the context
    let state: Session = servers.chain.fetch(&session);
    let honest = state.context(&session);
    let mut others = [honest; 5];
    others[0].session[0] ^= 1;
    others[1].challenge[0] ^= 1;
    others[2].wallet[0] ^= 1;
    others[3].bind_c[31] ^= 1;
    others[4].euicc_commit[31] ^= 1;
    for other in others {
        let message = server_key_exchange(&other.client_random(&DN), &p256_parameters());
        servers.fails(&[servers.tls.key.signs(&message), both[1].clone()], IdentityError::WrongClientRandom);
    }
    // a handshake is no use for another session, nor for the same one opened again
    let second = servers.open(servers.args(2));
    let record = calls::record_provenance(&servers.chain, second, servers.tls.address, DN);
    servers.fails(&[both[0].clone(), record], IdentityError::WrongClientRandom);
    servers.ok(&both);
}

#[test]
fn reopened_session_has_another_challenge_fails() {
    let mut servers = Servers::new();
    let session = servers.open(servers.args(1));
    let (wallet, both) = (servers.wallet.insecure_clone(), servers.provenance(&session));
    // in the slot of its opening it cannot be closed: opened again it would have the same challenge
    let close = calls::close_session(&servers.chain, wallet.pubkey(), session);
    servers.chain.fails(std::slice::from_ref(&close), &[&wallet], IdentityError::SessionLive);
    let slot = servers.chain.svm.get_sysvar::<Clock>().slot;
    servers.warp_to_slot(slot + 1);
    // as the chain does with every slot
    let mut account = servers.chain.account(&seeds::SLOT_HASHES).unwrap();
    account.data[16] ^= 1;
    servers.chain.svm.set_account(seeds::SLOT_HASHES, account).unwrap();
    servers.chain.ok(&[close], &[&wallet]);
    servers.open(servers.args(1));
    servers.fails(&both, IdentityError::WrongClientRandom);
}

#[test]
fn late_signatures_fails() {
    let mut servers = Servers::new();
    let (first, second, shaken) = (servers.open(servers.args(1)), servers.open(servers.args(2)), servers.shaken(3));
    let last = servers.chain.fetch::<Session>(&first).expires_slot;
    let (early, late) = (servers.provenance(&first), servers.provenance(&second));
    let authentication = servers.authentication(&shaken);
    servers.warp_to_slot(last);
    servers.ok(&early);
    servers.warp_to_slot(last + 1);
    servers.fails(&late, IdentityError::SessionExpired);
    servers.fails(&authentication, IdentityError::SessionExpired);
}

#[test]
fn order_and_pause_fails() {
    let mut servers = Servers::new();
    let (who, open, shaken) = (servers.authority(), servers.open(servers.args(1)), servers.shaken(2));
    let (early, shake, authenticate) =
        (servers.authentication(&open), servers.provenance(&open), servers.authentication(&shaken));
    servers.fails(&early, IdentityError::SessionState);
    servers.ok(&[calls::set_paused(who, pause::SESSION)]);
    servers.fails(&shake, IdentityError::Paused);
    servers.fails(&authenticate, IdentityError::Paused);
    servers.ok(&[calls::set_paused(who, 0)]);
    servers.ok(&shake);
    servers.ok(&authenticate);
}

#[test]
fn keys_of_other_roles_fails() {
    let mut servers = Servers::new();
    let (open, shaken) = (servers.open(servers.args(1)), servers.shaken(2));
    let binding = servers.certify(&Key::new(4), &Subject::new(5));
    let (message, signed) = (servers.key_exchange(&open), server_signed(&EUICC_CHALLENGE, HOST));
    for other in [servers.auth.clone(), binding.clone()] {
        let record = calls::record_provenance(&servers.chain, open, other.address, DN);
        servers.fails(&[other.key.signs(&message), record], IdentityError::WrongRole);
    }
    for other in [servers.tls.clone(), binding] {
        let record = calls::record_server_auth(&servers.chain, shaken, other.address, R);
        servers.fails(&[other.key.signs(&signed), record], IdentityError::WrongRole);
    }
}

#[test]
fn another_smdp_fails() {
    let mut servers = Servers::new();
    let (open, shaken) = (servers.open(servers.args(1)), servers.shaken(2));
    let foreign = |role| Subject { rid: vec![0x88, 0x37, 11], ..Subject::new(role) };
    let (tls, auth) = (servers.certify(&Key::new(5), &foreign(3)), servers.certify(&Key::new(6), &foreign(4)));
    let record = calls::record_provenance(&servers.chain, open, tls.address, DN);
    servers.fails(&[tls.key.signs(&servers.key_exchange(&open)), record], IdentityError::WrongSmdp);
    let record = calls::record_server_auth(&servers.chain, shaken, auth.address, R);
    servers.fails(&[auth.key.signs(&server_signed(&EUICC_CHALLENGE, HOST)), record], IdentityError::WrongSmdp);
    // a registered id that begins like it is another one
    let session = servers.open(OpenSessionArgs { rid: rid(&[0x88, 0x37, 10, 0]), ..servers.args(3) });
    let both = servers.provenance(&session);
    servers.fails(&both, IdentityError::WrongSmdp);
}

#[test]
fn revoked_fails() {
    let mut servers = Servers::new();
    let (open, shaken) = (servers.open(servers.args(1)), servers.shaken(2));
    let (who, shake, authenticate) = (servers.authority(), servers.provenance(&open), servers.authentication(&shaken));
    servers.ok(&[calls::revoke_smdp(who, servers.tls.address), calls::revoke_smdp(who, servers.auth.address)]);
    servers.fails(&shake, IdentityError::Revoked);
    servers.fails(&authenticate, IdentityError::Revoked);
}

#[test]
fn expired_certificates_fails() {
    let mut servers = Servers::new();
    let short = |role| Subject { until: "260201000000Z", ..Subject::new(role) };
    // 2026-02-01
    let end = 1_769_904_000;
    servers.tls = servers.certify(&Key::new(5), &short(3));
    servers.auth = servers.certify(&Key::new(6), &short(4));
    servers.chain.warp_to(end);
    let (open, shaken) = (servers.open(servers.args(1)), servers.shaken(2));
    let (shake, authenticate) = (servers.provenance(&open), servers.authentication(&shaken));
    servers.chain.warp_to(end + 1);
    servers.fails(&shake, IdentityError::Expired);
    servers.fails(&authenticate, IdentityError::Expired);
    servers.chain.warp_to(end);
    servers.ok(&shake);
    servers.ok(&authenticate);
}

#[test]
fn retiring_ci_still_counts_until_it_is_retired_ok() {
    let mut servers = Servers::new();
    let (who, ci) = (servers.authority(), servers.ci_address());
    servers.ok(&[calls::retire_issuer(who, ci)]);
    servers.authenticated(1);
    servers.chain.warp_by(CI_DELAY.into());
    let (open, shaken) = (servers.open(servers.args(2)), servers.shaken(3));
    let (shake, authenticate) = (servers.provenance(&open), servers.authentication(&shaken));
    servers.ok(&[calls::confirm_issuer(who, ci)]);
    servers.fails(&shake, IdentityError::IssuerState);
    servers.fails(&authenticate, IdentityError::IssuerState);
}

/// The SM-DP+ of a chain whose certificates come from a CA below the CI.
fn below() -> (Servers, Pubkey, i64) {
    let (mut servers, ca) = (Servers::new(), Key::new(50));
    let subject = Subject { until: "260601000000Z", ..Subject::new(0) };
    let tbs = subject.tbs(&ca, &servers.ci);
    let (who, ci, issuer) = (servers.authority(), servers.ci_address(), seeds::issuer(&ca.compressed()).0);
    servers.ok(&[servers.ci.signs(&tbs), calls::register_intermediate(who, ci, ca.compressed())]);
    for (role, number) in [(3, 51), (4, 52)] {
        let key = Key::new(number);
        let tbs = Subject::new(role).tbs(&key, &ca);
        servers.ok(&[ca.signs(&tbs), calls::register_smdp(who, issuer, ci, &tbs)]);
        let address = seeds::smdp(&gesim_core::digest::sha256(&[&tbs])).0;
        let certified = gesim_tests::identity::certificates::Certified { key, tbs, address };
        *if role == 3 { &mut servers.tls } else { &mut servers.auth } = certified;
    }
    // 2026-06-01
    (servers, issuer, 1_780_272_000)
}

#[test]
fn intermediate_ok() {
    let (mut servers, issuer, end) = below();
    servers.authenticated(1);
    // its own validity, to the second
    servers.chain.warp_to(end);
    let session = servers.open(servers.args(2));
    let both = servers.provenance(&session);
    servers.chain.warp_to(end + 1);
    servers.fails(&both, IdentityError::Expired);
    servers.chain.warp_to(end);
    servers.ok(&both);
    // retired by itself, its CI being active
    let who = servers.authority();
    servers.ok(&[calls::retire_issuer(who, issuer)]);
    servers.chain.warp_to(end - i64::from(CI_DELAY));
    let session = servers.open(servers.args(3));
    let both = servers.provenance(&session);
    servers.chain.warp_to(end + i64::from(CI_DELAY));
    servers.ok(&[calls::confirm_issuer(who, issuer)]);
    servers.chain.warp_to(end);
    servers.fails(&both, IdentityError::IssuerState);
}

#[test]
fn intermediate_of_a_retired_ci_fails() {
    let (mut servers, _, _) = below();
    let (who, ci) = (servers.authority(), servers.ci_address());
    servers.ok(&[calls::retire_issuer(who, ci)]);
    servers.chain.warp_by(CI_DELAY.into());
    let session = servers.open(servers.args(1));
    let both = servers.provenance(&session);
    servers.ok(&[calls::confirm_issuer(who, ci)]);
    servers.fails(&both, IdentityError::IssuerState);
}

#[test]
fn other_issuers_fails() {
    let (mut servers, issuer, _) = below();
    let other = servers.accredit(&Key::new(60));
    let session = servers.open(servers.args(1));
    let [signed, record] = servers.provenance(&session);
    let swap = |old: Pubkey, new: Pubkey| {
        let mut record = record.clone();
        record.accounts.iter_mut().filter(|meta| meta.pubkey == old).for_each(|meta| meta.pubkey = new);
        record
    };
    let ci = servers.ci_address();
    servers.fails(&[signed.clone(), swap(issuer, other)], IdentityError::WrongIssuer);
    servers.fails(&[signed.clone(), swap(issuer, ci)], IdentityError::WrongIssuer);
    servers.fails(&[signed.clone(), swap(ci, other)], IdentityError::WrongCi);
    servers.fails(&[signed.clone(), swap(ci, issuer)], IdentityError::WrongCi);
    servers.ok(&[signed, record]);
}

#[test]
fn server_signed_fails() {
    let mut servers = Servers::new();
    let session = servers.shaken(1);
    let record = calls::record_server_auth(&servers.chain, session, servers.auth.address, R);
    let honest = server_signed(&EUICC_CHALLENGE, HOST);
    for (message, error) in [
        (server_signed(&[0xE1; 16], HOST), IdentityError::WrongEuiccChallenge),
        (server_signed(&EUICC_CHALLENGE, "evil.example.com"), IdentityError::WrongServerAddress),
        (server_signed(&EUICC_CHALLENGE, "smdp.example.com."), IdentityError::WrongServerAddress),
        (server_signed(&EUICC_CHALLENGE, &"a".repeat(254)), IdentityError::WrongServerAddress),
        ([&honest[..], &[0]].concat(), IdentityError::WrongMessage),
        (honest[..honest.len() - 1].to_vec(), IdentityError::WrongMessage),
        (servers.key_exchange(&session), IdentityError::WrongMessage),
    ] {
        servers.fails(&[servers.auth.key.signs(&message), record.clone()], error);
    }
    let other = calls::record_server_auth(&servers.chain, session, servers.auth.address, [0x53; 32]);
    servers.fails(&[servers.auth.key.signs(&honest), other], IdentityError::WrongEuiccChallenge);
    // names do not depend on case
    servers.ok(&[servers.auth.key.signs(&server_signed(&EUICC_CHALLENGE, "SMDP.Example.Com")), record]);
}

#[test]
fn attacks_on_recording_fails() {
    let mut servers = Servers::new();
    let (session, shaken, spare) = (servers.open(servers.args(1)), servers.shaken(2), servers.open(servers.args(3)));
    let other = servers.accredit(&Key::new(60));
    let decoys = [spare, other, servers.tls.address, servers.auth.address, seeds::SLOT_HASHES];
    for [signed, record] in [servers.provenance(&session), servers.authentication(&shaken)] {
        servers.chain.front = vec![signed];
        attack::everything(&mut servers.chain, &record, &decoys, &attack::nothing);
    }
}

#[test]
fn closing_ok() {
    let mut servers = Servers::new();
    let sponsor = servers.chain.keypair();
    let (wallet, stranger) = (servers.wallet.insecure_clone(), servers.chain.keypair());
    let open = calls::open_session(wallet.pubkey(), sponsor.pubkey(), servers.args(1));
    let before = servers.chain.lamports(&sponsor.pubkey());
    servers.chain.ok(&[open], &[&wallet, &sponsor]);
    assert!(servers.chain.lamports(&sponsor.pubkey()) < before);
    let session = seeds::session(&wallet.pubkey(), 1).0;
    // a stranger waits until it is over
    let close = calls::close_session(&servers.chain, stranger.pubkey(), session);
    let last = servers.chain.fetch::<Session>(&session).expires_slot;
    servers.warp_to_slot(last);
    servers.chain.fails(std::slice::from_ref(&close), &[&stranger], IdentityError::SessionLive);
    // whatever he asks for, the rent is not his
    servers.warp_to_slot(last + 1);
    let mut greedy = close.clone();
    greedy.accounts[2].pubkey = stranger.pubkey();
    servers.chain.fails(&[greedy], &[&stranger], IdentityError::WrongPayer);
    let meta = servers.chain.ok(&[close], &[&stranger]);
    assert_eq!(meta.events::<events::SessionClosed>()[0].payer, sponsor.pubkey());
    assert!(!servers.chain.exists(&session));
    assert_eq!(servers.chain.lamports(&sponsor.pubkey()), before);
}

#[test]
fn closing_by_the_wallet_ok() {
    let mut servers = Servers::new();
    let (session, wallet) = (servers.authenticated(1), servers.wallet.insecure_clone());
    servers.chain.warp_by(1);
    let close = calls::close_session(&servers.chain, wallet.pubkey(), session);
    servers.chain.ok(&[close], &[&wallet]);
    assert!(!servers.chain.exists(&session));
}

#[test]
fn authentication_counts_for_a_day_ok() {
    let mut servers = Servers::new();
    let (session, stranger) = (servers.authenticated(1), servers.chain.keypair());
    let close = calls::close_session(&servers.chain, stranger.pubkey(), session);
    let at = servers.chain.now();
    // its slots are long over
    let last = servers.chain.fetch::<Session>(&session).expires_slot;
    servers.warp_to_slot(last + 1_000_000);
    servers.chain.warp_to(at + AUTHENTICATED_SECONDS);
    servers.chain.fails(std::slice::from_ref(&close), &[&stranger], IdentityError::SessionLive);
    servers.chain.warp_to(at + AUTHENTICATED_SECONDS + 1);
    servers.chain.ok(&[close], &[&stranger]);
}

#[test]
fn attacks_on_closing_fails() {
    let mut servers = Servers::new();
    let (session, other, wallet) =
        (servers.open(servers.args(1)), servers.open(servers.args(2)), servers.wallet.pubkey());
    let (closer, stranger) = (servers.chain.keypair().pubkey(), servers.chain.keypair().pubkey());
    servers.chain.warp_by(1);
    let decoys = [stranger, closer];
    let close = calls::close_session(&servers.chain, wallet, session);
    attack::everything(&mut servers.chain, &close, &decoys, &attack::nothing);
    // once it is over, anybody closes, and any that is over
    let last = servers.chain.fetch::<Session>(&other).expires_slot;
    servers.warp_to_slot(last + 1);
    let close = calls::close_session(&servers.chain, closer, session);
    attack::everything(&mut servers.chain, &close, &[other], &|index, key| index == 0 || (index == 1 && *key == other));
}

//! TLS 1.3: the handshake is uploaded, walked strictly and hashed on-chain; the server's CertificateVerify must be over it.

use anchor_lang::prelude::Pubkey;
use gesim_tests::{
    attack,
    identity::{
        calls,
        certificates::{Servers, DN},
        handshake::{certificate_verify, hello, message, tls13, HELLO_RETRY_REQUEST},
    },
};
use identity::{
    error::IdentityError,
    events,
    state::{seeds, Session, SessionState, Transcript, MAX_TRANSCRIPT},
};
use solana_signer::Signer;

/// Uploads a handshake in parts that fit in transactions.
fn upload(servers: &mut Servers, session: &Pubkey, handshake: &[u8]) {
    let (wallet, payer) = (servers.wallet.insecure_clone(), servers.authority());
    let size = handshake.len() as u16;
    servers.chain.ok(&[calls::open_transcript(wallet.pubkey(), payer, *session, size)], &[&wallet]);
    for (part, bytes) in handshake.chunks(800).enumerate() {
        let write = calls::write_transcript(wallet.pubkey(), *session, part as u16 * 800, bytes.to_vec());
        servers.chain.ok(&[write], &[&wallet]);
    }
}

fn discard(servers: &mut Servers, session: &Pubkey) {
    let wallet = servers.wallet.insecure_clone();
    let close = calls::close_transcript(wallet.pubkey(), *session, servers.authority());
    servers.chain.ok(&[close], &[&wallet]);
}

/// Signed with the DPtls key over a handshake that is uploaded.
fn record(
    servers: &Servers,
    session: &Pubkey,
    signed: &[u8],
) -> [anchor_lang::solana_program::instruction::Instruction; 2] {
    let record = calls::record_provenance_tls13(&servers.chain, *session, servers.tls.address, DN);
    [servers.tls.key.signs(signed), record]
}

#[test]
fn tls13_ok() {
    let mut servers = Servers::new();
    let session = servers.open(servers.args(1));
    let handshake = tls13(&servers.client_random(&session)).concat();
    upload(&mut servers, &session, &handshake);
    let both = record(&servers, &session, &certificate_verify(&handshake));
    let meta = servers.ok(&both);
    let event = &meta.events::<events::ProvenanceRecorded>()[0];
    assert_eq!((event.session, event.smdp, event.tls), (session, servers.tls.address, 0x0304));
    assert_eq!(servers.chain.fetch::<Session>(&session).state, SessionState::Handshake);
    discard(&mut servers, &session);
    let both = servers.authentication(&session);
    servers.ok(&both);
}

#[test]
fn other_handshakes_fails() {
    let mut servers = Servers::new();
    let session = servers.open(servers.args(1));
    let random = servers.client_random(&session);
    let [client, server, extensions, certificate] = tls13(&random);
    let mut other = random;
    other[31] ^= 1;
    let retry = hello(2, &HELLO_RETRY_REQUEST);
    let request = message(13, &[0; 10]);
    let mut legacy = client.clone();
    legacy[5] = 4;
    let mut long = certificate.clone();
    long[3] = long[3].wrapping_add(1);
    let mut short = certificate.clone();
    short[3] = short[3].wrapping_sub(1);
    for (parts, error) in [
        (vec![&hello(1, &other), &server, &extensions, &certificate], IdentityError::WrongClientRandom),
        (vec![&client, &retry, &extensions, &certificate], IdentityError::Handshake),
        (vec![&client, &retry, &client, &server, &extensions, &certificate], IdentityError::Handshake),
        (vec![&message(254, &[0; 32]), &retry, &client, &server, &extensions, &certificate], IdentityError::Handshake),
        (vec![&client, &server, &extensions, &request, &certificate], IdentityError::Handshake),
        (vec![&client, &server, &extensions, &certificate, &vec![0]], IdentityError::Handshake),
        (vec![&client, &server, &extensions, &certificate, &message(20, &[0; 32])], IdentityError::Handshake),
        (vec![&client, &server, &extensions], IdentityError::Handshake),
        (vec![&client, &server, &certificate], IdentityError::Handshake),
        (vec![&server, &client, &extensions, &certificate], IdentityError::Handshake),
        (vec![&client, &server, &extensions, &message(25, &[0; 600])], IdentityError::Handshake),
        (vec![&client, &server, &extensions, &long], IdentityError::Handshake),
        (vec![&client, &server, &extensions, &short], IdentityError::Handshake),
        (vec![&legacy, &server, &extensions, &certificate], IdentityError::Handshake),
        (vec![&message(1, &client[4..37]), &server, &extensions, &certificate], IdentityError::Handshake),
        (vec![&client[..3].to_vec()], IdentityError::Handshake),
    ] {
        let handshake = parts.into_iter().flatten().copied().collect::<Vec<u8>>();
        upload(&mut servers, &session, &handshake);
        let both = record(&servers, &session, &certificate_verify(&handshake));
        servers.fails(&both, error);
        discard(&mut servers, &session);
    }
}

#[test]
fn other_signed_contents_fails() {
    let mut servers = Servers::new();
    let session = servers.open(servers.args(1));
    let handshake = tls13(&servers.client_random(&session)).concat();
    upload(&mut servers, &session, &handshake);
    let honest = certificate_verify(&handshake);
    let client = String::from_utf8_lossy(&honest[64..98]).replace("server", "client");
    for signed in [
        honest[1..].to_vec(),
        [&[0x20][..], &honest].concat(),
        [&honest[..], &[0]].concat(),
        honest[..honest.len() - 1].to_vec(),
        [&honest[..64], client.as_bytes(), &honest[98..]].concat(),
        certificate_verify(&handshake[..handshake.len() - 1]),
        honest[98..].to_vec(),
    ] {
        let both = record(&servers, &session, &signed);
        servers.fails(&both, IdentityError::WrongMessage);
    }
    // one octet of what was uploaded is another one
    let wallet = servers.wallet.insecure_clone();
    let last = handshake.len() as u16 - 1;
    let write = |octet| calls::write_transcript(wallet.pubkey(), session, last, vec![octet]);
    servers.chain.ok(&[write(0x34)], &[&wallet]);
    let both = record(&servers, &session, &honest);
    servers.fails(&both, IdentityError::WrongMessage);
    servers.chain.ok(&[write(0x33)], &[&wallet]);
    // a TLS 1.2 message is no CertificateVerify, and the other way round
    let message = servers.key_exchange(&session);
    let wrong = record(&servers, &session, &message);
    servers.fails(&wrong, IdentityError::WrongMessage);
    let twelve = calls::record_provenance(&servers.chain, session, servers.tls.address, DN);
    servers.fails(&[servers.tls.key.signs(&honest), twelve], IdentityError::Handshake);
    servers.ok(&both);
}

#[test]
fn transcripts_fails() {
    let mut servers = Servers::new();
    let (session, shaken) = (servers.open(servers.args(1)), servers.shaken(2));
    let (wallet, payer, stranger) = (servers.wallet.insecure_clone(), servers.authority(), servers.chain.keypair());
    let open = |session, size| calls::open_transcript(wallet.pubkey(), payer, session, size);
    for size in [0, MAX_TRANSCRIPT as u16 + 1] {
        servers.chain.fails(&[open(session, size)], &[&wallet], IdentityError::OutsideTranscript);
    }
    servers.chain.fails(&[open(shaken, 100)], &[&wallet], IdentityError::SessionState);
    let foreign = calls::open_transcript(stranger.pubkey(), payer, session, 100);
    servers.chain.fails(&[foreign], &[&stranger], IdentityError::NotTheWallet);
    servers.chain.ok(&[open(session, MAX_TRANSCRIPT as u16)], &[&wallet]);
    let size = servers.chain.account(&seeds::transcript(&session).0).unwrap().data.len();
    assert_eq!(size, Transcript::HEADER + MAX_TRANSCRIPT);
    let write = |offset, bytes: &[u8]| calls::write_transcript(wallet.pubkey(), session, offset, bytes.to_vec());
    for (offset, bytes) in [(MAX_TRANSCRIPT as u16, &[1][..]), (MAX_TRANSCRIPT as u16 - 1, &[1, 1]), (u16::MAX, &[1])] {
        servers.chain.fails(&[write(offset, bytes)], &[&wallet], IdentityError::OutsideTranscript);
    }
    servers.chain.ok(&[write(MAX_TRANSCRIPT as u16 - 1, &[1])], &[&wallet]);
    let state: Transcript = servers.chain.fetch(&seeds::transcript(&session).0);
    assert_eq!((state.session, state.wallet, state.payer), (session, wallet.pubkey(), payer));
}

#[test]
fn late_transcripts_fails() {
    let mut servers = Servers::new();
    let session = servers.open(servers.args(1));
    let handshake = tls13(&servers.client_random(&session)).concat();
    upload(&mut servers, &session, &handshake);
    let both = record(&servers, &session, &certificate_verify(&handshake));
    let last = servers.chain.fetch::<Session>(&session).expires_slot;
    servers.warp_to_slot(last + 1);
    servers.fails(&both, IdentityError::SessionExpired);
    discard(&mut servers, &session);
    let wallet = servers.wallet.insecure_clone();
    let again = calls::open_transcript(wallet.pubkey(), servers.authority(), session, 100);
    servers.chain.fails(&[again], &[&wallet], IdentityError::SessionExpired);
}

#[test]
fn rent_goes_to_its_payer_ok() {
    let mut servers = Servers::new();
    let session = servers.open(servers.args(1));
    let (wallet, sponsor, stranger) =
        (servers.wallet.insecure_clone(), servers.chain.keypair(), servers.chain.keypair());
    for closer in [&wallet, &sponsor] {
        let before = servers.chain.lamports(&sponsor.pubkey());
        let open = calls::open_transcript(wallet.pubkey(), sponsor.pubkey(), session, 1_000);
        servers.chain.ok(&[open], &[&wallet, &sponsor]);
        assert!(servers.chain.lamports(&sponsor.pubkey()) < before);
        let foreign = calls::close_transcript(stranger.pubkey(), session, sponsor.pubkey());
        servers.chain.fails(&[foreign], &[&stranger], IdentityError::NotTheWallet);
        let greedy = calls::close_transcript(wallet.pubkey(), session, wallet.pubkey());
        servers.chain.fails(&[greedy], &[&wallet], IdentityError::WrongPayer);
        let close = calls::close_transcript(closer.pubkey(), session, sponsor.pubkey());
        servers.chain.ok(&[close], &[closer]);
        assert_eq!(servers.chain.lamports(&sponsor.pubkey()), before);
    }
}

#[test]
fn attacks_on_transcripts_fails() {
    let mut servers = Servers::new();
    let (session, other) = (servers.open(servers.args(1)), servers.open(servers.args(2)));
    let handshake = tls13(&servers.client_random(&session)).concat();
    let (wallet, payer, stranger) = (servers.wallet.pubkey(), servers.authority(), servers.chain.keypair().pubkey());
    let open = calls::open_transcript(wallet, payer, session, 100);
    attack::everything(&mut servers.chain, &open, &[stranger, servers.tls.address], &|index, key| {
        index == 1 && (*key == stranger || *key == wallet || attack::is_copy(key))
    });
    upload(&mut servers, &session, &handshake);
    upload(&mut servers, &other, &handshake);
    let decoys = [stranger, other, seeds::transcript(&other).0, servers.auth.address, servers.ci_address()];
    let write = calls::write_transcript(wallet, session, 3, handshake[3..10].to_vec());
    attack::everything(&mut servers.chain, &write, &decoys, &attack::nothing);
    let [signed, record] = record(&servers, &session, &certificate_verify(&handshake));
    servers.chain.front = vec![signed];
    attack::everything(&mut servers.chain, &record, &decoys, &attack::nothing);
    servers.chain.front.clear();
    // the wallet may close its other transcript just as well, and so may who paid
    let close = calls::close_transcript(wallet, session, payer);
    attack::everything(&mut servers.chain, &close, &decoys, &|index, key| {
        (index == 0 && *key == payer) || (index == 1 && *key == decoys[2])
    });
}

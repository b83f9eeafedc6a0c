//! Real handshakes on the chain: openssl signs, the device captures, the program verifies.

#[path = "../../crates/gesim-lpa/tests/lpa_support/mod.rs"]
mod lpa_support;
#[path = "../../crates/gesim-lpa/tests/lpa_support/smdp.rs"]
mod smdp;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use gesim_core::{digest::sha256, provenance::SessionContext};
use gesim_gateway::{Direction, Gateway, Observer, Settings};
use gesim_lpa::{
    es9::{Order, Started},
    tls::{connect, Group, Versions},
    Handshake, HandshakeEvidence, ServerRules, SessionSecrets, SignedMessage,
};
use gesim_rsp::{
    chain::Trust,
    keys::KeyPair,
    pki::{Issued, Pki, PkiConfig},
};
use gesim_tests::{
    identity::{
        calls,
        certificates::{rid, CI_DELAY, CLUSTER},
        pki::precompile,
    },
    Chain,
};
use identity::{
    error::IdentityError,
    state::{seeds, Session, SessionState},
    OpenSessionArgs,
};
use lpa_support::{options, with_groups, SServer};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// As much of a transcript as fits into a transaction beside its accounts.
const CHUNK: usize = 700;

/// A chain that knows a PKI's CI and its SM-DP+, and a device with a wallet.
struct World {
    chain: Chain,
    pki: Pki,
    wallet: Keypair,
    secrets: SessionSecrets,
}

impl World {
    fn new() -> Self {
        Self::with(lpa_support::pki())
    }

    fn with(pki: Pki) -> Self {
        let mut chain = Chain::new();
        let payer = chain.payer.pubkey();
        let (key, ski) = (pki.ci.key.key33(), pki.ci.key_id());
        let ci = seeds::issuer(&key).0;
        let init = calls::initialize(&chain, CLUSTER, CI_DELAY);
        chain.ok(&[init, calls::propose_ci(payer, payer, key, ski)], &[]);
        chain.warp_by(CI_DELAY.into());
        chain.ok(&[calls::confirm_issuer(payer, ci)], &[]);
        let mut issuer = ci;
        if let Some(intermediate) = &pki.intermediate {
            let key = intermediate.key.key33();
            issuer = seeds::issuer(&key).0;
            let signed = signed(&pki.ci.key, &intermediate.tbs());
            chain.ok(&[signed, calls::register_intermediate(payer, ci, key)], &[]);
        }
        for own in [&pki.dp_tls, &pki.dp_auth] {
            let tbs = own.tbs();
            let signed = signed(&pki.dp_issuer().key, &tbs);
            chain.ok(&[signed, calls::register_smdp(payer, issuer, ci, &tbs)], &[]);
        }
        let wallet = chain.keypair();
        Self { chain, pki, wallet, secrets: SessionSecrets::draw([7; 16]) }
    }

    /// A session, and what the device has to answer.
    fn open(&mut self, counter: u64) -> (Pubkey, SessionContext) {
        let eid = self.pki.config.eid.parse().expect("an EID");
        let opening = self.secrets.opening(eid).expect("an opening");
        let args = OpenSessionArgs {
            counter,
            rid: rid(&self.pki.config.registered_id),
            entitlement: Pubkey::new_from_array([0xE7; 32]),
            bind_c: opening.bind_c,
            euicc_commit: opening.euicc_commit,
            binding_term: 86_400,
        };
        let (owner, payer) = (self.wallet.pubkey(), self.chain.payer.pubkey());
        self.chain.ok(&[calls::open_session(owner, payer, args)], &[&self.wallet]);
        let address = seeds::session(&owner, counter).0;
        let challenge = self.chain.fetch::<Session>(&address).challenge;
        let context = self.secrets.context(eid, address.to_bytes(), challenge, owner.to_bytes()).expect("a context");
        assert_eq!(context, self.chain.fetch::<Session>(&address).context(&address), "both sides agree");
        (address, context)
    }

    /// The device trusts the chain's CI, and has its clock.
    fn rules(&self) -> ServerRules {
        ServerRules {
            trust: Trust::from_certificates([&self.pki.ci.certificate[..]]).expect("a CI certificate"),
            registered_id: self.pki.config.registered_id.clone(),
            name: self.pki.config.dns.clone(),
            now: self.chain.now(),
        }
    }

    async fn shake(&self, context: &SessionContext, arguments: &[&str], groups: &[Group]) -> HandshakeEvidence {
        let above: Vec<&Issued> = self.pki.intermediate.iter().collect();
        let server = SServer::start(&self.pki.dp_tls, &above, arguments);
        let options = with_groups(options(server.address, Versions::Prefer12), groups);
        connect(context, &self.rules(), &options).await.expect("a handshake").evidence
    }

    /// Uploads the transcript when there is one, and gives the two instructions of the record.
    fn record(&mut self, session: Pubkey, evidence: &HandshakeEvidence) -> [Instruction; 2] {
        let smdp = seeds::smdp(&evidence.tbs_hash).0;
        let ours = match &evidence.handshake {
            Handshake::Tls12 => calls::record_provenance(&self.chain, session, smdp, evidence.dn),
            Handshake::Tls13 { transcript } => {
                let (owner, payer) = (self.wallet.pubkey(), self.chain.payer.pubkey());
                let size = u16::try_from(transcript.len()).expect("a short transcript");
                self.chain.ok(&[calls::open_transcript(owner, payer, session, size)], &[&self.wallet]);
                for (number, bytes) in transcript.chunks(CHUNK).enumerate() {
                    let offset = u16::try_from(number * CHUNK).expect("a short transcript");
                    let write = calls::write_transcript(owner, session, offset, bytes.to_vec());
                    self.chain.ok(&[write], &[&self.wallet]);
                }
                calls::record_provenance_tls13(&self.chain, session, smdp, evidence.dn)
            }
        };
        [instruction(&evidence.signed), ours]
    }

    fn state(&self, session: &Pubkey) -> Session {
        self.chain.fetch(session)
    }
}

fn signed(key: &KeyPair, message: &[u8]) -> Instruction {
    precompile(&key.key33(), &key.sign(message), message)
}

/// The precompile's instruction as the device makes it.
fn instruction(signed: &SignedMessage) -> Instruction {
    let data = signed.instruction_data().expect("a short message");
    let instruction = precompile(&signed.key, &signed.signature, &signed.message);
    assert_eq!(instruction.data, data, "device and tests agree on the layout");
    instruction
}

async fn is_recorded(mut world: World, arguments: &[&str], groups: &[Group]) -> HandshakeEvidence {
    let (session, context) = world.open(1);
    let evidence = world.shake(&context, arguments, groups).await;
    let both = world.record(session, &evidence);
    world.chain.ok(&both, &[]);
    let state = world.state(&session);
    assert_eq!(state.state, SessionState::Handshake);
    assert_eq!(state.tls_smdp, seeds::smdp(&sha256(&[&world.pki.dp_tls.tbs()])).0);
    evidence
}

const BOTH: [Group; 2] = [Group::P256, Group::X25519];

#[tokio::test]
async fn tls12_p256_is_recorded_ok() {
    let evidence = is_recorded(World::new(), &["-tls1_2", "-groups", "P-256"], &BOTH).await;
    assert_eq!(evidence.signed.message.len(), 133);
}

#[tokio::test]
async fn tls12_x25519_is_recorded_ok() {
    let evidence = is_recorded(World::new(), &["-tls1_2", "-groups", "X25519"], &BOTH).await;
    assert_eq!(evidence.signed.message.len(), 100);
}

#[tokio::test]
async fn tls13_is_recorded_ok() {
    for (arguments, groups) in [(&["-tls1_3"][..], BOTH), (&["-tls1_3", "-groups", "X25519"], [BOTH[1], BOTH[0]])] {
        let evidence = is_recorded(World::new(), arguments, &groups).await;
        assert!(matches!(evidence.handshake, Handshake::Tls13 { .. }));
    }
}

#[tokio::test]
async fn below_an_intermediate_ca_is_recorded_ok() {
    let config = PkiConfig { intermediate: true, seed: Some([8; 32]), ..PkiConfig::default() };
    for version in ["-tls1_2", "-tls1_3"] {
        is_recorded(World::with(Pki::new(config.clone())), &[version], &BOTH).await;
    }
}

#[tokio::test]
async fn replayed_handshake_fails() {
    for version in ["-tls1_2", "-tls1_3"] {
        let mut world = World::new();
        let (first, context) = world.open(1);
        let evidence = world.shake(&context, &[version], &BOTH).await;
        let both = world.record(first, &evidence);
        world.chain.ok(&both, &[]);
        // Not twice in the same session, and not in another one of the same device.
        world.chain.fails(&both, &[], IdentityError::SessionState);
        let (second, context) = world.open(2);
        assert!(evidence.verify(&context).is_err(), "the device sees it as well");
        let both = world.record(second, &evidence);
        world.chain.fails(&both, &[], IdentityError::WrongClientRandom);
    }
}

#[tokio::test]
async fn another_server_fails() {
    // Another SM-DP+ answers the challenge, with a certificate of another CI that some device trusts.
    let mut world = World::new();
    let other = Pki::new(PkiConfig { seed: Some([8; 32]), ..PkiConfig::default() });
    let (session, context) = world.open(1);
    let trust = Trust::from_certificates([&other.ci.certificate[..]]).expect("a CI certificate");
    let server = SServer::start(&other.dp_tls, &[], &["-tls1_2"]);
    let rules = ServerRules { trust, ..world.rules() };
    let connection = connect(&context, &rules, &options(server.address, Versions::Tls12)).await.expect("a handshake");
    let smdp = seeds::smdp(&sha256(&[&world.pki.dp_tls.tbs()])).0;
    let ours = calls::record_provenance(&world.chain, session, smdp, connection.evidence.dn);
    world.chain.fails(&[instruction(&connection.evidence.signed), ours], &[], IdentityError::WrongKey);
}

#[tokio::test]
async fn changed_evidence_fails() {
    let mut world = World::new();
    let (session, context) = world.open(1);
    let evidence = world.shake(&context, &["-tls1_3"], &BOTH).await;
    let both = world.record(session, &evidence);
    let Handshake::Tls13 { transcript } = &evidence.handshake else { panic!("TLS 1.2") };
    let owner = world.wallet.pubkey();
    // Any octet of the transcript: the last one is of the certificate's extensions.
    for at in [7, 45, transcript.len() / 2, transcript.len() - 1] {
        let write = |byte: u8| calls::write_transcript(owner, session, at as u16, vec![byte]);
        world.chain.ok(&[write(transcript[at] ^ 1)], &[&world.wallet]);
        assert!(world.chain.send(&both, &[]).is_err(), "octet {at}");
        world.chain.ok(&[write(transcript[at])], &[&world.wallet]);
    }
    // The precompile refuses a signature that is not one.
    let mut signed = evidence.signed.clone();
    signed.signature[40] ^= 1;
    assert!(world.chain.send(&[instruction(&signed), both[1].clone()], &[]).is_err());
    world.chain.ok(&both, &[]);
}

/// A download from an SM-DP+, whose two signatures the chain then verifies; directly, or through a gateway.
async fn session_is_authenticated(intermediate: bool, relayed: bool) {
    let mut world = World::with(Pki::new(PkiConfig { intermediate, seed: Some([7; 32]), ..PkiConfig::default() }));
    let pki = world.pki.clone();
    let server = smdp::serve(smdp::smdp(&pki, |_| Ok(()))).await;
    let (gateway, seen) = gateway(&pki.config.dns, server.addr).await;
    let mut euicc = smdp::soft_euicc(&pki);
    world.secrets = smdp::secrets(&mut euicc);
    let (session, context) = world.open(1);
    let rules = world.rules();
    let options = options(if relayed { gateway } else { server.addr }, Versions::Prefer12);
    let connection = connect(&context, &rules, &options).await.expect("a handshake");
    let started = Started::new(connection, &rules, smdp::PATIENCE, &mut euicc).await;
    let (started, handshake) = started.expect("a connection");
    let authenticated = started.authenticate_server(&world.secrets).await.expect("serverSigned1");
    let auth = authenticated.evidence.clone();
    let order =
        Order { matching_id: Some(smdp::MATCHING_ID.into()), session: Some(session.to_bytes()), ..Order::default() };
    let offered = authenticated.authenticate_client(&order, &world.secrets).await.expect("an offer");
    offered.install().await.expect("a profile");
    assert_eq!(seen.is_empty(), !relayed);
    for plain in [&b"euiccChallenge"[..], b"gsma/rsp", auth.signed.message.as_slice()] {
        assert!(!seen.holds(plain), "a gateway sees ciphertext only");
    }

    let address = seeds::smdp(&auth.tbs_hash).0;
    let record = calls::record_server_auth(&world.chain, session, address, auth.euicc_r);
    let server_auth = [instruction(&auth.signed), record];
    world.chain.fails(&server_auth, &[], IdentityError::SessionState);
    let provenance = world.record(session, &handshake);
    world.chain.ok(&provenance, &[]);
    world.chain.ok(&server_auth, &[]);
    assert_eq!(world.state(&session).state, SessionState::Authenticated);
    assert_eq!(world.state(&session).auth_smdp, address);

    // What was signed for this session is nothing in another one, whose eUICC has another challenge.
    world.secrets = SessionSecrets::draw([8; 16]);
    let (second, context) = world.open(2);
    let handshake = world.shake(&context, &["-tls1_2"], &BOTH).await;
    let provenance = world.record(second, &handshake);
    world.chain.ok(&provenance, &[]);
    let record = calls::record_server_auth(&world.chain, second, address, auth.euicc_r);
    let replayed = [instruction(&auth.signed), record];
    world.chain.fails(&replayed, &[], IdentityError::WrongEuiccChallenge);
}

#[tokio::test]
async fn whole_session_is_authenticated_ok() {
    session_is_authenticated(false, false).await;
    session_is_authenticated(true, false).await;
}

#[tokio::test]
async fn whole_session_through_the_gateway_ok() {
    session_is_authenticated(true, true).await;
}

#[tokio::test]
async fn handshake_through_the_gateway_is_recorded_ok() {
    for version in ["-tls1_2", "-tls1_3"] {
        let mut world = World::new();
        let server = SServer::start(&world.pki.dp_tls, &[], &[version]);
        let (gateway, seen) = gateway(&world.pki.config.dns, server.address).await;
        let (session, context) = world.open(1);
        let connection = connect(&context, &world.rules(), &options(gateway, Versions::Prefer12)).await;
        let evidence = connection.expect("a handshake").evidence;
        assert!(seen.holds(&evidence.client_random), "it went through");
        let both = world.record(session, &evidence);
        world.chain.ok(&both, &[]);
        assert_eq!(world.state(&session).state, SessionState::Handshake);
    }
}

/// What a gateway relayed, both ways.
#[derive(Default)]
struct Seen(Mutex<Vec<u8>>);

impl Observer for Seen {
    fn relayed(&self, _: Direction, bytes: &[u8]) {
        self.0.lock().expect("no panic elsewhere").extend_from_slice(bytes);
    }
}

impl Seen {
    fn is_empty(&self) -> bool {
        self.0.lock().expect("no panic elsewhere").is_empty()
    }

    fn holds(&self, what: &[u8]) -> bool {
        self.0.lock().expect("no panic elsewhere").windows(what.len()).any(|bytes| bytes == what)
    }
}

/// A gateway in front of this server, until the test's runtime ends.
async fn gateway(name: &str, upstream: SocketAddr) -> (SocketAddr, Arc<Seen>) {
    let text = format!("listen = \"127.0.0.1:0\"\nready.probe = false\n[upstreams]\n\"{name}\" = \"{upstream}\"\n");
    let settings = Settings::parse(&text).expect("settings");
    let seen = Arc::new(Seen::default());
    let gateway = Gateway::bind(settings).await.expect("a port").observed(seen.clone());
    let address = gateway.address();
    tokio::spawn(gateway.run(std::future::pending::<()>(), std::future::pending::<()>()));
    (address, seen)
}

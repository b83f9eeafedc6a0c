//! The way to an activated unit where the plan asks who activates: certificates, enrolment, a session that the SM-DP+
//! answers through the gateway, a possession proof, a binding.

mod stage;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{anyhow, Result};
use catalog::state::Plan;
use gesim_cert::Certificate;
use gesim_client::{
    addresses::identity as at,
    fetch,
    instructions::{catalog::Evidence, identity as build},
    Session, SvmTransport, Transport,
};
use gesim_core::eid::binding_commitment;
use gesim_lpa::{es9::Order, tls::Options, Handshake};
use gesim_prover::{Artifacts, EidProver, Timings};
use gesim_rsp::{
    euicc::Euicc,
    pki::Pki,
    smdp::{Authorization, Authorize},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use tokio::runtime::Runtime;

use super::{cast::Cast, Secrets};
use crate::identity::{
    certificate::register,
    download::{Device, Expected},
    euicc::{self, Card},
    iccid,
    lab::{self, Wanted},
    session::{self, Opening},
};
pub use stage::Servers;

/// Nonce of the entitlement that is activated.
pub const NONCE: u64 = 1;
const MATCHING_ID: &str = "DEMONSTRATION";
/// Type allocation code of a device that is not a telephone.
const TAC: [u8; 4] = [0x35, 0, 0, 0];

/// What an operator has seen of the chain: sessions and what they were opened with.
type Watched = Arc<Mutex<HashMap<[u8; 32], [u8; 32]>>>;

/// Everything around the chain: a PKI, a device, and the servers it talks to.
pub struct Theatre {
    pki: Pki,
    card: Card,
    servers: Servers,
    watched: Watched,
    prover: EidProver,
    runtime: Runtime,
    registrar: Pubkey,
    credential: crate::identity::credential::Credential,
}

/// What the demonstration tells of it.
pub struct Told {
    pub server: String,
    pub certificates: Vec<(&'static str, Pubkey)>,
    pub registrar: Pubkey,
    pub leaf: u32,
    pub session: Pubkey,
    pub binding: Pubkey,
    pub tls: &'static str,
    /// Bytes that the gateway relayed, to the server and back.
    pub relayed: (u64, u64),
    pub profile: String,
    pub iccid: String,
    pub proof: Timings,
}

impl Theatre {
    /// The CI is named and confirmed, the SM-DP+ registered, the registrar opened, and the device enrolled.
    pub fn set_up(session: &Session, svm: &SvmTransport, cast: &Cast, secrets: &Secrets) -> Result<Self> {
        let pki = lab::pki(&Wanted::default(), secrets.identity("pki"));
        let now = svm.now()?;
        let runtime = Runtime::new()?;
        let watched = Watched::default();
        let clock = euicc::clock_at(now);
        let smdp = lab::smdp(&pki, clock.clone(), compare(watched.clone()))?;
        smdp.order(MATCHING_ID, lab::sample_profile("GeSIM demonstration")?, None)?;
        let servers = Servers::start(&runtime, smdp, &pki.config.dns)?;

        let payer = cast.payer.pubkey();
        let cluster = session.transport.genesis_hash()?.to_bytes();
        session.send("initialise identity", &[build::initialize(payer, payer, cluster, 0)], &[])?;
        let ci = parse(&pki.ci.certificate)?;
        let issuer = at::issuer(&ci.tbs.key()).0;
        session.send("name the CI", &[build::propose_ci(payer, payer, ci.tbs.key(), *ci.tbs.ski)], &[])?;
        session.send("confirm the CI", &[build::confirm_issuer(payer, issuer)], &[])?;
        for certificate in [&pki.dp_tls, &pki.dp_auth] {
            register(session, &parse(&certificate.certificate)?)?;
        }

        let mut card = euicc::of(&pki, clock)?;
        let desk = secrets.keypair("registrar");
        svm.airdrop(&desk.pubkey(), 100_000_000_000)?;
        let subscriber = cast.subscriber.pubkey();
        let (registrar, credential) = stage::enrol(svm, &pki, &mut card, &desk, &cast.payer, &subscriber, now)?;
        let prover = EidProver::load(&Artifacts::standard()?)?;
        Ok(Self { pki, card, servers, watched, prover, runtime, registrar, credential })
    }

    /// Whose enrolments the plan counts.
    pub fn registrar(&self) -> Pubkey {
        self.registrar
    }

    /// From a session to a binding: what activation asks for.
    pub fn bind(&mut self, session: &Session, subscriber: &Keypair, plan: Pubkey) -> Result<(Evidence, Told)> {
        let state: Plan = fetch::fetch(session.transport, "plan", &plan)?;
        let opening = Opening {
            plan,
            state: &state,
            nonce: NONCE,
            eid: self.card.euicc.eid(),
            euicc_challenge: self.card.euicc.get_euicc_challenge(),
            server_name: &self.pki.config.dns,
            registered_id: &self.pki.config.registered_id,
            matching_id: Some(MATCHING_ID),
        };
        let opened = session::open(session, subscriber, &opening)?;
        let address = opened.address()?;
        let on_chain = opened.fetch(session)?;
        self.watched.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_bytes(), on_chain.bind_c);

        let expected = Expected {
            name: self.pki.config.dns.clone(),
            registered_id: self.pki.config.registered_id.clone(),
            now: session.transport.now()?,
        };
        let options = Options::new(self.servers.gateway().to_string());
        let device = Device::new(&self.runtime, &self.card.trusted_cis, expected, options)?;
        let challenged = opened.secrets.context(
            self.card.euicc.eid(),
            address.to_bytes(),
            on_chain.challenge,
            subscriber.pubkey().to_bytes(),
        )?;
        let connection = device.handshake(&challenged)?;
        let evidence = connection.evidence.clone();
        let tls = match evidence.handshake {
            Handshake::Tls12 => "1.2",
            Handshake::Tls13 { .. } => "1.3",
        };
        // The chain has the server's identity before anything is downloaded from it.
        session::record_handshake(session, subscriber, address, &evidence)?;
        let order = Order { matching_id: Some(MATCHING_ID.into()), tac: TAC, session: Some(address.to_bytes()) };
        let (auth, installed) = device.provision(connection, &mut self.card.euicc, &order, &opened.secrets)?;
        session::record_server_auth(session, address, &auth)?;

        let (proven, proof) = session::prove(session, &self.prover, &self.credential, &opened)?;
        let binding = session::bind(session, subscriber, &proven)?;
        let told = Told {
            server: self.pki.config.dns.clone(),
            certificates: self.certificates()?,
            registrar: self.registrar,
            leaf: self.credential.index,
            session: address,
            binding,
            tls,
            relayed: self.servers.relayed(),
            profile: installed.metadata.profile_name.to_string(),
            iccid: iccid(&installed.metadata.iccid[..]),
            proof,
        };
        Ok((Evidence { binding: Some(binding), session: Some(address) }, told))
    }

    /// Ends gateway and SM-DP+.
    pub fn stop(self) {
        self.servers.stop(&self.runtime);
        self.runtime.shutdown_timeout(Duration::from_secs(1));
    }

    fn certificates(&self) -> Result<Vec<(&'static str, Pubkey)>> {
        let at = |name, der: &[u8]| -> Result<_> {
            Ok((name, at::smdp(&gesim_core::digest::sha256(&[parse(der)?.tbs_der])).0))
        };
        Ok(vec![at("DPtls", &self.pki.dp_tls.certificate)?, at("DPauth", &self.pki.dp_auth.certificate)?])
    }
}

fn parse(der: &[u8]) -> Result<Certificate<'_>> {
    Certificate::parse(der).map_err(|error| anyhow!("a certificate of the demonstration: {error}"))
}

/// The operator offers a profile only to the EID that the session was opened with.
fn compare(watched: Watched) -> Authorize {
    Arc::new(move |asked: &Authorization| {
        let opening = asked.opening.as_ref().ok_or("the device names no session")?;
        let sessions = watched.lock().unwrap_or_else(PoisonError::into_inner);
        let bind_c = sessions.get(&opening.session).ok_or("there is no such session on-chain")?;
        match binding_commitment(asked.eid, &opening.randomness) {
            Ok(opened) if opened == *bind_c => Ok(()),
            _ => Err("the session was opened with another EID".into()),
        }
    })
}

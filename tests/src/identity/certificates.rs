//! A CI and an SM-DP+ on a chain, and a device that opens sessions.

use anchor_lang::{
    prelude::{Clock, Pubkey},
    solana_program::instruction::Instruction,
};
use gesim_core::{digest::sha256, provenance::euicc_commitment};
use identity::{
    state::{seeds, Session, RID_LEN},
    OpenSessionArgs,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::{
    calls, handshake,
    pki::{tlv, Key, Subject, HOST, RID},
};
use crate::{
    chain::Chain,
    outcome::{Failure, Meta},
};

/// Seconds between naming a CI and confirming it.
pub const CI_DELAY: u32 = 3_600;
pub const CLUSTER: [u8; 32] = [0xC1; 32];
/// Opens the commitment to the eUICC's challenge.
pub const R: [u8; 32] = [0x52; 32];
pub const EUICC_CHALLENGE: [u8; 16] = [0xE0; 16];
/// The device's own randomness.
pub const DN: [u8; 32] = [0xD0; 32];

/// A registered certificate and its key.
#[derive(Clone)]
pub struct Certified {
    pub key: Key,
    pub tbs: Vec<u8>,
    pub address: Pubkey,
}

pub struct Servers {
    pub chain: Chain,
    pub ci: Key,
    pub tls: Certified,
    pub auth: Certified,
    pub wallet: Keypair,
}

impl Servers {
    /// A chain with an active CI, and a DPtls and a DPauth certificate of one SM-DP+.
    pub fn new() -> Self {
        Self::on(Chain::new())
    }

    /// The same on a chain where identity is not initialised yet.
    pub fn on(mut chain: Chain) -> Self {
        let ci = Key::new(1);
        let init = calls::initialize(&chain, CLUSTER, CI_DELAY);
        chain.ok(&[init], &[]);
        let wallet = chain.keypair();
        let none = |number| Certified { key: Key::new(number), tbs: vec![], address: Pubkey::default() };
        let mut servers = Self { chain, ci, tls: none(2), auth: none(3), wallet };
        servers.accredit(&servers.ci.clone());
        let (tls, auth) = (servers.tls.key.clone(), servers.auth.key.clone());
        servers.tls = servers.certify(&tls, &Subject::new(3));
        servers.auth = servers.certify(&auth, &Subject::new(4));
        servers
    }

    pub fn authority(&self) -> Pubkey {
        self.chain.payer.pubkey()
    }

    pub fn ci_address(&self) -> Pubkey {
        seeds::issuer(&self.ci.compressed()).0
    }

    /// Names a CI and confirms it when the delay is over.
    pub fn accredit(&mut self, ci: &Key) -> Pubkey {
        let (who, issuer) = (self.authority(), seeds::issuer(&ci.compressed()).0);
        self.chain.ok(&[calls::propose_ci(who, who, ci.compressed(), ci.ski())], &[]);
        self.chain.warp_by(CI_DELAY.into());
        self.chain.ok(&[calls::confirm_issuer(who, issuer)], &[]);
        issuer
    }

    /// The precompile's instruction and ours for a TBS that the CI signed.
    pub fn register(&self, tbs: &[u8]) -> [Instruction; 2] {
        let ci = self.ci_address();
        [self.ci.signs(tbs), calls::register_smdp(self.authority(), ci, ci, tbs)]
    }

    /// Has the CI certify a key, and registers that.
    pub fn certify(&mut self, key: &Key, subject: &Subject) -> Certified {
        let tbs = subject.tbs(key, &self.ci);
        let both = self.register(&tbs);
        self.chain.ok(&both, &[]);
        Certified { key: key.clone(), address: seeds::smdp(&sha256(&[&tbs])).0, tbs }
    }

    pub fn args(&self, counter: u64) -> OpenSessionArgs {
        OpenSessionArgs {
            counter,
            rid: rid(&RID),
            entitlement: Pubkey::new_from_array([0xE7; 32]),
            bind_c: [0x0B; 32],
            euicc_commit: euicc_commitment(&EUICC_CHALLENGE, &R),
            binding_term: 86_400,
        }
    }

    /// Opens a session of the wallet's.
    pub fn open(&mut self, args: OpenSessionArgs) -> Pubkey {
        let (wallet, payer) = (self.wallet.insecure_clone(), self.authority());
        self.chain.ok(&[calls::open_session(wallet.pubkey(), payer, args)], &[&wallet]);
        seeds::session(&wallet.pubkey(), args.counter).0
    }

    pub fn client_random(&self, session: &Pubkey) -> [u8; 32] {
        self.chain.fetch::<Session>(session).context(session).client_random(&DN)
    }

    /// What the TLS server signs for a session.
    pub fn key_exchange(&self, session: &Pubkey) -> Vec<u8> {
        handshake::server_key_exchange(&self.client_random(session), &handshake::p256_parameters())
    }

    /// The honest record of a TLS 1.2 handshake.
    pub fn provenance(&self, session: &Pubkey) -> [Instruction; 2] {
        let signed = self.tls.key.signs(&self.key_exchange(session));
        [signed, calls::record_provenance(&self.chain, *session, self.tls.address, DN)]
    }

    /// The honest record of serverSigned1.
    pub fn authentication(&self, session: &Pubkey) -> [Instruction; 2] {
        let signed = self.auth.key.signs(&server_signed(&EUICC_CHALLENGE, HOST));
        [signed, calls::record_server_auth(&self.chain, *session, self.auth.address, R)]
    }

    /// A session whose handshake is recorded.
    pub fn shaken(&mut self, counter: u64) -> Pubkey {
        let session = self.open(self.args(counter));
        let both = self.provenance(&session);
        self.chain.ok(&both, &[]);
        session
    }

    /// A session that reached server authentication.
    pub fn authenticated(&mut self, counter: u64) -> Pubkey {
        let session = self.shaken(counter);
        let both = self.authentication(&session);
        self.chain.ok(&both, &[]);
        session
    }

    pub fn ok(&mut self, instructions: &[Instruction]) -> Meta {
        self.chain.ok(instructions, &[])
    }

    #[track_caller]
    pub fn fails(&mut self, instructions: &[Instruction], error: impl Into<u32>) -> Failure {
        self.chain.fails(instructions, &[], error)
    }

    /// Turns the chain's slot without its time.
    pub fn warp_to_slot(&mut self, slot: u64) {
        let mut clock = self.chain.svm.get_sysvar::<Clock>();
        clock.slot = slot;
        self.chain.svm.set_sysvar(&clock);
    }
}

impl Default for Servers {
    fn default() -> Self {
        Self::new()
    }
}

/// A registered id as accounts hold it.
pub fn rid(octets: &[u8]) -> [u8; RID_LEN] {
    let mut out = [0; RID_LEN];
    out[0] = octets.len() as u8;
    out[1..=octets.len()].copy_from_slice(octets);
    out
}

/// serverSigned1 with a transaction and a server challenge of its own.
pub fn server_signed(euicc_challenge: &[u8; 16], address: &str) -> Vec<u8> {
    let fields = [tlv(0x80, &[9; 16]), tlv(0x81, euicc_challenge), tlv(0x83, address.as_bytes()), tlv(0x84, &[8; 16])];
    tlv(0x30, &fields.concat())
}

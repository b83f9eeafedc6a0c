//! A provisioning session from the device's side: opened on-chain, answered by the server, recorded, bound.

use std::{fs, path::Path};

use anyhow::{anyhow, Context as _, Result};
use catalog::state::Plan;
use gesim_client::{
    addresses::{catalog as catalog_at, identity as at},
    fetch, identity as find,
    instructions::identity::{self as build, Possessed, Registry, Signed},
    Session as Sender,
};
use gesim_core::{
    eid::{self, BindingContext},
    Eid,
};
use gesim_lpa::{es9::ServerAuthEvidence, Handshake, HandshakeEvidence, SessionSecrets, SignedMessage};
use gesim_prover::{EidProver, Timings};
use identity::{state::Session, OpenSessionArgs};
use serde::{Deserialize, Serialize};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::credential::Credential;
use crate::{failure::Hint, private};

const SCHEMA_VERSION: u32 = 1;
/// How much longer than the entitlement a binding lasts: activation need not follow at once.
const SLACK: u32 = 7 * 86_400;

/// What the device keeps of a session. As secret as its credential.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct State {
    schema_version: u32,
    /// Addresses in base58.
    pub session: String,
    pub wallet: String,
    pub plan: String,
    /// Number of the entitlement that activation will make.
    pub nonce: u64,
    pub secrets: SessionSecrets,
    /// The server's name and registered id (content octets, hexadecimal).
    pub server_name: String,
    pub registered_id: String,
    /// What the operator finds the profile by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matching_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handshake: Option<HandshakeEvidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_auth: Option<ServerAuthEvidence>,
}

/// What a session is opened for.
pub struct Opening<'a> {
    pub plan: Pubkey,
    pub state: &'a Plan,
    pub nonce: u64,
    pub eid: Eid,
    pub euicc_challenge: [u8; 16],
    pub server_name: &'a str,
    /// Content octets.
    pub registered_id: &'a [u8],
    pub matching_id: Option<&'a str>,
}

impl State {
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read(path)
            .with_context(|| format!("reading the session {}", path.display()))
            .hint("the device that opened the session keeps it: gesim session open")?;
        let bad = || format!("{} is not a session", path.display());
        let state: Self = serde_json::from_slice(&text).with_context(bad)?;
        match state.schema_version {
            SCHEMA_VERSION => Ok(state),
            other => Err(anyhow!("{} has schema version {other}", path.display())),
        }
    }

    pub fn write(&self, path: &Path) -> Result<()> {
        private::write_json(path, self)
    }

    pub fn address(&self) -> Result<Pubkey> {
        parse(&self.session)
    }

    pub fn plan(&self) -> Result<Pubkey> {
        parse(&self.plan)
    }

    /// Content octets of the server's registered id.
    pub fn registered_id(&self) -> Result<Vec<u8>> {
        hex::decode(&self.registered_id).context("the session's file is damaged")
    }

    /// Whether the session was opened with this EID.
    pub fn is_of(&self, eid: Eid, session: &Session) -> Result<bool> {
        Ok(self.secrets.opening(eid)?.bind_c == session.bind_c)
    }

    /// The session as the chain has it.
    pub fn fetch(&self, sender: &Sender) -> Result<Session> {
        fetch::fetch(sender.transport, "session", &self.address()?)
            .map_err(anyhow::Error::from)
            .hint("sessions are closed when they are over: gesim session open")
    }
}

fn parse(text: &str) -> Result<Pubkey> {
    text.parse().map_err(|_| anyhow!("`{text}` is not an address"))
}

/// Opens a session for the entitlement that activation will make. The counter is drawn: sessions have no order.
pub fn open(sender: &Sender, wallet: &dyn Signer, opening: &Opening) -> Result<State> {
    let Opening { plan, state, nonce, eid, euicc_challenge, server_name, registered_id, matching_id } = *opening;
    let secrets = SessionSecrets::draw(euicc_challenge);
    let opened = secrets.opening(eid)?;
    let me = wallet.pubkey();
    let counter = u64::from(rand::random::<u32>());
    let lasts =
        [state.validity, state.confirmation_window, SLACK].iter().try_fold(0_u32, |sum, part| sum.checked_add(*part));
    let args = OpenSessionArgs {
        counter,
        rid: find::rid(registered_id)?,
        entitlement: catalog_at::entitlement(&plan, &me, nonce),
        bind_c: opened.bind_c,
        euicc_commit: opened.euicc_commit,
        binding_term: lasts.context("the plan lasts too long")?,
    };
    sender.send("open session", &[build::open_session(me, sender.payer(), args)], &[wallet])?;
    Ok(State {
        schema_version: SCHEMA_VERSION,
        session: at::session(&me, counter).0.to_string(),
        wallet: me.to_string(),
        plan: plan.to_string(),
        nonce,
        secrets,
        server_name: server_name.into(),
        registered_id: hex::encode(registered_id),
        matching_id: matching_id.map(str::to_owned),
        handshake: None,
        server_auth: None,
    })
}

fn signed(message: &SignedMessage) -> Signed {
    Signed { key: message.key, signature: message.signature, message: message.message.clone() }
}

/// Records the handshake's signature on-chain.
pub fn record_handshake(
    sender: &Sender,
    wallet: &dyn Signer,
    address: Pubkey,
    evidence: &HandshakeEvidence,
) -> Result<()> {
    let (_, chain) = find::chain(sender.transport, &evidence.tbs_hash)
        .map_err(anyhow::Error::from)
        .hint("the server's DPtls certificate must be registered first: gesim smdp register <CERTIFICATE>")?;
    let message = signed(&evidence.signed);
    let Handshake::Tls13 { transcript } = &evidence.handshake else {
        let steps = build::record_provenance(address, chain, &message, evidence.dn)?;
        sender.send("record handshake", &steps, &[])?;
        return Ok(());
    };
    let me = wallet.pubkey();
    let size = u16::try_from(transcript.len()).context("the TLS handshake is too long for the chain")?;
    sender.send("open transcript", &[build::open_transcript(me, sender.payer(), address, size)], &[wallet])?;
    for (place, part) in transcript.chunks(build::TRANSCRIPT_PART).enumerate() {
        let offset = u16::try_from(place.saturating_mul(build::TRANSCRIPT_PART))?;
        let write = build::write_transcript(me, address, offset, part.to_vec());
        sender.send("write transcript", &[write], &[wallet])?;
    }
    let steps = build::record_provenance_tls13(address, chain, &message, evidence.dn)?;
    sender.send("record handshake", &steps, &[])?;
    sender.send("close transcript", &[build::close_transcript(me, address, sender.payer())], &[wallet])?;
    Ok(())
}

/// Records what the server's DPauth key signed.
pub fn record_server_auth(sender: &Sender, address: Pubkey, auth: &ServerAuthEvidence) -> Result<()> {
    let (_, chain) = find::chain(sender.transport, &auth.tbs_hash)
        .map_err(anyhow::Error::from)
        .hint("the server's DPauth certificate must be registered first: gesim smdp register <CERTIFICATE>")?;
    let steps = build::record_server_auth(address, chain, &signed(&auth.signed), auth.euicc_r)?;
    sender.send("record server authentication", &steps, &[])?;
    Ok(())
}

/// A possession proof for a session, ready to be sent.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proven {
    schema_version: u32,
    pub session: String,
    pub plan: String,
    pub registrar: String,
    pub tree: String,
    /// Hexadecimal.
    pub root: String,
    pub nullifier: String,
    pub proof: String,
}

impl Proven {
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read(path)
            .with_context(|| format!("reading the proof {}", path.display()))
            .hint("gesim eid prove makes one")?;
        serde_json::from_slice(&text).with_context(|| format!("{} is not a possession proof", path.display()))
    }

    pub fn registry(&self) -> Result<Registry> {
        Ok(Registry { registrar: parse(&self.registrar)?, tree: parse(&self.tree)? })
    }

    pub fn shown(&self) -> Result<Possessed> {
        let mut shown = Possessed { root: [0; 32], nullifier: [0; 32], proof: [0; 256] };
        let parts = [
            (&self.root, &mut shown.root[..]),
            (&self.nullifier, &mut shown.nullifier[..]),
            (&self.proof, &mut shown.proof[..]),
        ];
        for (text, into) in parts {
            hex::decode_to_slice(text, into).context("the proof's file is damaged")?;
        }
        Ok(shown)
    }

    pub fn binding(&self) -> Result<Pubkey> {
        Ok(at::binding(&self.registry()?.registrar, &self.shown()?.nullifier).0)
    }

    pub fn session(&self) -> Result<Pubkey> {
        parse(&self.session)
    }

    pub fn plan(&self) -> Result<Pubkey> {
        parse(&self.plan)
    }
}

/// Proves that the credential's EID is the one that the session was opened with.
pub fn prove(sender: &Sender, prover: &EidProver, credential: &Credential, state: &State) -> Result<(Proven, Timings)> {
    let session = state.fetch(sender)?;
    if !state.is_of(credential.eid, &session)? {
        return Err(anyhow!("the session was opened with another EID than the credential's")
            .hint("name the credential of the session's eUICC: --credential"));
    }
    if credential.expiry < session.binding_expires {
        return Err(anyhow!("the enrolment ends before the binding would").hint("enrol again: gesim eid register"));
    }
    let context = BindingContext {
        program: identity::ID.to_bytes(),
        cluster: sender.transport.genesis_hash()?.to_bytes(),
        wallet: session.wallet.to_bytes(),
        entitlement: session.entitlement.to_bytes(),
        challenge: session.challenge,
        expires: session.expires_slot,
    };
    let plan = state.plan()?;
    let scope = eid::scope(&identity::ID.to_bytes(), &plan.to_bytes());
    let witness = credential.witness(state.secrets.bind_r());
    let statement = witness.statement(scope, session.binding_expires, context.hash())?;
    let (proof, timings) = prover.prove(&witness, &statement)?;
    let proven = Proven {
        schema_version: SCHEMA_VERSION,
        session: state.session.clone(),
        plan: state.plan.clone(),
        registrar: credential.registrar.to_string(),
        tree: credential.tree.to_string(),
        root: hex::encode(statement.root),
        nullifier: hex::encode(statement.nullifier),
        proof: hex::encode(proof),
    };
    Ok((proven, timings))
}

/// Binds the EID to the wallet and the entitlement; returns the binding's address.
pub fn bind(sender: &Sender, wallet: &dyn Signer, proven: &Proven) -> Result<Pubkey> {
    let (registry, shown) = (proven.registry()?, proven.shown()?);
    let step = build::bind_eid(wallet.pubkey(), sender.payer(), registry, proven.session()?, proven.plan()?, &shown);
    sender.send("bind EID", &[step], &[wallet])?;
    proven.binding()
}

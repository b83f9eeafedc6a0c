use std::{fmt, path::PathBuf};

use anyhow::{anyhow, Result};
use clap::{Args, ValueEnum};
use gesim_client::{Session as Sender, Transport};
use gesim_lpa::{
    es9::Order,
    tls::{Options, Versions},
    Handshake,
};
use gesim_rsp::euicc::Euicc;
use serde::Serialize;
use solana_pubkey::Pubkey;
use tokio::runtime::Runtime;

use crate::{
    commands::eid::session_file,
    context::Context,
    failure::Hint,
    identity::{
        download::{Device, Expected},
        euicc,
        session::State,
    },
    progress::Progress,
    signer,
};

/// Type allocation code of a device that is not a telephone.
const TAC: [u8; 4] = [0x35, 0, 0, 0];

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim session verify <SESSION> --euicc euicc.json\n  gesim session verify <SESSION> --euicc euicc.json --connect gateway.example:443\n\nWhatever fails ends the connection, and nothing is kept of it: while the session's slots last, try again.\nWhat the server signed is kept for gesim session record."
)]
pub struct Verify {
    /// Session that this device has opened
    session: Pubkey,
    /// The eUICC that the session was opened with
    #[arg(long, value_name = "FILE")]
    euicc: PathBuf,
    /// Where to connect: a gateway, or the server [default: the server's name, port 443]
    #[arg(long, value_name = "HOST:PORT")]
    connect: Option<String>,
    /// TLS version; 1.2 leaves the smaller evidence
    #[arg(long, value_enum, default_value_t = Tls::Prefer12)]
    tls: Tls,
    /// Write the profile's elements, DER
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Tls {
    #[value(name = "1.2")]
    Tls12,
    #[value(name = "1.3")]
    Tls13,
    #[value(name = "prefer-1.2")]
    Prefer12,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    session: String,
    server: String,
    tls: &'static str,
    profile: String,
    service_provider: String,
    iccid: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} is genuine, and answered the session's challenge (TLS {})", self.server, self.tls)?;
        writeln!(f, "  profile {:?} of {}, ICCID {}", self.profile, self.service_provider, self.iccid)?;
        writeln!(f, "  next: gesim session record {}", self.session)
    }
}

impl Verify {
    pub fn run(&self, context: &Context) -> Result<()> {
        let rpc = context.reader();
        let signer = signer::open(&context.settings.keypair.value)?;
        let sender = Sender::new(&rpc, &signer);
        let file = session_file(context, &self.session);
        let mut state = State::read(&file)?;
        if state.server_auth.is_some() {
            return Err(anyhow!("the server has answered already").hint("go on with: gesim session record <SESSION>"));
        }
        let opened = state.fetch(&sender)?;
        let now = rpc.now()?;
        let mut card = euicc::read(&self.euicc, euicc::clock_at(now))?;
        if !state.is_of(card.euicc.eid(), &opened)? {
            return Err(anyhow!("the session was opened with another eUICC").hint("name that one: --euicc"));
        }
        card.euicc.restore_challenge(*state.secrets.euicc_challenge());
        let address = self.connect.clone().unwrap_or_else(|| format!("{}:443", state.server_name));
        let versions = match self.tls {
            Tls::Tls12 => Versions::Tls12,
            Tls::Tls13 => Versions::Tls13,
            Tls::Prefer12 => Versions::Prefer12,
        };
        let expected = Expected { name: state.server_name.clone(), registered_id: state.registered_id()?, now };
        let runtime = Runtime::new()?;
        let options = Options { versions, ..Options::new(address) };
        let device = Device::new(&runtime, &card.trusted_cis, expected, options)?;
        let challenged = state.secrets.context(
            card.euicc.eid(),
            self.session.to_bytes(),
            opened.challenge,
            opened.wallet.to_bytes(),
        )?;

        let progress = Progress::spinner(&context.output, "Verifying the server");
        let connection = device.handshake(&challenged)?;
        let evidence = connection.evidence.clone();
        let tls = match evidence.handshake {
            Handshake::Tls12 => "1.2",
            Handshake::Tls13 { .. } => "1.3",
        };
        progress.step("Downloading the profile");
        let order = Order { matching_id: state.matching_id.clone(), tac: TAC, session: Some(self.session.to_bytes()) };
        let (auth, installed) = device.provision(connection, &mut card.euicc, &order, &state.secrets)?;
        (state.handshake, state.server_auth) = (Some(evidence), Some(auth));
        state.write(&file)?;
        if let (Some(path), Some(profile)) = (&self.profile, card.euicc.profiles().last()) {
            std::fs::write(path, &profile.elements).map_err(|e| anyhow!("writing {}: {e}", path.display()))?;
        }
        context.output.emit(&Report {
            session: state.session.clone(),
            server: state.server_name.clone(),
            tls,
            profile: installed.metadata.profile_name.to_string(),
            service_provider: installed.metadata.service_provider.to_string(),
            iccid: crate::identity::iccid(&installed.metadata.iccid[..]),
        })
    }
}

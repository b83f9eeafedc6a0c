//! The servers of the demonstration, in this process but on real sockets, and the enrolment.

use std::{
    net::SocketAddr,
    sync::{
        atomic::{AtomicU64, Ordering::Relaxed},
        Arc,
    },
};

use anyhow::{Context as _, Result};
use gesim_client::SvmTransport;
use gesim_gateway::{Direction, Gateway, Limits, Observer, Ready, Settings};
use gesim_registrar::{
    api::{self, Answer, Begin, Begun},
    chain::OnChain,
    euicc::Server,
    key::FileKey,
    Registrar,
};
use gesim_rsp::{
    auth,
    chain::Trust,
    pki::Pki,
    smdp::{Smdp, SmdpHandle, SmdpServer},
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use tokio::{runtime::Runtime, sync::oneshot, task::JoinHandle};

use crate::identity::{
    credential::{draw_secret, Credential},
    enrol::{enrol as by, Enroller},
    euicc::Card,
};

const REGISTRAR_ID: u32 = 1;

/// An SM-DP+ and the gateway in front of it.
pub struct Servers {
    smdp: SmdpHandle,
    gateway: SocketAddr,
    relayed: Arc<Relayed>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

/// Counts what the gateway passes on: it is all that it can do with it.
#[derive(Default)]
struct Relayed {
    up: AtomicU64,
    down: AtomicU64,
}

impl Observer for Relayed {
    fn relayed(&self, direction: Direction, bytes: &[u8]) {
        let counter = match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        };
        counter.fetch_add(bytes.len() as u64, Relaxed);
    }
}

impl Servers {
    pub fn start(runtime: &Runtime, smdp: Arc<Smdp>, name: &str) -> Result<Self> {
        let local = SocketAddr::from(([127, 0, 0, 1], 0));
        let relayed = Arc::new(Relayed::default());
        runtime.block_on(async {
            let smdp = SmdpServer::bind(local, smdp).await.context("starting the SM-DP+")?;
            let settings = Settings {
                listen: local,
                status: None,
                ready: Ready { probe: false, ..Ready::default() },
                limits: Limits::default(),
                upstreams: [(name.parse()?, smdp.addr.to_string())].into(),
            };
            let gateway = Gateway::bind(settings).await.context("starting the gateway")?.observed(relayed.clone());
            let address = gateway.address();
            let (stop, stopped) = oneshot::channel();
            let running = tokio::spawn(gateway.run(
                async {
                    let _ = stopped.await;
                },
                std::future::pending(),
            ));
            Ok(Self { smdp, gateway: address, relayed, stop, running })
        })
    }

    pub fn gateway(&self) -> SocketAddr {
        self.gateway
    }

    /// To the server, and back.
    pub fn relayed(&self) -> (u64, u64) {
        (self.relayed.up.load(Relaxed), self.relayed.down.load(Relaxed))
    }

    pub fn stop(self, runtime: &Runtime) {
        runtime.block_on(async {
            drop(self.stop);
            self.smdp.shutdown().await;
            let _ = self.running.await;
        });
    }
}

/// A registrar in this process, on this chain.
struct Here<'a> {
    registrar: Registrar,
    chain: OnChain<&'a SvmTransport>,
}

impl Enroller for Here<'_> {
    fn begin(&self, request: &Begin) -> Result<Begun> {
        Ok(self.registrar.begin(request)?)
    }

    fn answer(&self, id: &str, answer: &Answer) -> Result<api::Credential> {
        Ok(self.registrar.enrol(&self.chain, id, answer)?)
    }

    fn url(&self) -> Option<String> {
        None
    }
}

/// Opens a registrar on-chain and enrols the card with it.
pub fn enrol(
    svm: &SvmTransport,
    pki: &Pki,
    card: &mut Card,
    desk: &Keypair,
    payer: &Keypair,
    subscriber: &Pubkey,
    now: i64,
) -> Result<(Pubkey, Credential)> {
    let scratch = tempfile::tempdir().context("making a scratch folder")?;
    let key = FileKey::create(&scratch.path().join("tag.key"))?;
    let trust = Trust::from_certificates([pki.ci.certificate.as_slice()])?;
    // The registrar is the MVNO's SM-DP+: it has its certificate.
    let server = Server::new(&pki.config.dns, auth::Credential::from(&pki.dp_auth), trust, now)?;
    let chain = OnChain::new(svm, desk.insecure_clone(), payer.insecure_clone(), &desk.pubkey(), REGISTRAR_ID, 0);
    chain.create(REGISTRAR_ID)?;
    let registrar = Registrar::in_memory(&chain, Box::new(key), server, Box::new(move || now))?;
    let here = Here { registrar, chain };
    let credential = by(&here, &mut card.euicc, subscriber, draw_secret())?;
    Ok((credential.registrar, credential))
}

//! The device talks to its SM-DP+: the handshake first, then the profile, over one connection.

use std::time::Duration;

use anyhow::{Error, Result};
use gesim_core::provenance::SessionContext;
use gesim_lpa::{
    es9::{Installed, Order, ServerAuthEvidence, Started},
    tls::{connect, Connection, Options},
    LpaError, ServerRules, SessionSecrets,
};
use gesim_rsp::{chain::Trust, euicc::Euicc};
use tokio::{net::TcpStream, runtime::Runtime};

use crate::failure::Hint;

/// For one answer of the server.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Device<'r> {
    pub runtime: &'r Runtime,
    pub rules: ServerRules,
    pub options: Options,
}

impl<'r> Device<'r> {
    pub fn new(runtime: &'r Runtime, trusted_cis: &[Vec<u8>], rules: Expected, options: Options) -> Result<Self> {
        let Expected { name, registered_id, now } = rules;
        let trust = Trust::from_certificates(trusted_cis.iter().map(Vec::as_slice))?;
        Ok(Self { runtime, rules: ServerRules { trust, registered_id, name, now }, options })
    }

    /// The server answers the session's challenge and is verified; nothing else is sent.
    pub fn handshake(&self, session: &SessionContext) -> Result<Connection<TcpStream>> {
        self.runtime.block_on(connect(session, &self.rules, &self.options)).map_err(told)
    }

    /// Both sides authenticate, and the profile comes down.
    pub fn provision(
        &self,
        connection: Connection<TcpStream>,
        euicc: &mut dyn Euicc,
        order: &Order,
        secrets: &SessionSecrets,
    ) -> Result<(ServerAuthEvidence, Installed)> {
        self.runtime
            .block_on(async {
                let (started, _) = Started::new(connection, &self.rules, PATIENCE, euicc).await?;
                let authenticated = started.authenticate_server(secrets).await?;
                let evidence = authenticated.evidence.clone();
                let installed = authenticated.authenticate_client(order, secrets).await?.install().await?;
                Ok((evidence, installed))
            })
            .map_err(told)
    }
}

/// Who the server must be, and when.
pub struct Expected {
    pub name: String,
    /// Content octets.
    pub registered_id: Vec<u8>,
    /// Unix seconds.
    pub now: i64,
}

fn told(error: LpaError) -> anyhow::Error {
    let hint = error.hint();
    let LpaError { step, rule } = error;
    // What the rule has to say stands among the causes.
    Error::new(*rule).context(format!("the connection was given up at this step: {step}")).hint(hint)
}

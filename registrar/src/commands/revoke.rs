use std::{
    fmt,
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{bail, Result};
use clap::Args;
use gesim_registrar::{config::Config, guard::Guard, service::field, store::State, RegistrarError};
use serde::Serialize;

use super::{open, settle, write};
use crate::Output;

/// How long the service that runs may take.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim-registrar revoke --index 17\n  gesim-registrar revoke --eid-tag 00f3...\n\nProofs against older roots stop to count at once; every other device proves again by itself."
)]
pub struct RevokeArgs {
    /// eidTag of the credential, 64 hexadecimal digits
    #[arg(long, value_name = "HEX", required_unless_present = "index", conflicts_with = "index")]
    eid_tag: Option<String>,
    /// Place of the leaf in the present tree
    #[arg(long)]
    index: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Revoked {
    index: Option<u32>,
    tag_commitment: String,
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            Some(index) => writeln!(f, "leaf {index} is revoked"),
            None => writeln!(f, "{} is revoked", self.tag_commitment),
        }
    }
}

impl RevokeArgs {
    pub fn run(&self, path: &Path, output: Output) -> Result<()> {
        let config = Config::read(path)?;
        let registrar = open(&config)?;
        let tag = self.eid_tag.as_deref().map(|text| field(text, "eid-tag")).transpose()?;
        let leaf = registrar.find_leaf(tag.as_ref(), self.index)?;
        match leaf.state {
            State::Live => registrar.store().want_revocation(leaf.id).map(drop)?,
            // Said before: the same outcome.
            State::Revoked => {}
            state => bail!("the leaf is {}, and only live ones can be revoked", state.name()),
        }
        match Guard::take(&config.database()) {
            // Nobody serves: then it is done here.
            Ok(_guard) => settle(&open(&config)?, &config.chain()?)?,
            Err(RegistrarError::Busy) => {}
            Err(error) => return Err(error.into()),
        }
        let until = Instant::now() + PATIENCE;
        loop {
            let now = registrar.store().leaf(leaf.id)?;
            if now.is_some_and(|leaf| leaf.state == State::Revoked) {
                return write(
                    &Revoked { index: leaf.place, tag_commitment: hex::encode(leaf.tag_commitment()?) },
                    output,
                );
            }
            if let Some(error) = registrar.store().job_error("revoke", leaf.id)? {
                bail!("the chain does not take it: {error}");
            }
            if Instant::now() > until {
                bail!("the service has not made the revocation yet; it stays in its queue");
            }
            sleep(Duration::from_millis(200));
        }
    }
}

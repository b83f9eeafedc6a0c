use anyhow::{anyhow, Result};
use clap::Args;
use gesim_client::fetch;
use identity::state::{Session as State, SessionState};
use solana_pubkey::Pubkey;

use super::show::Shown;
use crate::{
    commands::{eid::session_file, view::Address},
    context::Context,
    failure::Hint,
    identity::session::{self, State as Kept},
};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim session record <SESSION>\n\nWhat stands on-chain already is left as it is: run it again after an interruption."
)]
pub struct Record {
    /// Session that gesim session verify has been through
    session: Pubkey,
}

impl Record {
    pub fn run(&self, context: &Context) -> Result<()> {
        let kept = Kept::read(&session_file(context, &self.session))?;
        let (Some(handshake), Some(auth)) = (&kept.handshake, &kept.server_auth) else {
            return Err(anyhow!("the server has not answered yet").hint("gesim session verify <SESSION>"));
        };
        let chain = context.chain()?;
        let session = chain.session(context);
        let mut state = kept.fetch(&session)?;
        if state.state == SessionState::Open {
            session::record_handshake(&session, &chain.signer, self.session, handshake)?;
            if !session.is_dry_run() {
                state = kept.fetch(&session)?;
            }
        }
        if state.state != SessionState::Authenticated {
            session::record_server_auth(&session, self.session, auth)?;
        }
        if session.is_dry_run() {
            return context.finish(&session, Address { address: self.session });
        }
        let state: State = fetch::fetch(&chain.rpc, "session", &self.session)?;
        context.finish(&session, Shown::new(&self.session, &state))
    }
}

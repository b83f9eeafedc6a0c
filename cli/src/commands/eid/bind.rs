use anyhow::Result;
use clap::Args;
use gesim_client::{fetch, instructions::identity as build};
use identity::state::Binding;
use solana_pubkey::Pubkey;

use super::show::Shown;
use crate::{
    commands::view::Address,
    context::{Chain, Context},
    identity::session::{self, Proven},
};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim eid bind <SESSION>")]
pub struct Bind {
    /// Session that was proven with gesim eid prove
    session: Pubkey,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim eid rebind <SESSION>\n\nThe new wallet opens a session for its own entitlement, proves, and signs this. The entitlement before it loses its binding."
)]
pub struct Rebind {
    /// Session of the new wallet, proven with gesim eid prove
    session: Pubkey,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim eid unbind <BINDING>")]
pub struct Unbind {
    /// Address of the binding: gesim eid show
    binding: Pubkey,
}

impl Bind {
    pub fn run(&self, context: &Context) -> Result<()> {
        let proven = Proven::read(&super::proof_file(context, &self.session))?;
        let chain = context.chain()?;
        let session = chain.session(context);
        session::bind(&session, &chain.signer, &proven)?;
        finish(context, &chain, &session, proven.binding()?)
    }
}

impl Rebind {
    pub fn run(&self, context: &Context) -> Result<()> {
        let proven = Proven::read(&super::proof_file(context, &self.session))?;
        let chain = context.chain()?;
        let session = chain.session(context);
        let step = build::rebind(chain.me(), proven.registry()?, proven.session()?, &proven.shown()?);
        session.send("rebind EID", &[step], &[])?;
        finish(context, &chain, &session, proven.binding()?)
    }
}

impl Unbind {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let state: Binding = fetch::fetch(&chain.rpc, "binding", &self.binding)?;
        session.send("unbind EID", &[build::unbind(self.binding, state.payer)], &[])?;
        context.finish(&session, Address { address: self.binding })
    }
}

fn finish(context: &Context, chain: &Chain, session: &gesim_client::Session, address: Pubkey) -> Result<()> {
    if session.is_dry_run() {
        return context.finish(session, Address { address });
    }
    let state: Binding = fetch::fetch(&chain.rpc, "binding", &address)?;
    context.finish(session, Shown::new(&address, &state))
}

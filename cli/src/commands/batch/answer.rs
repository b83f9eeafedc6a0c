//! What the two sides say to an invoice.

use anyhow::Result;
use clap::Args;
use gesim_client::{fetch, instructions::settlement as build, token::MintInfo};
use settlement::state::{Agreement, Mno};

use super::{BatchShown, Selected};
use crate::{amount, context::Context, parse};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim batch accept <BATCH>")]
pub struct Accept {
    /// Batch folder or address
    batch: Selected,
}

impl Accept {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let (address, state) = self.batch.fetch(&chain.rpc)?;
        session.send("accept batch", &[build::accept_batch(chain.me(), state.agreement, address)], &[])?;
        let (_, state) = self.batch.fetch(&chain.rpc)?;
        context.finish(&session, BatchShown::chain(&address, &state))
    }
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim batch dispute <BATCH>")]
pub struct Dispute {
    /// Batch folder or address
    batch: Selected,
}

impl Dispute {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let (address, state) = self.batch.fetch(&chain.rpc)?;
        session.send("dispute batch", &[build::dispute_batch(chain.me(), state.agreement, address)], &[])?;
        let (_, state) = self.batch.fetch(&chain.rpc)?;
        context.finish(&session, BatchShown::chain(&address, &state))
    }
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim batch resolve <BATCH> --amount 1.95 --co-signer mno.json")]
pub struct Resolve {
    /// Batch folder or address
    batch: Selected,
    /// What both sides agree to be paid, in the stablecoin
    #[arg(long)]
    amount: String,
    /// The other side's signer
    #[arg(long, value_name = "SIGNER")]
    co_signer: Vec<String>,
}

impl Resolve {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let others = parse::co_signers(&self.co_signer)?;
        let signers = parse::Signers::new(&chain.signer, &others);
        let (address, state) = self.batch.fetch(&chain.rpc)?;
        let agreement: Agreement = fetch::fetch(&chain.rpc, "agreement", &state.agreement)?;
        let mno: Mno = fetch::fetch(&chain.rpc, "MNO", &agreement.mno)?;
        let decimals = MintInfo::fetch(&chain.rpc, &agreement.mint)?.decimals;
        let amount = amount::parse(&self.amount, decimals)?;
        let first = signers.need("MNO", &mno.authority)?;
        let second = signers.need("MVNO", &agreement.mvno)?;
        let sides = build::BothSides { mno_authority: mno.authority, mvno: agreement.mvno };
        let step = build::resolve_batch(sides, agreement.mno, state.agreement, address, amount);
        session.send("resolve batch", &[step], &[first, second])?;
        let (_, state) = self.batch.fetch(&chain.rpc)?;
        context.finish(&session, BatchShown::chain(&address, &state))
    }
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim batch expire <BATCH>")]
pub struct Expire {
    /// Batch folder or address
    batch: Selected,
}

impl Expire {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let (address, _) = self.batch.fetch(&chain.rpc)?;
        session.send("expire batch", &[build::expire_batch(address)], &[])?;
        let (_, state) = self.batch.fetch(&chain.rpc)?;
        context.finish(&session, BatchShown::chain(&address, &state))
    }
}

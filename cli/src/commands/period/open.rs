//! What both sides sign for a period: its terms and exchange rate, at first and again.

use anyhow::Result;
use clap::Args;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{books::room, rate::RateArg, Books, StatementShown};
use crate::{commands::view::Address, context::Context, parse};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim period open <AGREEMENT> --period 202611 --rate 1000 --date 20261101 --co-signer mno.json\n  (a tariff unit of 10^-3 of the currency is then 1,000 of the stablecoin's 10^-6)\n\nNo batch of a period before it is open: so nobody can hold an invoice up by not signing a rate."
)]
pub struct Open {
    /// Agreement
    agreement: Pubkey,
    /// Period, YYYYMM
    #[arg(long, value_parser = parse::period)]
    period: u32,
    #[command(flatten)]
    rate: RateArg,
    /// Version of the terms [default: the latest that both have signed]
    #[arg(long, value_name = "VERSION")]
    terms: Option<u32>,
    /// The other side's signer
    #[arg(long, value_name = "SIGNER")]
    co_signer: Vec<String>,
}

impl Open {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let others = parse::co_signers(&self.co_signer)?;
        let signers = parse::Signers::new(&chain.signer, &others);
        let books = Books::fetch(&chain.rpc, &self.agreement)?;
        let [first, second] = books.signers(&signers)?;
        let period = books.period(self.period, self.terms.unwrap_or(books.agreement.terms));
        let session = chain.session(context);
        let step = period.open(chain.me(), books.sides(), (&self.rate).into());
        session.send("open period", &[step], &[first as &dyn Signer, second])?;
        if session.is_dry_run() {
            return context.finish(&session, Address { address: period.address() });
        }
        let statement = books.statement(&chain.rpc, self.period)?;
        context.finish(&session, StatementShown::new(&books, &statement))
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim period rerate <AGREEMENT> --period 202611 --rate 1010 --date 20261105 --co-signer mno.json\n  gesim period rerate <AGREEMENT> --period 202611 --rate 1000 --date 20261101 --terms 2 --co-signer mno.json\n\nOnly the difference is billed: upwards it waits for gesim period note, downwards it is set off."
)]
pub struct Rerate {
    /// Agreement
    agreement: Pubkey,
    /// Period, YYYYMM
    #[arg(long, value_parser = parse::period)]
    period: u32,
    #[command(flatten)]
    rate: RateArg,
    /// Version of the terms [default: the one it was rated under]
    #[arg(long, value_name = "VERSION")]
    terms: Option<u32>,
    /// The other side's signer
    #[arg(long, value_name = "SIGNER")]
    co_signer: Vec<String>,
}

impl Rerate {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let others = parse::co_signers(&self.co_signer)?;
        let signers = parse::Signers::new(&chain.signer, &others);
        let books = Books::fetch(&chain.rpc, &self.agreement)?;
        let statement = books.statement(&chain.rpc, self.period)?;
        let [first, second] = books.signers(&signers)?;
        let period = books.period(self.period, self.terms.unwrap_or(statement.terms));
        let mut steps: Vec<_> = room(&chain.rpc, chain.me(), &period, &statement)?.into_iter().collect();
        steps.push(period.rerate(books.sides(), statement.terms, (&self.rate).into()));
        let session = chain.session(context);
        session.send("rerate statement", &steps, &[first as &dyn Signer, second])?;
        let statement = books.statement(&chain.rpc, self.period)?;
        context.finish(&session, StatementShown::new(&books, &statement))
    }
}

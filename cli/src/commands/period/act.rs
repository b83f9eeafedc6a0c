//! What becomes of a period: closed, balanced, its commitment and notes billed.

use anyhow::{anyhow, Result};
use clap::Args;
use gesim_client::{fetch, instructions::settlement::Period, Session};
use settlement::state::{Batch, Statement};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{books::room, Books, StatementShown};
use crate::{
    commands::{batch::BatchShown, view::Address},
    context::{Chain, Context},
    failure::Hint,
    parse,
};

/// One period of an agreement.
#[derive(Args, Debug)]
pub struct Which {
    /// Agreement
    pub agreement: Pubkey,
    /// Period, YYYYMM
    #[arg(long, value_parser = parse::period)]
    pub period: u32,
}

/// Everything that a step on a period needs.
struct Step {
    chain: Chain,
    books: Books,
    statement: Statement,
    period: Period,
}

impl Which {
    fn begin(&self, context: &Context) -> Result<Step> {
        let chain = context.chain()?;
        let books = Books::fetch(&chain.rpc, &self.agreement)?;
        let statement = books.statement(&chain.rpc, self.period)?;
        let period = books.period(self.period, statement.terms);
        Ok(Step { chain, books, statement, period })
    }
}

impl Step {
    /// The step, behind one that makes room for its entry where there is none.
    fn with_room(&self, step: Instruction) -> Result<Vec<Instruction>> {
        let grow = room(&self.chain.rpc, self.chain.me(), &self.period, &self.statement)?;
        Ok(grow.into_iter().chain([step]).collect())
    }

    fn finish(&self, context: &Context, session: &Session) -> Result<()> {
        let statement = self.books.statement(&self.chain.rpc, self.period.period)?;
        context.finish(session, StatementShown::new(&self.books, &statement))
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim period close <AGREEMENT> --period 202611\n  gesim period close <AGREEMENT> --period 202611 --co-signer mno.json    before the grace is over"
)]
pub struct Close {
    #[command(flatten)]
    which: Which,
    /// The other side's signer: both together close early
    #[arg(long, value_name = "SIGNER")]
    co_signer: Vec<String>,
}

impl Close {
    pub fn run(&self, context: &Context) -> Result<()> {
        let others = parse::co_signers(&self.co_signer)?;
        let step = self.which.begin(context)?;
        let signers = parse::Signers::new(&step.chain.signer, &others);
        let session = step.chain.session(context);
        match others.is_empty() {
            true => session.send("close period", &[step.period.close(None)], &[])?,
            false => {
                let [first, second] = step.books.signers(&signers)?;
                let close = step.period.close(Some(step.books.sides()));
                session.send("close period", &[close], &[first as &dyn Signer, second])?
            }
        };
        step.finish(context, &session)
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim period balance <AGREEMENT> --period 202611\n\nAnyone may, once this period and that of the reverse agreement are closed."
)]
pub struct Balance {
    #[command(flatten)]
    which: Which,
}

impl Balance {
    pub fn run(&self, context: &Context) -> Result<()> {
        let step = self.which.begin(context)?;
        let reverse = step.books.terms(&step.chain.rpc, step.statement.terms)?.head.reverse;
        if reverse == Pubkey::default() {
            return Err(anyhow!("the terms name no agreement of the other direction: there is nothing to balance"));
        }
        let session = step.chain.session(context);
        session.send("balance statement", &step.with_room(step.period.balance(reverse))?, &[])?;
        step.finish(context, &session)
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim period commitment <AGREEMENT> --period 202612\n\nAnyone may, once the last period of the commitment is closed."
)]
pub struct Commitment {
    #[command(flatten)]
    which: Which,
}

impl Commitment {
    pub fn run(&self, context: &Context) -> Result<()> {
        let step = self.which.begin(context)?;
        let session = step.chain.session(context);
        session.send("bill commitment", &step.with_room(step.period.bill_commitment())?, &[])?;
        step.finish(context, &session)
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim period note <AGREEMENT> --period 202611\n\nInvoices what a re-rating, a balance or a commitment has added. A note is accepted, disputed and settled like a batch."
)]
pub struct Note {
    #[command(flatten)]
    which: Which,
}

impl Note {
    pub fn run(&self, context: &Context) -> Result<()> {
        let step = self.which.begin(context)?;
        if step.statement.debit_due == 0 {
            return Err(anyhow!("nothing of period {} waits for a note", self.which.period)
                .hint("gesim period show tells what is billed and what was given back"));
        }
        let notes = step.statement.notes;
        let session = step.chain.session(context);
        session.send("issue note", &[step.period.issue_note(step.chain.me(), notes)], &[])?;
        let address = step.period.note(notes);
        if session.is_dry_run() {
            return context.finish(&session, Address { address });
        }
        let note: Batch = fetch::fetch(&step.chain.rpc, "note", &address)?;
        context.finish(&session, BatchShown::chain(&address, &note).with_books(&step.chain.rpc, &note)?)
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim period grow <AGREEMENT> --period 202611\n\nThe other commands do this by themselves when a statement is full."
)]
pub struct Grow {
    #[command(flatten)]
    which: Which,
}

impl Grow {
    pub fn run(&self, context: &Context) -> Result<()> {
        let step = self.which.begin(context)?;
        let session = step.chain.session(context);
        session.send("grow statement", &[step.period.grow(step.chain.me())], &[])?;
        step.finish(context, &session)
    }
}

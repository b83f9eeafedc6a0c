//! The money behind an MNO's word: what it owes back and does not earn any more is paid out of it.

mod shown;

use anyhow::{anyhow, Result};
use clap::{Args, Subcommand};
use gesim_client::{fetch, instructions::settlement as build, Session};
use settlement::state::Agreement;
use solana_pubkey::Pubkey;

use shown::Shown;

use super::period::Books;
use crate::{
    amount,
    context::{Chain, Context},
    failure::Hint,
};

#[derive(Subcommand, Debug)]
pub enum Bond {
    /// Put money behind an agreement; it is the operator's (anyone may)
    Post(Post),
    /// Pay what the operator owes back out of the bond, to the virtual operator (anyone may)
    #[command(after_help = "Example:\n  gesim bond collect <AGREEMENT>")]
    Collect {
        /// Agreement
        agreement: Pubkey,
    },
    /// Take the bond back, long enough after the agreement's end (the operator does)
    #[command(after_help = "Example:\n  gesim bond withdraw <AGREEMENT> --keypair mno.json")]
    Withdraw {
        /// Agreement
        agreement: Pubkey,
    },
    /// Show bond and debt of an agreement
    #[command(after_help = "Example:\n  gesim bond show <AGREEMENT> --output json")]
    Show {
        /// Agreement
        agreement: Pubkey,
    },
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim bond post <AGREEMENT> --amount 1000 --keypair mno.json")]
pub struct Post {
    /// Agreement
    agreement: Pubkey,
    /// Stablecoin
    #[arg(long)]
    amount: String,
    /// Token account to take it from [default: the signer's associated one]
    #[arg(long, value_name = "ADDRESS")]
    source: Option<Pubkey>,
}

impl Bond {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Post(command) => command.run(context),
            Self::Collect { agreement } => collect(context, agreement),
            Self::Withdraw { agreement } => withdraw(context, agreement),
            Self::Show { agreement } => {
                let books = Books::fetch(&context.reader(), agreement)?;
                context.output.emit(&Shown::new(&books, &books.agreement))
            }
        }
    }
}

impl Books {
    fn bond(&self) -> build::Bond<'_> {
        build::Bond { agreement: self.address, state: &self.agreement, token_program: self.mint.program }
    }
}

fn finish(context: &Context, chain: &Chain, session: &Session, books: &Books) -> Result<()> {
    let state: Agreement = fetch::fetch(&chain.rpc, "agreement", &books.address)?;
    context.finish(session, Shown::new(books, &state))
}

impl Post {
    fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let books = Books::fetch(&chain.rpc, &self.agreement)?;
        let amount = amount::parse(&self.amount, books.mint.decimals)?;
        let source = self.source.unwrap_or_else(|| books.mint.account(&chain.me()));
        let session = chain.session(context);
        session.send("post bond", &[books.bond().post(chain.me(), chain.me(), source, amount)], &[])?;
        finish(context, &chain, &session, &books)
    }
}

fn collect(context: &Context, agreement: &Pubkey) -> Result<()> {
    let chain = context.chain()?;
    let books = Books::fetch(&chain.rpc, agreement)?;
    if books.agreement.owed == 0 {
        return Err(
            anyhow!("the operator owes nothing under this agreement").hint("gesim claim find looks for reasons")
        );
    }
    let mvno = books.mint.create_account(&chain.me(), &books.agreement.mvno);
    let session = chain.session(context);
    session.send("collect bond", &[mvno, books.bond().collect()], &[])?;
    finish(context, &chain, &session, &books)
}

fn withdraw(context: &Context, agreement: &Pubkey) -> Result<()> {
    let chain = context.chain()?;
    let books = Books::fetch(&chain.rpc, agreement)?;
    let session = chain.session(context);
    session.send("withdraw bond", &[books.bond().withdraw(chain.me())], &[])?;
    finish(context, &chain, &session, &books)
}

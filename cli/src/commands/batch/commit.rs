use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use gesim_client::{fetch, instructions::settlement as build};
use settlement::{state::Batch as OnChain, Commitment};
use solana_pubkey::Pubkey;

use super::{select, BatchShown};
use crate::{commands::period::Books, context::Context};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim batch commit <FOLDER> --keypair mno.json")]
pub struct Commit {
    /// Batch folder
    folder: PathBuf,
    /// Who proves and is rewarded [default: the signer]
    #[arg(long, value_name = "ADDRESS")]
    prover: Option<Pubkey>,
}

impl Commit {
    pub fn run(&self, context: &Context) -> Result<()> {
        let batch = select::open(&self.folder)?;
        let chain = context.chain()?;
        select::same_cluster(&batch, &chain.rpc)?;
        let session = chain.session(context);
        let address = select::address(&batch);
        let about = batch.context();
        let agreement_address = Pubkey::from(about.agreement);
        let books = Books::fetch(&chain.rpc, &agreement_address)?;
        // Says that the period must be opened first, where it was not.
        books.statement(&chain.rpc, about.period)?;
        let Books { agreement, mint, .. } = &books;
        let prover = self.prover.unwrap_or(chain.me());
        let who = build::Committer {
            payer: chain.me(),
            authority: chain.me(),
            mno: agreement.mno,
            prover,
            prover_token: mint.account(&prover),
        };
        let commitment = Commitment {
            root: about.root,
            records: about.records,
            chunks: about.chunks,
            circuit: about.circuit as u8,
            nonce: about.nonce,
        };
        let steps = [
            mint.create_account(&chain.me(), &prover),
            build::commit_batch(&who, agreement_address, about.period, about.sequence, commitment),
        ];
        session.send("commit batch", &steps, &[])?;
        let shown = match session.is_dry_run() {
            true => BatchShown::folder(&batch),
            false => {
                let state: OnChain = fetch::fetch(&chain.rpc, "batch", &address)?;
                BatchShown::chain(&address, &state).with_books(&chain.rpc, &state)?.with_folder(&batch)
            }
        };
        context.finish(&session, shown)
    }
}

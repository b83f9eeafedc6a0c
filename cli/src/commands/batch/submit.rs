use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use gesim_client::{fetch, instructions::settlement as build, proofs};
use settlement::state::{Batch as OnChain, BatchState};

use super::{select, BatchShown};
use crate::{
    commands::period::{room, Books},
    context::Context,
    failure::Hint,
    ingest,
    progress::Progress,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim batch submit <FOLDER>\n\nAnyone may submit. A run that was stopped goes on where it was: the chain knows how far it is."
)]
pub struct Submit {
    /// Batch folder
    folder: PathBuf,
    /// Proofs verified in one transaction
    #[arg(long, default_value_t = proofs::GROUP, value_parser = clap::value_parser!(u16).range(1..=proofs::GROUP.into()))]
    group: u16,
}

impl Submit {
    pub fn run(&self, context: &Context) -> Result<()> {
        let batch = select::open(&self.folder)?;
        let finished = batch.finished_proofs().map_err(ingest::prover).hint("gesim batch prove <FOLDER> first")?;
        let slots: Vec<proofs::Slot> = finished.iter().map(|proof| proof.to_bytes()).collect();
        let poks: Vec<[u8; 64]> = finished.iter().map(|proof| proof.pok).collect();
        let chain = context.chain()?;
        select::same_cluster(&batch, &chain.rpc)?;
        let session = chain.session(context);
        let address = select::address(&batch);
        let state: OnChain = fetch::fetch(&chain.rpc, "batch", &address)
            .map_err(anyhow::Error::from)
            .hint("gesim batch commit <FOLDER> first")?;
        let bar = Progress::bar(&context.output, "Verifying on-chain", u64::from(state.chunks));
        if state.state == BatchState::Committed {
            let report = |done: u32| bar.set(done.into());
            proofs::submit(&session, &chain.signer, &address, &slots, &poks, self.group, &report)?;
            let totals = batch.totals().lanes;
            let books = Books::fetch(&chain.rpc, &state.agreement)?;
            let statement = books.statement(&chain.rpc, state.period)?;
            let period = books.period(state.period, statement.terms);
            let mut steps: Vec<_> = room(&chain.rpc, chain.me(), &period, &statement)?.into_iter().collect();
            steps.push(build::open_totals(&(&state).into(), statement.terms, totals, batch.blinding()));
            session.send("open totals", &steps, &[])?;
        }
        drop(bar);
        let state: OnChain = fetch::fetch(&chain.rpc, "batch", &address)?;
        context
            .finish(&session, BatchShown::chain(&address, &state).with_books(&chain.rpc, &state)?.with_folder(&batch))
    }
}

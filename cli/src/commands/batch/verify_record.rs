use std::{fmt, path::PathBuf};

use anyhow::Result;
use clap::Args;
use gesim_client::{addresses::settlement as seeds, fetch, instructions::settlement as build, Session, Transport};
use gesim_prover::{verify_opening, RecordOpening};
use serde::Serialize;
use settlement::{state::Batch as OnChain, Record};
use solana_pubkey::Pubkey;

use super::open_record::Opened;
use crate::{context::Context, failure::Hint, ingest};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim batch verify-record record.json\n  gesim batch verify-record record.json --on-chain    the program itself verifies and says so in an event"
)]
pub struct VerifyRecord {
    /// File that open-record wrote
    file: PathBuf,
    /// Have the program verify it, too
    #[arg(long)]
    on_chain: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    valid: bool,
    batch: String,
    root: String,
    on_chain: bool,
    record: Opened,
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The record is in batch {} (root {})", self.batch, self.root)?;
        write!(f, "{}", self.record)
    }
}

impl VerifyRecord {
    pub fn run(&self, context: &Context) -> Result<()> {
        let opening = RecordOpening::read(&self.file).map_err(ingest::prover)?;
        let about = opening.context();
        let address = seeds::batch(&Pubkey::from(about.agreement), about.period, about.sequence).0;
        match self.on_chain {
            true => {
                let chain = context.chain()?;
                let shown = self.check(&chain.rpc, &opening, &address)?;
                let session = chain.session(context);
                check_on_chain(&session, &opening, address)?;
                context.finish(&session, shown)
            }
            false => context.output.emit(&self.check(&context.reader(), &opening, &address)?),
        }
    }

    /// Against what the chain knows, not against what the file says about itself.
    fn check(&self, rpc: &dyn Transport, opening: &RecordOpening, address: &Pubkey) -> Result<Verified> {
        let state: OnChain = fetch::fetch(rpc, "batch", address)
            .map_err(anyhow::Error::from)
            .hint("is this the cluster the batch was committed on? See --url")?;
        verify_opening(opening, &state.ctx, &state.root).map_err(ingest::prover)?;
        Ok(Verified {
            valid: true,
            batch: address.to_string(),
            root: hex::encode(state.root),
            on_chain: self.on_chain,
            record: Opened::new(&self.file, opening),
        })
    }
}

fn check_on_chain(session: &Session, opening: &RecordOpening, batch: Pubkey) -> Result<()> {
    let record = Record {
        chunk: opening.chunk,
        lane: opening.lane,
        position: opening.position,
        value: opening.value,
        record_id: opening.record_id,
        meta_digest: opening.meta_digest,
    };
    session.send("check record", &[build::check_record(batch, record, opening.proof)], &[])?;
    Ok(())
}

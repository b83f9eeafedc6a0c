//! From the file's records to the paid batch.

use anyhow::{anyhow, Result};
use escrow::state::Pool;
use gesim_client::{
    addresses::settlement as at,
    fetch,
    instructions::settlement::{self as build, BatchRef, Committer, Payer},
    proofs::{self, Verified},
    Session,
};
use gesim_prover::{Batch, BatchParams};
use settlement::{
    state::{Agreement, Batch as OnChain},
    Commitment,
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{cast::Cast, market::Market, terms::Terms, Pipeline};
use crate::{
    failure::Hint,
    ingest::{ingest_records, prover, Increments},
};

/// Where the batch is.
pub fn address(market: &Market, batch: &Batch) -> Pubkey {
    at::batch(&market.agreement, batch.context().period, batch.context().sequence).0
}

/// Makes the batch, or opens the one that a stopped run left.
pub fn batch(
    session: &Session,
    market: &Market,
    run: &Pipeline,
    terms: &Terms,
    records: u64,
    read: &dyn Fn(u64),
) -> Result<Batch> {
    let params = BatchParams {
        program: settlement::ID.to_bytes(),
        cluster: session.transport.genesis_hash()?.to_bytes(),
        agreement: market.agreement.to_bytes(),
        period: terms.period,
        sequence: terms.sequence,
        measure: terms.measure,
        nonce: run.secrets.nonce(),
    };
    if !run.batch.exists() {
        // a demonstration bills a file as it is, records of other months with it
        let increments = Increments::new(&terms.document.contract.lanes)?;
        let source = run.input.open()?;
        return ingest_records(source, run.batch, params, increments, None, &run.secrets.agreement_key(), read);
    }
    let batch = Batch::open(run.batch).map_err(prover)?;
    if BatchParams::from(batch.context()) != params || batch.context().records != records {
        return Err(anyhow!("the batch in {} is another file's", run.batch.display()).hint("name another folder"));
    }
    Ok(batch)
}

pub fn commit(session: &Session, cast: &Cast, market: &Market, batch: &Batch) -> Result<()> {
    let about = batch.context();
    let who = Committer {
        payer: cast.payer.pubkey(),
        authority: cast.mno.pubkey(),
        mno: market.mno,
        prover: cast.prover.pubkey(),
        prover_token: cast.mint().account(&cast.prover.pubkey()),
    };
    let commitment = Commitment {
        root: about.root,
        records: about.records,
        chunks: about.chunks,
        circuit: about.circuit as u8,
        nonce: about.nonce,
    };
    let step = build::commit_batch(&who, market.agreement, about.period, about.sequence, commitment);
    session.send("commit batch", &[step], &[&cast.mno])?;
    Ok(())
}

/// Stages and verifies every proof, then opens the totals.
pub fn verify(session: &Session, cast: &Cast, market: &Market, batch: &Batch) -> Result<Verified> {
    let finished = batch.finished_proofs().map_err(prover)?;
    let slots: Vec<proofs::Slot> = finished.iter().map(|proof| proof.to_bytes()).collect();
    let poks: Vec<[u8; 64]> = finished.iter().map(|proof| proof.pok).collect();
    let address = address(market, batch);
    let verified = proofs::submit(session, &cast.prover, &address, &slots, &poks, proofs::GROUP, &|_| {})?;
    let about = batch.context();
    let of = BatchRef { agreement: market.agreement, period: about.period, sequence: about.sequence };
    let open = build::open_totals(&of, market.terms, batch.totals().lanes, batch.blinding());
    session.send("open totals", &[open], &[])?;
    Ok(verified)
}

/// The MVNO accepts, and the pool pays.
pub fn settle(session: &Session, cast: &Cast, market: &Market, batch: &Batch) -> Result<OnChain> {
    let address = address(market, batch);
    let accept = build::accept_batch(cast.mvno.pubkey(), market.agreement, address);
    session.send("accept invoice", &[accept], &[&cast.mvno])?;
    let state: OnChain = fetch::fetch(session.transport, "batch", &address)?;
    let agreement: Agreement = fetch::fetch(session.transport, "agreement", &market.agreement)?;
    let pool: Pool = fetch::fetch(session.transport, "pool", &market.pool)?;
    let payer = Payer { pool: market.pool, state: &pool };
    session.send("settle", &[build::settle_batch(address, &state, &agreement, &payer)], &[])?;
    Ok(fetch::fetch(session.transport, "batch", &address)?)
}

use std::path::Path;

use anyhow::Result;
use gesim_cdr::{open::Reading, Format};
use gesim_client::{
    fetch,
    instructions::settlement::{self as build, BatchRef, Committer, Payer},
    pools, proofs, Session,
};
use gesim_core::Measure;
use gesim_prover::{Batch, BatchParams, UsageProver};
use serde::Serialize;
use settlement::{
    state::{Agreement, Batch as OnChain, BatchState, Statement},
    Commitment,
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{
    cast::{Cast, DECIMALS},
    market::{Direction, Pools, TERMS},
    traffic::Traffic,
    PERIOD,
};
use crate::{
    amount,
    commands::batch::prove as prove_batch,
    files,
    ingest::{ingest_records, prover, Increments},
    output::Output,
    pipeline::Secrets,
};

/// A batch of one file, and which direction's it is.
pub struct OwnBatch {
    pub direction: usize,
    pub batch: Batch,
    pub at: BatchRef,
}

/// Every file becomes a batch.
pub fn ingest(
    session: &Session,
    directions: &[Direction; 2],
    traffic: &Traffic,
    folder: &Path,
    secrets: &Secrets,
) -> Result<Vec<OwnBatch>> {
    let cluster = session.transport.genesis_hash()?.to_bytes();
    let mut batches = Vec::new();
    for (number, pair) in traffic.pairs.iter().enumerate() {
        let direction = &directions[pair.direction];
        let sequence = u32::try_from(number / 2 + 1)?;
        let params = BatchParams {
            program: settlement::ID.to_bytes(),
            cluster,
            agreement: direction.agreement.to_bytes(),
            period: PERIOD,
            sequence,
            measure: Measure::Units,
            nonce: secrets.identity(&format!("nonce {number}")),
        };
        let contract = &direction.contract;
        let increments = Increments::new(&contract.lanes)?.within(PERIOD, contract.head.late_days);
        let target = folder.join(format!("batch-{number}"));
        let reading = Reading::new(Format::Tap);
        let key = secrets.agreement_key();
        let records = files::records(&pair.visited, &reading)?;
        let batch = ingest_records(records, &target, params, increments, None, &key, &|_| {})?;
        let at = BatchRef { agreement: direction.agreement, period: PERIOD, sequence };
        batches.push(OwnBatch { direction: pair.direction, batch, at });
    }
    Ok(batches)
}

pub fn prove(batches: &[OwnBatch], output: &Output) -> Result<u32> {
    let mut count = 0;
    for own in batches {
        count += prove_batch(&own.batch, UsageProver::IN_FLIGHT, output)?.count;
    }
    Ok(count)
}

/// Commits, verifies and opens every batch.
pub fn verify(session: &Session, cast: &Cast, directions: &[Direction; 2], batches: &[OwnBatch]) -> Result<()> {
    for own in batches {
        let direction = &directions[own.direction];
        let about = own.batch.context();
        let seller = &cast.operators[direction.seller].key;
        let who = Committer {
            payer: cast.payer.pubkey(),
            authority: seller.pubkey(),
            mno: direction.mno,
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
        let step = build::commit_batch(&who, direction.agreement, PERIOD, own.at.sequence, commitment);
        session.send("commit batch", &[step], &[seller])?;
        let finished = own.batch.finished_proofs().map_err(prover)?;
        let slots: Vec<proofs::Slot> = finished.iter().map(|proof| proof.to_bytes()).collect();
        let poks: Vec<[u8; 64]> = finished.iter().map(|proof| proof.pok).collect();
        proofs::submit(session, &cast.prover, &own.at.address(), &slots, &poks, proofs::GROUP, &|_| {})?;
        let open = build::open_totals(&own.at, TERMS, own.batch.totals().lanes, own.batch.blinding());
        session.send("open totals", &[open], &[])?;
    }
    Ok(())
}

/// Pays what of a batch can be paid now, from one pool after the other.
pub fn settle(session: &Session, batch: &Pubkey, from: &[Pubkey]) -> Result<OnChain> {
    let mut state: OnChain = fetch::fetch(session.transport, "batch", batch)?;
    let agreement: Agreement = fetch::fetch(session.transport, "agreement", &state.agreement)?;
    for address in from {
        let due = state.due()?;
        let settled = state.state == BatchState::Settled || due == 0 && state.state == BatchState::Disputed;
        if settled {
            break;
        }
        let pool = pools::fetch(session.transport, address)?;
        if pool.wholesale == 0 && due > 0 {
            continue;
        }
        let payer = Payer { pool: *address, state: &pool };
        session.send("settle", &[build::settle_batch(*batch, &state, &agreement, &payer)], &[])?;
        state = fetch::fetch(session.transport, "batch", batch)?;
    }
    Ok(state)
}

/// What the month came to in one direction, in stablecoin.
#[derive(Serialize, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Billed {
    pub from: String,
    pub to: String,
    pub records: u64,
    pub batches: u32,
    /// With notes and corrections.
    pub billed: String,
    /// Of it, what the other direction did not match.
    pub note: String,
    /// What the seller owes back, for later payments to be set off.
    pub owed: String,
    pub entries: usize,
}

/// Both sides close the month; what the directions do not match of each other is invoiced by a note and paid.
pub fn close(session: &Session, cast: &Cast, directions: &[Direction; 2], pools: &Pools) -> Result<Vec<Billed>> {
    for direction in directions {
        let [seller, buyer] = [direction.seller, direction.buyer()].map(|at| &cast.operators[at].key);
        let close = direction.period().close(Some(direction.sides(cast)));
        session.send("close period", &[close], &[seller, buyer])?;
    }
    let mut billed = Vec::new();
    for (at, direction) in directions.iter().enumerate() {
        let balance = direction.period().balance(directions[1 - at].agreement);
        session.send("balance", &[balance], &[])?;
        let address = direction.period().address();
        let statement: Statement = fetch::fetch(session.transport, "statement", &address)?;
        let due = statement.debit_due;
        if due > 0 {
            note(session, cast, direction, statement.notes, &pools.of[at])?;
        }
        let agreement: Agreement = fetch::fetch(session.transport, "agreement", &direction.agreement)?;
        let text = |amount| amount::format(amount, DECIMALS);
        billed.push(Billed {
            from: direction.contract.parties.mno.to_string(),
            to: direction.contract.parties.mvno.to_string(),
            records: statement.records,
            batches: statement.batches,
            billed: text(statement.billed),
            note: text(due),
            owed: text(agreement.owed),
            entries: statement.entries.len(),
        });
    }
    Ok(billed)
}

fn note(session: &Session, cast: &Cast, direction: &Direction, notes: u32, from: &[Pubkey]) -> Result<()> {
    let buyer = &cast.operators[direction.buyer()].key;
    session.send("issue note", &[direction.period().issue_note(cast.payer.pubkey(), notes)], &[])?;
    let batch = direction.period().note(notes);
    let accept = build::accept_batch(buyer.pubkey(), direction.agreement, batch);
    session.send("accept note", &[accept], &[buyer])?;
    settle(session, &batch, from)?;
    Ok(())
}

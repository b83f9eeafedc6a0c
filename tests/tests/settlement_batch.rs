//! Committing batches, and batches that run out of time.

use gesim_core::inputs::{BatchContext, INITIAL_COMMITMENT};
use gesim_tests::{
    attack,
    settlement::{associated, commitment, replace, terms, World, CLUSTER, PERIOD, PROVE},
};
use settlement::{
    error::SettlementError as E,
    events,
    state::{config::pause, seeds, Batch, BatchState},
    Commitment, ID,
};
use solana_signer::Signer;

#[test]
fn commit_ok() {
    let mut w = World::with_agreement(&terms());
    let operator = w.operator.insecure_clone();
    let meta = w.ok(w.commit_batch(PERIOD, 7, &commitment()), &[&operator]);
    let batch: Batch = w.chain.fetch(&w.batch(7));
    let context = BatchContext {
        program: ID.to_bytes(),
        cluster: CLUSTER,
        agreement: w.agreement.to_bytes(),
        period: PERIOD,
        sequence: 7,
        measure: gesim_core::Measure::Units,
        circuit: gesim_core::layout::CircuitSize::Small,
        records: 600,
        chunks: 3,
        root: [1; 32],
        nonce: [3; 32],
    };
    assert_eq!(batch.ctx, context.hash());
    assert_eq!((batch.state, batch.verified, batch.commitment), (BatchState::Committed, 0, INITIAL_COMMITMENT));
    assert_eq!((batch.prover, batch.prover_token), (w.prover.pubkey(), w.prover_token));
    assert_eq!(batch.deadline, w.chain.now() + i64::from(PROVE));
    let event = &meta.events::<events::BatchCommitted>()[0];
    assert_eq!((event.ctx, event.sequence, event.chunks), (batch.ctx, 7, 3));
}

#[test]
fn commit_twice_fails() {
    let (mut w, batch) = World::with_batch();
    let operator = w.operator.insecure_clone();
    let again = w.commit_batch(PERIOD, 1, &commitment());
    w.chain.send(std::slice::from_ref(&again), &[&operator]).expect_err("the sequence number is taken");
    // not even when the first one has lapsed
    w.chain.warp_by(i64::from(PROVE) + 1);
    w.ok(w.expire_batch(batch), &[]);
    w.chain.send(&[again], &[&operator]).expect_err("the sequence number is spent");
    w.ok(w.commit_batch(PERIOD, 2, &commitment()), &[&operator]);
}

#[test]
fn commit_bad_numbers_fails() {
    let mut w = World::with_agreement(&terms());
    let operator = w.operator.insecure_clone();
    let good = commitment();
    let modulus = gesim_core::poseidon::MODULUS;
    let bad = [
        (Commitment { circuit: 2, ..good.clone() }, E::BadCircuit),
        (Commitment { chunks: 0, ..good.clone() }, E::BadChunks),
        (Commitment { chunks: 1_025, records: 2_000, ..good.clone() }, E::BadChunks),
        (Commitment { records: 2, ..good.clone() }, E::BadRecords),
        (Commitment { records: 631, ..good.clone() }, E::BadRecords),
        (Commitment { records: u64::MAX, ..good.clone() }, E::BadRecords),
        (Commitment { root: modulus, ..good.clone() }, E::NotAFieldElement),
        (Commitment { root: [255; 32], ..good.clone() }, E::NotAFieldElement),
    ];
    for (commitment, error) in bad {
        w.fails(w.commit_batch(PERIOD, 1, &commitment), &[&operator], error);
    }
    w.fails(w.commit_batch(PERIOD, 0, &good), &[&operator], E::BadSequence);
    w.fails(w.commit_batch(PERIOD, 100_000, &good), &[&operator], E::BadSequence);
    w.ok(w.commit_batch(PERIOD, 99_999, &Commitment { records: 630, ..good.clone() }), &[&operator]);
    let most = Commitment { chunks: 1_024, records: 1_024, circuit: 1, ..good };
    w.ok(w.commit_batch(PERIOD, 1, &most), &[&operator]);
}

#[test]
fn commit_without_an_open_period_fails() {
    let mut w = World::with_agreement(&terms());
    let operator = w.operator.insecure_clone();
    w.chain.send(&[w.commit_batch(202_612, 1, &commitment())], &[&operator]).expect_err("no books, no batch");
    // the statement of another period does not do
    let (wanted, other) = (seeds::statement(&w.agreement, 202_612).0, seeds::statement(&w.agreement, PERIOD).0);
    let ix = replace(w.commit_batch(202_612, 1, &commitment()), &wanted, &other);
    w.chain.send(&[ix], &[&operator]).expect_err("the statement of another period");
}

#[test]
fn commit_by_others_fails() {
    let mut w = World::with_agreement(&terms());
    let (operator, stranger, mvno) =
        (w.operator.insecure_clone(), w.stranger.insecure_clone(), w.mvno.insecure_clone());
    let ix = replace(w.commit_batch(PERIOD, 1, &commitment()), &operator.pubkey(), &stranger.pubkey());
    w.fails(ix, &[&stranger], E::NotTheMno);
    w.ok(w.set_paused(pause::COMMIT), &[]);
    w.fails(w.commit_batch(PERIOD, 1, &commitment()), &[&operator], E::Paused);
    w.ok(w.set_paused(0), &[]);
    w.ok(w.terminate_agreement(mvno.pubkey()), &[&mvno]);
    w.fails(w.commit_batch(PERIOD, 1, &commitment()), &[&operator], E::WrongAgreementState);
}

#[test]
fn commit_prover_token_fails() {
    let mut w = World::with_agreement(&terms());
    let operator = w.operator.insecure_clone();
    let ix = w.commit_batch(PERIOD, 1, &commitment());
    let (coin, prover) = (w.coin, w.prover.pubkey());
    let loose = w.chain.token_account(&coin, &prover);
    w.fails(replace(ix.clone(), &w.prover_token, &loose), &[&operator], E::WrongTokenAccount);
    let other = w.chain.coin();
    let foreign = associated(&mut w.chain, &other, &prover);
    w.fails(replace(ix.clone(), &w.prover_token, &foreign), &[&operator], E::WrongMint);
    let somebody = associated(&mut w.chain, &coin, &operator.pubkey());
    w.fails(replace(ix, &w.prover_token, &somebody), &[&operator], E::WrongTokenAccount);
}

#[test]
fn commit_attacks_fail() {
    let mut w = World::with_agreement(&terms());
    let stranger = w.stranger.pubkey();
    let ix = w.commit_batch(PERIOD, 1, &commitment());
    let taken = w.payout;
    attack::everything(&mut w.chain, &ix, &[stranger, taken], &|index, _| index == 0);
}

#[test]
fn expire_committed_ok() {
    let (mut w, batch) = World::with_batch();
    w.fails(w.expire_batch(batch), &[], E::TooEarly);
    w.chain.warp_by(i64::from(PROVE));
    w.fails(w.expire_batch(batch), &[], E::TooEarly);
    w.chain.warp_by(1);
    w.ok(w.set_paused(pause::VERIFY), &[]);
    w.fails(w.expire_batch(batch), &[], E::Paused);
    w.ok(w.set_paused(0), &[]);
    let ix = w.expire_batch(batch);
    attack::everything(&mut w.chain, &ix, &[], &|_, _| false);
    let meta = w.ok(ix.clone(), &[]);
    assert_eq!(meta.events::<events::BatchCancelled>().len(), 1);
    assert_eq!(w.statement(PERIOD).open_batches, 0);
    assert_eq!(w.state(&batch), BatchState::Cancelled);
    w.fails(ix, &[], E::WrongBatchState);
}

#[test]
fn open_totals_before_proofs_fails() {
    let (mut w, batch) = World::with_batch();
    w.fails(w.open_totals(batch, [0; 8], [0; 32]), &[], E::NotVerified);
    w.chain.warp_by(i64::from(PROVE) + 1);
    w.fails(w.open_totals(batch, [0; 8], [0; 32]), &[], E::TooLate);
}

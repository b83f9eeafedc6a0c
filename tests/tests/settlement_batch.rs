//! Committing batches and staging proofs.

use gesim_core::inputs::{BatchContext, INITIAL_COMMITMENT};
use gesim_tests::{
    attack,
    settlement::{associated, commitment, replace, terms, World, CLUSTER, PERIOD, PROVE},
};
use settlement::{
    error::SettlementError as E,
    events,
    state::{config::pause, proof_buffer::{MAX_SLOTS, SLOT_LEN}, seeds, Batch, BatchState, ProofBuffer},
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
fn commit_without_rate_fails() {
    let mut w = World::with_agreement(&terms());
    let operator = w.operator.insecure_clone();
    w.chain.send(&[w.commit_batch(202_612, 1, &commitment())], &[&operator]).expect_err("no rate, no batch");
    // the rate of another period does not do
    let (wanted, other) = (seeds::rate(&w.agreement, 202_612).0, seeds::rate(&w.agreement, PERIOD).0);
    let ix = replace(w.commit_batch(202_612, 1, &commitment()), &wanted, &other);
    w.chain.send(&[ix], &[&operator]).expect_err("the rate of another period");
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
fn buffer_ok() {
    let (mut w, batch) = World::with_batch();
    let writer = w.stranger.insecure_clone();
    let before = w.chain.lamports(&writer.pubkey());
    w.ok(w.open_buffer(writer.pubkey(), batch, 5, 1, 2), &[&writer]);
    let at = seeds::buffer(&batch, &writer.pubkey(), 5).0;
    let buffer: ProofBuffer = w.chain.fetch(&at);
    assert_eq!((buffer.writer, buffer.batch, buffer.first_chunk, buffer.slots), (writer.pubkey(), batch, 1, 2));
    assert_eq!(w.chain.account(&at).expect("buffer").data.len(), ProofBuffer::HEAD + 2 * SLOT_LEN);
    let end = 2 * SLOT_LEN as u32;
    w.ok(w.write_buffer(writer.pubkey(), at, 0, &[1; 900 / 3]), &[&writer]);
    w.ok(w.write_buffer(writer.pubkey(), at, end - 10, &[2; 10]), &[&writer]);
    let data = w.chain.account(&at).expect("buffer").data;
    assert_eq!((data[ProofBuffer::HEAD], data[data.len() - 1]), (1, 2));
    assert_eq!(w.chain.fetch::<ProofBuffer>(&at).writer, writer.pubkey(), "the head is untouched");
    w.ok(w.close_buffer(writer.pubkey(), writer.pubkey(), batch, at), &[&writer]);
    assert!(!w.chain.exists(&at));
    assert_eq!(w.chain.lamports(&writer.pubkey()), before, "the rent comes back");
}

#[test]
fn open_buffer_fails() {
    let (mut w, batch) = World::with_batch();
    let writer = w.stranger.insecure_clone();
    let key = writer.pubkey();
    for (first, slots) in [(0, 0), (0, 4), (3, 1), (2, 2), (u32::MAX, 1), (0, MAX_SLOTS + 1), (0, u16::MAX)] {
        w.fails(w.open_buffer(key, batch, 1, first, slots), &[&writer], E::BadBufferSize);
    }
    w.ok(w.set_paused(pause::VERIFY), &[]);
    w.fails(w.open_buffer(key, batch, 1, 0, 1), &[&writer], E::Paused);
    w.ok(w.set_paused(0), &[]);
    w.ok(w.open_buffer(key, batch, 1, 0, 1), &[&writer]);
    w.chain.send(&[w.open_buffer(key, batch, 1, 0, 1)], &[&writer]).expect_err("the buffer is there");
    w.edit(&batch, |batch: &mut Batch| batch.state = BatchState::Cancelled);
    w.fails(w.open_buffer(key, batch, 2, 0, 1), &[&writer], E::WrongBatchState);
}

#[test]
fn write_buffer_fails() {
    let (mut w, batch) = World::with_batch();
    let (writer, other) = (w.stranger.insecure_clone(), w.prover.insecure_clone());
    let key = writer.pubkey();
    w.ok(w.open_buffer(key, batch, 1, 0, 1), &[&writer]);
    let at = seeds::buffer(&batch, &key, 1).0;
    let size = SLOT_LEN as u32;
    w.fails(w.write_buffer(other.pubkey(), at, 0, &[0; 8]), &[&other], E::NotTheWriter);
    w.fails(w.write_buffer(key, at, size - 7, &[0; 8]), &[&writer], E::OutsideBuffer);
    w.fails(w.write_buffer(key, at, size, &[0; 1]), &[&writer], E::OutsideBuffer);
    w.fails(w.write_buffer(key, at, u32::MAX, &[0; 1]), &[&writer], E::OutsideBuffer);
    w.fails(w.close_buffer(other.pubkey(), key, batch, at), &[&other], E::NotTheWriter);
    w.fails(w.close_buffer(other.pubkey(), other.pubkey(), batch, at), &[&other], E::NotTheWriter);
    w.chain.send(&[w.write_buffer(key, batch, 0, &[0; 8])], &[&writer]).expect_err("a batch is no buffer");
}

#[test]
fn buffer_attacks_fail() {
    let (mut w, batch) = World::with_batch();
    let (writer, other) = (w.stranger.insecure_clone(), w.prover.pubkey());
    let key = writer.pubkey();
    let open = w.open_buffer(key, batch, 1, 0, 1);
    attack::everything(&mut w.chain, &open, &[other], &|_, _| false);
    w.ok(open, &[&writer]);
    let at = seeds::buffer(&batch, &key, 1).0;
    let write = w.write_buffer(key, at, 0, &[1; 8]);
    attack::everything(&mut w.chain, &write, &[other, batch], &|_, _| false);
    let close = w.close_buffer(key, key, batch, at);
    attack::missing_signers(&mut w.chain, &close);
    attack::read_only(&mut w.chain, &close);
    attack::substitutions(&mut w.chain, &close, &[other, batch], &|_, _| false);
    let grow = w.grow_buffer(key, at);
    attack::everything(&mut w.chain, &grow, &[other, batch], &|_, _| false);
}

/// A buffer for as many proofs as one transaction verifies is larger than one instruction can make.
#[test]
fn grown_buffer_ok() {
    let (mut w, batch) = World::with_batch();
    w.edit(&batch, |batch: &mut Batch| (batch.chunks, batch.records) = (100, 100));
    let writer = w.stranger.insecure_clone();
    let key = writer.pubkey();
    let before = w.chain.lamports(&key);
    w.ok(w.open_buffer(key, batch, 1, 0, MAX_SLOTS), &[&writer]);
    let at = seeds::buffer(&batch, &key, 1).0;
    let len = |w: &World| w.chain.account(&at).expect("buffer").data.len();
    assert_eq!(len(&w), 10_240);
    let last = u32::from(MAX_SLOTS) * SLOT_LEN as u32 - 4;
    w.fails(w.write_buffer(key, at, last, &[7; 4]), &[&writer], E::OutsideBuffer);
    w.fails(w.verify_with(batch, at, 0, MAX_SLOTS, [1; 64]), &[], E::OutsideBuffer);
    w.ok(w.grow_buffer(key, at), &[&writer]);
    assert_eq!(len(&w), ProofBuffer::space(MAX_SLOTS));
    w.ok(w.write_buffer(key, at, last, &[7; 4]), &[&writer]);
    let rent = w.chain.svm.minimum_balance_for_rent_exemption(ProofBuffer::space(MAX_SLOTS));
    assert_eq!(before - w.chain.lamports(&key), rent, "the writer pays for all of it");
    // Once more changes nothing, what was written included.
    w.ok(w.grow_buffer(key, at), &[&writer]);
    let data = w.chain.account(&at).expect("buffer").data;
    assert_eq!((data.len(), data[data.len() - 1]), (ProofBuffer::space(MAX_SLOTS), 7));
    w.ok(w.close_buffer(key, key, batch, at), &[&writer]);
    assert_eq!(w.chain.lamports(&key), before);
}

#[test]
fn grow_buffer_fails() {
    let (mut w, batch) = World::with_batch();
    let (writer, other) = (w.stranger.insecure_clone(), w.prover.insecure_clone());
    w.ok(w.open_buffer(writer.pubkey(), batch, 1, 0, 1), &[&writer]);
    let at = seeds::buffer(&batch, &writer.pubkey(), 1).0;
    w.fails(w.grow_buffer(other.pubkey(), at), &[&other], E::NotTheWriter);
    w.chain.send(&[w.grow_buffer(writer.pubkey(), batch)], &[&writer]).expect_err("a batch is no buffer");
}

/// A buffer that its writer abandoned: anyone closes it once no proof in it can be verified any more, and the writer, who paid
/// for it, has the rent back.
#[test]
fn spent_buffer_closes_ok() {
    let spent: [fn(&mut Batch); 7] = [
        |batch| batch.verified = 3,
        |batch| batch.verified = 2,
        |batch| batch.state = BatchState::Cancelled,
        |batch| batch.state = BatchState::Opened,
        |batch| batch.state = BatchState::Accepted,
        |batch| batch.state = BatchState::Disputed,
        |batch| batch.state = BatchState::Settled,
    ];
    for change in spent {
        let (mut w, batch) = World::with_batch();
        let (writer, other) = (w.stranger.insecure_clone(), w.prover.insecure_clone());
        let (key, closer) = (writer.pubkey(), other.pubkey());
        let before = w.chain.lamports(&key);
        w.ok(w.open_buffer(key, batch, 1, 0, 2), &[&writer]);
        let at = seeds::buffer(&batch, &key, 1).0;
        let close = w.close_buffer(closer, key, batch, at);
        w.fails(close.clone(), &[&other], E::NotTheWriter);
        w.edit(&batch, |batch: &mut Batch| batch.verified = 1);
        w.fails(close.clone(), &[&other], E::NotTheWriter);
        // Past the deadline it can still be paused and unpaused: the batch is to be ended first.
        w.chain.warp_by(i64::from(PROVE) + 1);
        w.fails(close.clone(), &[&other], E::NotTheWriter);
        w.edit(&batch, change);
        w.fails(w.close_buffer(closer, closer, batch, at), &[&other], E::NotTheWriter);
        let closer_before = w.chain.lamports(&closer);
        w.ok(close, &[&other]);
        assert!(!w.chain.exists(&at));
        assert_eq!((w.chain.lamports(&key), w.chain.lamports(&closer)), (before, closer_before));
    }
}

/// The batch that decides is the buffer's own.
#[test]
fn close_buffer_of_another_batch_fails() {
    let (mut w, batch) = World::with_batch();
    let (operator, writer, other) =
        (w.operator.insecure_clone(), w.stranger.insecure_clone(), w.prover.insecure_clone());
    w.ok(w.commit_batch(PERIOD, 2, &commitment()), &[&operator]);
    let ended = w.batch(2);
    w.edit(&ended, |batch: &mut Batch| batch.state = BatchState::Cancelled);
    w.ok(w.open_buffer(writer.pubkey(), batch, 1, 0, 2), &[&writer]);
    let at = seeds::buffer(&batch, &writer.pubkey(), 1).0;
    w.fails(w.close_buffer(other.pubkey(), writer.pubkey(), ended, at), &[&other], E::WrongBatch);
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
    assert!(!meta.events::<events::BatchCancelled>()[0].disputed);
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

//! Proof buffers: who makes, writes and closes one, and who has its rent.

use gesim_tests::{
    attack,
    settlement::{commitment, World, PERIOD, PROVE},
};
use settlement::{
    error::SettlementError as E,
    state::{
        config::pause,
        proof_buffer::{MAX_SLOTS, SLOT_LEN},
        seeds, Batch, BatchState, ProofBuffer,
    },
};
use solana_signer::Signer;

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

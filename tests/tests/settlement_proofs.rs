//! Real proofs of the small circuit on the real SVM: what verifies, and everything that must not.

use std::sync::OnceLock;

use gesim_core::{
    inputs::INITIAL_COMMITMENT,
    poseidon::{field, MODULUS},
    tariff::{invoice, lane_amount},
    Lane,
};
use gesim_tests::{
    attack::{self, nothing},
    settlement::{
        proven::{self, mixed, params, records, Proven, Staged},
        replace, terms, World, DISPUTE, PERIOD, PROVE, REWARD,
    },
};
use settlement::{
    error::SettlementError as E,
    events,
    state::{
        config::pause,
        proof_buffer::{MAX_SLOTS, PROOF_LEN, SLOT_LEN},
        seeds, Batch, BatchState,
    },
    Commitment, Record,
};
use solana_signer::Signer;

/// Sequence number 1 of the world's agreement: four chunks, three lanes.
fn shared() -> &'static Proven {
    static PROVEN: OnceLock<Proven> = OnceLock::new();
    PROVEN.get_or_init(|| Proven::new(params(&World::with_agreement(&terms()).agreement, 1), mixed()))
}

/// The same records under sequence number 2.
fn other() -> &'static Proven {
    static PROVEN: OnceLock<Proven> = OnceLock::new();
    PROVEN.get_or_init(|| Proven::new(params(&World::with_agreement(&terms()).agreement, 2), mixed()))
}

/// A world with the shared batch committed and these slots staged.
fn staged(slots: &[Staged]) -> (World, [anchor_lang::prelude::Pubkey; 2]) {
    let mut w = World::with_agreement(&terms());
    let batch = w.commit_proven(shared());
    let writer = w.prover.insecure_clone();
    let buffer = w.stage(&writer, &batch, 1, 0, slots);
    (w, [batch, buffer])
}

#[test]
fn from_commitment_to_payment_ok() {
    let proven = shared();
    let (mut w, [batch, buffer]) = staged(&proven.slots());
    assert_eq!(w.chain.fetch::<Batch>(&batch).ctx, *proven.batch.ctx());
    // three transactions: one chunk, two chunks, the ragged last one
    for (first, count) in [(0, 1), (1, 2), (3, 1)] {
        let meta = w.ok(w.verify_proofs(batch, buffer, first, count), &[]);
        let event = &meta.events::<events::ProofsVerified>()[0];
        assert_eq!((event.verified_before, event.verified_after), (first, first + u32::from(count)));
        assert_eq!(event.commitment, proven.proofs[event.verified_after as usize - 1].c_out);
    }
    let totals = proven.batch.totals();
    let meta = w.ok(w.open_totals(batch, totals.lanes, proven.batch.blinding()), &[]);
    let opened: Batch = w.chain.fetch(&batch);
    let tariff = (&terms().tariff[0]).into();
    let rounding = gesim_core::money::Rounding::HalfEven;
    let amounts = totals.lanes.map(|total| lane_amount(total, &tariff, rounding).expect("an amount"));
    assert_eq!(opened.lane_totals, totals.lanes);
    assert_eq!(opened.lane_totals[Lane::Other as usize], 7 * 100 + 21);
    assert_eq!(opened.lane_amounts, amounts);
    assert_eq!(opened.invoice, invoice(&amounts, 1, 1, rounding).expect("an invoice"));
    assert_eq!((opened.state, opened.reward_due), (BatchState::Opened, 4 * REWARD));
    assert_eq!(meta.events::<events::TotalsOpened>()[0].invoice, opened.invoice);
    let pool = w.pool(w.agreement, opened.invoice, 77);
    w.chain.warp_by(i64::from(DISPUTE) + 1);
    w.ok(w.settle_batch(batch, &pool), &[]);
    assert_eq!(w.chain.balance(&w.payout), opened.invoice - 4 * REWARD);
    assert_eq!(w.chain.balance(&w.prover_token), 4 * REWARD);
    assert_eq!(w.chain.balance(&pool.treasury), 77);
    assert_eq!(w.chain.balance(&pool.vault), 0);
}

#[test]
fn every_public_input_counts_fails() {
    let (mut w, [batch, buffer]) = staged(&shared().slots());
    let honest: Batch = w.chain.fetch(&batch);
    let edits: [fn(&mut Batch); 4] =
        [|b| b.ctx[31] ^= 1, |b| b.root[31] ^= 1, |b| b.commitment[31] ^= 1, |b| b.commitment = field(0)];
    for change in edits {
        w.edit(&batch, change);
        w.fails(w.verify_proofs(batch, buffer, 0, 1), &[], E::InvalidProof);
        w.fails(w.verify_proofs(batch, buffer, 0, 4), &[], E::InvalidProof);
        w.edit(&batch, |b: &mut Batch| {
            (b.ctx, b.root, b.commitment) = (honest.ctx, honest.root, INITIAL_COMMITMENT);
        });
    }
    w.ok(w.verify_proofs(batch, buffer, 0, 4), &[]);
}

#[test]
fn changed_or_swapped_slots_fail() {
    let good = shared().slots();
    let mut last_c_out = good.clone();
    last_c_out[3][SLOT_LEN - 1] ^= 1;
    let mut swapped = good.clone();
    swapped.swap(0, 1);
    let mut twice = good.clone();
    twice[1] = twice[0];
    let mut foreign = good.clone();
    foreign[2] = other().slots()[2];
    let mut half = good.clone();
    half[1][..PROOF_LEN].copy_from_slice(&good[2][..PROOF_LEN]);
    let mut bit = good.clone();
    bit[0][70] ^= 1;
    let mut commitment = good.clone();
    commitment[2][PROOF_LEN - 64..PROOF_LEN].copy_from_slice(&good[1][PROOF_LEN - 64..PROOF_LEN]);
    let mut knowledge = good.clone();
    knowledge[2][SLOT_LEN..].copy_from_slice(&good[1][SLOT_LEN..]);
    let mut infinity = good.clone();
    infinity[0][..64].fill(0);
    let mut zeros = good;
    zeros[3].fill(0);
    for slots in [last_c_out, swapped, twice, foreign, half, bit, commitment, knowledge, infinity, zeros] {
        let (mut w, [batch, buffer]) = staged(&slots);
        w.fails(w.verify_proofs(batch, buffer, 0, 4), &[], E::InvalidProof);
        assert_eq!(w.chain.fetch::<Batch>(&batch).verified, 0);
    }
}

#[test]
fn non_canonical_commitment_fails() {
    let mut slots = shared().slots();
    let mut carry = 0u16;
    for (byte, add) in slots[0][PROOF_LEN..SLOT_LEN].iter_mut().zip(MODULUS).rev() {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    let (mut w, [batch, buffer]) = staged(&slots);
    w.fails(w.verify_proofs(batch, buffer, 0, 1), &[], E::NotAFieldElement);
}

#[test]
fn proof_of_another_batch_fails() {
    let proven = shared();
    let agreement = World::with_agreement(&terms()).agreement;
    let honest = params(&agreement, 1);
    let elsewhere = [
        gesim_prover::BatchParams { program: escrow::ID.to_bytes(), ..honest.clone() },
        gesim_prover::BatchParams { cluster: [8; 32], ..honest.clone() },
        gesim_prover::BatchParams { agreement: [8; 32], ..honest.clone() },
        gesim_prover::BatchParams { period: PERIOD - 1, ..honest.clone() },
        gesim_prover::BatchParams { measure: gesim_core::Measure::Charge, ..honest.clone() },
        gesim_prover::BatchParams { nonce: [6; 32], ..honest },
    ];
    for params in elsewhere {
        // the same records, salts and root: the context alone differs
        let foreign = Proven::new(params, records(Lane::Other, 7));
        let mut w = World::with_agreement(&terms());
        let operator = w.operator.insecure_clone();
        let commitment = Commitment { nonce: [5; 32], ..foreign.commitment() };
        w.ok(w.commit_batch(PERIOD, 1, &commitment), &[&operator]);
        let (batch, writer) = (w.batch(1), w.prover.insecure_clone());
        let buffer = w.stage(&writer, &batch, 1, 0, &foreign.slots());
        w.fails(w.verify_proofs(batch, buffer, 0, 1), &[], E::InvalidProof);
    }
    // counts are in the context too
    let mut w = World::with_agreement(&terms());
    let operator = w.operator.insecure_clone();
    for (sequence, records, chunks) in [(1, 468, 4), (3, 467, 4), (4, 467, 5)] {
        let commitment = Commitment { records, chunks, ..proven.commitment() };
        w.ok(w.commit_batch(PERIOD, sequence, &commitment), &[&operator]);
        let (batch, writer) = (w.batch(sequence), w.prover.insecure_clone());
        let buffer = w.stage(&writer, &batch, 1, 0, &proven.slots());
        w.fails(w.verify_proofs(batch, buffer, 0, 4), &[], E::InvalidProof);
    }
}

#[test]
fn order_cannot_be_left_fails() {
    let proven = shared();
    let (mut w, [batch, first]) = staged(&proven.slots()[..2]);
    let stranger = w.stranger.insecure_clone();
    w.fails(w.verify_proofs(batch, first, 1, 1), &[], E::OutOfOrder);
    w.fails(w.verify_proofs(batch, first, 0, 0), &[], E::OutsideBuffer);
    w.fails(w.verify_proofs(batch, first, 0, 3), &[], E::OutsideBuffer);
    w.fails(w.verify_proofs(batch, first, 0, u16::MAX), &[], E::OutsideBuffer);
    w.ok(w.verify_proofs(batch, first, 0, 1), &[]);
    w.fails(w.verify_proofs(batch, first, 0, 1), &[], E::OutOfOrder);
    w.fails(w.verify_proofs(batch, first, 0, 2), &[], E::OutOfOrder);
    // a second prover's buffer may go on where the first one stopped, but repeats nothing
    let second = w.stage(&stranger, &batch, 1, 0, &proven.slots());
    w.fails(w.verify_proofs(batch, second, 0, 4), &[], E::OutOfOrder);
    w.ok(w.verify_proofs(batch, second, 1, 2), &[]);
    w.fails(w.verify_proofs(batch, first, 1, 1), &[], E::OutOfOrder);
    // a buffer that begins later does not reach back
    let third = w.stage(&stranger, &batch, 2, 3, &proven.slots()[3..]);
    w.fails(w.verify_proofs(batch, third, 2, 1), &[], E::OutOfOrder);
    w.ok(w.verify_proofs(batch, third, 3, 1), &[]);
    w.fails(w.verify_proofs(batch, third, 4, 1), &[], E::OutsideBuffer);
    w.ok(w.open_totals(batch, proven.batch.totals().lanes, proven.batch.blinding()), &[]);
    w.fails(w.verify_proofs(batch, third, 4, 1), &[], E::WrongBatchState);
}

/// Two submitters with a buffer each, one after the other: whatever order their calls come in, each chunk counts once, and
/// a proof of knowledge folded for another state of the batch or of the buffer is refused.
#[test]
fn two_submitters_ok() {
    let slots = shared().slots();
    let (mut w, [batch, one]) = staged(&slots);
    let (writer, stranger) = (w.prover.insecure_clone(), w.stranger.insecure_clone());
    let two = w.stage(&stranger, &batch, 1, 0, &slots);
    // Both fold for the whole batch; the first call wins, the other one finds the batch moved on.
    let (both, late) = (w.verify_proofs(batch, one, 0, 2), w.verify_proofs(batch, two, 0, 4));
    let early = w.pok(batch, two, 1, 1);
    w.ok(both.clone(), &[]);
    w.fails(late, &[], E::OutOfOrder);
    w.fails(both, &[], E::OutOfOrder);
    // What was folded before for other proofs, or after another commitment, does not fit.
    let fresh = w.pok(batch, two, 2, 2).expect("a proof of knowledge");
    for stale in [early, w.pok(batch, one, 2, 1), w.pok(batch, one, 3, 1), w.pok(batch, two, 1, 2)] {
        let stale = stale.expect("a proof of knowledge");
        assert_ne!(stale, fresh);
        w.fails(w.verify_with(batch, two, 2, 2, stale), &[], E::InvalidProof);
    }
    // A buffer rewritten between folding and verifying.
    let mut swapped = slots.clone();
    swapped.swap(2, 3);
    w.write(&stranger, &two, &swapped);
    w.fails(w.verify_with(batch, two, 2, 2, fresh), &[], E::InvalidProof);
    let mut changed = slots.clone();
    changed[3] = other().slots()[3];
    w.write(&stranger, &two, &changed);
    w.fails(w.verify_with(batch, two, 2, 2, fresh), &[], E::InvalidProof);
    w.write(&stranger, &two, &slots);
    w.ok(w.verify_with(batch, two, 2, 1, w.pok(batch, two, 2, 1).expect("one")), &[]);
    // The first one goes on in its own buffer; the bytes are the same, and so is the proof of knowledge of one chunk.
    let last = w.pok(batch, one, 3, 1).expect("the last");
    assert_eq!(Some(last), w.pok(batch, two, 3, 1));
    w.ok(w.verify_with(batch, one, 3, 1, last), &[]);
    // All chunks verified, so both buffers are spent: anyone closes them, and each writer has its own rent back.
    let closer = w.mvno.insecure_clone();
    for (owner, buffer) in [(&writer, one), (&stranger, two)] {
        let (before, rent) = (w.chain.lamports(&owner.pubkey()), w.chain.lamports(&buffer));
        w.ok(w.close_buffer(closer.pubkey(), owner.pubkey(), batch, buffer), &[&closer]);
        assert_eq!(w.chain.lamports(&owner.pubkey()), before + rent);
    }
    let totals = shared().batch.totals().lanes;
    w.ok(w.open_totals(batch, totals, shared().batch.blinding()), &[]);
}

#[test]
fn pok_that_is_no_point_fails() {
    let (mut w, [batch, buffer]) = staged(&shared().slots());
    let good = w.pok(batch, buffer, 0, 4).expect("a proof of knowledge");
    let mut off = good;
    off[63] ^= 1;
    let mut flagged = good;
    flagged[0] |= 0x80;
    for pok in [off, flagged, [0; 64], [0xff; 64]] {
        w.fails(w.verify_with(batch, buffer, 0, 4, pok), &[], E::InvalidProof);
    }
    w.ok(w.verify_with(batch, buffer, 0, 4, good), &[]);
}

#[test]
fn buffer_before_its_first_chunk_fails() {
    let proven = shared();
    let (mut w, [batch, _]) = staged(&proven.slots());
    let stranger = w.stranger.insecure_clone();
    let later = w.stage(&stranger, &batch, 1, 2, &proven.slots()[2..]);
    w.fails(w.verify_proofs(batch, later, 0, 1), &[], E::OutsideBuffer);
}

#[test]
fn buffers_of_two_batches_do_not_mix_fails() {
    let mut w = World::with_agreement(&terms());
    let writer = w.prover.insecure_clone();
    let one = w.commit_proven(shared());
    let two = w.commit_proven(other());
    let first = w.stage(&writer, &one, 1, 0, &shared().slots());
    let second = w.stage(&writer, &two, 1, 0, &other().slots());
    w.fails(w.verify_proofs(one, second, 0, 1), &[], E::WrongBatch);
    w.fails(w.verify_proofs(two, first, 0, 1), &[], E::WrongBatch);
    w.ok(w.verify_proofs(one, first, 0, 1), &[]);
    // the other batch's proof, staged for this one
    let mixed = w.stage(&writer, &one, 2, 1, &other().slots()[1..2]);
    w.fails(w.verify_proofs(one, mixed, 1, 1), &[], E::InvalidProof);
    w.ok(w.verify_proofs(one, first, 1, 3), &[]);
    w.ok(w.verify_proofs(two, second, 0, 4), &[]);
    // one batch's totals do not open the other
    let totals = shared().batch.totals().lanes;
    let (a, b) = (shared().batch.blinding(), [9; 32]);
    w.fails(w.open_totals(one, totals, b), &[], E::WrongTotals);
    w.ok(w.open_totals(one, totals, a), &[]);
}

#[test]
fn verify_late_or_paused_fails() {
    let (mut w, [batch, buffer]) = staged(&shared().slots());
    w.ok(w.set_paused(pause::VERIFY), &[]);
    w.fails(w.verify_proofs(batch, buffer, 0, 1), &[], E::Paused);
    w.ok(w.set_paused(0), &[]);
    w.chain.warp_by(i64::from(PROVE));
    w.ok(w.verify_proofs(batch, buffer, 0, 1), &[]);
    w.chain.warp_by(1);
    w.fails(w.verify_proofs(batch, buffer, 1, 1), &[], E::TooLate);
    w.ok(w.expire_batch(batch), &[]);
    w.fails(w.verify_proofs(batch, buffer, 1, 1), &[], E::WrongBatchState);
}

#[test]
fn verify_attacks_fail() {
    let (mut w, [batch, buffer]) = staged(&shared().slots());
    let stranger = w.stranger.pubkey();
    let ix = w.verify_proofs(batch, buffer, 0, 4);
    attack::everything(&mut w.chain, &ix, &[stranger], &nothing);
}

#[test]
fn wrong_totals_fail() {
    let proven = shared();
    let mut w = World::with_agreement(&terms());
    let batch = w.verify_all(proven);
    let (lanes, blinding) = (proven.batch.totals().lanes, proven.batch.blinding());
    let mut more = lanes;
    more[0] += 1;
    w.fails(w.open_totals(batch, more, blinding), &[], E::WrongTotals);
    let mut moved = lanes;
    moved[0] -= 1;
    moved[1] += 1;
    w.fails(w.open_totals(batch, moved, blinding), &[], E::WrongTotals);
    w.fails(w.open_totals(batch, [0; 8], [0; 32]), &[], E::WrongTotals);
    w.fails(w.open_totals(batch, lanes, proven.batch.blinding_before(3)), &[], E::WrongTotals);
    w.fails(w.open_totals(batch, lanes, MODULUS), &[], E::NotAFieldElement);
    w.edit(&batch, |b: &mut Batch| b.records += 1);
    w.fails(w.open_totals(batch, lanes, blinding), &[], E::WrongTotals);
    w.edit(&batch, |b: &mut Batch| b.records -= 1);
    w.ok(w.set_paused(pause::VERIFY), &[]);
    w.fails(w.open_totals(batch, lanes, blinding), &[], E::Paused);
    w.ok(w.set_paused(0), &[]);
    // the rate of another period
    let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
    w.ok(w.set_rate(202_612, 1_000, 1), &[&operator, &mvno]);
    let (right, wrong) = (seeds::rate(&w.agreement, PERIOD).0, seeds::rate(&w.agreement, 202_612).0);
    let ix = w.open_totals(batch, lanes, blinding);
    w.chain.send(&[replace(ix.clone(), &right, &wrong)], &[]).expect_err("the rate of another period");
    attack::everything(&mut w.chain, &ix, &[wrong], &nothing);
    w.ok(ix.clone(), &[]);
    w.fails(ix, &[], E::WrongBatchState);
}

#[test]
fn invoice_that_does_not_fit_fails() {
    let mut terms = terms();
    terms.tariff[0].rate_below = u64::MAX;
    let mut w = World::with_agreement(&terms);
    let batch = w.verify_all(shared());
    let ix = w.open_totals(batch, shared().batch.totals().lanes, shared().batch.blinding());
    w.fails(ix, &[], E::Overflow);
    w.chain.warp_by(i64::from(PROVE) + 1);
    w.ok(w.expire_batch(batch), &[]);
}

#[test]
fn open_totals_before_the_last_chunk_fails() {
    let proven = shared();
    let (mut w, [batch, buffer]) = staged(&proven.slots());
    w.ok(w.verify_proofs(batch, buffer, 0, 3), &[]);
    let totals = proven.batch.totals_before(3).lanes;
    w.fails(w.open_totals(batch, totals, proven.batch.blinding_before(3)), &[], E::NotVerified);
}

#[test]
fn most_proofs_in_one_transaction_ok() {
    let most = usize::from(MAX_SLOTS);
    let count = (most - 1) * 210 + 1;
    let mut w = World::with_agreement(&terms());
    let proven = Proven::new(params(&w.agreement, 9), records(Lane::SmsMo, count));
    assert_eq!(proven.proofs.len(), most);
    let batch = w.commit_proven(&proven);
    let writer = w.prover.insecure_clone();
    let buffer = w.stage(&writer, &batch, 1, 0, &proven.slots());
    let meta = w.ok(w.verify_proofs(batch, buffer, 0, MAX_SLOTS), &[]);
    println!("{most} proofs: {} compute units", meta.compute_units);
    assert!(meta.compute_units < 1_400_000);
    w.ok(w.open_totals(batch, proven.batch.totals().lanes, proven.batch.blinding()), &[]);
    assert_eq!(w.chain.fetch::<Batch>(&batch).records, count as u64);
}

#[test]
fn check_record_ok() {
    let proven = shared();
    let mut w = World::with_agreement(&terms());
    let batch = w.commit_proven(proven);
    // a record of the second chunk
    let (opening, _) = proven::opening().open(&proven.batch, 1, 39).expect("an opening");
    let record = Record {
        chunk: 1,
        lane: 0,
        position: 39,
        value: opening.value,
        record_id: opening.record_id,
        meta_digest: opening.meta_digest,
    };
    assert_eq!(record.value, 100 + 249);
    let ix = w.check_record(batch, &record, opening.proof);
    let meta = w.ok(ix.clone(), &[]);
    let event = &meta.events::<events::RecordChecked>()[0];
    assert_eq!((event.batch, event.value, event.record_id), (batch, record.value, record.record_id));
    attack::everything(&mut w.chain, &ix, &[], &nothing);

    let changed = [
        Record { chunk: 0, ..record.clone() },
        Record { lane: 1, ..record.clone() },
        Record { position: 38, ..record.clone() },
        Record { value: record.value + 1, ..record.clone() },
        Record { record_id: field(1), ..record.clone() },
        Record { meta_digest: field(1), ..record.clone() },
    ];
    for record in changed {
        w.fails(w.check_record(batch, &record, opening.proof), &[], E::InvalidProof);
    }
    let impossible = [
        Record { chunk: 4, ..record.clone() },
        Record { lane: 8, ..record.clone() },
        Record { position: 210, ..record.clone() },
        Record { value: 1 << 36, ..record.clone() },
    ];
    for record in impossible {
        w.fails(w.check_record(batch, &record, opening.proof), &[], E::BadRecord);
    }
    let alias = Record { record_id: MODULUS, ..record.clone() };
    w.fails(w.check_record(batch, &alias, opening.proof), &[], E::NotAFieldElement);
    // another batch with the same records and the same root
    let second = w.commit_proven(other());
    w.fails(w.check_record(second, &record, opening.proof), &[], E::InvalidProof);
    // a usage proof opens nothing
    w.fails(w.check_record(batch, &record, *proven.proofs[0].proof.first_chunk().expect("A, B, C")), &[], E::InvalidProof);
    w.ok(w.set_paused(pause::VERIFY), &[]);
    w.fails(w.check_record(batch, &record, opening.proof), &[], E::Paused);
}

//! Real proofs of the small circuit on the real SVM: what verifies, and everything that must not.

use gesim_core::{
    inputs::INITIAL_COMMITMENT,
    money::Rounding::HalfEven,
    poseidon::{field, MODULUS},
    tariff::{invoice, LanePrice, Tier},
    Lane,
};
use gesim_tests::{
    attack::{self, nothing},
    settlement::{
        proven::{other, params, records, shared, staged, Proven},
        terms, World, DISPUTE, PERIOD, PROVE, REWARD,
    },
};
use settlement::{
    error::SettlementError as E,
    events,
    state::{
        config::pause,
        proof_buffer::{MAX_SLOTS, PROOF_LEN, SLOT_LEN},
        Batch, BatchState,
    },
    Commitment,
};
use solana_signer::Signer;

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
    let tiers = [Tier { start: 0, rate: 2, fixed: 5 }, Tier { start: 1_000, rate: 1, fixed: 0 }];
    let price = LanePrice { per: 1, tiers: &tiers, unbalanced: &[] };
    let amounts = totals.lanes.map(|total| price.amount(total, None, HalfEven).expect("an amount"));
    assert_eq!(opened.lane_totals, totals.lanes);
    assert_eq!(opened.lane_totals[Lane::Other as usize], 7 * 100 + 21);
    assert_eq!(opened.lane_amounts, amounts);
    assert_eq!(opened.invoice, invoice(&amounts, 0, 1, 1, HalfEven).expect("an invoice"));
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

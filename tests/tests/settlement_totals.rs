//! Opening the totals of proven batches: what the invoice is made of, and what must not open it.

use gesim_core::poseidon::MODULUS;
use gesim_tests::{
    attack::{self, nothing},
    settlement::{
        proven::{shared, staged},
        replace, terms, World, PERIOD, PROVE,
    },
};
use settlement::{
    error::SettlementError as E,
    state::{config::pause, Batch},
};

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
    // the books of another period, and other terms
    w.open_books(202_612, 1);
    let second = w.agree(&terms());
    let (right, wrong) = (w.statement_at(PERIOD), w.statement_at(202_612));
    let ix = w.open_totals(batch, lanes, blinding);
    w.chain.send(&[replace(ix.clone(), &right, &wrong)], &[]).expect_err("the books of another period");
    let (first, second) = (w.terms_at(1), w.terms_at(second));
    w.fails(replace(ix.clone(), &first, &second), &[], E::WrongTerms);
    attack::everything(&mut w.chain, &ix, &[wrong, second], &nothing);
    w.ok(ix.clone(), &[]);
    w.fails(ix, &[], E::WrongBatchState);
}

#[test]
fn invoice_that_does_not_fit_fails() {
    let mut dear = terms();
    dear.lanes[0].tiers[0].rate = u64::MAX;
    let mut w = World::with_agreement(&dear);
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

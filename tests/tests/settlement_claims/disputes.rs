//! Claims about batches in dispute, and about what a dispute dropped.

use super::world::*;

#[test]
fn claim_during_a_dispute_fails() {
    let mut w = World::with_agreement(&flat());
    let mvno = w.mvno.insecure_clone();
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, today()), call("a", 100, today())]);
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    w.ok(w.dispute_batch(filed.at, [60, 0, 0, 0, 0, 0, 0, 0]), &[&mvno]);
    let ix = w.claim_duplicate(&earlier, &later);
    w.fails(ix.clone(), &[], E::WrongBatchState);
    // the dispute drops 60 of the 200: of the record's 100 only 40 are left to take
    w.chain.warp_by(i64::from(RESOLVE) + 1);
    w.ok(w.expire_batch(filed.at), &[]);
    let meta = w.ok(ix, &[]);
    let event = &meta.events::<RecordStruck>()[0];
    assert_eq!((event.price_fell, event.charge, event.penalty), (100, 40, 4));
    let state = filed.state(&w);
    assert_eq!((state.payable, state.struck, state.clawed), (140, 100, 40));
    assert_eq!(w.statement(PERIOD).billed, 100);
}

#[test]
fn claim_on_what_a_dispute_dropped_takes_nothing_ok() {
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, today()), call("a", 100, today())]);
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    let mvno = w.mvno.insecure_clone();
    w.ok(w.dispute_batch(filed.at, [200, 0, 0, 0, 0, 0, 0, 0]), &[&mvno]);
    both(&mut w, |w| w.resolve_batch(filed.at, 0));
    let meta = w.ok(w.claim_duplicate(&earlier, &later), &[]);
    let event = &meta.events::<RecordStruck>()[0];
    assert_eq!((event.price_fell, event.charge, event.penalty, event.owed), (100, 0, 0, 0));
    assert_eq!((filed.state(&w).payable, filed.state(&w).clawed), (0, 0));
}

#[test]
fn dispute_of_what_a_claim_took_fails() {
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, today()), call("a", 100, today())]);
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    w.ok(w.claim_duplicate(&earlier, &later), &[]);
    let mvno = w.mvno.insecure_clone();
    w.fails(w.dispute_batch(filed.at, [101, 0, 0, 0, 0, 0, 0, 0]), &[&mvno], E::BadDispute);
    w.ok(w.dispute_batch(filed.at, [100, 0, 0, 0, 0, 0, 0, 0]), &[&mvno]);
    both(&mut w, |w| w.resolve_batch(filed.at, 0));
    let state = filed.state(&w);
    assert_eq!((state.payable, state.clawed, books(&w).owed), (100, 100, 110));
    // paid and taken back: the MNO is left with the penalty, the prover with its reward
    let pool = w.pool(w.agreement, 5_000, 0);
    w.ok(w.settle_batch(filed.at, &pool), &[]);
    assert_eq!((w.chain.balance(&w.payout), w.chain.balance(&w.prover_token)), (0, 10));
    assert_eq!(books(&w).owed, 20);
}

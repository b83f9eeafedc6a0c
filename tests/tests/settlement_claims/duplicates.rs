//! One record in two places: one copy stays.

use super::world::*;

#[test]
fn duplicate_inside_one_batch_ok() {
    let mut w = World::with_agreement(&flat());
    let records = [call("a", 100, today()), call("b", 250, today()), call("a", 130, today() + 1)];
    let filed = Filed::bill(&mut w, PERIOD, 1, &records);
    let [first, other, copy] = [0, 1, 2].map(|position| filed.open(&mut w, position));
    w.fails(w.claim_duplicate(&copy, &first), &[], E::NotADuplicate);
    w.fails(w.claim_duplicate(&first, &other), &[], E::NotADuplicate);
    w.fails(w.claim_duplicate(&other, &copy), &[], E::NotADuplicate);
    w.chain.send(&[w.claim_duplicate(&copy, &copy)], &[]).expect_err("one place is no copy of itself");
    let ix = w.claim_duplicate(&first, &copy);
    let meta = w.ok(ix.clone(), &[]);
    let event = &meta.events::<RecordStruck>()[0];
    assert_eq!((event.batch, event.chunk, event.position, event.kind), (filed.at, 0, 2, EntryKind::Duplicate));
    assert_eq!((event.price_fell, event.charge, event.penalty, event.owed), (130, 130, 13, 143));
    let statement = w.statement(PERIOD);
    assert_eq!((statement.billed, statement.lane_totals[0], statement.records), (350, 350, 2));
    assert_eq!((statement.clawed, statement.credited, statement.debit_due), (143, 0, 0));
    let entry = statement.entries.last().expect("an entry");
    assert_eq!((entry.kind, entry.sequence, entry.before, entry.after), (EntryKind::Duplicate, 1, 480, 350));
    let state = filed.state(&w);
    assert_eq!((state.invoice, state.payable, state.struck, state.clawed), (480, 480, 130, 130));
    assert_eq!((books(&w).owed, books(&w).owed_total), (143, 143));
    w.fails(ix, &[], E::AlreadyClaimed);
    // set off in the payment: what stays with the MNO is what it may bill, less the penalty
    filed.accept(&mut w);
    let pool = w.pool(w.agreement, 5_000, 0);
    w.ok(w.settle_batch(filed.at, &pool), &[]);
    assert_eq!(w.chain.balance(&w.payout) + w.chain.balance(&w.prover_token), 350 - 13);
}

#[test]
fn duplicate_across_batches_ok() {
    let mut w = World::with_agreement(&flat());
    let one = Filed::bill(&mut w, PERIOD, 7, &[call("x", 5, today()), call("a", 100, today())]);
    let two = Filed::bill(&mut w, PERIOD, 9, &[call("a", 100, today()), call("y", 6, today())]);
    // a settled batch is not safe from it
    two.accept(&mut w);
    let pool = w.pool(w.agreement, 5_000, 0);
    w.ok(w.settle_batch(two.at, &pool), &[]);
    let (earlier, later) = (one.open(&mut w, 1), two.open(&mut w, 0));
    w.fails(w.claim_duplicate(&later, &earlier), &[], E::NotADuplicate);
    let foreign = two.open(&mut w, 1);
    w.open_books(PERIOD + 1, 1);
    let version = w.agree(&priced(3));
    let decoys = [foreign.opening(), one.at, w.statement_at(PERIOD + 1), w.terms_at(version)];
    let ix = w.claim_duplicate(&earlier, &later);
    attack::everything(&mut w.chain, &ix, &decoys, &nothing);
    w.fails(replace(ix.clone(), &w.terms_at(1), &w.terms_at(version)), &[], E::WrongTerms);
    w.fails(replace(ix.clone(), &two.at, &one.at), &[], E::WrongBatch);
    w.ok(ix, &[]);
    assert_eq!((books(&w).owed, two.state(&w).clawed, one.state(&w).clawed), (110, 100, 0));
    assert_eq!(two.state(&w).state, BatchState::Settled);
    // and the bond pays it
    let (coin, operator, mvno) = (w.coin, w.operator.insecure_clone(), w.mvno.pubkey());
    let (purse, home) = (w.chain.funded(&coin, &operator.pubkey(), 500), associated(&mut w.chain, &coin, &mvno));
    w.ok(w.post_bond(operator.pubkey(), purse, 500), &[&operator]);
    w.ok(w.collect_bond(), &[]);
    assert_eq!((w.chain.balance(&home), books(&w).owed), (110, 0));
}

#[test]
fn duplicate_across_periods_ok() {
    let mut w = World::with_agreement(&flat());
    w.open_books(PERIOD + 1, 1);
    // billed first in the later period: the copy of the earlier one stays all the same
    let late = Filed::bill(&mut w, PERIOD + 1, 1, &[call("a", 40, today())]);
    let early = Filed::bill(&mut w, PERIOD, 2, &[call("a", 40, today())]);
    both(&mut w, |w| w.close_period_early(PERIOD + 1));
    let (earlier, later) = (early.open(&mut w, 0), late.open(&mut w, 0));
    w.fails(w.claim_duplicate(&later, &earlier), &[], E::NotADuplicate);
    let wrong = replace(w.claim_duplicate(&earlier, &later), &w.statement_at(PERIOD + 1), &w.statement_at(PERIOD));
    w.chain.send(&[wrong], &[]).expect_err("the statement of the other period");
    w.ok(w.claim_duplicate(&earlier, &later), &[]);
    assert_eq!((w.statement(PERIOD).billed, w.statement(PERIOD + 1).billed), (40, 0));
    assert_eq!(books(&w).owed, 44);
}

#[test]
fn one_of_three_copies_stays_ok() {
    let mut w = World::with_agreement(&flat());
    let one = Filed::bill(&mut w, PERIOD, 1, &[call("a", 10, today()), call("a", 20, today())]);
    let two = Filed::bill(&mut w, PERIOD, 2, &[call("a", 40, today())]);
    let copies = [one.open(&mut w, 0), one.open(&mut w, 1), two.open(&mut w, 0)];
    let pairs = [(0, 1), (0, 2), (1, 2)];
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let start = w.chain.clone();
    for order in orders {
        w.chain = start.clone();
        for pair in order {
            let (earlier, later) = pairs[pair];
            // once enough is struck the rest is refused
            let _ = w.chain.send(&[w.claim_duplicate(&copies[earlier], &copies[later])], &[]);
        }
        let claimed = copies.map(|copy| w.chain.fetch::<Opening>(&copy.opening()).claimed);
        assert_eq!(claimed, [false, true, true], "{order:?}");
        assert_eq!((w.statement(PERIOD).billed, books(&w).owed), (10, 66), "{order:?}");
    }
}

#[test]
fn copy_of_a_struck_record_fails() {
    let mut w = World::with_agreement(&flat());
    // the earlier copy is out of its period itself; the later one is the only one left then
    let old = days(PERIOD).expect("a period").0 - 32;
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 10, old), call("a", 20, today())]);
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    w.ok(w.claim_out_of_period(&earlier, old, detail("a")), &[]);
    w.fails(w.claim_duplicate(&earlier, &later), &[], E::AlreadyClaimed);
    assert_eq!((w.statement(PERIOD).billed, books(&w).owed), (20, 11));
}

#[test]
fn record_is_struck_once_whatever_for_fails() {
    let mut w = World::with_agreement(&flat());
    let old = days(PERIOD).expect("a period").0 - 32;
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 10, today()), call("a", 20, old)]);
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    w.ok(w.claim_duplicate(&earlier, &later), &[]);
    w.fails(w.claim_out_of_period(&later, old, detail("a")), &[], E::AlreadyClaimed);
    w.fails(w.claim_duplicate(&earlier, &later), &[], E::AlreadyClaimed);
    assert_eq!((w.statement(PERIOD).billed, books(&w).owed), (10, 22));
}

#[test]
fn copy_under_another_agreement_fails() {
    let mut w = World::with_agreement(&flat());
    let mine = Filed::bill(&mut w, PERIOD, 1, &[call("a", 10, today())]);
    let own = mine.open(&mut w, 0);
    let before = move_to(&mut w, 2);
    let theirs = Filed::bill(&mut w, PERIOD, 2, &[call("a", 10, today())]);
    let foreign = theirs.open(&mut w, 0);
    w.fails(w.claim_duplicate(&own, &foreign), &[], E::NotADuplicate);
    // nor with the books of the first agreement
    let ix = w.claim_duplicate(&own, &foreign);
    w.agreement = before;
    let swapped = replace(ix, &seeds::agreement(&w.mno, &w.mvno.pubkey(), 2).0, &before);
    w.fails(swapped, &[], E::WrongAgreement);
}

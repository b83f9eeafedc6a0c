//! Claims after the period was rated anew.

use super::world::*;

#[test]
fn claim_after_a_rerating_goes_by_the_new_terms_ok() {
    let first = days(PERIOD).expect("a period").0;
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, first - 10), call("b", 50, today())]);
    let place = filed.open(&mut w, 0);
    w.fails(w.claim_out_of_period(&place, first - 10, detail("a")), &[], E::InsidePeriod);
    // half the price, nothing late, no penalty
    let mut spec = priced(1);
    spec.lanes.iter_mut().for_each(|lane| lane.per = 2);
    (spec.head.late_days, spec.head.penalty_bps) = (0, 0);
    let version = w.agree(&spec);
    both_rerate(&mut w, version);
    assert_eq!(books(&w).owed, 75);
    let ix = w.claim_out_of_period(&place, first - 10, detail("a"));
    w.fails(replace(ix.clone(), &w.terms_at(version), &w.terms_at(1)), &[], E::WrongTerms);
    let meta = w.ok(ix, &[]);
    let event = &meta.events::<RecordStruck>()[0];
    assert_eq!((event.price_fell, event.charge, event.penalty, event.owed), (50, 50, 0, 125));
    // 150 invoiced, 125 to give back: 25 is what the other record costs now
    assert_eq!(w.statement(PERIOD).billed, 25);
}

/// What a re-rating has added to the record is not invoiced, or given back when a note has invoiced it.
#[test]
fn claim_takes_what_a_rerating_added_ok() {
    for noted in [false, true] {
        let mut w = World::with_agreement(&flat());
        let one = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, today())]);
        let two = Filed::bill(&mut w, PERIOD, 2, &[call("a", 20, today())]);
        let version = w.agree(&priced(3));
        both_rerate(&mut w, version);
        assert_eq!(w.statement(PERIOD).debit_due, 240);
        if noted {
            w.ok(w.issue_note(PERIOD), &[]);
        }
        let (earlier, later) = (one.open(&mut w, 0), two.open(&mut w, 0));
        let meta = w.ok(w.claim_duplicate(&earlier, &later), &[]);
        let event = &meta.events::<RecordStruck>()[0];
        let charge = if noted { 60 } else { 20 };
        assert_eq!((event.price_fell, event.charge, event.penalty), (60, charge, charge / 10));
        let statement = w.statement(PERIOD);
        assert_eq!((statement.billed, statement.debit_due), (300, if noted { 0 } else { 200 }));
        // all invoices, less what goes back, is what the period costs
        let notes = if noted { 240 } else { statement.debit_due };
        assert_eq!(120 + notes - charge, statement.billed);
        assert_eq!(two.state(&w).clawed, 20, "of its own invoice");
    }
}

/// A record whose removal takes a tier's fixed part with it, which another batch was invoiced with.
#[test]
fn claim_takes_what_other_batches_carried_ok() {
    let tiers = [Tier { start: 0, rate: 1, fixed: 0 }, Tier { start: 100, rate: 1, fixed: 1_000 }];
    let spec = Spec { lanes: vec![lane(0, &tiers)], ..flat() };
    let mut w = World::with_agreement(&spec);
    let next = days(PERIOD).expect("a period").1;
    let small = Filed::bill(&mut w, PERIOD, 1, &[call("a", 30, next)]);
    let large = Filed::bill(&mut w, PERIOD, 2, &[call("b", 90, today())]);
    assert_eq!((small.state(&w).invoice, large.state(&w).invoice), (30, 1_090));
    let place = small.open(&mut w, 0);
    let meta = w.ok(w.claim_out_of_period(&place, next, detail("a")), &[]);
    let event = &meta.events::<RecordStruck>()[0];
    assert_eq!((event.price_fell, event.charge, event.penalty), (1_030, 1_030, 103));
    assert_eq!((w.statement(PERIOD).billed, small.state(&w).clawed), (90, 30));
}

/// Down, up again, then a claim: the same as if nobody had rated anything anew.
#[test]
fn claim_after_ratings_down_and_up_ok() {
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, today()), call("a", 100, today())]);
    let free = w.agree(&priced(0));
    both_rerate(&mut w, free);
    both_rerate(&mut w, 1);
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    w.ok(w.claim_duplicate(&earlier, &later), &[]);
    let statement = w.statement(PERIOD);
    assert_eq!((statement.billed, statement.debit_due, statement.credited), (100, 200, 200));
    w.ok(w.issue_note(PERIOD), &[]);
    // invoiced 200 and 200, given back 200 and 100
    assert_eq!(books(&w).owed, 200 + 100 + 10);
}

//! Records outside their period, and penalties at their limits.

use super::world::*;

#[test]
fn out_of_period_ok() {
    let (first, next) = days(PERIOD).expect("a period");
    let mut w = World::with_agreement(&flat());
    let records = [
        ("after", next),
        ("old", first - 32),
        ("late", first - 31),
        ("last", next - 1),
        ("epoch", 0),
        ("end", u32::MAX),
    ];
    let calls: Vec<_> = records.iter().map(|(name, day)| call(name, 100, *day)).collect();
    let filed = Filed::bill(&mut w, PERIOD, 1, &calls);
    let places: Vec<_> = (0..6).map(|position| filed.open(&mut w, position)).collect();
    let claim = |w: &World, index: usize| {
        let (name, day) = records[index];
        w.claim_out_of_period(&places[index], day, detail(name))
    };
    for inside in [2, 3] {
        w.fails(claim(&w, inside), &[], E::InsidePeriod);
    }
    // another day, another detail
    w.fails(w.claim_out_of_period(&places[0], next + 1, detail("after")), &[], E::WrongMetadata);
    w.fails(w.claim_out_of_period(&places[2], first - 32, detail("late")), &[], E::WrongMetadata);
    w.fails(w.claim_out_of_period(&places[0], next, detail("old")), &[], E::WrongMetadata);
    let version = w.agree(&priced(3));
    w.open_books(PERIOD + 1, 1);
    let ix = claim(&w, 0);
    let decoys = [places[1].opening(), w.terms_at(version), w.statement_at(PERIOD + 1)];
    attack::everything(&mut w.chain, &ix, &decoys, &nothing);
    let meta = w.ok(ix.clone(), &[]);
    let event = &meta.events::<RecordStruck>()[0];
    assert_eq!((event.kind, event.price_fell, event.charge, event.penalty), (EntryKind::OutOfPeriod, 100, 100, 10));
    w.fails(ix, &[], E::AlreadyClaimed);
    for outside in [1, 4, 5] {
        w.ok(claim(&w, outside), &[]);
    }
    assert_eq!((w.statement(PERIOD).billed, books(&w).owed), (200, 440));
}

#[test]
fn late_days_at_their_limits_ok() {
    let (first, next) = days(PERIOD).expect("a period");
    for late_days in [0, MAX_LATE_DAYS] {
        let mut spec = flat();
        spec.head.late_days = late_days;
        let mut w = World::with_agreement(&spec);
        let oldest = first - u32::from(late_days);
        let calls = [call("in", 7, oldest), call("out", 9, oldest - 1), call("after", 11, next)];
        let filed = Filed::bill(&mut w, PERIOD, 1, &calls);
        let [inside, outside, after] = [0, 1, 2].map(|position| filed.open(&mut w, position));
        w.fails(w.claim_out_of_period(&inside, oldest, detail("in")), &[], E::InsidePeriod);
        w.ok(w.claim_out_of_period(&outside, oldest - 1, detail("out")), &[]);
        w.ok(w.claim_out_of_period(&after, next, detail("after")), &[]);
        assert_eq!(w.statement(PERIOD).billed, 7);
    }
}

#[test]
fn penalty_at_its_limits_ok() {
    let most = (1u64 << 36) - 1;
    for (value, bps, penalty) in [(9, 1_000, 0), (10, 1_000, 1), (most, 0, 0), (most, MAX_PENALTY_BPS, 10 * most)] {
        let mut spec = flat();
        spec.head.penalty_bps = bps;
        let mut w = World::with_agreement(&spec);
        let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 1, today()), call("a", value, today())]);
        let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
        let meta = w.ok(w.claim_duplicate(&earlier, &later), &[]);
        let event = &meta.events::<RecordStruck>()[0];
        assert_eq!((event.charge, event.penalty, event.owed), (value, penalty, value + penalty));
    }
}

/// A penalty that does not fit is refused whole; without one the claim stands.
#[test]
fn penalty_that_does_not_fit_fails() {
    let rate = u64::MAX >> 1;
    for (bps, fits) in [(MAX_PENALTY_BPS, false), (0, true)] {
        let mut spec = priced(rate);
        spec.head.penalty_bps = bps;
        let mut w = World::with_agreement(&spec);
        let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 1, today()), call("a", 1, today())]);
        let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
        let ix = w.claim_duplicate(&earlier, &later);
        if fits {
            w.ok(ix, &[]);
            assert_eq!(books(&w).owed, rate);
        } else {
            w.fails(ix, &[], E::Overflow);
            assert!(!w.chain.fetch::<Opening>(&later.opening()).claimed);
        }
    }
}

/// The end of an agreement is not the end of what was billed under it, and the bond waits for that.
#[test]
fn claim_after_the_end_ok() {
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 10, today()), call("a", 20, today())]);
    let (coin, operator, mvno) = (w.coin, w.operator.insecure_clone(), w.mvno.pubkey());
    let (purse, home) = (w.chain.funded(&coin, &operator.pubkey(), 500), associated(&mut w.chain, &coin, &mvno));
    w.ok(w.post_bond(operator.pubkey(), purse, 500), &[&operator]);
    filed.accept(&mut w);
    let pool = w.pool(w.agreement, 5_000, 0);
    w.ok(w.settle_batch(filed.at, &pool), &[]);
    w.ok(w.terminate_agreement(operator.pubkey()), &[&operator]);
    w.chain.warp_by(i64::from(MAX_WINDOW));
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    w.ok(w.claim_duplicate(&earlier, &later), &[]);
    w.fails(w.withdraw_bond(), &[&operator], E::BondHeld);
    w.ok(w.collect_bond(), &[]);
    w.ok(w.withdraw_bond(), &[&operator]);
    assert_eq!((w.chain.balance(&home), w.chain.balance(&w.bond()), books(&w).owed), (22, 0, 0));
}

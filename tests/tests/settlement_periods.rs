//! Periods: opened by both sides at a rate, closed by both or by time, and what may join their books.

use gesim_core::period::days;
use gesim_tests::{
    attack::{self, nothing},
    settlement::{commitment, flat, replace, terms, Spec, World, PERIOD, PROVE, RATE, TADIG},
};
use settlement::{
    error::SettlementError as E,
    events,
    state::{
        config::pause,
        seeds,
        statement::{EntryKind, ENTRIES_STEP, MAX_ENTRIES},
        Statement, StatementState, Tier,
    },
    ExchangeRate,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

const NEXT: u32 = 202_612;
const DAY: i64 = 86_400;

fn people(w: &World) -> [Keypair; 3] {
    [&w.operator, &w.mvno, &w.stranger].map(Keypair::insecure_clone)
}

/// The last second in which the grace of [`PERIOD`] is not over.
fn grace_end() -> i64 {
    let (_, next) = days(PERIOD).expect("a period");
    (i64::from(next) + 1) * DAY
}

#[test]
fn open_ok() {
    let mut w = World::with_agreement(&terms());
    let [operator, mvno, _] = people(&w);
    let rate = ExchangeRate { numerator: 10_000, denominator: 3, date: 20_261_130 };
    let meta = w.ok(w.open_period(NEXT, 1, rate), &[&operator, &mvno]);
    let event = &meta.events::<events::PeriodOpened>()[0];
    assert_eq!(
        (event.period, event.terms, event.numerator, event.denominator, event.date),
        (NEXT, 1, 10_000, 3, rate.date)
    );
    let books = w.statement(NEXT);
    assert_eq!((books.state, books.agreement, books.period, books.terms), (StatementState::Open, w.agreement, NEXT, 1));
    assert_eq!((books.numerator, books.denominator, books.rate_date), (10_000, 3, 20_261_130));
    assert_eq!((books.billed, books.debit_due, books.batches, books.open_batches), (0, 0, 0, 0));
    assert_eq!(books.reverse_totals, None);
    let size = w.chain.account(&w.statement_at(NEXT)).expect("the statement").data.len();
    assert_eq!(size, Statement::space(ENTRIES_STEP));
    w.chain.send(&[w.open_period(NEXT, 1, rate)], &[&operator, &mvno]).expect_err("a period is opened once");
}

#[test]
fn open_fails() {
    let mut w = World::with_agreement(&terms());
    let [operator, mvno, stranger] = people(&w);
    let both = [&operator, &mvno];
    for period in [0, 199_912, 202_600, 202_613, 210_001, u32::MAX, 20_261_101] {
        w.fails(w.open_period(period, 1, RATE), &both, E::BadPeriod);
    }
    w.fails(w.open_period(202_512, 1, RATE), &both, E::NotEffective);
    let bad = [
        ExchangeRate { numerator: 0, ..RATE },
        ExchangeRate { denominator: 0, ..RATE },
        ExchangeRate { date: 0, ..RATE },
        ExchangeRate { date: 20_261_100, ..RATE },
        ExchangeRate { date: 20_261_132, ..RATE },
        ExchangeRate { date: 20_261_301, ..RATE },
        ExchangeRate { date: 19_991_231, ..RATE },
        ExchangeRate { date: u32::MAX, ..RATE },
    ];
    for rate in bad {
        w.fails(w.open_period(NEXT, 1, rate), &both, E::BadRate);
    }
    let alone = replace(w.open_period(NEXT, 1, RATE), &operator.pubkey(), &stranger.pubkey());
    w.fails(alone, &[&stranger, &mvno], E::NotTheMno);
    let alone = replace(w.open_period(NEXT, 1, RATE), &mvno.pubkey(), &stranger.pubkey());
    w.fails(alone, &[&stranger, &operator], E::NotTheMvno);
    w.ok(w.set_paused(pause::AGREE), &[]);
    w.fails(w.open_period(NEXT, 1, RATE), &both, E::Paused);
    w.ok(w.set_paused(0), &[]);
    // terms that nobody, or one side only, has signed
    let number = w.draft(&operator, &flat());
    w.fails(w.open_period(NEXT, number, RATE), &both, E::WrongTermsState);
    w.ok(w.sign_terms(operator.pubkey(), number), &[&operator]);
    w.fails(w.open_period(NEXT, number, RATE), &both, E::WrongTermsState);
    w.ok(w.sign_terms(mvno.pubkey(), number), &[&mvno]);
    w.ok(w.open_period(NEXT, number, RATE), &both);
}

#[test]
fn open_before_the_first_terms_fails() {
    let mut w = World::new();
    let [operator, mvno, _] = people(&w);
    w.ok(w.propose_agreement(operator.pubkey(), 1, &terms().frame), &[&operator]);
    w.draft(&operator, &terms());
    w.fails(w.open_period(NEXT, 1, RATE), &[&operator, &mvno], E::WrongAgreementState);
}

#[test]
fn open_under_the_terms_of_another_agreement_fails() {
    let mut w = World::with_agreement(&terms());
    let [operator, mvno, _] = people(&w);
    let (first, own) = (w.agreement, w.terms_at(1));
    w.agreement = seeds::agreement(&w.mno, &mvno.pubkey(), 2).0;
    w.ok(w.propose_agreement(operator.pubkey(), 2, &flat().frame), &[&operator]);
    w.agree(&flat());
    let foreign = w.terms_at(1);
    w.agreement = first;
    let ix = replace(w.open_period(NEXT, 1, RATE), &own, &foreign);
    w.fails(ix, &[&operator, &mvno], E::WrongAgreement);
}

#[test]
fn open_attacks_fail() {
    let mut w = World::with_agreement(&terms());
    let stranger = w.stranger.pubkey();
    let ix = w.open_period(NEXT, 1, RATE);
    let taken = w.statement_at(PERIOD);
    attack::everything(&mut w.chain, &ix, &[stranger, taken], &|index, _| index == 0);
}

#[test]
fn close_by_anyone_after_the_grace_ok() {
    let mut w = World::with_agreement(&terms());
    for (time, error) in [(0, true), (grace_end() - 1, true), (grace_end(), true), (grace_end() + 1, false)] {
        w.chain.warp_to(time);
        match error {
            true => _ = w.fails(w.close_period(PERIOD), &[], E::TooEarly),
            false => {
                let meta = w.ok(w.close_period(PERIOD), &[]);
                assert_eq!(meta.events::<events::PeriodClosed>()[0].period, PERIOD);
            }
        }
    }
    assert_eq!(w.statement(PERIOD).state, StatementState::Closed);
    w.fails(w.close_period(PERIOD), &[], E::StatementClosed);
}

#[test]
fn close_early_takes_both_sides_ok() {
    let mut w = World::with_agreement(&terms());
    let [operator, mvno, stranger] = people(&w);
    // one side alone waits like anybody else
    for absent in [0, 1] {
        let mut ix = w.close_period_early(PERIOD);
        ix.accounts[absent].pubkey = settlement::ID;
        ix.accounts[absent].is_signer = false;
        w.fails(ix, &[&operator, &mvno], E::TooEarly);
    }
    let ix = replace(w.close_period_early(PERIOD), &operator.pubkey(), &stranger.pubkey());
    w.fails(ix, &[&stranger, &mvno], E::NotTheMno);
    let ix = replace(w.close_period_early(PERIOD), &mvno.pubkey(), &stranger.pubkey());
    w.fails(ix, &[&stranger, &operator], E::NotTheMvno);
    let ix = w.close_period_early(PERIOD);
    attack::everything(&mut w.chain, &ix, &[stranger.pubkey()], &nothing);
    w.ok(ix, &[&operator, &mvno]);
    assert_eq!(w.statement(PERIOD).state, StatementState::Closed);
}

#[test]
fn close_with_batches_on_their_way_fails() {
    let mut w = World::with_agreement(&flat());
    let [operator, mvno, _] = people(&w);
    let both = [&operator, &mvno];
    let (one, two) = (w.commit(PERIOD, 1), w.commit(PERIOD, 2));
    w.fails(w.close_period_early(PERIOD), &both, E::WrongBatchState);
    w.open_unproven(&one, [1; 8]);
    w.fails(w.close_period_early(PERIOD), &both, E::WrongBatchState);
    w.chain.warp_by(i64::from(PROVE) + 1);
    w.ok(w.expire_batch(two), &[]);
    w.ok(w.close_period_early(PERIOD), &both);
    assert_eq!((w.statement(PERIOD).batches, w.statement(PERIOD).billed), (1, 8));
}

#[test]
fn close_by_other_terms_fails() {
    let mut w = World::with_agreement(&terms());
    // no grace under the second version: it does not shorten the first one's
    let mut spec = flat();
    spec.head.close_grace = 0;
    assert_eq!(w.agree(&spec), 2);
    w.chain.warp_to(grace_end() - 1);
    w.fails(w.period(PERIOD, 2).close(None), &[], E::WrongTerms);
    w.fails(w.close_period(PERIOD), &[], E::TooEarly);
}

#[test]
fn commit_into_a_closed_period_fails() {
    let mut w = World::with_agreement(&terms());
    let [operator, mvno, _] = people(&w);
    w.ok(w.close_period_early(PERIOD), &[&operator, &mvno]);
    w.fails(w.commit_batch(PERIOD, 1, &commitment()), &[&operator], E::StatementClosed);
    w.open_books(NEXT, 1);
    w.commit(NEXT, 1);
}

#[test]
fn grow_statement_ok() {
    let mut w = World::with_agreement(&terms());
    let at = w.statement_at(PERIOD);
    let size = |w: &World| w.chain.account(&at).expect("the statement").data.len();
    // nothing is used yet: growing changes nothing, and costs nothing
    let before = w.statement(PERIOD);
    w.ok(w.grow_statement(PERIOD), &[]);
    assert_eq!(size(&w), Statement::space(ENTRIES_STEP));
    let entry = settlement::state::statement::Entry {
        at: 1,
        kind: settlement::state::statement::EntryKind::Rerate,
        sequence: 0,
        terms: 1,
        before: 0,
        after: 0,
    };
    w.edit(&at, |books: &mut Statement| books.entries = vec![entry; 40]);
    w.ok(w.grow_statement(PERIOD), &[]);
    assert_eq!(size(&w), Statement::space(MAX_ENTRIES));
    assert_eq!(w.statement(PERIOD).entries, vec![entry; 40]);
    assert_eq!(w.statement(PERIOD).period, before.period);
    let ix = w.grow_statement(PERIOD);
    let (stranger, terms) = (w.stranger.pubkey(), w.terms_at(1));
    attack::missing_signers(&mut w.chain, &ix);
    attack::read_only(&mut w.chain, &ix);
    attack::substitutions(&mut w.chain, &ix, &[stranger, terms], &|index, _| index == 0);
}

#[test]
fn full_statement_fails() {
    let mut w = World::with_agreement(&flat());
    let [operator, mvno, _] = people(&w);
    let at = w.statement_at(PERIOD);
    let batch = w.commit(PERIOD, 1);
    let ix = w.unproven_totals(&batch, [1; 8]);
    // the totals of the other direction take room as well
    w.edit(&at, |books: &mut Statement| books.reverse_totals = Some([9; 8]));
    for i in 0..ENTRIES_STEP as u64 {
        let rate = ExchangeRate { numerator: 1 + i, ..RATE };
        w.ok(w.rerate_statement(PERIOD, 1, rate), &[&operator, &mvno]);
    }
    assert_eq!(w.statement(PERIOD).entries.len(), ENTRIES_STEP);
    w.fails(w.rerate_statement(PERIOD, 1, RATE), &[&operator, &mvno], E::StatementFull);
    w.fails(ix.clone(), &[], E::StatementFull);
    w.ok(w.grow_statement(PERIOD), &[]);
    assert_eq!(w.chain.account(&at).expect("the statement").data.len(), Statement::space(MAX_ENTRIES));
    w.ok(ix, &[]);
    assert_eq!(w.statement(PERIOD).entries.len(), ENTRIES_STEP + 1);
    assert_eq!(w.statement(PERIOD).billed, 8 * ENTRIES_STEP as u64);
}

/// A period has as many batches as it needs: past what is kept, the oldest entries become one, and room is found.
#[test]
fn more_entries_than_are_kept_ok() {
    let mut w = World::with_agreement(&full());
    let [operator, mvno, _] = people(&w);
    for i in 0..MAX_ENTRIES as u64 + 10 {
        if i == ENTRIES_STEP as u64 {
            w.ok(w.grow_statement(PERIOD), &[]);
        }
        w.ok(w.rerate_statement(PERIOD, 1, ExchangeRate { numerator: 1 + i, ..RATE }), &[&operator, &mvno]);
    }
    // growing more changes nothing
    w.ok(w.grow_statement(PERIOD), &[]);
    let size = w.chain.account(&w.statement_at(PERIOD)).expect("the statement").data.len();
    assert_eq!(size, Statement::space(MAX_ENTRIES));
    let batch = w.commit(PERIOD, 1);
    w.open_unproven(&batch, [100; 8]);
    let books = w.statement(PERIOD);
    assert_eq!((books.entries.len(), books.billed), (MAX_ENTRIES, 8 * 100 * (MAX_ENTRIES as u64 + 10)));
    let (oldest, newest) = (books.entries[0], books.entries[MAX_ENTRIES - 1]);
    assert_eq!((oldest.kind, oldest.sequence, oldest.before), (EntryKind::Earlier, 0, 0));
    assert_eq!((newest.kind, newest.sequence, newest.after), (EntryKind::Batch, 1, books.billed));
    assert!(books.entries.windows(2).all(|pair| pair[0].after == pair[1].before));
    assert!(books.entries[1..].iter().all(|entry| entry.kind != EntryKind::Earlier));
}

/// Flat prices in as many words as terms can have, and a reverse agreement that is this one: two full statements.
fn full() -> Spec {
    let mut spec = flat();
    for lane in &mut spec.lanes {
        lane.tiers = (0..8).map(|i| Tier { start: i * 10, rate: 1, fixed: 0 }).collect();
        lane.unbalanced = lane.tiers.clone();
    }
    spec.head.reverse = seeds::agreement(&seeds::mno(&TADIG).0, &World::bare().mvno.pubkey(), 1).0;
    spec
}

#[test]
fn balance_of_full_statements_ok() {
    let mut w = World::with_agreement(&full());
    let [operator, mvno, _] = people(&w);
    let batch = w.commit(PERIOD, 1);
    w.open_unproven(&batch, [100; 8]);
    w.ok(w.grow_statement(PERIOD), &[]);
    let at = w.statement_at(PERIOD);
    w.edit(&at, |books: &mut Statement| books.entries = vec![books.entries[0]; ENTRIES_STEP]);
    w.ok(w.grow_statement(PERIOD), &[]);
    w.edit(&at, |books: &mut Statement| books.entries = vec![books.entries[0]; MAX_ENTRIES]);
    w.ok(w.close_period_early(PERIOD), &[&operator, &mvno]);
    let meta = w.ok(w.balance_statement(PERIOD, w.agreement), &[]);
    println!("two statements of {MAX_ENTRIES} entries: {} compute units", meta.compute_units);
    assert_eq!(w.statement(PERIOD).reverse_totals, Some([100; 8]));
    assert_eq!(w.statement(PERIOD).billed, 800, "matched by itself");
}

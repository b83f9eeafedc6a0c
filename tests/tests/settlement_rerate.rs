//! Periods rated anew: what is billed changes by the difference, once, and the books say why.

use anchor_lang::error::ErrorCode;
use gesim_tests::{
    attack,
    settlement::{flat, lane, replace, terms, Spec, World, DISPUTE, PERIOD, RATE},
};
use settlement::{
    error::SettlementError as E,
    events,
    state::{
        config::pause, seeds, statement::EntryKind, terms::RevenueCommitment, Agreement, Batch, Statement,
        StatementState, Tier,
    },
    ExchangeRate,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

const NEXT: u32 = 202_612;

/// Every unit of lane 0 costs so much.
fn at(rate: u64) -> Spec {
    Spec { lanes: vec![lane(0, &[Tier { start: 0, rate, fixed: 0 }])], ..terms() }
}

fn people(w: &World) -> [Keypair; 3] {
    [&w.operator, &w.mvno, &w.stranger].map(Keypair::insecure_clone)
}

fn bill(w: &mut World, period: u32, sequence: u32, units: u64) -> Batch {
    let batch = w.commit(period, sequence);
    w.open_unproven(&batch, [units, 0, 0, 0, 0, 0, 0, 0]);
    w.chain.fetch(&batch)
}

/// 100 units at 1 (version 1); versions 2 and 3 cost 3 and a half as much.
fn versions() -> World {
    let mut w = World::with_agreement(&at(1));
    bill(&mut w, PERIOD, 1, 100);
    w.agree(&at(3));
    let mut half = at(1);
    half.lanes[0].per = 2;
    w.agree(&half);
    w
}

#[track_caller]
fn rerate(w: &mut World, terms: u32) -> events::StatementRebilled {
    let [operator, mvno, _] = people(w);
    let meta = w.ok(w.rerate_statement(PERIOD, terms, RATE), &[&operator, &mvno]);
    meta.events().remove(0)
}

/// What is billed, what waits for a note, what was credited; and what the MNO owes.
fn books(w: &World) -> [u64; 4] {
    let s = w.statement(PERIOD);
    [s.billed, s.debit_due, s.credited, w.chain.fetch::<Agreement>(&w.agreement).owed]
}

#[test]
fn up_then_a_note_ok() {
    let mut w = versions();
    let event = rerate(&mut w, 2);
    assert_eq!((event.kind, event.terms, event.up, event.down, event.billed), (EntryKind::Rerate, 2, 200, 0, 300));
    assert_eq!(books(&w), [300, 200, 0, 0]);
    // the same once more changes nothing: no second debit
    let event = rerate(&mut w, 2);
    assert_eq!((event.up, event.down), (0, 0));
    assert_eq!(books(&w), [300, 200, 0, 0]);
    w.ok(w.issue_note(PERIOD), &[]);
    w.fails(w.issue_note(PERIOD), &[], E::NothingDue);
    rerate(&mut w, 2);
    assert_eq!(books(&w), [300, 0, 0, 0]);
    w.fails(w.issue_note(PERIOD), &[], E::NothingDue);
    let entries = w.statement(PERIOD).entries;
    let story: Vec<_> = entries.iter().map(|e| (e.kind, e.sequence, e.terms, e.before, e.after)).collect();
    let again = (EntryKind::Rerate, 0, 2, 300, 300);
    assert_eq!(story, [(EntryKind::Batch, 1, 1, 0, 100), (EntryKind::Rerate, 0, 2, 100, 300), again, again]);
}

#[test]
fn down_is_owed_and_set_off_ok() {
    let mut w = versions();
    let event = rerate(&mut w, 3);
    assert_eq!((event.up, event.down, event.billed), (0, 50, 50));
    assert_eq!(books(&w), [50, 0, 50, 50]);
    rerate(&mut w, 3);
    assert_eq!(books(&w), [50, 0, 50, 50], "owed once");
    // the invoice stands; its payment is set off
    let pool = w.pool(w.agreement, 1_000, 0);
    w.chain.warp_by(i64::from(DISPUTE) + 1);
    w.ok(w.settle_batch(w.batch(1), &pool), &[]);
    let paid = w.chain.balance(&w.payout) + w.chain.balance(&w.prover_token);
    assert_eq!((paid, books(&w)), (50, [50, 0, 50, 0]));
    let batch: Batch = w.chain.fetch(&w.batch(1));
    assert_eq!((batch.invoice, batch.paid, batch.set_off), (100, 50, 50));
}

/// What waits for a note is lowered first, and only what was invoiced is given back.
#[test]
fn up_and_down_ok() {
    let mut w = versions();
    rerate(&mut w, 2);
    rerate(&mut w, 3);
    assert_eq!(books(&w), [50, 0, 50, 50]);
    rerate(&mut w, 1);
    assert_eq!(books(&w), [100, 50, 50, 50]);
    rerate(&mut w, 3);
    assert_eq!(books(&w), [50, 0, 50, 50]);
}

#[test]
fn batches_behind_a_rerating_ok() {
    let mut w = versions();
    rerate(&mut w, 2);
    // the next batch costs what the new terms make of it, and carries none of the difference
    let batch = bill(&mut w, PERIOD, 2, 10);
    assert_eq!((batch.invoice, batch.terms), (30, 2));
    assert_eq!(books(&w), [330, 200, 0, 0]);
    // one committed before a re-rating is rated after it
    let late = w.commit(PERIOD, 3);
    assert_eq!(w.chain.fetch::<Batch>(&late).terms, 2);
    rerate(&mut w, 3);
    w.open_unproven(&late, [10, 0, 0, 0, 0, 0, 0, 0]);
    let late: Batch = w.chain.fetch(&late);
    assert_eq!((late.invoice, late.terms), (5, 3));
    assert_eq!(books(&w), [60, 0, 75, 75]);
}

#[test]
fn other_exchange_rate_ok() {
    let mut w = versions();
    let [operator, mvno, _] = people(&w);
    let rate = ExchangeRate { numerator: 7, denominator: 3, date: 20_261_203 };
    w.ok(w.rerate_statement(PERIOD, 1, rate), &[&operator, &mvno]);
    let s = w.statement(PERIOD);
    assert_eq!((s.numerator, s.denominator, s.rate_date, s.terms), (7, 3, 20_261_203, 1));
    assert_eq!(books(&w), [233, 133, 0, 0]);
    // closed periods are rated anew too
    w.ok(w.close_period_early(PERIOD), &[&operator, &mvno]);
    rerate(&mut w, 1);
    assert_eq!(books(&w), [100, 0, 0, 0]);
    assert_eq!(w.statement(PERIOD).state, StatementState::Closed);
}

/// Who leaves does not leave its books: what is open is closed, rated anew and invoiced.
#[test]
fn books_of_a_terminated_agreement_ok() {
    let mut w = versions();
    let [operator, mvno, _] = people(&w);
    w.ok(w.terminate_agreement(mvno.pubkey()), &[&mvno]);
    rerate(&mut w, 2);
    w.ok(w.issue_note(PERIOD), &[]);
    w.ok(w.close_period_early(PERIOD), &[&operator, &mvno]);
    rerate(&mut w, 1);
    assert_eq!(books(&w), [100, 0, 200, 200]);
}

#[test]
fn rerate_fails() {
    let mut w = versions();
    let [operator, mvno, stranger] = people(&w);
    let signers = [&operator, &mvno];
    let ix = w.rerate_statement(PERIOD, 2, RATE);
    let one = replace(ix.clone(), &operator.pubkey(), &stranger.pubkey());
    w.fails(one, &[&stranger, &mvno], E::NotTheMno);
    let one = replace(ix.clone(), &mvno.pubkey(), &stranger.pubkey());
    w.fails(one, &[&stranger, &operator], E::NotTheMvno);
    w.ok(w.set_paused(pause::AGREE), &[]);
    w.fails(ix.clone(), &signers, E::Paused);
    w.ok(w.set_paused(0), &[]);
    for rate in [ExchangeRate { numerator: 0, ..RATE }, ExchangeRate { denominator: 0, ..RATE }] {
        w.fails(w.rerate_statement(PERIOD, 2, rate), &signers, E::BadRate);
    }
    w.fails(w.rerate_statement(PERIOD, 2, ExchangeRate { date: 20_260_001, ..RATE }), &signers, E::BadRate);
    // the old terms: none, others, the new ones
    let mut none = ix.clone();
    let old = none.accounts.iter_mut().find(|meta| meta.pubkey == w.terms_at(1)).expect("the old terms");
    (old.pubkey, old.is_writable) = (settlement::ID, false);
    w.fails(none, &signers, E::WrongTerms);
    w.fails(w.period(PERIOD, 2).rerate(w.both(), 3, RATE), &signers, E::WrongTerms);
    let twice = replace(ix.clone(), &w.terms_at(1), &w.terms_at(2));
    w.fails(twice, &signers, ErrorCode::ConstraintDuplicateMutableAccount);
    w.fails(w.period(PERIOD, 1).rerate(w.both(), 2, RATE), &signers, E::WrongTerms);
    // terms that begin later, and terms that are not in force
    let mut later = at(2);
    later.head.effective_from = NEXT;
    let later = w.agree(&later);
    w.fails(w.rerate_statement(PERIOD, later, RATE), &signers, E::NotEffective);
    let draft = w.draft(&operator, &at(2));
    w.fails(w.rerate_statement(PERIOD, draft, RATE), &signers, E::WrongTermsState);
    w.ok(w.sign_terms(operator.pubkey(), draft), &[&operator]);
    w.fails(w.rerate_statement(PERIOD, draft, RATE), &signers, E::WrongTermsState);
    // a price that does not fit leaves everything as it was
    let dear = w.agree(&at(u64::MAX));
    let before = format!("{:?}{:?}", w.statement(PERIOD), w.terms(1));
    w.fails(w.rerate_statement(PERIOD, dear, RATE), &signers, E::Overflow);
    assert_eq!(format!("{:?}{:?}", w.statement(PERIOD), w.terms(1)), before);
    w.ok(ix, &signers);
}

#[test]
fn terms_of_another_agreement_fails() {
    let mut w = versions();
    let [operator, mvno, _] = people(&w);
    let (first, own) = (w.agreement, w.terms_at(2));
    let ix = w.rerate_statement(PERIOD, 2, RATE);
    w.agreement = seeds::agreement(&w.mno, &mvno.pubkey(), 2).0;
    w.ok(w.propose_agreement(operator.pubkey(), 2, &flat().frame), &[&operator]);
    w.agree(&flat());
    w.agree(&flat());
    let (other, foreign) = (w.agreement, w.terms_at(2));
    w.agreement = first;
    w.fails(replace(ix.clone(), &own, &foreign), &[&operator, &mvno], E::WrongAgreement);
    w.fails(replace(ix, &first, &other), &[&operator, &mvno], E::WrongAgreement);
}

#[test]
fn rerate_attacks_fail() {
    let mut w = versions();
    let [_, _, stranger] = people(&w);
    w.open_books(NEXT, 3);
    let decoys = [stranger.pubkey(), w.terms_at(3), w.statement_at(NEXT)];
    let ix = w.rerate_statement(PERIOD, 2, RATE);
    // other terms to rate under are other terms that both have signed: what the signers see is what they get
    let chosen = ix.accounts.iter().position(|meta| meta.pubkey == w.terms_at(2)).expect("the terms");
    let third = w.terms_at(3);
    attack::everything(&mut w.chain, &ix, &decoys, &|index, key| index == chosen && *key == third);
}

fn committed(amount: u64) -> Spec {
    let mut spec = at(1);
    spec.head.commitment = RevenueCommitment { amount, from: PERIOD, to: NEXT, lanes: 255, with_tax: false };
    spec
}

/// A period counts toward the commitment of the terms that rate it, and of no others.
#[test]
fn commitments_of_two_versions_ok() {
    let mut w = World::with_agreement(&committed(1_000));
    let [operator, mvno, _] = people(&w);
    w.agree(&committed(500));
    w.open_books(NEXT, 1);
    bill(&mut w, PERIOD, 1, 100);
    bill(&mut w, NEXT, 1, 30);
    let toward = |w: &World| (w.terms(1).toward, w.terms(2).toward);
    assert_eq!(toward(&w), (130, 0));
    rerate(&mut w, 2);
    assert_eq!(toward(&w), (30, 100));
    bill(&mut w, PERIOD, 2, 7);
    assert_eq!(toward(&w), (30, 107));
    w.ok(w.close_period_early(NEXT), &[&operator, &mvno]);
    w.ok(w.bill_commitment(NEXT), &[]);
    assert_eq!((w.statement(NEXT).shortfall, w.statement(NEXT).billed), (970, 1_000));
    // the last period goes over too: the old shortfall stays until the new commitment is billed
    w.ok(w.rerate_statement(NEXT, 2, RATE), &[&operator, &mvno]);
    assert_eq!(toward(&w), (0, 137));
    w.ok(w.bill_commitment(NEXT), &[]);
    let s = w.statement(NEXT);
    assert_eq!((s.shortfall, s.billed, s.debit_due, s.credited), (363, 393, 363, 0));
    // and without a commitment there is no shortfall
    let plain = w.agree(&at(1));
    w.ok(w.rerate_statement(NEXT, plain, RATE), &[&operator, &mvno]);
    let s = w.statement(NEXT);
    assert_eq!((s.shortfall, s.billed, s.debit_due, s.credited), (0, 30, 0, 0));
    assert_eq!(toward(&w), (0, 107));
}

/// The totals of the other direction are those of the agreement that the terms in force name.
#[test]
fn other_reverse_agreement_ok() {
    let mut w = World::with_agreement(&at(1));
    let [operator, mvno, _] = people(&w);
    let both = [&operator, &mvno];
    let there = w.agreement;
    let reverse: Vec<_> = [(2u32, 40u64), (3, 90)]
        .map(|(id, units)| {
            w.agreement = seeds::agreement(&w.mno, &mvno.pubkey(), id).0;
            w.ok(w.propose_agreement(operator.pubkey(), id, &flat().frame), &[&operator]);
            w.agree(&flat());
            w.open_books(PERIOD, 1);
            bill(&mut w, PERIOD, 1, units);
            w.ok(w.close_period_early(PERIOD), &both);
            w.agreement
        })
        .to_vec();
    w.agreement = there;
    bill(&mut w, PERIOD, 1, 100);
    let balanced = |reverse| {
        let mut spec = at(1);
        spec.lanes[0].unbalanced = vec![Tier { start: 0, rate: 10, fixed: 0 }];
        spec.head.reverse = reverse;
        spec
    };
    for reverse in &reverse {
        w.agree(&balanced(*reverse));
    }
    rerate(&mut w, 2);
    w.ok(w.close_period_early(PERIOD), &both);
    w.ok(w.balance_statement(PERIOD, reverse[0]), &[]);
    assert_eq!(books(&w), [640, 540, 0, 0]);
    // under the other version nothing is matched yet, so all counts as balanced until it is balanced again
    rerate(&mut w, 3);
    assert_eq!(w.statement(PERIOD).reverse_totals, None);
    assert_eq!(books(&w), [100, 0, 0, 0]);
    w.ok(w.balance_statement(PERIOD, reverse[1]), &[]);
    assert_eq!(books(&w), [190, 90, 0, 0]);
    // the same reverse agreement: its totals stay
    let mut dearer = balanced(reverse[1]);
    dearer.lanes[0].unbalanced[0].rate = 11;
    let dearer = w.agree(&dearer);
    rerate(&mut w, dearer);
    assert_eq!(books(&w), [200, 100, 0, 0]);
    w.edit(&w.statement_at(PERIOD), |s: &mut Statement| s.reverse_totals = None);
    w.ok(w.balance_statement(PERIOD, reverse[1]), &[]);
    assert_eq!(books(&w), [200, 100, 0, 0]);
}

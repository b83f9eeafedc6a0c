//! Disputes about part of an invoice: the rest is paid at once, the part waits, and every way it can end.

use anchor_lang::prelude::Pubkey;
use gesim_tests::{
    attack::{self, nothing},
    settlement::{flat, lane, replace, PoolAccounts, Spec, World, DISPUTE, PERIOD, RATE, RESOLVE, REWARD},
};
use settlement::{
    error::SettlementError as E,
    events::{BatchDisputed, BatchResolved, Ending},
    state::{seeds, Batch, BatchState, Tier, TimeoutRule},
    ExchangeRate,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

const INVOICE: u64 = 1_000;
/// Three chunks.
const PROVER: u64 = 3 * REWARD;
/// What is disputed, in two lanes: an odd number.
const LANES: [u64; 8] = [300, 0, 0, 0, 0, 0, 0, 1];
const DISPUTED: u64 = 301;

fn book(w: &World, batch: &Pubkey) -> Batch {
    w.chain.fetch(batch)
}

/// A batch of [`INVOICE`] under these terms, open.
fn opened(spec: &Spec) -> (World, Pubkey) {
    let mut w = World::with_agreement(spec);
    let batch = w.commit(PERIOD, 1);
    w.open_unproven(&batch, [INVOICE - 1, 0, 0, 0, 0, 0, 0, 1]);
    (w, batch)
}

/// And disputed.
fn disputed(spec: &Spec) -> (World, Pubkey) {
    let (mut w, batch) = opened(spec);
    let mvno = w.mvno.insecure_clone();
    w.ok(w.dispute_batch(batch, LANES), &[&mvno]);
    (w, batch)
}

fn with_rule(timeout_rule: TimeoutRule) -> Spec {
    let mut spec = flat();
    spec.head.timeout_rule = timeout_rule;
    spec
}

fn with_arbiter(arbiter: &Keypair) -> Spec {
    let mut spec = flat();
    spec.head.arbiter = arbiter.pubkey();
    spec
}

/// What MNO and prover have got.
fn paid(w: &World) -> [u64; 2] {
    [w.payout, w.prover_token].map(|account| w.chain.balance(&account))
}

/// Another agreement of the same two sides with a batch of its own, and the addresses of its books.
fn elsewhere(w: &mut World) -> Vec<Pubkey> {
    let (mine, spec, operator) = (w.agreement, flat(), w.operator.insecure_clone());
    w.ok(w.propose_agreement(operator.pubkey(), 2, &spec.frame), &[&operator]);
    w.agreement = seeds::agreement(&w.mno, &w.mvno.pubkey(), 2).0;
    let version = w.agree(&spec);
    w.open_books(PERIOD, version);
    let batch = w.commit(PERIOD, 1);
    w.open_unproven(&batch, [INVOICE, 0, 0, 0, 0, 0, 0, 0]);
    let mvno = w.mvno.insecure_clone();
    w.ok(w.dispute_batch(batch, LANES), &[&mvno]);
    let books = vec![w.agreement, w.terms_at(version), w.statement_at(PERIOD), batch];
    w.agreement = mine;
    books
}

#[test]
fn undisputed_part_is_paid_at_once_ok() {
    let (mut w, batch) = opened(&flat());
    let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
    let pool = w.pool(w.agreement, 5_000, 0);
    w.fails(w.settle_batch(batch, &pool), &[], E::TooEarly);
    let meta = w.ok(w.dispute_batch(batch, LANES), &[&mvno]);
    let event = &meta.events::<BatchDisputed>()[0];
    assert_eq!((event.invoice, event.disputed, event.payable), (INVOICE, DISPUTED, INVOICE - DISPUTED));
    assert_eq!((event.lanes, event.deadline), (LANES, w.chain.now() + i64::from(RESOLVE)));
    // no need to wait for the end of the window: what is not disputed is agreed
    w.ok(w.settle_batch(batch, &pool), &[]);
    assert_eq!(paid(&w), [INVOICE - DISPUTED - PROVER, PROVER]);
    let books = book(&w, &batch);
    assert_eq!((books.state, books.disputed, books.disputed_lanes), (BatchState::Disputed, DISPUTED, LANES));
    w.fails(w.settle_batch(batch, &pool), &[], E::EmptyPool);
    w.ok(w.resolve_batch(batch, 100), &[&operator, &mvno]);
    w.ok(w.settle_batch(batch, &pool), &[]);
    assert_eq!(paid(&w), [INVOICE - DISPUTED + 100 - PROVER, PROVER]);
    let books = book(&w, &batch);
    assert_eq!((books.state, books.disputed, books.disputed_lanes), (BatchState::Settled, 0, [0; 8]));
    assert_eq!(w.statement(PERIOD).billed, INVOICE, "what is dropped does not come back by a re-rating");
}

#[test]
fn dispute_bad_amounts_fails() {
    let (mut w, batch) = opened(&flat());
    let mvno = w.mvno.insecure_clone();
    let only = |amount| [amount, 0, 0, 0, 0, 0, 0, 0];
    w.fails(w.dispute_batch(batch, [0; 8]), &[&mvno], E::BadDispute);
    w.fails(w.dispute_batch(batch, only(INVOICE + 1)), &[&mvno], E::BadDispute);
    w.fails(w.dispute_batch(batch, [INVOICE, 0, 0, 0, 0, 0, 0, 1]), &[&mvno], E::BadDispute);
    w.fails(w.dispute_batch(batch, [u64::MAX, 1, 0, 0, 0, 0, 0, 0]), &[&mvno], E::Overflow);
    // all of it, and no more than once
    w.ok(w.dispute_batch(batch, only(INVOICE)), &[&mvno]);
    w.fails(w.dispute_batch(batch, only(1)), &[&mvno], E::WrongBatchState);
    let pool = w.pool(w.agreement, 5_000, 0);
    w.fails(w.settle_batch(batch, &pool), &[], E::EmptyPool);
}

#[test]
fn dispute_by_others_or_late_fails() {
    let (mut w, batch) = opened(&flat());
    let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
    let ix = w.dispute_batch(batch, LANES);
    w.fails(replace(ix.clone(), &mvno.pubkey(), &operator.pubkey()), &[&operator], E::NotTheMvno);
    let committed = w.commit(PERIOD, 2);
    w.fails(w.dispute_batch(committed, LANES), &[&mvno], E::WrongBatchState);
    // the last second is in time, the next one is not
    w.chain.warp_by(i64::from(DISPUTE));
    let mut last = w.chain.clone();
    last.ok(std::slice::from_ref(&ix), &[&mvno]);
    w.chain.warp_by(1);
    w.fails(ix, &[&mvno], E::TooLate);
    w.ok(w.expire_batch(committed), &[]);
    w.fails(w.dispute_batch(committed, LANES), &[&mvno], E::WrongBatchState);
    // what is accepted or being paid is not disputed any more
    w.ok(w.accept_batch(batch), &[&mvno]);
    w.fails(w.dispute_batch(batch, LANES), &[&mvno], E::WrongBatchState);
}

#[test]
fn dispute_attacks_fail() {
    let (mut w, batch) = opened(&flat());
    let mut decoys = elsewhere(&mut w);
    decoys.push(w.stranger.pubkey());
    let ix = w.dispute_batch(batch, LANES);
    attack::everything(&mut w.chain, &ix, &decoys, &nothing);
}

#[test]
fn resolve_ok() {
    let (mut w, batch) = disputed(&flat());
    let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
    let mut decoys = elsewhere(&mut w);
    decoys.push(w.stranger.pubkey());
    // two signatures need no deadline
    w.chain.warp_by(i64::from(RESOLVE) * 10);
    w.fails(w.resolve_batch(batch, DISPUTED + 1), &[&operator, &mvno], E::AboveDispute);
    let ix = w.resolve_batch(batch, 25);
    attack::everything(&mut w.chain, &ix, &decoys, &nothing);
    let meta = w.ok(ix.clone(), &[&operator, &mvno]);
    let event = &meta.events::<BatchResolved>()[0];
    assert_eq!((event.ending, event.disputed, event.award), (Ending::Both, DISPUTED, 25));
    assert_eq!(event.payable, INVOICE - DISPUTED + 25);
    w.fails(ix, &[&operator, &mvno], E::WrongBatchState);
    w.fails(w.accept_batch(batch), &[&mvno], E::WrongBatchState);
    assert_eq!(book(&w, &batch).payable, INVOICE - DISPUTED + 25);
}

#[test]
fn resolve_by_one_side_fails() {
    let (mut w, batch) = disputed(&flat());
    let [operator, mvno, stranger] = [&w.operator, &w.mvno, &w.stranger].map(|key| key.insecure_clone());
    let ix = w.resolve_batch(batch, 1);
    w.fails(replace(ix.clone(), &mvno.pubkey(), &stranger.pubkey()), &[&operator, &stranger], E::NotTheMvno);
    w.fails(replace(ix.clone(), &mvno.pubkey(), &operator.pubkey()), &[&operator], E::NotTheMvno);
    w.fails(replace(ix, &operator.pubkey(), &mvno.pubkey()), &[&mvno], E::NotTheMno);
    assert_eq!(book(&w, &batch).state, BatchState::Disputed);
}

#[test]
fn award_ok() {
    let arbiter = Keypair::new();
    let (mut w, batch) = disputed(&with_arbiter(&arbiter));
    // a later version names somebody else: not this batch's arbiter
    let later = Keypair::new();
    let version = w.agree(&with_arbiter(&later));
    let mut decoys = elsewhere(&mut w);
    decoys.extend([w.terms_at(version), w.stranger.pubkey(), later.pubkey(), w.operator.pubkey(), w.mvno.pubkey()]);
    w.chain.warp_by(i64::from(RESOLVE));
    w.fails(w.award_batch(arbiter.pubkey(), batch, DISPUTED + 1), &[&arbiter], E::AboveDispute);
    let ix = w.award_batch(arbiter.pubkey(), batch, 200);
    attack::everything(&mut w.chain, &ix, &decoys, &nothing);
    let meta = w.ok(ix.clone(), &[&arbiter]);
    let event = &meta.events::<BatchResolved>()[0];
    assert_eq!((event.ending, event.disputed, event.award), (Ending::Arbiter, DISPUTED, 200));
    assert_eq!(event.payable, INVOICE - DISPUTED + 200);
    w.fails(ix, &[&arbiter], E::WrongBatchState);
}

#[test]
fn award_by_others_fails() {
    let arbiter = Keypair::new();
    let (mut w, batch) = disputed(&with_arbiter(&arbiter));
    for key in [w.operator.insecure_clone(), w.mvno.insecure_clone(), w.stranger.insecure_clone()] {
        w.fails(w.award_batch(key.pubkey(), batch, 1), &[&key], E::NotTheArbiter);
    }
    // the arbiter of a later version, who shows his own terms, and with the batch's
    let later = Keypair::new();
    let version = w.agree(&with_arbiter(&later));
    let ix = w.award_batch(later.pubkey(), batch, 1);
    w.fails(ix.clone(), &[&later], E::NotTheArbiter);
    w.fails(replace(ix, &w.terms_at(1), &w.terms_at(version)), &[&later], E::WrongTerms);
    // a batch that is rated anew keeps the arbiter it was invoiced under
    let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
    w.ok(w.rerate_statement(PERIOD, version, RATE), &[&operator, &mvno]);
    w.fails(w.award_batch(later.pubkey(), batch, 1), &[&later], E::NotTheArbiter);
    w.chain.warp_by(i64::from(RESOLVE) + 1);
    w.fails(w.award_batch(arbiter.pubkey(), batch, 1), &[&arbiter], E::TooLate);
    w.ok(w.expire_batch(batch), &[]);
    w.fails(w.award_batch(arbiter.pubkey(), batch, 1), &[&arbiter], E::WrongBatchState);
}

#[test]
fn award_without_an_arbiter_fails() {
    let (mut w, batch) = disputed(&flat());
    let stranger = w.stranger.insecure_clone();
    w.fails(w.award_batch(stranger.pubkey(), batch, 0), &[&stranger], E::NotTheArbiter);
    let ix = w.award_batch(Pubkey::default(), batch, 0);
    attack::must_fail(&mut w.chain, &ix, "the default key is nobody's arbiter").expect(E::NotTheArbiter);
}

#[test]
fn award_before_a_dispute_fails() {
    let arbiter = Keypair::new();
    let (mut w, batch) = opened(&with_arbiter(&arbiter));
    w.fails(w.award_batch(arbiter.pubkey(), batch, 0), &[&arbiter], E::WrongBatchState);
    let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
    w.fails(w.resolve_batch(batch, 0), &[&operator, &mvno], E::WrongBatchState);
}

#[test]
fn timeout_by_the_rule_of_the_terms_ok() {
    let undisputed = INVOICE - DISPUTED;
    let rules = [
        (TimeoutRule::Pay, INVOICE),
        (TimeoutRule::Drop, undisputed),
        // an odd unit is dropped
        (TimeoutRule::Split, undisputed + 150),
    ];
    for (rule, payable) in rules {
        let (mut w, batch) = disputed(&with_rule(rule));
        let pool = w.pool(w.agreement, 5_000, 0);
        w.ok(w.settle_batch(batch, &pool), &[]);
        w.chain.warp_by(i64::from(RESOLVE));
        w.fails(w.expire_batch(batch), &[], E::TooEarly);
        w.chain.warp_by(1);
        let meta = w.ok(w.expire_batch(batch), &[]);
        let event = &meta.events::<BatchResolved>()[0];
        assert_eq!((event.ending, event.award), (Ending::Timeout, payable - undisputed), "{rule:?}");
        assert_eq!(book(&w, &batch).payable, payable);
        w.fails(w.expire_batch(batch), &[], E::WrongBatchState);
        w.ok(w.settle_batch(batch, &pool), &[]);
        assert_eq!((paid(&w), book(&w, &batch).state), ([payable - PROVER, PROVER], BatchState::Settled));
    }
}

#[test]
fn timeout_attacks_fail() {
    let (mut w, batch) = disputed(&with_rule(TimeoutRule::Drop));
    let version = w.agree(&with_rule(TimeoutRule::Pay));
    w.open_books(PERIOD + 1, version);
    let mut decoys = elsewhere(&mut w);
    decoys.extend([w.terms_at(version), w.statement_at(PERIOD + 1)]);
    w.chain.warp_by(i64::from(RESOLVE) + 1);
    let ix = w.expire_batch(batch);
    attack::everything(&mut w.chain, &ix, &decoys, &nothing);
    w.fails(replace(ix, &w.terms_at(1), &w.terms_at(version)), &[], E::WrongTerms);
}

#[test]
fn dispute_taken_back_ok() {
    let (mut w, batch) = disputed(&flat());
    let mvno = w.mvno.insecure_clone();
    // also after the window, as long as nobody has let it lapse
    w.chain.warp_by(i64::from(RESOLVE) + 1);
    w.ok(w.accept_batch(batch), &[&mvno]);
    let books = book(&w, &batch);
    assert_eq!((books.state, books.payable, books.reward_due), (BatchState::Accepted, INVOICE, PROVER));
    w.fails(w.expire_batch(batch), &[], E::WrongBatchState);
}

/// The reward is paid out of what is payable: less while a dispute is open, the rest when it has ended.
#[test]
fn reward_in_disputes_ok() {
    // (award, what the prover gets in the end)
    for (award, reward) in [(0, 10), (5, 15), (20, PROVER), (990, PROVER)] {
        let (mut w, batch) = opened(&flat());
        let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
        let pool = w.pool(w.agreement, 5_000, 0);
        w.ok(w.dispute_batch(batch, [990, 0, 0, 0, 0, 0, 0, 0]), &[&mvno]);
        assert_eq!(book(&w, &batch).reward_due, 10);
        w.ok(w.settle_batch(batch, &pool), &[]);
        assert_eq!(paid(&w), [0, 10]);
        w.ok(w.resolve_batch(batch, award), &[&operator, &mvno]);
        w.ok(w.settle_batch(batch, &pool), &[]);
        assert_eq!(paid(&w), [10 + award - reward, reward], "award {award}");
        assert_eq!(book(&w, &batch).state, BatchState::Settled);
    }
}

/// Twice the price: the period's notes.
fn with_note() -> (World, Pubkey) {
    let (mut w, _) = opened(&flat());
    let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
    let tiers = [Tier { start: 0, rate: 2, fixed: 0 }];
    let double = Spec { lanes: (0..8).map(|number| lane(number, &tiers)).collect(), ..flat() };
    let version = w.agree(&double);
    w.ok(w.rerate_statement(PERIOD, version, RATE), &[&operator, &mvno]);
    w.ok(w.issue_note(PERIOD), &[]);
    let note = w.note(PERIOD, 0);
    (w, note)
}

#[test]
fn notes_are_disputed_like_batches_ok() {
    let (mut w, note) = with_note();
    let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
    let books = book(&w, &note);
    assert_eq!((books.invoice, books.reward_due, books.chunks), (INVOICE, 0, 0));
    // a note has no lanes
    w.fails(w.dispute_batch(note, LANES), &[&mvno], E::BadDispute);
    w.fails(w.dispute_batch(note, [0, 0, 0, 0, 0, 0, 0, INVOICE + 1]), &[&mvno], E::BadDispute);
    w.ok(w.dispute_batch(note, [0, 0, 0, 0, 0, 0, 0, 400]), &[&mvno]);
    let pool: PoolAccounts = w.pool(w.agreement, 5_000, 0);
    // nobody proved it: the account beside the MNO's is its own, and is not paid
    w.prover_token = books.prover_token;
    w.ok(w.settle_batch(note, &pool), &[]);
    assert_eq!(w.chain.balance(&w.payout), 600);
    w.ok(w.resolve_batch(note, 150), &[&operator, &mvno]);
    w.ok(w.settle_batch(note, &pool), &[]);
    assert_eq!((w.chain.balance(&w.payout), book(&w, &note).state), (750, BatchState::Settled));
    // what was dropped is not invoiced again
    w.fails(w.issue_note(PERIOD), &[], E::NothingDue);
    let rate = ExchangeRate { numerator: 2, ..RATE };
    w.ok(w.rerate_statement(PERIOD, 2, rate), &[&operator, &mvno]);
    w.ok(w.issue_note(PERIOD), &[]);
    let second = w.note(PERIOD, 1);
    assert_eq!(book(&w, &second).invoice, 2 * INVOICE, "the difference to what is billed");
}

#[test]
fn note_is_rated_by_its_own_terms_ok() {
    let (mut w, note) = with_note();
    let mvno = w.mvno.insecure_clone();
    assert_eq!(book(&w, &note).terms, 2);
    w.ok(w.dispute_batch(note, [0, 0, 0, 0, 0, 0, 0, 3]), &[&mvno]);
    w.chain.warp_by(i64::from(RESOLVE) + 1);
    let ix = w.expire_batch(note);
    w.fails(replace(ix.clone(), &w.terms_at(2), &w.terms_at(1)), &[], E::WrongTerms);
    w.ok(ix, &[]);
    assert_eq!(book(&w, &note).payable, INVOICE - 3);
}

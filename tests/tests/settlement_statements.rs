//! The books of a period: batches share one price, the other direction and commitments change it, notes invoice it.

use anchor_lang::prelude::Pubkey;
use gesim_tests::{
    attack::{self, nothing},
    settlement::{flat, lane, replace, terms, Spec, World, DETAIL, DISPUTE, PERIOD, RATE, REWARD},
};
use settlement::{
    error::SettlementError as E,
    events,
    state::{
        config::pause, seeds, statement::EntryKind, terms::RevenueCommitment, Agreement, Batch, BatchKind, BatchState,
        Statement, Tier,
    },
    ExchangeRate,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

const NEXT: u32 = 202_612;

fn data(units: u64) -> [u64; 8] {
    [units, 0, 0, 0, 0, 0, 0, 0]
}

fn both(w: &World) -> [Keypair; 2] {
    [&w.operator, &w.mvno].map(Keypair::insecure_clone)
}

fn close(w: &mut World, period: u32) {
    let [operator, mvno] = both(w);
    w.ok(w.close_period_early(period), &[&operator, &mvno]);
}

/// Commits a batch and opens it to these totals. Returns it as it is then.
fn bill(w: &mut World, period: u32, sequence: u32, totals: [u64; 8]) -> Batch {
    let batch = w.commit(period, sequence);
    w.open_unproven(&batch, totals);
    w.chain.fetch(&batch)
}

/// Tiers, fixed parts and rounding count over the period: what the batches cost together is what their sum costs.
#[test]
fn batches_of_a_period_share_its_price_ok() {
    let mut w = World::with_agreement(&terms());
    // 5 once, 2 up to 1,000, 1 above
    let invoices = [(600, 1_205), (600, 1_000), (1, 1), (0, 0)];
    let mut before = 0;
    for (sequence, (units, invoice)) in (1..).zip(invoices) {
        let batch = bill(&mut w, PERIOD, sequence, data(units));
        assert_eq!((batch.invoice, batch.payable, batch.terms), (invoice, invoice, 1), "{units}");
        assert_eq!(batch.lane_amounts, data(invoice));
        assert_eq!(batch.reward_due, invoice.min(3 * REWARD));
        let books = w.statement(PERIOD);
        let entry = books.entries.last().expect("an entry");
        assert_eq!((entry.kind, entry.sequence, entry.terms), (EntryKind::Batch, sequence, 1));
        assert_eq!((entry.before, entry.after), (before, before + invoice));
        before += invoice;
    }
    let books = w.statement(PERIOD);
    assert_eq!((books.billed, books.lane_totals, books.lane_amounts), (2_206, data(1_201), data(2_206)));
    assert_eq!((books.batches, books.open_batches, books.records), (4, 0, 4 * 600));
    assert_eq!((books.debit_due, books.credited, books.clawed), (0, 0, 0));
    // another period begins at its own first tier
    w.open_books(NEXT, 1);
    assert_eq!(bill(&mut w, NEXT, 1, data(600)).invoice, 1_205);
}

#[test]
fn tax_and_exchange_are_rounded_once_a_period_ok() {
    let mut spec = flat();
    spec.head.tax_bps = 1_900;
    let mut w = World::with_agreement(&spec);
    let [operator, mvno] = both(&w);
    let rate = ExchangeRate { numerator: 1, denominator: 3, date: 20_261_130 };
    w.ok(w.open_period(NEXT, 1, rate), &[&operator, &mvno]);
    // net 1 to 4; tax 0.19, 0.38, 0.57, 0.76; gross 1, 2, 4, 5; a third of it 0.33, 0.67, 1.33, 1.67
    let invoices: Vec<_> = (1..=4).map(|sequence| bill(&mut w, NEXT, sequence, data(1)).invoice).collect();
    assert_eq!(invoices, [0, 1, 0, 1]);
    assert_eq!(w.statement(NEXT).billed, 2);
}

#[test]
fn largest_amounts_ok() {
    let tiers = [Tier { start: 0, rate: u64::MAX, fixed: 0 }];
    let mut w = World::with_agreement(&Spec { lanes: vec![lane(0, &tiers)], ..terms() });
    assert_eq!(bill(&mut w, PERIOD, 1, data(1)).invoice, u64::MAX);
    // lanes that are not named are free, whatever they carried
    assert_eq!(bill(&mut w, PERIOD, 2, [0, u64::MAX, 0, 0, 0, 0, 0, u64::MAX]).invoice, 0);
    let before = format!("{:?}", w.statement(PERIOD));
    for (sequence, totals) in [(3, data(1)), (4, [0, 1, 0, 0, 0, 0, 0, 0])] {
        let batch = w.commit(PERIOD, sequence);
        let ix = w.unproven_totals(&batch, totals);
        w.fails(ix, &[], E::Overflow);
        assert_eq!(w.state(&batch), BatchState::Committed);
    }
    w.edit(&w.statement_at(PERIOD), |books: &mut Statement| books.open_batches = 0);
    assert_eq!(format!("{:?}", w.statement(PERIOD)), before, "nothing is half booked");
}

#[test]
fn tax_above_the_largest_amount_fails() {
    let mut spec = flat();
    spec.head.tax_bps = 1;
    let mut w = World::with_agreement(&spec);
    let batch = w.commit(PERIOD, 1);
    let ix = w.unproven_totals(&batch, data(u64::MAX));
    w.fails(ix, &[], E::Overflow);
    let ix = w.unproven_totals(&batch, data(u64::MAX / 2));
    w.ok(ix, &[]);
}

/// The books of another agreement of the same two, of the same period and number of terms.
#[test]
fn books_of_another_agreement_fails() {
    let mut w = directions(&flat());
    let batch = w.commit(PERIOD, 1);
    let (first, books, prices) = (w.agreement, w.statement_at(PERIOD), w.terms_at(1));
    w.agreement = back(&w);
    let (other, other_books, other_prices) = (w.agreement, w.statement_at(PERIOD), w.terms_at(1));
    w.agreement = first;
    let ix = w.unproven_totals(&batch, data(1));
    w.fails(replace(ix.clone(), &prices, &other_prices), &[], E::WrongAgreement);
    w.chain.send(&[replace(ix.clone(), &books, &other_books)], &[]).expect_err("the books of another agreement");
    let all = replace(replace(replace(ix.clone(), &first, &other), &books, &other_books), &prices, &other_prices);
    w.fails(all, &[], E::WrongAgreement);
    attack::everything(&mut w.chain, &ix, &[other, other_books, other_prices], &nothing);
}

fn back(w: &World) -> Pubkey {
    seeds::agreement(&w.mno, &w.mvno.pubkey(), 2).0
}

/// Two agreements, each the other direction of the other, with [`PERIOD`] open in both. The world stands in the first.
fn directions(spec: &Spec) -> World {
    let mut w = World::new();
    let operator = w.operator.insecure_clone();
    let (there, back) = (w.agreement, back(&w));
    for (id, own, reverse) in [(2, back, there), (1, there, back)] {
        w.agreement = own;
        w.ok(w.propose_agreement(operator.pubkey(), id, &spec.frame), &[&operator]);
        let mut spec = spec.clone();
        spec.head.reverse = reverse;
        let version = w.agree(&spec);
        w.open_books(PERIOD, version);
    }
    w
}

/// 2 a unit that is matched; 7 once and 3 a unit that is not.
fn balanced() -> Spec {
    let mut data = lane(0, &[Tier { start: 0, rate: 2, fixed: 0 }]);
    data.unbalanced = vec![Tier { start: 0, rate: 3, fixed: 7 }];
    Spec { lanes: vec![data, lane(1, &[Tier { start: 0, rate: 1, fixed: 0 }])], ..terms() }
}

/// 100 units there, `units` back, all closed.
fn closed_directions(units: u64) -> World {
    let mut w = directions(&balanced());
    assert_eq!(bill(&mut w, PERIOD, 1, data(100)).invoice, 200, "all counts as balanced at first");
    close(&mut w, PERIOD);
    let there = w.agreement;
    w.agreement = back(&w);
    bill(&mut w, PERIOD, 1, data(units));
    close(&mut w, PERIOD);
    w.agreement = there;
    w
}

#[test]
fn balance_ok() {
    let mut w = closed_directions(60);
    let (there, back) = (w.agreement, back(&w));
    let ix = w.balance_statement(PERIOD, back);
    let others = [w.note(PERIOD, 0), w.stranger.pubkey()];
    attack::everything(&mut w.chain, &ix, &others, &nothing);
    let meta = w.ok(ix.clone(), &[]);
    let event = &meta.events::<events::StatementRebilled>()[0];
    // 60 at 2, and 7 + 40 at 3
    assert_eq!((event.kind, event.up, event.down, event.billed), (EntryKind::Balance, 47, 0, 247));
    let books = w.statement(PERIOD);
    assert_eq!((books.debit_due, books.reverse_totals, books.lane_amounts), (47, Some(data(60)), data(247)));
    w.fails(ix, &[], E::NothingDue);
    // the other direction is matched in full
    w.agreement = back;
    let meta = w.ok(w.balance_statement(PERIOD, there), &[]);
    let event = &meta.events::<events::StatementRebilled>()[0];
    assert_eq!((event.up, event.down, event.billed), (0, 0, 120));
}

/// Claims change the totals of a closed period: it is balanced again, by the difference only.
#[test]
fn balance_again_ok() {
    let mut w = closed_directions(60);
    let back = back(&w);
    let reverse = seeds::statement(&back, PERIOD).0;
    w.ok(w.balance_statement(PERIOD, back), &[]);
    w.ok(w.issue_note(PERIOD), &[]);
    // fewer matched: up by 20
    w.edit(&reverse, |books: &mut Statement| books.lane_totals = data(40));
    w.ok(w.balance_statement(PERIOD, back), &[]);
    assert_eq!((w.statement(PERIOD).billed, w.statement(PERIOD).debit_due), (267, 20));
    // all matched: down by 67, of which 20 were not invoiced yet
    w.edit(&reverse, |books: &mut Statement| books.lane_totals = data(100));
    w.ok(w.balance_statement(PERIOD, back), &[]);
    let (books, agreement): (_, Agreement) = (w.statement(PERIOD), w.chain.fetch(&w.agreement));
    assert_eq!((books.billed, books.debit_due, books.credited, agreement.owed), (200, 0, 47, 47));
    let kinds: Vec<_> = books.entries.iter().map(|entry| (entry.kind, entry.before, entry.after)).collect();
    let balance = EntryKind::Balance;
    let expected = [(EntryKind::Batch, 0, 200), (balance, 200, 247), (balance, 247, 267), (balance, 267, 200)];
    assert_eq!(kinds, expected);
}

#[test]
fn balance_fails() {
    let mut w = directions(&balanced());
    let (there, back) = (w.agreement, back(&w));
    w.fails(w.balance_statement(PERIOD, back), &[], E::StatementOpen);
    close(&mut w, PERIOD);
    w.fails(w.balance_statement(PERIOD, back), &[], E::StatementOpen);
    w.agreement = back;
    w.fails(w.balance_statement(PERIOD, there), &[], E::StatementOpen);
    // the right agreement, another period
    w.open_books(NEXT, 1);
    close(&mut w, NEXT);
    close(&mut w, PERIOD);
    w.agreement = there;
    let (right, wrong) = (seeds::statement(&back, PERIOD).0, seeds::statement(&back, NEXT).0);
    let ix = w.balance_statement(PERIOD, back);
    w.fails(replace(ix.clone(), &right, &wrong), &[], E::WrongReverse);
    // itself, and an agreement that the terms do not name
    w.fails(w.balance_statement(PERIOD, there), &[], E::WrongReverse);
    w.agree(&balanced_with(Pubkey::new_unique()));
    let terms = w.terms_at(2);
    w.fails(replace(ix.clone(), &w.terms_at(1), &terms), &[], E::WrongReverse);
    w.agree(&balanced_with(back));
    let terms = w.terms_at(3);
    w.fails(replace(ix.clone(), &w.terms_at(1), &terms), &[], E::WrongTerms);
    w.ok(ix, &[]);
}

fn balanced_with(reverse: Pubkey) -> Spec {
    let mut spec = balanced();
    spec.head.reverse = reverse;
    spec
}

/// 1,000 over November and December, of lane 0 alone.
fn committed(with_tax: bool, tax_bps: u16) -> Spec {
    let mut spec = flat();
    spec.head.tax_bps = tax_bps;
    spec.head.commitment = RevenueCommitment { amount: 1_000, from: PERIOD, to: NEXT, lanes: 1, with_tax };
    spec
}

/// 100 in November, 200 in December, and 50 in a lane that does not count.
fn billed(spec: &Spec) -> World {
    let mut w = World::with_agreement(spec);
    w.open_books(NEXT, 1);
    bill(&mut w, PERIOD, 1, [100, 50, 0, 0, 0, 0, 0, 0]);
    bill(&mut w, NEXT, 1, data(200));
    assert_eq!(w.terms(1).toward, 300);
    w
}

#[test]
fn commitment_ok() {
    let mut w = billed(&committed(false, 0));
    close(&mut w, NEXT);
    let ix = w.bill_commitment(NEXT);
    let decoys = [w.statement_at(PERIOD), w.stranger.pubkey()];
    attack::everything(&mut w.chain, &ix, &decoys, &nothing);
    let meta = w.ok(ix.clone(), &[]);
    let event = &meta.events::<events::StatementRebilled>()[0];
    assert_eq!((event.kind, event.up, event.billed, event.debit_due), (EntryKind::Commitment, 700, 900, 700));
    assert_eq!((w.statement(NEXT).shortfall, w.terms(1).toward), (700, 300), "a shortfall is no revenue");
    w.fails(ix, &[], E::NothingDue);
}

#[test]
fn commitment_and_tax_ok() {
    // 1,000 with 25 % tax are 800 without
    for (with_tax, shortfall, billed_after) in [(true, 500, 875), (false, 700, 1_125)] {
        let mut w = billed(&committed(with_tax, 2_500));
        close(&mut w, NEXT);
        w.ok(w.bill_commitment(NEXT), &[]);
        let books = w.statement(NEXT);
        assert_eq!((books.shortfall, books.billed), (shortfall, billed_after));
    }
}

#[test]
fn commitment_reached_or_not_named_fails() {
    let mut w = billed(&committed(false, 0));
    w.fails(w.bill_commitment(NEXT), &[], E::StatementOpen);
    bill(&mut w, PERIOD, 2, data(700));
    for period in [PERIOD, NEXT] {
        close(&mut w, period);
        // not its last period, and nothing missing
        w.fails(w.bill_commitment(period), &[], E::NothingDue);
    }
    w.agree(&committed(false, 0));
    w.fails(w.period(NEXT, 2).bill_commitment(), &[], E::WrongTerms);
    let mut w = World::with_agreement(&flat());
    close(&mut w, PERIOD);
    w.fails(w.bill_commitment(PERIOD), &[], E::NothingDue);
}

/// What a period before the last one loses, a commitment bills again; what it gains, it gives back.
#[test]
fn commitment_again_ok() {
    let mut w = billed(&committed(false, 0));
    let [operator, mvno] = both(&w);
    close(&mut w, PERIOD);
    close(&mut w, NEXT);
    w.ok(w.bill_commitment(NEXT), &[]);
    w.ok(w.issue_note(NEXT), &[]);
    // November goes to other terms: its 100 do not count any more
    w.agree(&flat());
    w.ok(w.rerate_statement(PERIOD, 2, RATE), &[&operator, &mvno]);
    assert_eq!((w.terms(1).toward, w.terms(2).toward), (200, 0));
    w.ok(w.bill_commitment(NEXT), &[]);
    let books = w.statement(NEXT);
    assert_eq!((books.shortfall, books.billed, books.debit_due), (800, 1_000, 100));
    // and back
    w.ok(w.rerate_statement(PERIOD, 1, RATE), &[&operator, &mvno]);
    assert_eq!(w.terms(1).toward, 300);
    w.ok(w.bill_commitment(NEXT), &[]);
    let books = w.statement(NEXT);
    assert_eq!((books.shortfall, books.billed, books.debit_due, books.credited), (700, 900, 0, 0));
    w.fails(w.bill_commitment(NEXT), &[], E::NothingDue);
}

/// A record that is struck out of a period does not count toward the commitment any more: it is billed again as missing.
#[test]
fn commitment_after_a_claim_ok() {
    let mut w = billed(&committed(false, 0));
    close(&mut w, NEXT);
    w.ok(w.bill_commitment(NEXT), &[]);
    let place = w.shown(&w.batch(1), 0, 0, 40, u32::MAX);
    w.ok(w.claim_out_of_period(&place, u32::MAX, DETAIL), &[]);
    assert_eq!((w.terms(1).toward, w.statement(PERIOD).billed), (260, 110));
    // 40 and a tenth of it
    assert_eq!(w.chain.fetch::<Agreement>(&w.agreement).owed, 44);
    w.ok(w.bill_commitment(NEXT), &[]);
    let books = w.statement(NEXT);
    assert_eq!((books.shortfall, books.billed, books.debit_due), (740, 940, 740));
    w.fails(w.bill_commitment(NEXT), &[], E::NothingDue);
}

#[test]
fn issue_note_ok() {
    let mut w = closed_directions(60);
    let back = back(&w);
    w.fails(w.issue_note(PERIOD), &[], E::NothingDue);
    w.ok(w.balance_statement(PERIOD, back), &[]);
    w.ok(w.set_paused(pause::COMMIT), &[]);
    w.fails(w.issue_note(PERIOD), &[], E::Paused);
    w.ok(w.set_paused(0), &[]);
    let ix = w.issue_note(PERIOD);
    let decoys = [w.note(PERIOD, 1), w.stranger.pubkey(), seeds::statement(&back, PERIOD).0, back];
    attack::everything(&mut w.chain, &ix, &decoys, &|index, _| index == 0);
    let meta = w.ok(ix, &[]);
    let event = &meta.events::<events::NoteIssued>()[0];
    assert_eq!((event.sequence, event.invoice, event.deadline), (100_000, 47, w.chain.now() + i64::from(DISPUTE)));
    let note: Batch = w.chain.fetch(&w.note(PERIOD, 0));
    assert_eq!((note.kind, note.state, note.sequence, note.chunks), (BatchKind::Note, BatchState::Opened, 100_000, 0));
    assert_eq!((note.invoice, note.payable, note.reward_due, note.terms), (47, 47, 0, 1));
    let books = w.statement(PERIOD);
    assert_eq!((books.billed, books.debit_due, books.notes, books.batches), (247, 0, 1, 1));
    w.fails(w.issue_note(PERIOD), &[], E::NothingDue);
    // paid like a batch: nobody proved it, so all of it is the MNO's
    let pool = w.pool(w.agreement, 100, 0);
    w.chain.warp_by(i64::from(DISPUTE) + 1);
    let mut pay = w.settle_batch(w.note(PERIOD, 0), &pool);
    pay = replace(pay, &w.prover_token, &w.payout);
    w.ok(pay, &[]);
    assert_eq!((w.chain.balance(&w.payout), w.chain.balance(&pool.vault)), (47, 53));
}

/// A batch of usage cannot take a note's number, nor the other way round.
#[test]
fn numbers_of_notes_fails() {
    let mut w = World::with_agreement(&flat());
    let operator = w.operator.insecure_clone();
    let commitment = gesim_tests::settlement::commitment();
    for sequence in [100_000, 100_001, u32::MAX] {
        w.fails(w.commit_batch(PERIOD, sequence, &commitment), &[&operator], E::BadSequence);
    }
}

//! From open totals to money: accept, dispute, resolve, expire, settle.

use anchor_lang::prelude::Pubkey;
use gesim_tests::{
    attack::{self, nothing},
    settlement::{replace, terms, PoolAccounts, World, DISPUTE, REWARD},
};
use settlement::{
    error::SettlementError as E,
    events,
    state::{config::pause, seeds, Batch, BatchState},
};
use solana_signer::Signer;

const INVOICE: u64 = 1_000;
/// A dispute about all of it.
const ALL: [u64; 8] = [INVOICE, 0, 0, 0, 0, 0, 0, 0];
/// Three chunks.
const PROVER: u64 = 3 * REWARD;

fn accepted(invoice: u64) -> (World, Pubkey) {
    let (mut w, batch) = World::with_opened(invoice);
    let mvno = w.mvno.insecure_clone();
    w.ok(w.accept_batch(batch), &[&mvno]);
    (w, batch)
}

/// What MNO, prover, treasury and vault hold.
fn balances(w: &World, pool: &PoolAccounts) -> [u64; 4] {
    [w.payout, w.prover_token, pool.treasury, pool.vault].map(|account| w.chain.balance(&account))
}

#[test]
fn accept_ok() {
    let (mut w, batch) = World::with_opened(INVOICE);
    let mvno = w.mvno.insecure_clone();
    let ix = w.accept_batch(batch);
    let stranger = w.stranger.pubkey();
    attack::everything(&mut w.chain, &ix, &[stranger], &nothing);
    let meta = w.ok(ix.clone(), &[&mvno]);
    assert_eq!(meta.events::<events::BatchAccepted>()[0].payable, INVOICE);
    assert_eq!(w.state(&batch), BatchState::Accepted);
    w.fails(ix, &[&mvno], E::WrongBatchState);
}

#[test]
fn accept_by_others_fails() {
    let (mut w, batch) = World::with_opened(INVOICE);
    let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.pubkey());
    let ix = replace(w.accept_batch(batch), &mvno, &operator.pubkey());
    w.fails(ix, &[&operator], E::NotTheMvno);
    let ix = replace(w.dispute_batch(batch, ALL), &mvno, &operator.pubkey());
    w.fails(ix, &[&operator], E::NotTheMvno);
}

#[test]
fn accept_or_dispute_before_totals_fails() {
    let (mut w, batch) = World::with_batch();
    let mvno = w.mvno.insecure_clone();
    w.fails(w.accept_batch(batch), &[&mvno], E::WrongBatchState);
    w.fails(w.dispute_batch(batch, ALL), &[&mvno], E::WrongBatchState);
    let operator = w.operator.insecure_clone();
    w.fails(w.resolve_batch(batch, 0), &[&operator, &mvno], E::WrongBatchState);
}

#[test]
fn expire_opened_or_accepted_fails() {
    let (mut w, batch) = World::with_opened(INVOICE);
    let mvno = w.mvno.insecure_clone();
    w.chain.warp_by(i64::from(DISPUTE) + 1);
    w.fails(w.expire_batch(batch), &[], E::WrongBatchState);
    w.ok(w.accept_batch(batch), &[&mvno]);
    w.chain.warp_by(1_000_000);
    w.fails(w.expire_batch(batch), &[], E::WrongBatchState);
}

#[test]
fn settle_ok() {
    let (mut w, batch) = accepted(INVOICE);
    let pool = w.pool(w.agreement, 1_500, 200);
    let before: u64 = balances(&w, &pool).iter().sum();
    let meta = w.ok(w.settle_batch(batch, &pool), &[]);
    assert_eq!(balances(&w, &pool), [INVOICE - PROVER, PROVER, 200, 500]);
    assert_eq!(balances(&w, &pool).iter().sum::<u64>(), before, "money is conserved");
    let event = &meta.events::<events::BatchSettled>()[0];
    assert_eq!((event.mno_amount, event.prover_amount, event.margin), (INVOICE - PROVER, PROVER, 200));
    assert_eq!((event.paid_before, event.paid_after, event.payable), (0, INVOICE, INVOICE));
    assert_eq!(w.state(&batch), BatchState::Settled);
}

#[test]
fn settle_twice_fails() {
    let (mut w, batch) = accepted(INVOICE);
    let pool = w.pool(w.agreement, 5_000, 0);
    w.ok(w.settle_batch(batch, &pool), &[]);
    let paid = balances(&w, &pool);
    w.fails(w.settle_batch(batch, &pool), &[], E::WrongBatchState);
    assert_eq!(balances(&w, &pool), paid);
}

#[test]
fn settle_after_silence_ok() {
    let (mut w, batch) = World::with_opened(INVOICE);
    let pool = w.pool(w.agreement, 5_000, 0);
    w.fails(w.settle_batch(batch, &pool), &[], E::TooEarly);
    w.chain.warp_by(i64::from(DISPUTE));
    w.fails(w.settle_batch(batch, &pool), &[], E::TooEarly);
    w.chain.warp_by(1);
    w.ok(w.settle_batch(batch, &pool), &[]);
    assert_eq!(w.state(&batch), BatchState::Settled);
}

#[test]
fn settle_partly_then_the_rest_ok() {
    let (mut w, batch) = World::with_opened(INVOICE);
    w.chain.warp_by(i64::from(DISPUTE) + 1);
    let first = w.pool(w.agreement, 20, 7);
    w.ok(w.settle_batch(batch, &first), &[]);
    assert_eq!(balances(&w, &first), [0, 20, 7, 0], "the prover comes first");
    let half: Batch = w.chain.fetch(&batch);
    assert_eq!((half.state, half.paid, half.reward_due), (BatchState::Accepted, 20, PROVER - 20));
    w.fails(w.settle_batch(batch, &first), &[], E::EmptyPool);
    // no dispute about a batch that is being paid
    let mvno = w.mvno.insecure_clone();
    w.fails(w.dispute_batch(batch, ALL), &[&mvno], E::WrongBatchState);
    let second = w.pool(w.agreement, 400, 0);
    w.ok(w.settle_batch(batch, &second), &[]);
    assert_eq!(balances(&w, &second), [390, PROVER, 0, 0]);
    let third = w.pool(w.agreement, 100_000, 0);
    w.ok(w.settle_batch(batch, &third), &[]);
    assert_eq!(balances(&w, &third), [INVOICE - PROVER, PROVER, 0, 100_000 - 580]);
    assert_eq!(w.state(&batch), BatchState::Settled);
}

#[test]
fn settle_inside_the_outflow_limit_ok() {
    let (mut w, batch) = accepted(INVOICE);
    let pool = w.pool(w.agreement, 5_000, 50);
    w.edit(&pool.pool, |books: &mut escrow::state::Pool| books.outflow_limit = 450);
    w.ok(w.settle_batch(batch, &pool), &[]);
    assert_eq!(balances(&w, &pool), [400 - PROVER, PROVER, 50, 4_600]);
    w.fails(w.settle_batch(batch, &pool), &[], E::EmptyPool);
    w.chain.warp_by(3_600);
    w.ok(w.settle_batch(batch, &pool), &[]);
    w.chain.warp_by(3_600);
    w.ok(w.settle_batch(batch, &pool), &[]);
    assert_eq!(balances(&w, &pool), [INVOICE - PROVER, PROVER, 50, 4_000]);
    assert_eq!(w.state(&batch), BatchState::Settled);
}

#[test]
fn settle_while_escrow_is_paused_fails() {
    let (mut w, batch) = accepted(INVOICE);
    let pool = w.pool(w.agreement, 5_000, 0);
    let config = Pubkey::find_program_address(&[b"config"], &escrow::ID).0;
    w.edit(&config, |config: &mut escrow::state::Config| config.paused = 8);
    w.fails(w.settle_batch(batch, &pool), &[], escrow::error::EscrowError::Paused);
    assert_eq!(w.state(&batch), BatchState::Accepted, "nothing counts as paid");
}

#[test]
fn settle_nothing_ok() {
    let (mut w, batch) = accepted(0);
    let pool = w.pool(w.agreement, 100, 9);
    w.ok(w.settle_batch(batch, &pool), &[]);
    assert_eq!(balances(&w, &pool), [0, 0, 9, 100]);
    assert_eq!(w.state(&batch), BatchState::Settled);
}

#[test]
fn settle_small_invoice_goes_to_the_prover_ok() {
    let (mut w, batch) = accepted(PROVER - 1);
    let pool = w.pool(w.agreement, 100, 0);
    w.ok(w.settle_batch(batch, &pool), &[]);
    assert_eq!(balances(&w, &pool), [0, PROVER - 1, 0, 101 - PROVER]);
}

#[test]
fn settle_resolved_amount_ok() {
    let (mut w, batch) = World::with_opened(INVOICE);
    let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
    let pool = w.pool(w.agreement, 5_000, 0);
    w.ok(w.dispute_batch(batch, ALL), &[&mvno]);
    w.fails(w.settle_batch(batch, &pool), &[], E::EmptyPool);
    w.ok(w.resolve_batch(batch, 600), &[&operator, &mvno]);
    w.ok(w.settle_batch(batch, &pool), &[]);
    assert_eq!(balances(&w, &pool), [600 - PROVER, PROVER, 0, 4_400]);
}

#[test]
fn settle_from_a_pool_of_another_agreement_fails() {
    let (mut w, batch) = accepted(INVOICE);
    let operator = w.operator.insecure_clone();
    w.ok(w.propose_agreement(operator.pubkey(), 2, &terms().frame), &[&operator]);
    let other = seeds::agreement(&w.mno, &w.mvno.pubkey(), 2).0;
    let pool = w.pool(other, 5_000, 0);
    w.fails(w.settle_batch(batch, &pool), &[], E::WrongAgreement);
    let ix = replace(w.settle_batch(batch, &pool), &w.agreement, &other);
    w.fails(ix, &[], E::WrongAgreement);
}

#[test]
fn settle_while_paused_fails() {
    let (mut w, batch) = accepted(INVOICE);
    let pool = w.pool(w.agreement, 5_000, 0);
    w.ok(w.set_paused(pause::SETTLE), &[]);
    w.fails(w.settle_batch(batch, &pool), &[], E::Paused);
}

#[test]
fn settle_into_other_accounts_fails() {
    let (mut w, batch) = accepted(INVOICE);
    let pool = w.pool(w.agreement, 5_000, 10);
    let (coin, stranger) = (w.coin, w.stranger.pubkey());
    let thief = w.chain.token_account(&coin, &stranger);
    let ix = w.settle_batch(batch, &pool);
    w.fails(replace(ix.clone(), &w.payout, &thief), &[], E::WrongTokenAccount);
    w.fails(replace(ix.clone(), &w.prover_token, &thief), &[], E::WrongTokenAccount);
    let second = w.pool(w.agreement, 5_000, 10);
    attack::everything(&mut w.chain, &ix, &[thief, second.vault, second.treasury, second.pool, stranger], &nothing);
}

#[test]
fn settle_to_an_mno_that_proves_itself_ok() {
    let (mut w, batch) = accepted(INVOICE);
    let pool = w.pool(w.agreement, 5_000, 0);
    let payout = w.payout;
    w.edit(&batch, |batch: &mut Batch| batch.prover_token = payout);
    w.prover_token = payout;
    w.ok(w.settle_batch(batch, &pool), &[]);
    assert_eq!(w.chain.balance(&payout), INVOICE);
}

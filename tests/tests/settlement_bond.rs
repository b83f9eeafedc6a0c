//! An MNO's bond: posted, collected for what it owes, given back at the end; and what is owed set off in payments.

use anchor_lang::prelude::Pubkey;
use anchor_spl::token_interface::spl_token_2022::{
    extension::{transfer_hook, ExtensionType},
    instruction as token,
};
use gesim_tests::{
    attack,
    settlement::{associated, flat, replace, World, DISPUTE, PERIOD, PROVE, RATE, RESOLVE, REWARD},
    tokens::{Coin, SPL_TOKEN, TOKEN_2022},
};
use settlement::{
    error::SettlementError as E,
    events::{BatchSettled, BondChanged},
    state::{bond::BOND_HOLD, config::pause, seeds, Agreement, Batch, BatchState},
    ExchangeRate,
};
use solana_signer::Signer;

const BOND: u64 = 10_000;
const INVOICE: u64 = 1_000;
const PROVER: u64 = 3 * REWARD;

fn books(w: &World) -> Agreement {
    w.chain.fetch(&w.agreement)
}

/// The operator's purse, and a bond posted out of it.
fn posted() -> (World, Pubkey) {
    let mut w = World::with_agreement(&flat());
    let purse = post(&mut w, BOND);
    (w, purse)
}

fn post(w: &mut World, amount: u64) -> Pubkey {
    let (coin, operator) = (w.coin, w.operator.insecure_clone());
    let purse = w.chain.funded(&coin, &operator.pubkey(), amount);
    w.ok(w.post_bond(operator.pubkey(), purse, amount), &[&operator]);
    purse
}

/// The MVNO's own account.
fn home(w: &mut World) -> Pubkey {
    let (coin, mvno) = (w.coin, w.mvno.pubkey());
    associated(&mut w.chain, &coin, &mvno)
}

/// Makes the MNO owe what a period of so many units costs, by rating it for next to nothing.
fn owe(w: &mut World, amount: u64) {
    let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
    w.open_books(202_601, 1);
    let batch = w.commit(202_601, 1);
    w.open_unproven(&batch, [amount, 0, 0, 0, 0, 0, 0, 0]);
    w.ok(w.accept_batch(batch), &[&mvno]);
    let free = ExchangeRate { denominator: u64::MAX, ..RATE };
    w.ok(w.rerate_statement(202_601, 1, free), &[&operator, &mvno]);
    assert_eq!(books(w).owed, amount);
}

/// A world whose stablecoin is of Token-2022 with an extension, and an account of it with money.
fn strange(extension: ExtensionType) -> (World, Pubkey) {
    let mut w = World::new();
    let coin = w.chain.coin_with(&TOKEN_2022, &[extension]);
    w.coin = coin;
    let (operator, prover) = (w.operator.insecure_clone(), w.prover.pubkey());
    w.payout = w.chain.token_account(&coin, &operator.pubkey());
    w.prover_token = associated(&mut w.chain, &coin, &prover);
    let spec = flat();
    w.ok(w.propose_agreement(operator.pubkey(), 1, &spec.frame), &[&operator]);
    let version = w.agree(&spec);
    w.open_books(PERIOD, version);
    let purse = w.chain.funded(&coin, &operator.pubkey(), BOND);
    (w, purse)
}

#[test]
fn post_ok() {
    let (mut w, purse) = posted();
    assert_eq!((w.chain.balance(&w.bond()), w.chain.balance(&purse), books(&w).bond), (BOND, 0, BOND));
    // more of it, out of anybody's purse
    let (coin, stranger) = (w.coin, w.stranger.insecure_clone());
    let gift = w.chain.funded(&coin, &stranger.pubkey(), 7);
    let meta = w.ok(w.post_bond(stranger.pubkey(), gift, 7), &[&stranger]);
    let event = &meta.events::<BondChanged>()[0];
    assert_eq!((event.before, event.after, event.owed), (BOND, BOND + 7, 0));
    assert_eq!((w.chain.balance(&w.bond()), books(&w).bond), (BOND + 7, BOND + 7));
}

#[test]
fn post_fails() {
    let mut w = World::with_agreement(&flat());
    let (coin, operator, stranger) = (w.coin, w.operator.insecure_clone(), w.stranger.insecure_clone());
    let purse = w.chain.funded(&coin, &operator.pubkey(), BOND);
    let ix = w.post_bond(operator.pubkey(), purse, BOND);
    w.fails(w.post_bond(operator.pubkey(), purse, 0), &[&operator], E::NothingDue);
    // another mint, as mint, as source, as both
    let other = w.chain.coin();
    let foreign = w.chain.funded(&other, &operator.pubkey(), BOND);
    w.chain.send(&[replace(ix.clone(), &coin.mint, &other.mint)], &[&operator]).expect_err("another mint");
    w.fails(replace(ix.clone(), &purse, &foreign), &[&operator], E::WrongMint);
    let both = replace(replace(ix.clone(), &purse, &foreign), &coin.mint, &other.mint);
    w.fails(both, &[&operator], E::WrongMint);
    // somebody else's purse, and more than is in it
    let theft = replace(ix.clone(), &operator.pubkey(), &stranger.pubkey());
    w.chain.send(&[theft], &[&stranger]).expect_err("not the purse's owner");
    let more = w.post_bond(operator.pubkey(), purse, BOND + 1);
    w.chain.send(&[more], &[&operator]).expect_err("there is not so much");
    assert!(!w.chain.exists(&w.bond()), "a bond that was not paid in is not there");
    let decoys = [foreign, other.mint, stranger.pubkey()];
    let known: Vec<_> = ix.accounts.iter().map(|meta| meta.pubkey).chain(decoys).collect();
    // anybody pays the rent; and a copy of the purse is another purse of the same owner
    let allowed = |index, key: &Pubkey| index == 0 || index == 7 && !known.contains(key);
    attack::everything(&mut w.chain, &ix, &decoys, &allowed);
    w.ok(ix, &[&operator]);
}

#[test]
fn collect_ok() {
    let (mut w, _) = posted();
    let home = home(&mut w);
    owe(&mut w, 400);
    let meta = w.ok(w.collect_bond(), &[]);
    let event = &meta.events::<BondChanged>()[0];
    assert_eq!((event.before, event.after, event.owed), (BOND, BOND - 400, 0));
    assert_eq!((w.chain.balance(&home), w.chain.balance(&w.bond())), (400, BOND - 400));
    let after = books(&w);
    assert_eq!((after.bond, after.owed, after.owed_total, after.repaid_total), (BOND - 400, 0, 400, 400));
    w.fails(w.collect_bond(), &[], E::NothingDue);
}

#[test]
fn collect_more_than_the_bond_ok() {
    let mut w = World::with_agreement(&flat());
    let home = home(&mut w);
    post(&mut w, 150);
    owe(&mut w, 400);
    w.ok(w.collect_bond(), &[]);
    assert_eq!((w.chain.balance(&home), books(&w).owed, books(&w).bond), (150, 250, 0));
    w.fails(w.collect_bond(), &[], E::NothingDue);
    // the rest when there is more
    post(&mut w, 300);
    w.ok(w.collect_bond(), &[]);
    assert_eq!((w.chain.balance(&home), books(&w).owed, books(&w).bond), (400, 0, 50));
}

#[test]
fn collect_fails() {
    let (mut w, purse) = posted();
    let home = home(&mut w);
    w.fails(w.collect_bond(), &[], E::NothingDue);
    owe(&mut w, 400);
    let (coin, mvno, stranger) = (w.coin, w.mvno.pubkey(), w.stranger.pubkey());
    let ix = w.collect_bond();
    // the MVNO's, but not the associated one; an associated one, but of somebody else
    let loose = w.chain.token_account(&coin, &mvno);
    w.fails(replace(ix.clone(), &home, &loose), &[], E::WrongTokenAccount);
    let theirs = associated(&mut w.chain, &coin, &stranger);
    w.fails(replace(ix.clone(), &home, &theirs), &[], E::WrongTokenAccount);
    w.ok(w.set_paused(pause::SETTLE), &[]);
    w.fails(ix.clone(), &[], E::Paused);
    w.ok(w.set_paused(0), &[]);
    attack::everything(&mut w.chain, &ix, &[purse, loose, theirs, w.payout, stranger], &attack::nothing);
    w.ok(ix, &[]);
}

#[test]
fn collect_to_an_account_given_away_fails() {
    let (mut w, _) = posted();
    let home = home(&mut w);
    owe(&mut w, 400);
    let (mvno, stranger) = (w.mvno.insecure_clone(), w.stranger.pubkey());
    let owner = token::AuthorityType::AccountOwner;
    let give = token::set_authority(&SPL_TOKEN, &home, Some(&stranger), owner, &mvno.pubkey(), &[]).expect("call");
    w.ok(give, &[&mvno]);
    w.fails(w.collect_bond(), &[], E::WrongTokenAccount);
}

/// Time from the end of an agreement until the bond is free.
const HELD: u32 = PROVE + DISPUTE + RESOLVE + BOND_HOLD;

#[test]
fn withdraw_ok() {
    let (mut w, purse) = posted();
    let [operator, mvno, stranger] = [&w.operator, &w.mvno, &w.stranger].map(|key| key.insecure_clone());
    w.fails(w.withdraw_bond(), &[&operator], E::BondHeld);
    w.ok(w.terminate_agreement(mvno.pubkey()), &[&mvno]);
    w.fails(w.withdraw_bond(), &[&operator], E::BondHeld);
    w.chain.warp_by(i64::from(HELD));
    w.fails(w.withdraw_bond(), &[&operator], E::BondHeld);
    w.chain.warp_by(1);
    w.ok(w.set_paused(pause::SETTLE), &[]);
    w.fails(w.withdraw_bond(), &[&operator], E::Paused);
    w.ok(w.set_paused(0), &[]);
    let ix = w.withdraw_bond();
    let taken = replace(ix.clone(), &operator.pubkey(), &mvno.pubkey());
    w.fails(taken, &[&mvno], E::NotTheMno);
    w.fails(replace(ix.clone(), &w.payout, &purse), &[&operator], E::WrongTokenAccount);
    attack::everything(&mut w.chain, &ix, &[purse, stranger.pubkey()], &attack::nothing);
    w.ok(ix, &[&operator]);
    assert_eq!((w.chain.balance(&w.payout), w.chain.balance(&w.bond()), books(&w).bond), (BOND, 0, 0));
    w.fails(w.withdraw_bond(), &[&operator], E::NothingDue);
}

#[test]
fn withdraw_while_something_is_owed_fails() {
    let (mut w, _) = posted();
    let home = home(&mut w);
    owe(&mut w, 400);
    let operator = w.operator.insecure_clone();
    w.ok(w.terminate_agreement(operator.pubkey()), &[&operator]);
    w.chain.warp_by(i64::from(HELD) + 1);
    w.fails(w.withdraw_bond(), &[&operator], E::BondHeld);
    w.ok(w.collect_bond(), &[]);
    w.ok(w.withdraw_bond(), &[&operator]);
    assert_eq!((w.chain.balance(&home), w.chain.balance(&w.payout)), (400, BOND - 400));
}

#[test]
fn withdraw_by_another_mno_fails() {
    let (mut w, _) = posted();
    let operator = w.operator.insecure_clone();
    w.ok(w.terminate_agreement(operator.pubkey()), &[&operator]);
    w.chain.warp_by(i64::from(HELD) + 1);
    // the same authority for another code
    w.ok(w.register_mno(*b"FRAAA"), &[]);
    let other = seeds::mno(b"FRAAA").0;
    let ix = replace(w.withdraw_bond(), &w.mno, &other);
    w.fails(ix, &[&operator], E::WrongAgreement);
}

#[test]
fn what_was_sent_by_hand_comes_back_ok() {
    let (mut w, _) = posted();
    let (coin, bond, home) = (w.coin, w.bond(), home(&mut w));
    w.chain.mint_to(&coin, &bond, 33);
    owe(&mut w, BOND + 20);
    // collected is the bond; a gift is not the MVNO's
    w.ok(w.collect_bond(), &[]);
    assert_eq!((w.chain.balance(&home), w.chain.balance(&bond), books(&w).owed), (BOND, 33, 20));
    post(&mut w, 20);
    w.ok(w.collect_bond(), &[]);
    let operator = w.operator.insecure_clone();
    w.ok(w.terminate_agreement(operator.pubkey()), &[&operator]);
    w.chain.warp_by(i64::from(HELD) + 1);
    w.ok(w.withdraw_bond(), &[&operator]);
    assert_eq!((w.chain.balance(&w.payout), w.chain.balance(&bond)), (33, 0));
}

#[test]
fn mint_with_a_fee_counts_what_arrives_ok() {
    // 1 %, 10 units at most
    let (mut w, purse) = strange(ExtensionType::TransferFeeConfig);
    let (operator, home) = (w.operator.insecure_clone(), home(&mut w));
    w.ok(w.post_bond(operator.pubkey(), purse, 500), &[&operator]);
    assert_eq!((w.chain.balance(&w.bond()), books(&w).bond), (495, 495));
    owe(&mut w, 200);
    w.ok(w.collect_bond(), &[]);
    // the MVNO bears the fee of its own payment
    assert_eq!((w.chain.balance(&home), books(&w).owed, books(&w).bond), (198, 0, 295));
    assert_eq!(w.chain.balance(&w.bond()), 295);
}

#[test]
fn mint_with_a_hook_fails() {
    let (mut w, purse) = strange(ExtensionType::TransferHook);
    let (operator, hook) = (w.operator.insecure_clone(), w.stranger.pubkey());
    // a hook that nobody is behind is none
    w.ok(w.post_bond(operator.pubkey(), purse, 1), &[&operator]);
    let (mint, authority) = (w.coin.mint, w.authority());
    let ix = transfer_hook::instruction::update(&TOKEN_2022, &mint, &authority, &[], Some(hook)).expect("call");
    w.ok(ix, &[]);
    // with one, the transfer asks for accounts that the program does not pass
    w.chain.send(&[w.post_bond(operator.pubkey(), purse, 1)], &[&operator]).expect_err("a transfer hook");
    assert_eq!((w.chain.balance(&w.bond()), books(&w).bond), (1, 1));
}

#[test]
fn mint_with_a_permanent_delegate_ok() {
    let (mut w, purse) = strange(ExtensionType::PermanentDelegate);
    let (operator, home) = (w.operator.insecure_clone(), home(&mut w));
    w.ok(w.post_bond(operator.pubkey(), purse, 500), &[&operator]);
    owe(&mut w, 450);
    // the delegate takes out of the bond, as it may from every account of its mint
    let (Coin { mint, program }, bond, delegate) = (w.coin, w.bond(), w.authority());
    let ix = token::transfer_checked(&program, &bond, &mint, &purse, &delegate, &[], 400, 6).expect("call");
    w.ok(ix, &[]);
    // what is left is paid, what is not there stays owed
    w.ok(w.collect_bond(), &[]);
    assert_eq!((w.chain.balance(&home), w.chain.balance(&bond), books(&w).owed), (100, 0, 350));
    w.fails(w.collect_bond(), &[], E::NothingDue);
}

#[test]
fn frozen_bond_is_paid_later_ok() {
    let (mut w, _) = posted();
    let (coin, bond, home) = (w.coin, w.bond(), home(&mut w));
    owe(&mut w, 400);
    w.chain.freeze(&coin, &bond);
    w.chain.send(&[w.collect_bond()], &[]).expect_err("frozen");
    assert_eq!((books(&w).owed, books(&w).bond), (400, BOND));
    w.chain.thaw(&coin, &bond);
    w.ok(w.collect_bond(), &[]);
    assert_eq!(w.chain.balance(&home), 400);
}

/// Opens a batch of this many units and accepts it.
fn accepted(w: &mut World, sequence: u32, units: u64) -> Pubkey {
    let mvno = w.mvno.insecure_clone();
    let batch = w.commit(PERIOD, sequence);
    w.open_unproven(&batch, [units, 0, 0, 0, 0, 0, 0, 0]);
    w.ok(w.accept_batch(batch), &[&mvno]);
    batch
}

#[test]
fn set_off_across_batches_and_pools_ok() {
    let mut w = World::with_agreement(&flat());
    owe(&mut w, 1_500);
    let [first, second] = [1, 2].map(|sequence| accepted(&mut w, sequence, INVOICE));
    let (poor, rich) = (w.pool(w.agreement, 40, 9), w.pool(w.agreement, 5_000, 0));
    // all of the MNO's part of the first is set off; the prover is paid all the same
    let meta = w.ok(w.settle_batch(first, &poor), &[]);
    let event = &meta.events::<BatchSettled>()[0];
    assert_eq!((event.set_off, event.mno_amount, event.prover_amount), (INVOICE - PROVER, 0, PROVER));
    let state: Batch = w.chain.fetch(&first);
    assert_eq!((state.state, state.paid, state.set_off), (BatchState::Settled, PROVER, INVOICE - PROVER));
    assert_eq!(books(&w).owed, 1_500 - (INVOICE - PROVER));
    // of the second the rest is, and what remains is paid out of two pools
    let rest = 1_500 - (INVOICE - PROVER);
    let meta = w.ok(w.settle_batch(second, &poor), &[]);
    let event = &meta.events::<BatchSettled>()[0];
    assert_eq!((event.set_off, event.mno_amount, event.prover_amount), (rest, 0, 40 - PROVER));
    w.ok(w.settle_batch(second, &rich), &[]);
    let state: Batch = w.chain.fetch(&second);
    assert_eq!((state.state, state.paid, state.set_off), (BatchState::Settled, INVOICE - rest, rest));
    assert_eq!(w.chain.balance(&w.payout), 2 * INVOICE - 2 * PROVER - 1_500);
    assert_eq!(w.chain.balance(&w.prover_token), 2 * PROVER);
    let after = books(&w);
    assert_eq!((after.owed, after.owed_total, after.repaid_total), (0, 1_500, 1_500));
    assert_eq!(w.chain.balance(&poor.vault) + w.chain.balance(&rich.vault), 5_040 + 1_500 - 2 * INVOICE);
}

#[test]
fn set_off_needs_no_money_ok() {
    let mut w = World::with_agreement(&flat());
    owe(&mut w, 300);
    let batch = accepted(&mut w, 1, INVOICE);
    let empty = w.pool(w.agreement, 0, 0);
    w.ok(w.settle_batch(batch, &empty), &[]);
    let state: Batch = w.chain.fetch(&batch);
    assert_eq!((state.state, state.paid, state.set_off), (BatchState::Accepted, 0, 300));
    w.fails(w.settle_batch(batch, &empty), &[], E::EmptyPool);
    assert_eq!(books(&w).owed, 0);
}

#[test]
fn set_off_of_the_undisputed_part_only_ok() {
    let mut w = World::with_agreement(&flat());
    owe(&mut w, 2_000);
    let mvno = w.mvno.insecure_clone();
    let batch = w.commit(PERIOD, 1);
    w.open_unproven(&batch, [INVOICE, 0, 0, 0, 0, 0, 0, 0]);
    w.ok(w.dispute_batch(batch, [600, 0, 0, 0, 0, 0, 0, 0]), &[&mvno]);
    let pool = w.pool(w.agreement, 5_000, 0);
    w.ok(w.settle_batch(batch, &pool), &[]);
    assert_eq!(w.chain.fetch::<Batch>(&batch).set_off, 400 - PROVER);
    // the timeout drops the rest: nothing of it was set off
    w.chain.warp_by(i64::from(RESOLVE) + 1);
    w.ok(w.expire_batch(batch), &[]);
    w.ok(w.settle_batch(batch, &pool), &[]);
    assert_eq!((w.chain.balance(&w.payout), books(&w).owed), (0, 2_000 - (400 - PROVER)));
    assert_eq!(w.state(&batch), BatchState::Settled);
}

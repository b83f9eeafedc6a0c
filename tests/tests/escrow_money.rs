//! The way of the money through one pool: in, earned, out.

use anchor_spl::token_interface::spl_token_2022::{
    extension::{memo_transfer, ExtensionType},
    instruction as token,
};
use escrow::{
    error::EscrowError,
    events,
    state::{PoolState, Position},
    DepositArgs, RefundSource,
};
use gesim_tests::{
    attack,
    escrow::{Desk, RemainderPolicy, DAY, MARGIN_BPS, PRICE},
    tokens::TOKEN_2022,
};
use solana_signer::Signer;

const MVNO: RemainderPolicy = RemainderPolicy::ToMvno;

fn margin() -> u64 {
    PRICE * u64::from(MARGIN_BPS) / 10_000
}

#[test]
fn deposit_ok() {
    let mut desk = Desk::new(MVNO);
    let now = desk.chain.now();
    let meta = desk.by_program(desk.deposit(DepositArgs { units: 4, nonce: 1, activate_by: now + DAY }));
    let position: Position = desk.chain.fetch(&desk.position(1));
    assert_eq!((position.units_total, position.units_open, position.activate_by), (4, 4, now + DAY));
    assert_eq!((position.payer, position.buyer), (desk.chain.payer.pubkey(), desk.buyer.pubkey()));
    let books = desk.books();
    assert_eq!((books.held, books.units_open, books.last_activate_by), (4 * PRICE, 4, now + DAY));
    assert_eq!(desk.chain.balance(&desk.vault()), 4 * PRICE);
    let event = &meta.events::<events::Deposited>()[0];
    assert_eq!((event.vault_before, event.vault_after, event.held_after), (0, 4 * PRICE, 4 * PRICE));
}

#[test]
fn deposit_attacks_fails() {
    let mut desk = Desk::new(MVNO);
    let activate_by = desk.chain.now() + DAY;
    let ix = desk.deposit(DepositArgs { units: 1, nonce: 1, activate_by });
    let decoys = desk.decoys();
    let payers = [desk.stranger.pubkey(), desk.buyer.pubkey()];
    attack::everything(&mut desk.chain, &ix, &decoys, &|index, key| {
        // anyone may pay the rent; a copy of the buyer's account is the buyer's
        (index == 1 && (payers.contains(key) || attack::is_copy(key))) || (index == 7 && attack::is_copy(key))
    });
}

#[test]
fn deposit_arguments_fails() {
    let mut desk = Desk::new(MVNO);
    let now = desk.chain.now();
    let good = DepositArgs { units: 1, nonce: 1, activate_by: now + 1 };
    desk.refused(desk.deposit(DepositArgs { units: 0, ..good }), EscrowError::Units);
    desk.refused(desk.deposit(DepositArgs { activate_by: now, ..good }), EscrowError::Deadline);
    desk.refused(desk.deposit(DepositArgs { units: u64::MAX, ..good }), EscrowError::Overflow);
    // more than the buyer has: the token program's word
    desk.refused(desk.deposit(DepositArgs { units: 101, ..good }), 1u32);
    desk.by_program(desk.deposit(good));
    // the same position twice
    desk.chain.impersonate(&[desk.deposit(good)]).unwrap_err();
}

#[test]
fn activation_earns_margin_and_wholesale_ok() {
    let mut desk = Desk::with_deposit(MVNO, 3);
    let end = desk.chain.now() + DAY;
    desk.by_program(desk.begin_activation(1, end + 100));
    let books = desk.books();
    assert_eq!((books.units_open, books.units_pending, books.held), (2, 1, 3 * PRICE));
    let meta = desk.by_program(desk.earn(1, end));
    let books = desk.books();
    assert_eq!((books.units_pending, books.units_earned, books.held), (0, 1, 2 * PRICE));
    assert_eq!((books.margin_due, books.wholesale), (margin(), PRICE - margin()));
    assert_eq!(books.last_expiry, end + 100);
    let event = &meta.events::<events::Earned>()[0];
    assert_eq!((event.margin, event.wholesale), (margin(), PRICE - margin()));
    assert_eq!((event.held_before, event.held_after), (3 * PRICE, 2 * PRICE));
}

#[test]
fn activation_attacks_fails() {
    let mut desk = Desk::with_deposit(MVNO, 3);
    desk.deposit_now(2, 2);
    let other_pool = Desk::with_deposit(MVNO, 3);
    let account = other_pool.chain.account(&other_pool.position(1)).unwrap();
    desk.chain.svm.set_account(other_pool.position(1), account).unwrap();
    let mut decoys = desk.decoys();
    decoys.push(other_pool.position(1));
    let end = desk.chain.now() + DAY;
    // a copy of a position stands for what only this program can make; any position of the pool will do
    let allowed = |index: usize, key: &_| index == 4 && attack::is_copy(key);
    let begin = desk.begin_activation(1, end);
    attack::everything(&mut desk.chain, &begin, &decoys, &allowed);
    desk.by_program(begin);
    let earn = desk.earn(1, end);
    attack::everything(&mut desk.chain, &earn, &decoys, &allowed);
}

#[test]
fn activation_of_what_is_not_there_fails() {
    let mut desk = Desk::with_deposit(MVNO, 1);
    let end = desk.chain.now() + DAY;
    desk.refused(desk.earn(1, end), EscrowError::NotEnoughUnits);
    desk.refused(desk.begin_activation(1, desk.chain.now()), EscrowError::Deadline);
    desk.by_program(desk.begin_activation(1, end));
    desk.refused(desk.begin_activation(1, end), EscrowError::NotEnoughUnits);
    desk.refused(desk.earn(1, desk.chain.now()), EscrowError::Deadline);
    desk.by_program(desk.earn(1, end));
    desk.refused(desk.earn(1, end), EscrowError::NotEnoughUnits);
}

#[test]
fn refund_after_the_deadline_ok() {
    let mut desk = Desk::with_deposit(MVNO, 5);
    desk.refused(desk.refund(1, 1, RefundSource::Open), EscrowError::TooEarlyToRefund);
    desk.chain.warp_by(DAY);
    desk.refused(desk.refund(1, 1, RefundSource::Open), EscrowError::TooEarlyToRefund);
    desk.chain.warp_by(1);
    let meta = desk.by_program(desk.refund(1, 2, RefundSource::Open));
    assert_eq!(desk.chain.balance(&desk.stranger_token), 2 * PRICE);
    let event = &meta.events::<events::Refunded>()[0];
    assert_eq!((event.amount, event.vault_before, event.vault_after), (2 * PRICE, 5 * PRICE, 3 * PRICE));
    desk.by_program(desk.refund(1, 3, RefundSource::Open));
    // never twice
    desk.refused(desk.refund(1, 1, RefundSource::Open), EscrowError::NotEnoughUnits);
    assert_eq!(desk.chain.balance(&desk.vault()), 0);
}

#[test]
fn refund_of_pending_ok() {
    let mut desk = Desk::with_deposit(MVNO, 2);
    desk.refused(desk.refund(1, 1, RefundSource::Pending), EscrowError::NotEnoughUnits);
    desk.by_program(desk.begin_activation(1, desk.chain.now() + DAY));
    desk.by_program(desk.refund(1, 1, RefundSource::Pending));
    desk.refused(desk.refund(1, 1, RefundSource::Pending), EscrowError::NotEnoughUnits);
    desk.refused(desk.earn(1, desk.chain.now() + DAY), EscrowError::NotEnoughUnits);
    assert_eq!(desk.chain.balance(&desk.stranger_token), PRICE);
}

#[test]
fn refund_of_nothing_fails() {
    let mut desk = Desk::with_deposit(MVNO, 2);
    desk.refused(desk.refund(1, 0, RefundSource::Pending), EscrowError::Units);
    desk.chain.warp_by(DAY + 1);
    desk.refused(desk.refund(1, u64::MAX, RefundSource::Open), EscrowError::NotEnoughUnits);
}

#[test]
fn refund_attacks_fails() {
    let mut desk = Desk::with_deposit(MVNO, 2);
    desk.chain.warp_by(DAY + 1);
    let ix = desk.refund(1, 1, RefundSource::Open);
    let decoys = desk.decoys();
    attack::everything(&mut desk.chain, &ix, &decoys, &|index, key| {
        // who is paid is catalog's word: only the token account must be theirs
        (index == 5 || index == 7) && attack::is_copy(key)
    });
}

#[test]
fn release_pays_margin_then_mno_then_prover_ok() {
    let mut desk = Desk::with_earned(MVNO, 4);
    let wholesale = 4 * (PRICE - margin());
    let meta = desk.by_program(desk.release(1_000, 50));
    assert_eq!(desk.chain.balance(&desk.treasury), 4 * margin());
    assert_eq!(desk.chain.balance(&desk.mno_token), 1_000);
    assert_eq!(desk.chain.balance(&desk.prover_token), 50);
    assert_eq!(desk.chain.balance(&desk.vault()), wholesale - 1_050);
    let event = &meta.events::<events::Released>()[0];
    assert_eq!((event.margin, event.mno, event.prover), (4 * margin(), 1_000, 50));
    assert_eq!((event.wholesale_before, event.wholesale_after), (wholesale, wholesale - 1_050));
    // all the rest, without a prover
    let mut ix = desk.release(wholesale - 1_050, 0);
    ix.accounts[7].pubkey = escrow::ID;
    ix.accounts[7].is_writable = false;
    desk.by_program(ix);
    assert_eq!(desk.chain.balance(&desk.vault()), 0);
}

#[test]
fn release_beyond_wholesale_fails() {
    let mut desk = Desk::with_earned(MVNO, 1);
    let wholesale = PRICE - margin();
    desk.refused(desk.release(wholesale + 1, 0), EscrowError::WholesaleShort);
    desk.refused(desk.release(wholesale, 1), EscrowError::WholesaleShort);
    desk.refused(desk.release(u64::MAX, 1), EscrowError::Overflow);
    // what is held for others is not there to take
    desk.deposit_now(5, 2);
    desk.refused(desk.release(wholesale + 1, 0), EscrowError::WholesaleShort);
    let mut ix = desk.release(1, 1);
    ix.accounts[7].pubkey = escrow::ID;
    ix.accounts[7].is_writable = false;
    desk.refused(ix, EscrowError::ProverMissing);
    desk.by_program(desk.release(wholesale, 0));
}

#[test]
fn release_attacks_fails() {
    let mut desk = Desk::with_earned(MVNO, 2);
    desk.deposit_now(1, 2);
    let ix = desk.release(1_000, 50);
    let decoys = desk.decoys();
    let payable = [desk.stranger_token, desk.buyer_token, desk.treasury, desk.mno_token, desk.prover_token];
    attack::everything(&mut desk.chain, &ix, &decoys, &|index, key| {
        // who is paid is settlement's word: any account of the coin but the vault
        (index == 6 || index == 7) && (payable.contains(key) || attack::is_copy(key))
    });
    // catalog's signature is not settlement's
    attack::substitute(&mut desk.chain, &ix, 0, escrow::access::catalog_authority())
        .expect(EscrowError::UntrustedCaller);
    let vault = desk.vault();
    attack::substitute(&mut desk.chain, &ix, 7, vault).expect(EscrowError::PayToVault);
}

#[test]
fn unusable_treasury_holds_up_nobody_ok() {
    let mut desk = Desk::with_earned(MVNO, 2);
    let (coin, treasury) = (desk.coin, desk.treasury);
    desk.chain.freeze(&coin, &treasury);
    desk.by_program(desk.release(1_000, 0));
    assert_eq!(desk.books().margin_due, 2 * margin());
    desk.chain.fails(&[desk.pay_margin()], &[], EscrowError::Treasury);
    desk.chain.thaw(&coin, &treasury);
    let meta = desk.ok(desk.pay_margin(), &[]);
    assert_eq!(meta.events::<events::MarginPaid>()[0].amount, 2 * margin());
    assert_eq!(desk.chain.balance(&treasury), 2 * margin());
    // closed: there is nothing at the address
    desk.deposit_now(1, 3);
    let end = desk.chain.now() + DAY;
    desk.by_program(desk.begin_activation(3, end));
    desk.by_program(desk.earn(3, end));
    desk.chain.svm.set_account(treasury, Default::default()).unwrap();
    desk.by_program(desk.release(1_000, 0));
    assert_eq!(desk.books().margin_due, margin());
}

#[test]
fn treasury_with_a_new_owner_is_not_paid_ok() {
    let mut desk = Desk::with_earned(MVNO, 1);
    let mut account = desk.chain.account(&desk.treasury).unwrap();
    account.data[32..64].copy_from_slice(desk.stranger.pubkey().as_ref());
    desk.chain.svm.set_account(desk.treasury, account).unwrap();
    desk.by_program(desk.release(1, 0));
    assert_eq!(desk.chain.balance(&desk.treasury), 0);
    desk.chain.fails(&[desk.pay_margin()], &[], EscrowError::Treasury);
}

/// An account that refuses transfers without a memo cannot be paid by a program that writes none.
#[test]
fn treasury_that_wants_memos_holds_up_nobody_ok() {
    let mut desk = Desk::without_pool(|chain| chain.coin_with(&TOKEN_2022, &[]));
    desk.by_program(desk.create_pool(Desk::terms(MVNO)));
    desk.deposit_now(1, 1);
    desk.earn_now();
    let (mvno, payer) = (desk.mvno.insecure_clone(), desk.chain.payer.pubkey());
    let (account, owner) = (desk.treasury, mvno.pubkey());
    let grow = token::reallocate(&TOKEN_2022, &account, &payer, &owner, &[], &[ExtensionType::MemoTransfer]).unwrap();
    let want = memo_transfer::instruction::enable_required_transfer_memos(&TOKEN_2022, &account, &owner, &[]).unwrap();
    desk.chain.ok(&[grow, want], &[&mvno]);
    desk.by_program(desk.release(1_000, 0));
    assert_eq!((desk.chain.balance(&desk.mno_token), desk.books().margin_due), (1_000, margin()));
    let forgo =
        memo_transfer::instruction::disable_required_transfer_memos(&TOKEN_2022, &account, &owner, &[]).unwrap();
    desk.chain.ok(&[forgo], &[&mvno]);
    desk.ok(desk.pay_margin(), &[]);
    assert_eq!(desk.chain.balance(&account), margin());
}

#[test]
fn pay_margin_attacks_fails() {
    let mut desk = Desk::with_earned(MVNO, 1);
    let ix = desk.pay_margin();
    let decoys = desk.decoys();
    attack::everything(&mut desk.chain, &ix, &decoys, &attack::nothing);
    // nothing is due twice
    desk.ok(ix.clone(), &[]);
    desk.ok(ix, &[]);
    assert_eq!(desk.chain.balance(&desk.treasury), margin());
}

#[test]
fn outflow_window_ok() {
    let mut desk = Desk::with_earned(MVNO, 4);
    desk.deposit_now(1, 2);
    let margin = 4 * margin();
    desk.ok(desk.set_outflow_limit(3_600, margin + 1_000), &[]);
    desk.by_program(desk.release(900, 50));
    // the limit counts whoever is paid
    desk.refused(desk.release(51, 0), EscrowError::OutflowLimit);
    desk.by_program(desk.begin_activation(2, desk.chain.now() + DAY));
    desk.refused(desk.refund(2, 1, RefundSource::Pending), EscrowError::OutflowLimit);
    desk.by_program(desk.release(50, 0));
    desk.refused(desk.release(1, 0), EscrowError::OutflowLimit);
    // the window ends
    desk.chain.warp_by(3_599);
    desk.refused(desk.release(1, 0), EscrowError::OutflowLimit);
    desk.chain.warp_by(1);
    desk.by_program(desk.release(1_000, 0));
    assert_eq!(desk.books().outflow_spent, 1_000);
    // a limit of nothing stops everything
    desk.ok(desk.set_outflow_limit(3_600, 0), &[]);
    desk.chain.warp_by(3_600);
    desk.refused(desk.release(1, 0), EscrowError::OutflowLimit);
    desk.by_program(desk.release(0, 0));
}

#[test]
fn each_operation_pauses_alone_ok() {
    let mut desk = Desk::with_earned(MVNO, 1);
    desk.deposit_now(2, 2);
    desk.by_program(desk.begin_activation(2, desk.chain.now() + DAY));
    let now = desk.chain.now();
    let operations = |desk: &Desk| {
        [
            (1, desk.deposit(DepositArgs { units: 1, nonce: 9, activate_by: now + 1 })),
            (2, desk.begin_activation(2, now + 1)),
            (2, desk.earn(2, now + 1)),
            (4, desk.refund(2, 1, RefundSource::Pending)),
            (8, desk.release(1, 0)),
            (8, desk.pay_margin()),
            (16, desk.begin_close()),
            (16, desk.close_position(1)),
        ]
    };
    for (bit, ix) in operations(&desk) {
        desk.ok(desk.set_paused(bit), &[]);
        desk.refused(ix.clone(), EscrowError::Paused);
        // paused for all others, it works; on a copy, so that one does not spoil the next
        desk.ok(desk.set_paused(31 & !bit), &[]);
        desk.chain.clone().impersonate(&[ix]).unwrap_or_else(|failure| panic!("bit {bit}: {failure}"));
    }
    desk.ok(desk.set_paused(0), &[]);
}

#[test]
fn close_position_ok() {
    let mut desk = Desk::with_deposit(MVNO, 1);
    desk.chain.fails(&[desk.close_position(1)], &[], EscrowError::PositionInUse);
    desk.by_program(desk.begin_activation(1, desk.chain.now() + DAY));
    desk.chain.fails(&[desk.close_position(1)], &[], EscrowError::PositionInUse);
    desk.by_program(desk.earn(1, desk.chain.now() + DAY));
    let ix = desk.close_position(1);
    let stranger = desk.stranger.pubkey();
    attack::substitute(&mut desk.chain, &ix, 2, stranger).expect(EscrowError::WrongPayer);
    desk.ok(ix, &[]);
    assert!(!desk.chain.exists(&desk.position(1)));
}

#[test]
fn closing_attacks_fails() {
    let mut desk = Desk::with_earned(MVNO, 1);
    let decoys = desk.decoys();
    let position = desk.close_position(1);
    // a copy of the position stands for what only this program can make
    attack::everything(&mut desk.chain, &position, &decoys, &|index, key| index == 1 && attack::is_copy(key));
    let begin = desk.begin_close();
    attack::everything(&mut desk.chain, &begin, &decoys, &attack::nothing);
    desk.by_program(begin);
    desk.chain.warp_by(30 * DAY);
    let finish = desk.finish_close();
    attack::everything(&mut desk.chain, &finish, &decoys, &attack::nothing);
}

#[test]
fn closing_to_the_mvno_ok() {
    let mut desk = Desk::with_earned(MVNO, 3);
    desk.deposit_now(1, 2);
    let books = desk.books();
    desk.chain.fails(&[desk.finish_close()], &[], EscrowError::PoolState);
    desk.by_program(desk.begin_close());
    let close_after = desk.books().close_after;
    assert_eq!(close_after, books.last_expiry.max(books.last_activate_by) + i64::from(books.settle_grace));
    // no deposits, but what was sold goes on
    let late = desk.deposit(DepositArgs { units: 1, nonce: 9, activate_by: desk.chain.now() + 1 });
    desk.refused(late, EscrowError::PoolState);
    desk.refused(desk.begin_close(), EscrowError::PoolState);
    desk.by_program(desk.release(100, 0));
    desk.chain.warp_to(close_after - 1);
    desk.chain.fails(&[desk.finish_close()], &[], EscrowError::TooEarlyToClose);
    desk.chain.warp_to(close_after);
    let meta = desk.ok(desk.finish_close(), &[]);
    assert_eq!(desk.chain.balance(&desk.treasury), 3 * PRICE - 100);
    assert_eq!(meta.events::<events::PoolClosed>()[0].remainder, 0);
    // closed for all but those whose units were never used
    assert_eq!(desk.books().state, PoolState::Closed);
    let end = desk.chain.now() + DAY;
    desk.refused(desk.begin_activation(2, end), EscrowError::PoolState);
    desk.refused(desk.release(1, 0), EscrowError::WholesaleShort);
    desk.refused(desk.claim_remainder(), EscrowError::NoRemainder);
    desk.chain.fails(&[desk.finish_close()], &[], EscrowError::PoolState);
    desk.by_program(desk.refund(2, 1, RefundSource::Open));
    assert_eq!(desk.chain.balance(&desk.vault()), 0);
}

#[test]
fn an_activation_while_closing_keeps_the_pool_open_ok() {
    let mut desk = Desk::with_deposit(MVNO, 1);
    desk.by_program(desk.begin_close());
    let before = desk.books().close_after;
    desk.chain.warp_to(before - 10);
    let end = desk.chain.now() + 20 * DAY;
    desk.by_program(desk.begin_activation(1, end));
    desk.chain.warp_to(before);
    desk.chain.fails(&[desk.finish_close()], &[], EscrowError::TooEarlyToClose);
    assert_eq!(desk.books().close_after, end + i64::from(desk.books().settle_grace));
}

#[test]
fn closing_to_subscribers_ok() {
    let mut desk = Desk::with_earned(RemainderPolicy::ToSubscriber, 3);
    desk.refused(desk.claim_remainder(), EscrowError::PoolState);
    desk.by_program(desk.release(100, 0));
    let wholesale = desk.books().wholesale;
    desk.by_program(desk.begin_close());
    desk.chain.warp_by(30 * DAY);
    desk.ok(desk.finish_close(), &[]);
    let books = desk.books();
    assert_eq!((books.remainder_per_unit, books.remainder), (wholesale / 3, wholesale / 3 * 3));
    // the dust is the MVNO's
    assert_eq!(desk.chain.balance(&desk.treasury), 3 * margin() + wholesale % 3);
    let ix = desk.claim_remainder();
    let decoys = desk.decoys();
    attack::everything(&mut desk.chain, &ix, &decoys, &|index, key| index == 6 && attack::is_copy(key));
    for claims in 1..=3 {
        let meta = desk.by_program(desk.claim_remainder());
        assert_eq!(desk.chain.balance(&desk.stranger_token), claims * (wholesale / 3));
        assert_eq!(meta.events::<events::RemainderPaid>()[0].amount, wholesale / 3);
    }
    // no fourth share
    desk.refused(desk.claim_remainder(), EscrowError::NoRemainder);
    assert_eq!(desk.chain.balance(&desk.vault()), 0);
}

#[test]
fn donations_change_nothing_ok() {
    let mut desk = Desk::with_earned(MVNO, 1);
    let (coin, vault) = (desk.coin, desk.vault());
    desk.chain.mint_to(&coin, &vault, 12_345);
    desk.refused(desk.release(PRICE - margin() + 1, 0), EscrowError::WholesaleShort);
    desk.by_program(desk.release(PRICE - margin(), 0));
    assert_eq!(desk.chain.balance(&vault), 12_345);
}

#[test]
fn extreme_prices_ok() {
    let mut desk = Desk::without_pool(|chain| chain.coin());
    let terms = escrow::CreatePoolArgs { unit_price: u64::MAX, margin_bps: 10_000, ..Desk::terms(MVNO) };
    desk.by_program(desk.create_pool(terms));
    let (coin, account) = (desk.coin, desk.buyer_token);
    let missing = u64::MAX - desk.chain.balance(&account);
    desk.chain.mint_to(&coin, &account, missing);
    desk.deposit_now(1, 1);
    desk.refused(
        desk.deposit(DepositArgs { units: 1, nonce: 2, activate_by: desk.chain.now() + 1 }),
        1u32, // the token program: nobody has that much
    );
    desk.earn_now();
    assert_eq!((desk.books().margin_due, desk.books().wholesale), (u64::MAX, 0));
    desk.ok(desk.pay_margin(), &[]);
    assert_eq!(desk.chain.balance(&desk.treasury), u64::MAX);
}

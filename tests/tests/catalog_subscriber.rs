//! What a subscriber does with a plan: buy, give away, activate, get the money back.

use anchor_spl::token_interface::spl_token_2022::instruction as token;
use catalog::{
    error::CatalogError,
    events,
    state::{EntitlementState, PlanState},
};
use escrow::{
    error::EscrowError,
    state::{PoolState, Position, RemainderPolicy},
};
use gesim_tests::{
    attack,
    catalog::{Shop, ACTIVATION, CONFIRMATION, GRACE, PRICE, VALIDITY},
    tokens::TOKEN_2022,
};
use solana_signer::Signer;

const MVNO: RemainderPolicy = RemainderPolicy::ToMvno;

/// A shop in which the holder has tokens out of the buyer's purchase under nonce 1.
fn with_holder(policy: RemainderPolicy, confirmation: u32, units: u64) -> Shop {
    let mut shop = Shop::new(policy, confirmation);
    shop.buy(units, 1);
    shop.give(units);
    shop
}

#[test]
fn purchase_ok() {
    let mut shop = Shop::new(MVNO, 0);
    let coins = shop.chain().balance(&shop.buyer.coins);
    let meta = shop.buy(3, 1);
    assert_eq!(shop.chain().balance(&shop.buyer.tokens), 3);
    assert_eq!(shop.chain().supply(&shop.token().mint), 3);
    assert_eq!(shop.chain().balance(&shop.buyer.coins), coins - 3 * PRICE);
    assert_eq!(shop.chain().balance(&shop.vault()), 3 * PRICE);
    let position: Position = shop.chain().fetch(&shop.position(1));
    assert_eq!(position.activate_by, shop.chain().now() + i64::from(ACTIVATION));
    let event = &meta.events::<events::Purchased>()[0];
    assert_eq!((event.units, event.amount, event.issued_before, event.issued_after), (3, 3 * PRICE, 0, 3));
}

#[test]
fn purchase_attacks_fails() {
    let mut shop = Shop::new(MVNO, 0);
    let (decoys, ix) = (shop.decoys(), shop.purchase(2, 1));
    let payers = [shop.world.stranger.pubkey(), shop.world.mvno.pubkey(), shop.buyer.key.pubkey()];
    attack::everything(&mut shop.world.chain, &ix, &decoys, &|index, key| {
        (index == 1 && (payers.contains(key) || attack::is_copy(key)))
            // accounts of the buyer, as good as the ones named
            || ((index == 5 || index == 6) && attack::is_copy(key))
    });
}

#[test]
fn purchase_arguments_fails() {
    let mut shop = Shop::new(MVNO, 0);
    let buyer = shop.buyer.key.insecure_clone();
    shop.fails(shop.purchase(0, 1), &[&buyer], CatalogError::Units);
    shop.fails(shop.purchase(u64::MAX, 1), &[&buyer], EscrowError::Overflow);
    shop.fails(shop.purchase(101, 1), &[&buyer], 1u32);
    shop.buy(1, 1);
    // the nonce is used up
    shop.world.chain.send(&[shop.purchase(1, 1)], &[&buyer]).unwrap_err();
    shop.buy(1, 2);
}

#[test]
fn plan_off_sale_keeps_its_promises_ok() {
    for state in [PlanState::Paused, PlanState::Retired] {
        let mut shop = with_holder(MVNO, 0, 3);
        let (mvno, buyer, holder) = (shop.mvno(), shop.buyer.key.insecure_clone(), shop.holder.key.insecure_clone());
        shop.ok(shop.set_plan_state(state), &[&mvno]);
        shop.fails(shop.purchase(1, 2), &[&buyer], CatalogError::NotOnSale);
        shop.ok(shop.activate(1, 1), &[&holder]);
        shop.world.chain.warp_by(i64::from(ACTIVATION) + 1);
        shop.ok(shop.refund_unactivated(1, 1), &[&holder]);
        // units stay good after the time in which they could not be refunded
        shop.ok(shop.activate(2, 1), &[&holder]);
    }
}

#[test]
fn activate_at_once_ok() {
    let mut shop = with_holder(MVNO, 0, 2);
    let holder = shop.holder.key.insecure_clone();
    let now = shop.chain().now();
    let meta = shop.ok(shop.activate(7, 1), &[&holder]);
    let state = shop.state(7);
    assert_eq!((state.version, state.state, state.remainder_claimed), (1, EntitlementState::Active, false));
    assert_eq!((state.starts_at, state.expires_at), (now, now + i64::from(VALIDITY)));
    assert_eq!((state.position, state.payer), (shop.position(1), shop.chain().payer.pubkey()));
    assert_eq!(shop.chain().supply(&shop.token().mint), 1);
    let event = &meta.events::<events::Activated>()[0];
    assert_eq!((event.holder, event.activated_before, event.activated_after), (holder.pubkey(), 0, 1));
    let books = shop.books();
    assert_eq!((books.units_earned, books.margin_due, books.wholesale), (1, PRICE / 5, PRICE - PRICE / 5));
    // the same entitlement again, then the last token, then none
    shop.world.chain.send(&[shop.activate(7, 1)], &[&holder]).unwrap_err();
    shop.ok(shop.activate(8, 1), &[&holder]);
    shop.fails(shop.activate(9, 1), &[&holder], 1u32);
}

#[test]
fn activate_attacks_fails() {
    let mut shop = with_holder(MVNO, 0, 3);
    shop.buy(2, 2);
    let (decoys, ix) = (shop.decoys(), shop.activate(1, 1));
    let payers =
        [shop.world.stranger.pubkey(), shop.world.mvno.pubkey(), shop.buyer.key.pubkey(), shop.holder.key.pubkey()];
    attack::everything(&mut shop.world.chain, &ix, &decoys, &|index, key| {
        (index == 1 && (payers.contains(key) || attack::is_copy(key)))
            // another account of the holder's with tokens; another position of the pool
            || ((index == 5 || index == 9) && attack::is_copy(key))
            // no binding and no session are written as the program's own address, which the last account then repeats
            || index == 19
    });
}

/// Tokens of one plan are interchangeable, those of two are not.
#[test]
fn units_of_another_plan_fails() {
    let mut shop = with_holder(MVNO, 0, 2);
    let (first, holder) = (shop.plan, shop.holder.key.insecure_clone());
    let (position, mint, tokens) = (shop.position(1), shop.token().mint, shop.holder.tokens);
    shop.publish(gesim_tests::catalog::plan_args());
    shop.buy(1, 1);
    shop.give(1);
    assert_ne!(shop.plan, first);
    let ix = shop.activate(1, 1);
    attack::substitute(&mut shop.world.chain, &ix, 9, position).expect(EscrowError::WrongPool);
    attack::substitute(&mut shop.world.chain, &ix, 4, mint).expect(CatalogError::WrongPlanMint);
    attack::substitute(&mut shop.world.chain, &ix, 5, tokens).expect(CatalogError::WrongPlanMint);
    shop.ok(ix, &[&holder]);
}

#[test]
fn confirmed_activation_ok() {
    let mut shop = with_holder(MVNO, CONFIRMATION, 2);
    let (holder, operator) = (shop.holder.key.insecure_clone(), shop.operator.insecure_clone());
    shop.ok(shop.activate(1, 1), &[&holder]);
    let state = shop.state(1);
    assert_eq!((state.state, state.starts_at, state.expires_at), (EntitlementState::Pending, 0, 0));
    assert_eq!(state.confirm_by, shop.chain().now() + i64::from(CONFIRMATION));
    assert_eq!(shop.books().units_pending, 1);
    // the holder must wait for the operator
    shop.fails(shop.refund_failed(1, 1), &[&holder], CatalogError::TooEarlyToRefund);
    shop.fails(shop.claim_remainder(1), &[&holder], CatalogError::EntitlementState);
    shop.fails(shop.close_entitlement(1), &[], CatalogError::EntitlementInUse);
    shop.world.chain.warp_by(CONFIRMATION.into());
    let (decoys, ix) = (shop.decoys(), shop.confirm_activation(1, 1));
    attack::everything(&mut shop.world.chain, &ix, &decoys, &|index, key| index == 4 && attack::is_copy(key));
    let meta = shop.ok(ix.clone(), &[&operator]);
    let state = shop.state(1);
    let now = shop.chain().now();
    assert_eq!(
        (state.state, state.starts_at, state.expires_at),
        (EntitlementState::Active, now, now + i64::from(VALIDITY))
    );
    assert_eq!(meta.events::<events::EntitlementChanged>()[0].after, EntitlementState::Active);
    assert_eq!(shop.books().units_earned, 1);
    // once
    shop.fails(ix, &[&operator], CatalogError::EntitlementState);
    shop.fails(shop.fail_activation(1), &[&operator], CatalogError::EntitlementState);
    shop.fails(shop.refund_failed(1, 1), &[&holder], CatalogError::EntitlementState);
}

#[test]
fn failed_activation_refunds_once_ok() {
    let mut shop = with_holder(MVNO, CONFIRMATION, 1);
    let (holder, operator) = (shop.holder.key.insecure_clone(), shop.operator.insecure_clone());
    let coins = shop.chain().balance(&shop.holder.coins);
    shop.ok(shop.activate(1, 1), &[&holder]);
    let (decoys, fail) = (shop.decoys(), shop.fail_activation(1));
    attack::everything(&mut shop.world.chain, &fail, &decoys, &|index, key| index == 4 && attack::is_copy(key));
    shop.ok(fail.clone(), &[&operator]);
    shop.fails(fail, &[&operator], CatalogError::EntitlementState);
    shop.fails(shop.confirm_activation(1, 1), &[&operator], CatalogError::EntitlementState);
    shop.fails(shop.close_entitlement(1), &[], CatalogError::EntitlementInUse);
    let refund = shop.refund_failed(1, 1);
    attack::everything(&mut shop.world.chain, &refund, &decoys, &|index, key| {
        (index == 3 || index == 4) && attack::is_copy(key)
    });
    shop.ok(refund.clone(), &[&holder]);
    assert_eq!(shop.chain().balance(&shop.holder.coins), coins + PRICE);
    assert_eq!(shop.state(1).state, EntitlementState::Refunded);
    shop.fails(refund, &[&holder], CatalogError::EntitlementState);
    shop.ok(shop.close_entitlement(1), &[]);
    assert_eq!(shop.chain().balance(&shop.vault()), 0);
}

#[test]
fn unconfirmed_activation_refunds_ok() {
    let mut shop = with_holder(MVNO, CONFIRMATION, 2);
    let (holder, operator) = (shop.holder.key.insecure_clone(), shop.operator.insecure_clone());
    shop.ok(shop.activate(1, 1), &[&holder]);
    shop.world.chain.warp_by(i64::from(CONFIRMATION) + 1);
    shop.fails(shop.confirm_activation(1, 1), &[&operator], CatalogError::TooLateToConfirm);
    shop.ok(shop.refund_failed(1, 1), &[&holder]);
    shop.fails(shop.refund_failed(1, 1), &[&holder], CatalogError::EntitlementState);
    assert_eq!(shop.books().units_refunded, 1);
}

/// An entitlement's money comes out of the position that its unit went into.
#[test]
fn another_position_fails() {
    let mut shop = with_holder(MVNO, CONFIRMATION, 1);
    shop.buy(1, 2);
    let (holder, operator) = (shop.holder.key.insecure_clone(), shop.operator.insecure_clone());
    shop.ok(shop.activate(1, 1), &[&holder]);
    shop.fails(shop.confirm_activation(1, 2), &[&operator], CatalogError::WrongPosition);
    shop.ok(shop.fail_activation(1), &[&operator]);
    shop.fails(shop.refund_failed(1, 2), &[&holder], CatalogError::WrongPosition);
}

#[test]
fn refund_goes_to_the_holder_ok() {
    let mut shop = with_holder(MVNO, 0, 4);
    let holder = shop.holder.key.insecure_clone();
    let coins = shop.chain().balance(&shop.holder.coins);
    shop.fails(shop.refund_unactivated(1, 1), &[&holder], EscrowError::TooEarlyToRefund);
    shop.world.chain.warp_by(ACTIVATION.into());
    shop.fails(shop.refund_unactivated(1, 1), &[&holder], EscrowError::TooEarlyToRefund);
    shop.world.chain.warp_by(1);
    shop.fails(shop.refund_unactivated(0, 1), &[&holder], CatalogError::Units);
    let (decoys, ix) = (shop.decoys(), shop.refund_unactivated(3, 1));
    attack::everything(&mut shop.world.chain, &ix, &decoys, &|index, key| {
        (index == 4 || index == 5 || index == 9) && attack::is_copy(key)
    });
    let meta = shop.ok(ix, &[&holder]);
    assert_eq!(meta.events::<events::UnitsRefunded>()[0].refunded_after, 3);
    assert_eq!(shop.chain().balance(&shop.holder.coins), coins + 3 * PRICE);
    assert_eq!(shop.chain().supply(&shop.token().mint), 1);
    // no tokens, no money: the token program refuses to burn
    shop.fails(shop.refund_unactivated(2, 1), &[&holder], 1u32);
    shop.ok(shop.refund_unactivated(1, 1), &[&holder]);
    assert_eq!(shop.chain().balance(&shop.vault()), 0);
}

/// A token burnt by hand leaves its unit behind; it takes nothing from anybody else.
#[test]
fn burning_by_hand_ok() {
    let mut shop = with_holder(MVNO, 0, 2);
    let holder = shop.holder.key.insecure_clone();
    let (tokens, mint) = (shop.holder.tokens, shop.token().mint);
    let burn = token::burn(&TOKEN_2022, &tokens, &mint, &holder.pubkey(), &[], 1).unwrap();
    shop.ok(burn, &[&holder]);
    shop.ok(shop.activate(1, 1), &[&holder]);
    assert_eq!((shop.books().units_open, shop.chain().supply(&mint)), (1, 0));
    shop.fails(shop.activate(2, 1), &[&holder], 1u32);
}

#[test]
fn remainder_goes_to_subscribers_once_ok() {
    let mut shop = with_holder(RemainderPolicy::ToSubscriber, 0, 3);
    let (mvno, holder) = (shop.mvno(), shop.holder.key.insecure_clone());
    for nonce in 1..=3 {
        shop.ok(shop.activate(nonce, 1), &[&holder]);
    }
    shop.ok(shop.set_plan_state(PlanState::Retired), &[&mvno]);
    shop.ok(shop.begin_close(), &[&mvno]);
    shop.fails(shop.claim_remainder(1), &[&holder], EscrowError::PoolState);
    shop.fails(shop.finish_close(), &[], EscrowError::TooEarlyToClose);
    shop.world.chain.warp_by(i64::from(VALIDITY) + i64::from(GRACE));
    shop.ok(shop.finish_close(), &[]);
    assert_eq!(shop.books().state, PoolState::Closed);
    let coins = shop.chain().balance(&shop.holder.coins);
    shop.fails(shop.close_entitlement(1), &[], CatalogError::EntitlementInUse);
    let (decoys, ix) = (shop.decoys(), shop.claim_remainder(1));
    attack::everything(&mut shop.world.chain, &ix, &decoys, &|index, key| {
        (index == 3 || index == 4) && attack::is_copy(key)
    });
    shop.ok(ix.clone(), &[&holder]);
    shop.fails(ix, &[&holder], CatalogError::AlreadyClaimed);
    shop.ok(shop.claim_remainder(2), &[&holder]);
    shop.ok(shop.claim_remainder(3), &[&holder]);
    let wholesale = 3 * (PRICE - PRICE / 5);
    assert_eq!(shop.chain().balance(&shop.holder.coins), coins + wholesale);
    assert_eq!(shop.chain().balance(&shop.treasury), 3 * (PRICE / 5));
    let close = shop.close_entitlement(1);
    attack::everything(&mut shop.world.chain, &close, &decoys, &|index, key| index == 1 && attack::is_copy(key));
    shop.ok(close, &[]);
}

#[test]
fn entitlement_closes_after_its_end_ok() {
    let mut shop = with_holder(MVNO, 0, 1);
    let holder = shop.holder.key.insecure_clone();
    shop.ok(shop.activate(1, 1), &[&holder]);
    shop.world.chain.warp_by(VALIDITY.into());
    shop.fails(shop.close_entitlement(1), &[], CatalogError::EntitlementInUse);
    shop.world.chain.warp_by(1);
    shop.ok(shop.close_entitlement(1), &[]);
    assert!(!shop.chain().exists(&shop.entitlement(1)));
}

#[test]
fn each_operation_pauses_alone_ok() {
    let mut shop = with_holder(RemainderPolicy::ToSubscriber, CONFIRMATION, 4);
    let (buyer, holder, operator) =
        (shop.buyer.key.insecure_clone(), shop.holder.key.insecure_clone(), shop.operator.insecure_clone());
    shop.ok(shop.activate(1, 1), &[&holder]);
    shop.ok(shop.activate(2, 1), &[&holder]);
    shop.ok(shop.fail_activation(2), &[&operator]);
    shop.world.chain.warp_by(60);
    let cases = [
        (2, shop.purchase(1, 5), &buyer),
        (4, shop.activate(5, 1), &holder),
        (4, shop.confirm_activation(1, 1), &operator),
        (4, shop.fail_activation(1), &operator),
        (8, shop.refund_failed(2, 1), &holder),
    ];
    for (bit, ix, signer) in cases {
        shop.ok(shop.set_paused(bit), &[]);
        shop.fails(ix.clone(), &[signer], CatalogError::Paused);
        shop.ok(shop.set_paused(15 & !bit), &[]);
        shop.world.chain.clone().ok(&[ix], &[signer]);
    }
    shop.ok(shop.set_paused(8), &[]);
    for ix in [shop.refund_unactivated(1, 1), shop.claim_remainder(1)] {
        shop.fails(ix, &[&holder], CatalogError::Paused);
    }
}

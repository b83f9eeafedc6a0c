//! Catalogs and plans: who may publish what, and that nothing changes afterwards.

use anchor_lang::prelude::Pubkey;
use anchor_spl::token_2022_extensions::spl_token_metadata_interface::state::TokenMetadata;
use anchor_spl::token_interface::spl_token_2022::{
    extension::{metadata_pointer::MetadataPointer, BaseStateWithExtensions, StateWithExtensions},
    state::Mint,
};
use catalog::{
    error::CatalogError,
    events,
    metadata::{MAX_NAME, MAX_SYMBOL, MAX_URI},
    state::{terms, Catalog, Config, PlanState, MAX_SECONDS},
    CreatePlanArgs,
};
use escrow::{error::EscrowError, state::RemainderPolicy};
use gesim_core::{
    digest::sha256_field,
    poseidon::{field, poseidon},
};
use gesim_tests::{
    attack,
    catalog::{config, initialize, plan, plan_args, Shop, PRICE},
    tokens::TOKEN_2022,
    Chain,
};
use settlement::state::{Agreement, AgreementState};
use solana_signer::Signer;

#[test]
fn initialize_ok() {
    let mut chain = Chain::new();
    let ix = initialize(&chain, chain.payer.pubkey());
    let anyone = chain.keypair().pubkey();
    attack::everything(&mut chain, &ix, &[anyone], &|index, key| {
        index == 1 && (*key == anyone || attack::is_copy(key))
    });
    chain.ok(std::slice::from_ref(&ix), &[]);
    let state: Config = chain.fetch(&config());
    assert_eq!((state.version, state.authority, state.paused), (1, chain.payer.pubkey(), 0));
    chain.send(&[ix], &[]).unwrap_err();
}

#[test]
fn initialize_ahead_of_the_deployer_fails() {
    let mut chain = Chain::new();
    let thief = chain.keypair();
    let ix = initialize(&chain, thief.pubkey());
    chain.fails(&[ix], &[&thief], EscrowError::Unauthorized);
}

#[test]
fn governance_ok() {
    let mut shop = Shop::without_plan();
    let decoys = shop.decoys();
    let next = shop.world.chain.keypair();
    let propose = shop.propose_authority(next.pubkey());
    attack::everything(&mut shop.world.chain, &propose, &decoys, &attack::nothing);
    let pause = shop.set_paused(15);
    attack::everything(&mut shop.world.chain, &pause, &decoys, &attack::nothing);
    shop.fails(shop.set_paused(16), &[], CatalogError::PauseBits);
    shop.fails(shop.accept_authority(next.pubkey()), &[&next], CatalogError::NotProposed);
    shop.ok(propose, &[]);
    let accept = shop.accept_authority(next.pubkey());
    attack::everything(&mut shop.world.chain, &accept, &decoys, &attack::nothing);
    shop.ok(accept, &[&next]);
    shop.fails(shop.set_paused(1), &[], CatalogError::Unauthorized);
}

#[test]
fn create_catalog_ok() {
    let mut shop = Shop::without_plan();
    let (mvno, decoys) = (shop.mvno(), shop.decoys());
    let ix = shop.create_catalog(2);
    let payers = [shop.world.stranger.pubkey(), mvno.pubkey(), shop.buyer.key.pubkey()];
    attack::everything(&mut shop.world.chain, &ix, &decoys, &|index, key| {
        (index == 1 && (payers.contains(key) || attack::is_copy(key))) || (index == 5 && attack::is_copy(key))
    });
    let meta = shop.ok(ix, &[&mvno]);
    let event = &meta.events::<events::CatalogCreated>()[0];
    let state: Catalog = shop.chain().fetch(&event.catalog);
    assert_eq!((state.origin, state.authority, state.id), (mvno.pubkey(), mvno.pubkey(), 2));
    assert_eq!((state.treasury, state.mint, state.plan_count), (shop.treasury, shop.world.coin.mint, 0));
    // a treasury of somebody else
    shop.treasury = shop.buyer.coins;
    shop.fails(shop.create_catalog(3), &[&mvno], CatalogError::TreasuryOwner);
}

#[test]
fn catalog_authority_moves_in_two_steps_ok() {
    let mut shop = Shop::without_plan();
    let (mvno, next, decoys) = (shop.mvno(), shop.world.chain.keypair(), shop.decoys());
    let accept = shop.accept_catalog_authority(next.pubkey());
    shop.fails(accept.clone(), &[&next], CatalogError::NotProposed);
    let propose = shop.propose_catalog_authority(next.pubkey());
    attack::everything(&mut shop.world.chain, &propose, &decoys, &attack::nothing);
    shop.ok(propose, &[&mvno]);
    attack::everything(&mut shop.world.chain, &accept, &decoys, &attack::nothing);
    shop.ok(accept, &[&next]);
    shop.fails(shop.set_operator(mvno.pubkey()), &[&mvno], CatalogError::Unauthorized);
    let state: Catalog = shop.chain().fetch(&shop.catalog);
    assert_eq!(
        (state.authority, state.pending_authority, state.origin),
        (next.pubkey(), Pubkey::default(), mvno.pubkey())
    );
}

#[test]
fn set_operator_ok() {
    let mut shop = Shop::without_plan();
    let (mvno, decoys) = (shop.mvno(), shop.decoys());
    let ix = shop.set_operator(mvno.pubkey());
    attack::everything(&mut shop.world.chain, &ix, &decoys, &attack::nothing);
    shop.ok(ix, &[&mvno]);
    assert_eq!(shop.chain().fetch::<Catalog>(&shop.catalog).operator, mvno.pubkey());
}

#[test]
fn treasury_moves_to_the_authoritys_account_ok() {
    let mut shop = Shop::new(RemainderPolicy::ToMvno, 0);
    let mvno = shop.mvno();
    let coin = shop.world.coin;
    let fresh = shop.world.chain.token_account(&coin, &mvno.pubkey());
    let (decoys, old) = (shop.decoys(), shop.treasury);
    let ix = shop.set_treasury(fresh);
    let fine = |index: usize, key: &_| index == 2 && (*key == old || attack::is_copy(key));
    attack::everything(&mut shop.world.chain, &ix, &decoys, &fine);
    shop.ok(ix, &[&mvno]);
    shop.fails(shop.sync_treasury(), &[&mvno], CatalogError::WrongTreasury);
    shop.treasury = fresh;
    let sync = shop.sync_treasury();
    attack::everything(&mut shop.world.chain, &sync, &decoys, &attack::nothing);
    shop.ok(sync, &[&mvno]);
    assert_eq!(shop.books().treasury, fresh);
}

#[test]
fn create_plan_ok() {
    let mut shop = Shop::without_plan();
    let args = plan_args();
    let meta = shop.publish(args.clone());
    let state = shop.terms();
    assert_eq!((state.version, state.state, state.plan_id, state.price), (1, PlanState::Active, 0, PRICE));
    assert_eq!((state.agreement, state.coin), (shop.world.agreement, shop.world.coin.mint));
    assert_eq!((state.mint, state.pool), (shop.token().mint, shop.pool()));
    assert_eq!(meta.events::<events::PlanCreated>()[0].terms, state.terms);
    let books = shop.books();
    assert_eq!((books.unit_price, books.margin_bps, books.treasury), (PRICE, args.margin_bps, shop.treasury));
    assert_eq!(books.treasury_owner, shop.world.mvno.pubkey());
    assert_eq!(shop.chain().fetch::<Catalog>(&shop.catalog).plan_count, 1);

    let account = shop.chain().account(&shop.token().mint).unwrap();
    let rent = shop.chain().svm.minimum_balance_for_rent_exemption(account.data.len());
    assert_eq!((account.owner, account.lamports), (TOKEN_2022, rent));
    let mint = StateWithExtensions::<Mint>::unpack(&account.data).unwrap();
    assert_eq!((mint.base.decimals, mint.base.supply), (0, 0));
    assert_eq!(Option::<Pubkey>::from(mint.base.mint_authority), Some(shop.plan));
    assert_eq!(Option::<Pubkey>::from(mint.base.freeze_authority), None);
    let pointer = mint.get_extension::<MetadataPointer>().unwrap();
    assert_eq!(Option::<Pubkey>::from(pointer.metadata_address), Some(shop.token().mint));
    assert_eq!(Option::<Pubkey>::from(pointer.authority), None);
    let metadata = mint.get_variable_len_extension::<TokenMetadata>().unwrap();
    // nobody can ever change it
    assert_eq!(Option::<Pubkey>::from(metadata.update_authority), None);
    assert_eq!((metadata.name, metadata.symbol, metadata.uri), (args.name, args.symbol, args.uri));
    let hex = |bytes: [u8; 32]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let expected =
        vec![("terms".to_string(), hex(state.terms)), ("contract_hash".to_string(), hex(args.contract_hash))];
    assert_eq!(metadata.additional_metadata, expected);
}

/// The commitment, computed again from its description.
#[test]
fn terms_ok() {
    let mut shop = Shop::without_plan();
    shop.publish(plan_args());
    let state = shop.terms();
    let lanes = state.quotas.map(field);
    let quotas = poseidon(&lanes.each_ref().map(|lane| &lane[..])).unwrap();
    let parties = sha256_field(&[
        b"gesim:plan:v1",
        catalog::ID.as_ref(),
        shop.catalog.as_ref(),
        shop.world.agreement.as_ref(),
        shop.world.coin.mint.as_ref(),
    ]);
    let half = |bytes: &[u8]| {
        let mut out = [0; 32];
        out[16..].copy_from_slice(bytes);
        out
    };
    let parts = [
        quotas,
        parties,
        half(&state.contract_hash[..16]),
        half(&state.contract_hash[16..]),
        field(0),
        field(PRICE),
        field(state.validity.into()),
        field(state.activation_window.into()),
        field(state.confirmation_window.into()),
        field(state.settle_grace.into()),
        field(2_000),
        field(0),
    ];
    assert_eq!(state.terms, poseidon(&parts.each_ref().map(|part| &part[..])).unwrap());
    // every term counts
    let changed = |change: fn(&mut catalog::state::Plan)| {
        let mut plan = state.clone();
        change(&mut plan);
        terms::terms(&plan).unwrap()
    };
    let all = [
        changed(|plan| plan.quotas[7] = 1),
        changed(|plan| plan.contract_hash[0] ^= 1),
        changed(|plan| plan.contract_hash[31] ^= 1),
        changed(|plan| plan.plan_id += 1),
        changed(|plan| plan.price += 1),
        changed(|plan| plan.validity += 1),
        changed(|plan| plan.activation_window += 1),
        changed(|plan| plan.confirmation_window += 1),
        changed(|plan| plan.settle_grace += 1),
        changed(|plan| plan.margin_bps += 1),
        changed(|plan| plan.remainder_policy = RemainderPolicy::ToSubscriber),
        changed(|plan| plan.access = 1),
        changed(|plan| plan.access = 2),
        changed(|plan| (plan.access, plan.registrar) = (1, catalog::ID)),
        changed(|plan| (plan.access, plan.registrar) = (2, catalog::ID)),
        changed(|plan| plan.agreement = Pubkey::default()),
        changed(|plan| plan.coin = Pubkey::default()),
        changed(|plan| plan.catalog = Pubkey::default()),
    ];
    let distinct: std::collections::BTreeSet<_> = all.iter().chain([&state.terms]).collect();
    assert_eq!(distinct.len(), all.len() + 1);
}

#[test]
fn create_plan_attacks_fails() {
    let mut shop = Shop::without_plan();
    let (decoys, coin) = (shop.decoys(), shop.world.coin);
    let ix = shop.create_plan(plan_args());
    let payers = [shop.world.stranger.pubkey(), shop.world.mvno.pubkey(), shop.buyer.key.pubkey()];
    attack::everything(&mut shop.world.chain, &ix, &decoys, &|index, key| {
        // an account with settlement's bytes and owner is an agreement: only settlement can make one
        index == 1 && (payers.contains(key) || attack::is_copy(key))
    });
    assert_eq!(shop.world.coin, coin);
}

#[test]
fn create_plan_arguments_fails() {
    let mut shop = Shop::without_plan();
    let mvno = shop.mvno();
    let good = plan_args();
    let registrar = Pubkey::new_unique();
    let long = |length: usize| "x".repeat(length);
    let cases = [
        (CreatePlanArgs { price: 0, ..good.clone() }, CatalogError::Price),
        (CreatePlanArgs { margin_bps: 10_001, ..good.clone() }, CatalogError::Margin),
        (CreatePlanArgs { access: 3, registrar, ..good.clone() }, CatalogError::AccessUnsupported),
        (CreatePlanArgs { access: u8::MAX, registrar, ..good.clone() }, CatalogError::AccessUnsupported),
        (CreatePlanArgs { access: 1, ..good.clone() }, CatalogError::PlanRegistrar),
        (CreatePlanArgs { access: 2, ..good.clone() }, CatalogError::PlanRegistrar),
        (CreatePlanArgs { registrar, ..good.clone() }, CatalogError::PlanRegistrar),
        (CreatePlanArgs { validity: 0, ..good.clone() }, CatalogError::Duration),
        (CreatePlanArgs { activation_window: 0, ..good.clone() }, CatalogError::Duration),
        (CreatePlanArgs { validity: MAX_SECONDS + 1, ..good.clone() }, CatalogError::Duration),
        (CreatePlanArgs { activation_window: u32::MAX, ..good.clone() }, CatalogError::Duration),
        (CreatePlanArgs { confirmation_window: MAX_SECONDS + 1, ..good.clone() }, CatalogError::Duration),
        (CreatePlanArgs { settle_grace: MAX_SECONDS + 1, ..good.clone() }, CatalogError::Duration),
        (CreatePlanArgs { settle_grace: 3_600 + 7_200 + 10_800 - 1, ..good.clone() }, CatalogError::GraceTooShort),
        (CreatePlanArgs { name: String::new(), ..good.clone() }, CatalogError::Text),
        (CreatePlanArgs { symbol: String::new(), ..good.clone() }, CatalogError::Text),
        (CreatePlanArgs { uri: String::new(), ..good.clone() }, CatalogError::Text),
        (CreatePlanArgs { name: long(MAX_NAME + 1), ..good.clone() }, CatalogError::Text),
        (CreatePlanArgs { symbol: long(MAX_SYMBOL + 1), ..good.clone() }, CatalogError::Text),
        (CreatePlanArgs { uri: long(MAX_URI + 1), ..good.clone() }, CatalogError::Text),
    ];
    for (args, error) in cases {
        shop.fails(shop.create_plan(args), &[&mvno], error);
    }
}

/// The largest plan fits in one transaction, and so do the largest numbers.
#[test]
fn create_plan_limits_ok() {
    let mut shop = Shop::without_plan();
    let largest = CreatePlanArgs {
        price: u64::MAX,
        quotas: [u64::MAX; 8],
        validity: MAX_SECONDS,
        activation_window: MAX_SECONDS,
        confirmation_window: MAX_SECONDS,
        settle_grace: MAX_SECONDS,
        margin_bps: 10_000,
        name: "n".repeat(MAX_NAME),
        symbol: "s".repeat(MAX_SYMBOL),
        uri: "u".repeat(MAX_URI),
        ..plan_args()
    };
    shop.publish(largest);
    // and a second one gets the next id
    shop.publish(plan_args());
    assert_eq!(shop.terms().plan_id, 1);
    assert_eq!(shop.plan, plan(&shop.catalog, 1));
}

#[test]
fn create_plan_under_a_bad_agreement_fails() {
    let mut shop = Shop::without_plan();
    let (mvno, agreement) = (shop.mvno(), shop.world.agreement);
    for state in [AgreementState::Proposed, AgreementState::Terminated] {
        shop.world.edit(&agreement, |a: &mut Agreement| a.state = state);
        shop.fails(shop.create_plan(plan_args()), &[&mvno], CatalogError::AgreementState);
    }
    shop.world.edit(&agreement, |a: &mut Agreement| a.state = AgreementState::Active);
    let other = shop.world.chain.coin();
    shop.world.edit(&agreement, |a: &mut Agreement| a.mint = other.mint);
    shop.fails(shop.create_plan(plan_args()), &[&mvno], CatalogError::AgreementMint);
    let coin = shop.world.coin.mint;
    shop.world.edit(&agreement, |a: &mut Agreement| {
        a.mint = coin;
        a.mvno = Pubkey::new_unique();
    });
    shop.fails(shop.create_plan(plan_args()), &[&mvno], CatalogError::AgreementParty);
}

#[test]
fn plan_states_ok() {
    let mut shop = Shop::new(RemainderPolicy::ToMvno, 0);
    let (mvno, decoys) = (shop.mvno(), shop.decoys());
    shop.fails(shop.set_plan_state(PlanState::Active), &[&mvno], CatalogError::PlanTransition);
    let pause = shop.set_plan_state(PlanState::Paused);
    attack::everything(&mut shop.world.chain, &pause, &decoys, &attack::nothing);
    let before = shop.terms();
    shop.ok(pause, &[&mvno]);
    shop.ok(shop.set_plan_state(PlanState::Active), &[&mvno]);
    // the way through all states leaves the terms as they were
    assert_eq!(format!("{:?}", shop.terms()), format!("{before:?}"));
    shop.fails(shop.begin_close(), &[&mvno], CatalogError::NotRetired);
    shop.ok(shop.set_plan_state(PlanState::Retired), &[&mvno]);
    for state in [PlanState::Active, PlanState::Paused, PlanState::Retired] {
        shop.fails(shop.set_plan_state(state), &[&mvno], CatalogError::PlanTransition);
    }
    let close = shop.begin_close();
    attack::everything(&mut shop.world.chain, &close, &decoys, &attack::nothing);
}

#[test]
fn paused_creation_fails() {
    let mut shop = Shop::without_plan();
    let mvno = shop.mvno();
    shop.ok(shop.set_paused(1), &[]);
    shop.fails(shop.create_plan(plan_args()), &[&mvno], CatalogError::Paused);
    shop.fails(shop.create_catalog(7), &[&mvno], CatalogError::Paused);
    shop.ok(shop.set_paused(14), &[]);
    shop.ok(shop.create_plan(plan_args()), &[&mvno]);
}

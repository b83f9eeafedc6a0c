//! Opening pools: which stablecoins, which terms.

use anchor_spl::token_interface::spl_token_2022::extension::ExtensionType as Extension;
use escrow::{error::EscrowError, events, state::PoolState, CreatePoolArgs};
use gesim_tests::{
    attack,
    escrow::{Desk, RemainderPolicy, PRICE},
    tokens::TOKEN_2022,
};
use solana_signer::Signer;

fn closed_desk() -> Desk {
    Desk::without_pool(|chain| chain.coin())
}

#[test]
fn create_pool_ok() {
    let mut desk = closed_desk();
    let meta = desk.by_program(desk.create_pool(Desk::terms(RemainderPolicy::ToMvno)));
    let books = desk.books();
    assert_eq!((books.version, books.state, books.unit_price), (1, PoolState::Open, PRICE));
    assert_eq!((books.treasury, books.treasury_owner), (desk.treasury, desk.mvno.pubkey()));
    assert_eq!(books.obligations().unwrap(), 0);
    assert_eq!(meta.events::<events::PoolCreated>()[0].pool, desk.pool());
}

#[test]
fn create_pool_attacks_fails() {
    let mut desk = closed_desk();
    let ix = desk.create_pool(Desk::terms(RemainderPolicy::ToMvno));
    let (decoys, stranger) = (desk.decoys(), desk.stranger.pubkey());
    let other_tokens = [desk.stranger_token, desk.buyer_token, desk.mno_token];
    // anyone may pay; the treasury is catalog's word, so long as it is a token account of the mint
    attack::everything(&mut desk.chain, &ix, &decoys, &|index, key| {
        (index == 1 && (*key == stranger || attack::is_copy(key)))
            || (index == 8 && (other_tokens.contains(key) || attack::is_copy(key)))
    });
}

#[test]
fn create_pool_twice_fails() {
    let mut desk = Desk::new(RemainderPolicy::ToMvno);
    let again = desk.create_pool(Desk::terms(RemainderPolicy::ToMvno));
    desk.chain.impersonate(&[again]).unwrap_err();
}

#[test]
fn terms_out_of_range_fails() {
    let mut desk = closed_desk();
    let good = Desk::terms(RemainderPolicy::ToMvno);
    desk.refused(desk.create_pool(CreatePoolArgs { unit_price: 0, ..good }), EscrowError::Price);
    desk.refused(desk.create_pool(CreatePoolArgs { margin_bps: 10_001, ..good }), EscrowError::Margin);
    desk.by_program(desk.create_pool(CreatePoolArgs { margin_bps: 10_000, unit_price: u64::MAX, ..good }));
}

#[test]
fn harmless_extensions_ok() {
    let harmless = [Extension::MetadataPointer, Extension::GroupPointer, Extension::GroupMemberPointer];
    for extensions in [&harmless[..], &[], &harmless[..1]] {
        let mut desk = Desk::without_pool(|chain| chain.coin_with(&TOKEN_2022, extensions));
        desk.by_program(desk.create_pool(Desk::terms(RemainderPolicy::ToMvno)));
        // and money goes in
        desk.deposit_now(3, 1);
        assert_eq!(desk.chain.balance(&desk.vault()), 3 * PRICE);
    }
}

/// Each kind of mint that could take, tax, freeze or revalue what the vault holds.
#[test]
fn harmful_extensions_fails() {
    let harmful = [
        &[Extension::TransferFeeConfig][..],
        &[Extension::TransferHook],
        &[Extension::PermanentDelegate],
        &[Extension::MintCloseAuthority],
        &[Extension::NonTransferable],
        &[Extension::DefaultAccountState],
        &[Extension::InterestBearingConfig],
        &[Extension::ScaledUiAmount],
        &[Extension::Pausable],
        &[Extension::ConfidentialTransferMint],
        &[Extension::TransferFeeConfig, Extension::ConfidentialTransferMint, Extension::ConfidentialTransferFeeConfig],
        &[Extension::ConfidentialTransferMint, Extension::ConfidentialMintBurn],
        &[Extension::MetadataPointer, Extension::PermanentDelegate],
    ];
    for extensions in harmful {
        let mut desk = closed_desk();
        desk.coin = desk.chain.coin_with(&TOKEN_2022, extensions);
        desk.treasury = desk.chain.token_account(&desk.coin, &desk.mvno.pubkey());
        let ix = desk.create_pool(Desk::terms(RemainderPolicy::ToMvno));
        let failure = desk.chain.impersonate(&[ix]).expect_err(&format!("{extensions:?} was accepted"));
        failure.expect(EscrowError::MintExtension);
    }
}

/// An extension that a later Token-2022 brings is refused until somebody has looked at it.
#[test]
fn unknown_extension_fails() {
    for kind in [28u16, 99, 65_000] {
        let mut desk = closed_desk();
        desk.coin = desk.chain.coin_with(&TOKEN_2022, &[Extension::MetadataPointer]);
        desk.treasury = desk.chain.token_account(&desk.coin, &desk.mvno.pubkey());
        let mut account = desk.chain.account(&desk.coin.mint).unwrap();
        // after the mint, its padding and the account's type byte stands the first extension's type
        account.data[166..168].copy_from_slice(&kind.to_le_bytes());
        desk.chain.svm.set_account(desk.coin.mint, account).unwrap();
        let ix = desk.create_pool(Desk::terms(RemainderPolicy::ToMvno));
        let failure = desk.chain.impersonate(&[ix]).expect_err("an unknown extension was accepted");
        // either escrow says so, or the token program does when it opens the vault
        assert!(failure.code == Some(EscrowError::MintExtension.into()) || failure.code.is_none(), "{failure}");
    }
}

#[test]
fn set_treasury_ok() {
    let mut desk = Desk::with_earned(RemainderPolicy::ToMvno, 1);
    let fresh = desk.chain.token_account(&desk.coin, &desk.mvno.pubkey());
    desk.by_program(desk.set_treasury(fresh));
    // the old one is not paid any more
    let old = desk.pay_margin();
    desk.chain.fails(&[old], &[], EscrowError::Treasury);
    desk.treasury = fresh;
    desk.ok(desk.pay_margin(), &[]);
    assert!(desk.chain.balance(&fresh) > 0);
}

#[test]
fn set_treasury_attacks_fails() {
    let mut desk = Desk::new(RemainderPolicy::ToMvno);
    let fresh = desk.chain.token_account(&desk.coin, &desk.mvno.pubkey());
    let ix = desk.set_treasury(fresh);
    let decoys = desk.decoys();
    let fine = [desk.stranger_token, desk.buyer_token, desk.mno_token, desk.treasury];
    attack::everything(&mut desk.chain, &ix, &decoys, &|index, key| {
        index == 3 && (fine.contains(key) || attack::is_copy(key))
    });
    desk.refused(desk.set_treasury(desk.vault()), EscrowError::PayToVault);
}

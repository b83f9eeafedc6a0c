//! Who governs escrow, and what they can pause.

use anchor_lang::prelude::Pubkey;
use escrow::{error::EscrowError, events, state::Config};
use gesim_tests::{
    attack,
    chain::Chain,
    escrow::{config, initialize, Desk, RemainderPolicy},
};
use solana_signer::Signer;

#[test]
fn initialize_ok() {
    let mut chain = Chain::new();
    let authority = chain.payer.pubkey();
    let ix = initialize(&chain, authority);
    let meta = chain.ok(&[ix], &[]);
    let state: Config = chain.fetch(&config());
    assert_eq!((state.version, state.authority, state.paused), (1, authority, 0));
    assert_eq!(state.pending_authority, Pubkey::default());
    assert_eq!(meta.events::<events::Initialized>()[0].authority, authority);
}

#[test]
fn initialize_attacks_fails() {
    let mut chain = Chain::new();
    let ix = initialize(&chain, chain.payer.pubkey());
    let stranger = chain.keypair().pubkey();
    // whoever pays may pay
    attack::everything(&mut chain, &ix, &[stranger], &|index, key| {
        index == 1 && (*key == stranger || attack::is_copy(key))
    });
}

#[test]
fn initialize_ahead_of_the_deployer_fails() {
    let mut chain = Chain::new();
    let thief = chain.keypair();
    let ix = initialize(&chain, thief.pubkey());
    chain.fails(&[ix], &[&thief], EscrowError::Unauthorized);
}

#[test]
fn initialize_where_nobody_can_upgrade_ok() {
    let mut chain = Chain::new();
    chain.set_upgrade_authority(&escrow::ID, None);
    let anyone = chain.keypair();
    let ix = initialize(&chain, anyone.pubkey());
    chain.ok(&[ix], &[&anyone]);
}

#[test]
fn initialize_twice_fails() {
    let mut desk = Desk::without_pool(|chain| chain.coin());
    let ix = initialize(&desk.chain, desk.chain.payer.pubkey());
    desk.chain.send(&[ix], &[]).unwrap_err();
}

#[test]
fn authority_moves_in_two_steps_ok() {
    let mut desk = Desk::without_pool(|chain| chain.coin());
    let next = desk.chain.keypair();
    desk.ok(desk.propose_authority(next.pubkey()), &[]);
    // the old one still governs
    desk.ok(desk.set_paused(1), &[]);
    let meta = desk.ok(desk.accept_authority(next.pubkey()), &[&next]);
    assert_eq!(meta.events::<events::AuthorityAccepted>()[0].authority, next.pubkey());
    let state: Config = desk.chain.fetch(&config());
    assert_eq!((state.authority, state.pending_authority), (next.pubkey(), Pubkey::default()));
    desk.chain.fails(&[desk.set_paused(0)], &[], EscrowError::Unauthorized);
}

#[test]
fn accepting_without_proposal_fails() {
    let mut desk = Desk::without_pool(|chain| chain.coin());
    let stranger = desk.stranger.insecure_clone();
    let ix = desk.accept_authority(stranger.pubkey());
    desk.chain.fails(&[ix], &[&stranger], EscrowError::NotProposed);
    // the default key means nobody, whoever could sign for it
    let nobody = desk.accept_authority(Pubkey::default());
    desk.refused(nobody, EscrowError::NotProposed);
    // a proposal taken back
    desk.ok(desk.propose_authority(stranger.pubkey()), &[]);
    desk.ok(desk.propose_authority(Pubkey::default()), &[]);
    let ix = desk.accept_authority(stranger.pubkey());
    desk.chain.fails(&[ix], &[&stranger], EscrowError::NotProposed);
}

#[test]
fn authority_attacks_fails() {
    let mut desk = Desk::new(RemainderPolicy::ToMvno);
    let decoys = desk.decoys();
    let next = desk.stranger.pubkey();
    let (propose, pause) = (desk.propose_authority(next), desk.set_paused(31));
    let limit = desk.set_outflow_limit(60, 5);
    for ix in [propose.clone(), pause, limit] {
        attack::everything(&mut desk.chain, &ix, &decoys, &attack::nothing);
    }
    desk.ok(propose, &[]);
    let accept = desk.accept_authority(next);
    attack::everything(&mut desk.chain, &accept, &decoys, &attack::nothing);
}

#[test]
fn unknown_pause_bits_fails() {
    let mut desk = Desk::without_pool(|chain| chain.coin());
    for bits in [32, 64, 128, 255] {
        desk.chain.fails(&[desk.set_paused(bits)], &[], EscrowError::PauseBits);
    }
    desk.ok(desk.set_paused(31), &[]);
}

#[test]
fn short_outflow_window_fails() {
    let mut desk = Desk::new(RemainderPolicy::ToMvno);
    desk.chain.fails(&[desk.set_outflow_limit(59, 1)], &[], EscrowError::OutflowWindow);
    desk.ok(desk.set_outflow_limit(60, 0), &[]);
}

//! Who governs the identity program, and what can be paused.

use anchor_lang::prelude::Pubkey;
use gesim_tests::{
    attack,
    chain::Chain,
    identity::{
        calls,
        certificates::{CI_DELAY, CLUSTER},
    },
};
use identity::{
    error::IdentityError,
    events,
    setup::TRUSTED_SETUP,
    state::{pause, seeds, Config, MAX_CI_DELAY},
    ID,
};
use solana_signer::Signer;

fn started() -> Chain {
    let mut chain = Chain::new();
    let init = calls::initialize(&chain, CLUSTER, CI_DELAY);
    chain.ok(&[init], &[]);
    chain
}

fn config(chain: &Chain) -> Config {
    chain.fetch(&seeds::config().0)
}

#[test]
fn initialize_ok() {
    let mut chain = Chain::new();
    let (init, authority) = (calls::initialize(&chain, CLUSTER, MAX_CI_DELAY), chain.payer.pubkey());
    let meta = chain.ok(std::slice::from_ref(&init), &[]);
    let state = config(&chain);
    assert_eq!((state.version, state.paused, state.authority), (1, 0, authority));
    assert_eq!((state.pending_authority, state.cluster, state.ci_delay), (Pubkey::default(), CLUSTER, MAX_CI_DELAY));
    assert_eq!(meta.events::<events::Initialized>()[0].cluster, CLUSTER);
    chain.send(&[init], &[]).unwrap_err();
}

#[test]
fn initialize_fails() {
    let mut chain = Chain::new();
    let too_long = calls::initialize(&chain, CLUSTER, MAX_CI_DELAY + 1);
    chain.fails(&[too_long], &[], IdentityError::Duration);
    let thief = chain.keypair();
    let mut ahead = calls::initialize(&chain, CLUSTER, CI_DELAY);
    ahead.accounts[0].pubkey = thief.pubkey();
    chain.fails(&[ahead], &[&thief], IdentityError::Unauthorized);
    let (init, stranger) = (calls::initialize(&chain, CLUSTER, CI_DELAY), thief.pubkey());
    attack::everything(&mut chain, &init, &[stranger], &|index, key| {
        index == 1 && (*key == stranger || attack::is_copy(key))
    });
}

#[test]
fn initialize_where_nobody_can_upgrade_ok() {
    let mut chain = Chain::new();
    chain.set_upgrade_authority(&ID, None);
    let anyone = chain.keypair();
    let mut init = calls::initialize(&chain, CLUSTER, CI_DELAY);
    init.accounts[0].pubkey = anyone.pubkey();
    chain.ok(&[init], &[&anyone]);
    assert_eq!(config(&chain).authority, anyone.pubkey());
}

#[test]
fn authority_in_two_steps_ok() {
    let mut chain = started();
    let (next, first) = (chain.keypair(), chain.payer.pubkey());
    chain.fails(&[calls::accept_authority(next.pubkey())], &[&next], IdentityError::NotProposed);
    let meta = chain.ok(&[calls::propose_authority(first, next.pubkey())], &[]);
    assert_eq!(meta.events::<events::AuthorityProposed>()[0].proposed, next.pubkey());
    // the first one still governs, and takes it back
    chain.fails(&[calls::set_paused(next.pubkey(), 1)], &[&next], IdentityError::Unauthorized);
    chain.ok(&[calls::propose_authority(first, Pubkey::default())], &[]);
    chain.fails(&[calls::accept_authority(next.pubkey())], &[&next], IdentityError::NotProposed);
    let nobody = chain.impersonate(&[calls::accept_authority(Pubkey::default())]);
    nobody.unwrap_err().expect(IdentityError::NotProposed);
    chain.ok(&[calls::propose_authority(first, next.pubkey())], &[]);
    let meta = chain.ok(&[calls::accept_authority(next.pubkey())], &[&next]);
    assert_eq!(meta.events::<events::AuthorityAccepted>()[0].previous, first);
    assert_eq!((config(&chain).authority, config(&chain).pending_authority), (next.pubkey(), Pubkey::default()));
    chain.fails(&[calls::set_paused(first, 1)], &[], IdentityError::Unauthorized);
    chain.ok(&[calls::set_paused(next.pubkey(), 1)], &[&next]);
}

#[test]
fn pause_bits_fails() {
    let mut chain = started();
    let authority = chain.payer.pubkey();
    let meta = chain.ok(&[calls::set_paused(authority, pause::ALL)], &[]);
    let event = &meta.events::<events::PausedSet>()[0];
    assert_eq!((event.before, event.after, config(&chain).paused), (0, pause::ALL, pause::ALL));
    for bits in [pause::ALL + 1, 0xFF, 0x80] {
        chain.fails(&[calls::set_paused(authority, bits)], &[], IdentityError::PauseBits);
    }
}

#[test]
fn attacks_on_the_config_fails() {
    let mut chain = started();
    let (next, stranger) = (chain.keypair(), chain.keypair().pubkey());
    let first = chain.payer.pubkey();
    chain.ok(&[calls::propose_authority(first, next.pubkey())], &[]);
    attack::everything(&mut chain, &calls::accept_authority(next.pubkey()), &[stranger, first], &attack::nothing);
    chain.ok(&[calls::accept_authority(next.pubkey())], &[&next]);
    let propose = calls::propose_authority(next.pubkey(), stranger);
    attack::everything(&mut chain, &propose, &[stranger, first], &attack::nothing);
    attack::everything(&mut chain, &calls::set_paused(next.pubkey(), 3), &[stranger, first], &attack::nothing);
}

#[test]
fn trusted_setup_ok() {
    let meta = Chain::new().ok(&[calls::trusted_setup()], &[]);
    assert!(meta.logs.iter().any(|line| line.contains(TRUSTED_SETUP)));
    let elf = gesim_programs::IDENTITY;
    let found = elf.windows(TRUSTED_SETUP.len()).any(|bytes| bytes == TRUSTED_SETUP.as_bytes());
    assert!(found, "the deployed binary names the setup it trusts");
    assert!(TRUSTED_SETUP.starts_with("GESIM-SETUP:eid_possession="));
}

//! Initialising, authorities, pauses and MNOs; errors, sizes and the trusted setup in the binary.

use gesim_tests::{
    attack::{self, nothing},
    chain::program_data,
    settlement::{replace, World, CLUSTER, TADIG},
};
use settlement::{
    error::SettlementError,
    events,
    setup::TRUSTED_SETUP,
    state::{
        config::pause, proof_buffer::MAX_SLOTS, seeds, Agreement, Batch, Config, Mno, Opening, ProofBuffer, Statement,
        Terms,
    },
    ID,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

#[test]
fn initialize_ok() {
    let mut w = World::bare();
    let meta = w.ok(w.initialize(), &[]);
    let config: Config = w.chain.fetch(&seeds::config().0);
    assert_eq!((config.authority, config.cluster, config.paused), (w.authority(), CLUSTER, 0));
    assert_eq!(config.authority_bump, seeds::authority().1);
    let [event] = &meta.events::<events::Initialized>()[..] else { panic!("one event") };
    assert_eq!(event.setup, TRUSTED_SETUP);
    assert!(meta.logs.iter().any(|line| line.contains(TRUSTED_SETUP)));
}

#[test]
fn initialize_twice_fails() {
    let mut w = World::new();
    w.chain.send(&[w.initialize()], &[]).expect_err("the config is there");
}

#[test]
fn initialize_by_a_stranger_fails() {
    let mut w = World::bare();
    let authority = w.authority();
    let ix = replace(w.initialize(), &authority, &w.stranger.pubkey());
    let stranger = w.stranger.insecure_clone();
    w.fails(ix.clone(), &[&stranger], SettlementError::NotTheAuthority);
    let other = program_data(&escrow::ID);
    w.chain.impersonate(&[replace(w.initialize(), &program_data(&ID), &other)]).expect_err("another program's data");
    // nobody can upgrade the program: nobody else's deployment to run ahead of
    w.chain.set_upgrade_authority(&ID, None);
    w.ok(ix, &[&stranger]);
}

#[test]
fn initialize_attacks_fail() {
    let mut w = World::bare();
    let ix = w.initialize();
    attack::everything(&mut w.chain, &ix, &[], &nothing);
}

#[test]
fn authority_passes_in_two_steps_ok() {
    let mut w = World::new();
    let (first, successor) = (w.authority(), w.stranger.insecure_clone());
    w.ok(w.propose_authority(first, successor.pubkey()), &[]);
    assert_eq!(w.chain.fetch::<Config>(&seeds::config().0).authority, first, "a proposal gives no power");
    let ix = w.accept_authority(successor.pubkey());
    attack::everything(&mut w.chain, &ix, &[first], &nothing);
    w.ok(ix, &[&successor]);
    let config: Config = w.chain.fetch(&seeds::config().0);
    assert_eq!((config.authority, config.pending_authority), (successor.pubkey(), Default::default()));
    w.fails(w.set_paused(0), &[], SettlementError::NotTheAuthority);
    let again = w.accept_authority(successor.pubkey());
    w.fails(again, &[&successor], SettlementError::NotTheSuccessor);
}

#[test]
fn authority_taken_back_fails() {
    let mut w = World::new();
    let (first, successor) = (w.authority(), w.stranger.insecure_clone());
    w.ok(w.propose_authority(first, successor.pubkey()), &[]);
    w.ok(w.propose_authority(first, Default::default()), &[]);
    w.fails(w.accept_authority(successor.pubkey()), &[&successor], SettlementError::NotTheSuccessor);
}

#[test]
fn propose_authority_by_a_stranger_fails() {
    let mut w = World::new();
    let stranger = w.stranger.insecure_clone();
    let ix = w.propose_authority(stranger.pubkey(), stranger.pubkey());
    w.fails(ix, &[&stranger], SettlementError::NotTheAuthority);
    let (honest, decoy) = (w.propose_authority(w.authority(), stranger.pubkey()), stranger.pubkey());
    attack::everything(&mut w.chain, &honest, &[decoy], &nothing);
}

#[test]
fn set_paused_ok() {
    let mut w = World::new();
    let meta = w.ok(w.set_paused(pause::ALL), &[]);
    let [event] = &meta.events::<events::PausedSet>()[..] else { panic!("one event") };
    assert_eq!((event.before, event.after), (0, pause::ALL));
    w.fails(w.register_mno(*b"FRAGS"), &[], SettlementError::Paused);
    w.ok(w.set_paused(0), &[]);
    w.ok(w.register_mno(*b"FRAGS"), &[]);
}

#[test]
fn set_paused_attacks_fail() {
    let mut w = World::new();
    w.fails(w.set_paused(16), &[], SettlementError::UnknownPauseBits);
    let (ix, decoy) = (w.set_paused(1), w.stranger.pubkey());
    attack::everything(&mut w.chain, &ix, &[decoy], &nothing);
}

#[test]
fn register_mno_ok() {
    let w = World::new();
    let mno: Mno = w.chain.fetch(&w.mno);
    assert_eq!((mno.tadig, mno.authority), (TADIG, w.operator.pubkey()));
}

#[test]
fn register_mno_fails() {
    let mut w = World::new();
    w.chain.send(&[w.register_mno(TADIG)], &[]).expect_err("the code is taken");
    w.fails(w.register_mno(*b"deugs"), &[], SettlementError::BadTadig);
    w.fails(w.register_mno([0; 5]), &[], SettlementError::BadTadig);
    let mut ix = w.register_mno(*b"FRAGS");
    let stranger = w.stranger.insecure_clone();
    ix.accounts[1].pubkey = stranger.pubkey();
    w.fails(ix, &[&stranger], SettlementError::NotTheAuthority);
    // whoever pays the rent is free
    let (ix, mno) = (w.register_mno(*b"FRAGS"), w.mno);
    attack::everything(&mut w.chain, &ix, &[mno, stranger.pubkey()], &|index, _| index == 0);
}

#[test]
fn mno_authority_passes_in_two_steps_ok() {
    let mut w = World::new();
    let (operator, stranger) = (w.operator.insecure_clone(), w.stranger.insecure_clone());
    let grab = w.propose_mno_authority(stranger.pubkey(), stranger.pubkey());
    w.fails(grab, &[&stranger], SettlementError::NotTheMno);
    w.fails(w.accept_mno_authority(stranger.pubkey()), &[&stranger], SettlementError::NotTheSuccessor);
    let propose = w.propose_mno_authority(operator.pubkey(), stranger.pubkey());
    attack::everything(&mut w.chain, &propose, &[stranger.pubkey()], &nothing);
    w.ok(propose, &[&operator]);
    let accept = w.accept_mno_authority(stranger.pubkey());
    attack::everything(&mut w.chain, &accept, &[operator.pubkey()], &nothing);
    w.ok(accept, &[&stranger]);
    let mno: Mno = w.chain.fetch(&w.mno);
    assert_eq!((mno.authority, mno.pending_authority), (stranger.pubkey(), Default::default()));
}

#[test]
fn trusted_setup_ok() {
    let mut w = World::bare();
    let meta = w.ok(w.trusted_setup(), &[]);
    assert!(meta.logs.iter().any(|line| line.contains(TRUSTED_SETUP)));
    let elf = gesim_programs::SETTLEMENT;
    let found = elf.windows(TRUSTED_SETUP.len()).any(|bytes| bytes == TRUSTED_SETUP.as_bytes());
    assert!(found, "the deployed binary names the setup it trusts");
    assert!(TRUSTED_SETUP.starts_with("GESIM-SETUP:usage_small="));
}

#[test]
fn errors_are_numbered_from_6300_ok() {
    assert_eq!(u32::from(SettlementError::Paused), 6300);
    assert_eq!(u32::from(SettlementError::Invariant), 6339);
    let mut w = World::new();
    let failure = w.fails(w.set_paused(16), &[], 6303u32);
    assert_eq!(failure.name.as_deref(), Some("UnknownPauseBits"));
    assert_eq!(failure.text.as_deref(), Some("the pause bits name an operation that does not exist"));
}

#[test]
fn sizes_of_accounts_ok() {
    let sizes = [Config::SPACE, Mno::SPACE, Agreement::SPACE, Batch::SPACE, Opening::SPACE, ProofBuffer::HEAD];
    assert_eq!(sizes, [172, 143, 343, 618, 260, 148]);
    assert_eq!([Terms::space(&[]), Statement::space(0), Statement::space(64)], [357, 392, 2_504]);
    // An account grows by 10,240 bytes in one instruction: a full buffer takes two.
    let full = ProofBuffer::space(MAX_SLOTS);
    assert_eq!(ProofBuffer::next_space(MAX_SLOTS, 0), 10_240);
    assert_eq!(ProofBuffer::next_space(MAX_SLOTS, 10_240), full);
}

#[test]
fn foreign_signers_fail() {
    let mut w = World::new();
    let nobody = Keypair::new();
    w.fails(w.propose_authority(nobody.pubkey(), nobody.pubkey()), &[&nobody], SettlementError::NotTheAuthority);
}

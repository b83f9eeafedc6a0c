//! Telling the chain when it fails at every moment: nothing is lost, nothing is there twice.

mod support;

use std::sync::atomic::Ordering::SeqCst;

use anchor_lang::{solana_program::instruction::Instruction, InstructionData, ToAccountMetas};
use gesim_client::instructions::event_authority;
use gesim_registrar::{
    chain::Change,
    key::{check_value, FileKey},
    service::Step,
    store::{State, Store},
    LeafChain, Policy, Registrar, RegistrarError,
};
use rand::{rngs::StdRng, Rng, SeedableRng};
use support::{device::Device, World};

/// A verified answer that the chain was not told of yet.
fn answered(registrar: &Registrar, device: &Device) -> i64 {
    let begun = registrar.begin(&device.begin()).expect("begun");
    registrar.answer(&begun.id, &device.answer(&begun)).expect("taken")
}

fn settle(world: &World, registrar: &Registrar) {
    let mut last = None;
    for _ in 0..50 {
        match registrar.step(&world.desk) {
            Ok(Step::Idle) => return registrar.check(&world.desk).expect("one tree"),
            step => last = Some(step),
        }
    }
    panic!("it does not come to rest: {last:?}");
}

fn count(world: &World) -> u32 {
    world.desk.head().expect("head").count
}

/// One enrolment with a fault at its first transaction, gone on with by another process.
fn survives(fault: impl FnOnce(&World), between: impl FnOnce(&World)) {
    let world = World::new();
    let device = Device::new(&world.pki, 1);
    let leaf = {
        let registrar = world.open();
        let leaf = answered(&registrar, &device);
        fault(&world);
        assert!(!matches!(registrar.step(&world.desk), Ok(Step::Idle)));
        leaf
    };
    between(&world);
    let registrar = world.open();
    settle(&world, &registrar);
    assert_eq!(count(&world), 1);
    registrar.credential(leaf).expect("credential").check(device.eid, &device.idc).expect("leads to the root");
}

#[test]
fn a_transaction_whose_answer_was_lost_counts_once_ok() {
    survives(|world| world.desk.mute.store(1, SeqCst), |_| {});
}

#[test]
fn a_transaction_that_was_never_sent_is_sent_ok() {
    survives(|world| world.desk.cut.store(1, SeqCst), |_| {});
}

#[test]
fn a_transaction_that_came_too_late_is_made_anew_ok() {
    survives(|world| world.desk.cut.store(1, SeqCst), |world| world.desk.advance(600));
    survives(|world| world.desk.lost.store(1, SeqCst), |_| {});
}

#[test]
fn a_transaction_that_landed_after_all_counts_once_ok() {
    survives(|world| world.desk.lied.store(1, SeqCst), |_| {});
    survives(|world| world.desk.mute.store(1, SeqCst), |world| world.desk.advance(600));
}

#[test]
fn a_chain_that_is_away_is_waited_for_ok() {
    let world = World::new();
    let registrar = world.open();
    let device = Device::new(&world.pki, 1);
    let leaf = answered(&registrar, &device);
    world.desk.down.store(true, SeqCst);
    for _ in 0..3 {
        assert!(matches!(registrar.step(&world.desk), Err(RegistrarError::Client(_))));
        assert!(matches!(registrar.credential(leaf), Err(RegistrarError::Pending)));
    }
    world.desk.down.store(false, SeqCst);
    settle(&world, &registrar);
    registrar.credential(leaf).expect("credential");
    assert_eq!(count(&world), 1);
}

#[test]
fn a_paused_program_is_waited_for_ok() {
    let world = World::new();
    let registrar = world.open();
    let leaf = answered(&registrar, &Device::new(&world.pki, 1));
    let pause = |bits| {
        world.desk.with(|chain| {
            let authority = chain.authority();
            let session = gesim_client::Session::new(&chain.transport, authority);
            let accounts = identity::accounts::SetPaused {
                authority: session.payer(),
                config: identity::state::seeds::config().0,
                event_authority: event_authority(&identity::ID),
                program: identity::ID,
            };
            let pause = Instruction {
                program_id: identity::ID,
                accounts: accounts.to_account_metas(None),
                data: identity::instruction::SetPaused { paused: bits }.data(),
            };
            session.send("pause", &[pause], &[]).expect("sent");
        });
    };
    pause(identity::state::pause::ENROL);
    let error = registrar.step(&world.desk).expect_err("paused").to_string();
    assert!(error.contains("paused"), "{error}");
    assert!(matches!(registrar.credential(leaf), Err(RegistrarError::Pending)));
    pause(0);
    settle(&world, &registrar);
    registrar.credential(leaf).expect("credential");
}

#[test]
fn a_leaf_that_the_chain_will_never_take_is_refused_fails() {
    let world = World::new();
    let registrar = world.open_with(Policy { leaf_seconds: 86_400, ..Policy::default() });
    let mut device = Device::new(&world.pki, 1);
    let first = answered(&registrar, &device);
    settle(&world, &registrar);
    // This machine's clock runs ahead: for the chain the enrolment is not over.
    world.clock.fetch_add(86_402, SeqCst);
    device.idc = Device::new(&world.pki, 2).idc;
    let second = answered(&registrar, &device);
    settle(&world, &registrar);
    let refused = registrar.credential(second).expect_err("refused");
    assert!(matches!(&refused, RegistrarError::Refused(reason) if reason.contains("live leaf")), "{refused}");
    assert_eq!((refused.status(), count(&world)), (409, 1));
    // The first one still stands, and can be revoked.
    registrar.credential(first).expect("still live");
    registrar.store().want_revocation(first).expect("wanted");
    settle(&world, &registrar);
    assert_eq!(registrar.store().leaf(first).expect("read").expect("leaf").state, State::Revoked);
}

#[test]
fn a_stranger_in_the_tree_is_noticed_fails() {
    let world = World::new();
    let registrar = world.open();
    let head = world.desk.head().expect("head");
    let change =
        Change::Append { tree: head.tree, tag_commitment: [1; 32], eidc: [2; 32], idc: [3; 32], expiry: 2_000_000_000 };
    let sent = world.desk.prepare(&change).expect("prepared");
    world.desk.submit(&sent).expect("lands");
    assert!(matches!(registrar.check(&world.desk), Err(RegistrarError::OutOfSync(_))));
    let leaf = answered(&registrar, &Device::new(&world.pki, 1));
    assert!(matches!(registrar.step(&world.desk), Err(RegistrarError::OutOfSync(_))));
    assert!(matches!(registrar.credential(leaf), Err(RegistrarError::Pending)), "no credential with a wrong path");
}

#[test]
fn another_registrar_or_cluster_is_noticed_fails() {
    let (world, other) = (World::new(), World::new());
    let refused = world.open().check(&other.desk).expect_err("another registrar");
    assert!(matches!(refused, RegistrarError::OtherRegistrar(_)), "{refused}");
}

#[test]
fn a_new_epoch_begins_with_its_key_ok() {
    let world = World::new();
    let device = Device::new(&world.pki, 1);
    let registrar = world.open();
    let old = answered(&registrar, &device);
    settle(&world, &registrar);
    let path = world.path("next.key");
    let check = check_value(&FileKey::create(&path).expect("key")).expect("check");
    registrar.store().want_rotation(&check).expect("wanted");
    // What comes behind the rotation belongs to a tree that is dead by then.
    let late = answered(&registrar, &Device::new(&world.pki, 2));
    world.desk.mute.store(1, SeqCst);
    assert!(registrar.step(&world.desk).is_err());
    drop(registrar);
    let registrar = world.open();
    settle(&world, &registrar);
    assert!(matches!(registrar.credential(late), Err(RegistrarError::Refused(reason)) if reason.contains("epoch")));
    assert!(matches!(registrar.credential(old), Err(RegistrarError::Refused(reason)) if reason.contains("epoch")));
    assert_eq!((world.desk.head().expect("head").epoch, count(&world)), (1, 0));
    // The old key makes no tags any more.
    assert!(matches!(registrar.check_key(), Err(RegistrarError::OtherKey)));
    let begun = registrar.begin(&device.begin()).expect("begun");
    let refused = registrar.answer(&begun.id, &device.answer(&begun));
    assert!(matches!(refused, Err(RegistrarError::OtherKey)), "{refused:?}");
    drop(registrar);
    let (store, key) = (Store::open(&world.path("registrar.db")).expect("opens"), FileKey::open(&path).expect("key"));
    let registrar = Registrar::new(store, Box::new(key), world.server(), Policy::default(), world.clock());
    let registrar = registrar.expect("registrar");
    registrar.check_key().expect("the new key");
    let leaf = answered(&registrar, &device);
    settle(&world, &registrar);
    let credential = registrar.credential(leaf).expect("credential");
    assert_eq!((credential.path.epoch, credential.path.index), (1, 0));
}

/// Faults at random, processes that end at random: in the end every device has one leaf, and the trees are one.
#[test]
fn whatever_happens_the_trees_are_one_ok() {
    for seed in 0..4 {
        let world = World::new();
        let mut random = StdRng::seed_from_u64(seed);
        let mut registrar = world.open();
        let mut wanted = Vec::new();
        for number in 0..12 {
            let device = Device::new(&world.pki, number);
            wanted.push((answered(&registrar, &device), device));
            for _ in 0..random.gen_range(1..4) {
                let desk = &world.desk;
                let faults = [&desk.mute, &desk.lost, &desk.cut, &desk.lied];
                faults[random.gen_range(0..4)].store(random.gen_range(0..2), SeqCst);
                desk.down.store(random.gen_bool(0.2), SeqCst);
                let _ = registrar.step(desk);
                if random.gen_bool(0.2) {
                    desk.advance(200);
                }
                if random.gen_bool(0.3) {
                    registrar = world.open();
                }
                if random.gen_bool(0.2) {
                    let (leaf, _) = &wanted[random.gen_range(0..wanted.len())];
                    let state = registrar.store().leaf(*leaf).expect("read").expect("leaf").state;
                    if state == State::Live {
                        registrar.store().want_revocation(*leaf).expect("wanted");
                    }
                }
            }
        }
        world.desk.down.store(false, SeqCst);
        for fault in [&world.desk.mute, &world.desk.lost, &world.desk.cut, &world.desk.lied] {
            fault.store(0, SeqCst);
        }
        let registrar = world.open();
        settle(&world, &registrar);
        assert_eq!(count(&world), 12);
        for (leaf, device) in &wanted {
            let state = registrar.store().leaf(*leaf).expect("read").expect("leaf").state;
            match state {
                State::Live => drop(registrar.credential(*leaf).expect("credential").check(device.eid, &device.idc)),
                State::Revoked => assert!(registrar.credential(*leaf).is_err()),
                state => panic!("{state:?}"),
            }
        }
    }
}

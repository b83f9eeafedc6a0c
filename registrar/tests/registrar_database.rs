//! The database: damage, other versions, and what it must never hold.

mod support;

use std::{fs, os::unix::fs::PermissionsExt};

use gesim_registrar::{guard::Guard, store::Store, Registrar, RegistrarError};
use rusqlite::Connection;
use support::{device::Device, World};

/// A world with one enrolled device, whose database is closed and in one file.
fn enrolled() -> (World, Device) {
    let world = World::new();
    let device = Device::new(&world.pki, 1);
    {
        let registrar = world.open();
        let begun = registrar.begin(&device.begin()).expect("begun");
        registrar.enrol(&world.desk, &begun.id, &device.answer(&begun)).expect("enrolled");
    }
    let db = Connection::open(world.path("registrar.db")).expect("opens");
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(())).expect("checkpoint");
    drop(db);
    (world, device)
}

#[test]
fn no_eid_is_on_the_disk_ok() {
    let (world, device) = enrolled();
    let digits = device.eid.to_string();
    let number = device.eid.field();
    for entry in fs::read_dir(world.folder.path()).expect("folder") {
        let path = entry.expect("entry").path();
        let bytes = fs::read(&path).expect("file");
        let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!holds(digits.as_bytes()) && !holds(&number), "{}", path.display());
        // As packed digits, either way round, and as the number without its zeros.
        let packed: Vec<u8> = hex::decode(&digits).expect("digits");
        let swapped: Vec<u8> = packed.iter().map(|byte| byte.rotate_left(4)).collect();
        assert!(!holds(&packed) && !holds(&swapped) && !holds(&number[18..]), "{}", path.display());
    }
    let mode = fs::metadata(world.path("registrar.db")).expect("file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_reopened_database_has_the_same_tree_ok() {
    let (world, _) = enrolled();
    let registrar = world.open();
    registrar.check(&world.desk).expect("agrees with the chain");
    assert_eq!(registrar.path(0).expect("path").index, 0);
    assert!(matches!(registrar.path(1), Err(RegistrarError::NoLeaf(_))));
}

#[test]
fn a_database_of_a_later_version_fails() {
    let (world, _) = enrolled();
    let path = world.path("registrar.db");
    Connection::open(&path).expect("opens").execute_batch("PRAGMA user_version = 2").expect("version");
    let refused = Store::open(&path).err().expect("refused");
    assert!(matches!(refused, RegistrarError::NewerDatabase { found: 2, known: 1 }), "{refused}");
    assert!(refused.hint().is_some_and(|hint| hint.contains("version")));
}

#[test]
fn a_file_that_is_no_database_of_ours_fails() {
    let world = World::new();
    let path = world.path("other.db");
    fs::write(&path, b"").expect("file");
    assert!(matches!(Store::open(&path), Err(RegistrarError::ForeignDatabase)));
    fs::write(&path, vec![0x41; 8_192]).expect("file");
    assert!(matches!(Store::open(&path), Err(RegistrarError::ForeignDatabase)));
    fs::remove_file(&path).expect("removed");
    assert!(matches!(Store::open(&path), Err(RegistrarError::File { .. })), "a missing file is not made");
    assert!(!path.exists());
    Connection::open(&path).expect("opens").execute_batch("CREATE TABLE leaves (id INTEGER)").expect("table");
    assert!(matches!(Store::open(&path), Err(RegistrarError::ForeignDatabase)));
}

/// Octets overwritten anywhere: it is refused, or it opens and says what it said before, or asking is an error. Never a
/// panic, and never a tree that is another one.
#[test]
fn a_damaged_database_fails() {
    let (world, _) = enrolled();
    let path = world.path("registrar.db");
    let good = fs::read(&path).expect("file");
    let leaves = Store::open(&path).expect("opens").tree_leaves().expect("leaves");
    let (mut refused, mut page) = (0, 0);
    while page < good.len() {
        for (offset, width) in [(0, 512), (1_000, 64), (4_000, 96)] {
            let mut bad = good.clone();
            let from = (page + offset).min(bad.len());
            let to = (from + width).min(bad.len());
            bad[from..to].iter_mut().for_each(|byte| *byte ^= 0xA5);
            for end in ["-wal", "-shm"] {
                let _ = fs::remove_file(world.path(&format!("registrar.db{end}")));
            }
            fs::write(&path, &bad).expect("file");
            match Store::open(&path).and_then(|store| store.tree_leaves()) {
                Err(_) => refused += 1,
                // An overwritten hash is a valid database with another tree: the chain's root tells.
                Ok(found) if found != leaves => {
                    let opened = Store::open(&path).and_then(|store| {
                        let key = gesim_registrar::key::FileKey::open(&world.path("tag.key"))?;
                        let (server, clock) = (world.server(), world.clock());
                        Registrar::new(store, Box::new(key), server, Default::default(), clock)
                    });
                    assert!(opened.and_then(|registrar| registrar.check(&world.desk)).is_err());
                    refused += 1;
                }
                Ok(_) => {}
            }
        }
        page += 4_096;
    }
    assert!(refused >= good.len() / 4_096, "{refused} refused");
}

#[test]
fn one_process_serves_a_database_fails() {
    let world = World::new();
    let path = world.path("registrar.db");
    let first = Guard::take(&path).expect("free");
    assert!(matches!(Guard::take(&path), Err(RegistrarError::Busy)));
    drop(first);
    Guard::take(&path).expect("free again");
}

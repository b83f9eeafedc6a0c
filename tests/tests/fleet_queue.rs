//! The rules of the queue, the same for the one in this process and the one in PostgreSQL; and what PostgreSQL adds.

#[path = "fleet_queue/rules.rs"]
mod rules;

use std::thread;

use gesim_fleet::{FleetError, MemoryQueue, PostgresQueue, Queue};
use gesim_tests::postgres::Postgres;
use rules::{batch, card, job, put, RULES};

#[test]
fn memory_keeps_the_rules_ok() {
    for (name, rule) in RULES {
        eprintln!("{name}");
        rule(&MemoryQueue::new());
    }
}

#[test]
fn postgres_keeps_the_rules_ok() {
    let cluster = Postgres::start();
    for (name, rule) in RULES {
        eprintln!("{name}");
        rule(&PostgresQueue::create(&cluster.database(name)).unwrap());
    }
}

#[test]
fn schema_is_made_once_by_whoever_comes_first_ok() {
    let cluster = Postgres::start();
    let url = cluster.database("fleet");
    assert!(matches!(PostgresQueue::open(&url), Err(FleetError::NoSchema)));
    thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| PostgresQueue::create(&url).map(drop))).collect();
        for one in all {
            one.join().unwrap().unwrap();
        }
    });
    assert_eq!(cluster.sql("fleet", "SELECT version FROM gesim_fleet.version"), ["1"]);
    PostgresQueue::open(&url).unwrap();
    cluster.sql("fleet", "INSERT INTO gesim_fleet.version (version) VALUES (2)");
    for queue in [PostgresQueue::open(&url), PostgresQueue::create(&url)] {
        assert!(matches!(queue, Err(FleetError::SchemaVersion { found: 2, known: 1 })));
    }
}

/// A worker's role can do its work, and nothing else: it sees no table, and no function of the owner's.
#[test]
fn role_of_a_worker_reaches_nothing_else_fails() {
    let cluster = Postgres::start();
    let owner = PostgresQueue::create(&cluster.database("fleet")).unwrap();
    cluster.sql("fleet", "CREATE ROLE prover LOGIN; CREATE ROLE stranger LOGIN; SELECT gesim_fleet.admit('prover')");
    put(&owner, &batch(1), 2);
    let worker = card("usage_small", 1);
    let url = cluster.url("prover", "fleet");
    let queue = PostgresQueue::open(&url).unwrap();
    queue.enlist(&worker).unwrap();
    let lease = queue.lease(&worker).unwrap().unwrap();
    assert!(lease.job == job(1, 0));
    queue.complete(&lease.token, &[7; 256]).unwrap();
    assert_eq!(owner.proven(&lease.job.ctx, 9).unwrap().len(), 1);
    let attempts = [
        "SELECT input FROM gesim_fleet.job",
        "SELECT * FROM gesim_fleet.worker",
        "UPDATE gesim_fleet.job SET state = 'waiting'",
        "DELETE FROM gesim_fleet.batch",
        "INSERT INTO gesim_fleet.version (version) VALUES (2)",
        "SELECT gesim_fleet.set_back('\\x00', 0, 'x')",
        "SELECT gesim_fleet.reject('\\x00', 0, '\\x00', 'x')",
        "SELECT gesim_fleet.admit('stranger')",
        "CREATE TABLE gesim_fleet.mine (x int)",
        "CREATE OR REPLACE FUNCTION gesim_fleet.version() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ];
    for attempt in attempts {
        let refused = cluster.try_sql(&url, attempt).expect_err(attempt);
        assert!(refused.contains("permission denied") || refused.contains("must be owner"), "{attempt}: {refused}");
    }
    assert!(queue.counts(&lease.job.ctx).is_err() && queue.status().is_err());
    let stranger = PostgresQueue::unchecked(&cluster.url("stranger", "fleet")).unwrap();
    assert!(matches!(stranger.enlist(&worker), Err(FleetError::Database(_))));
}

/// What a job hides is gone from the table when its proof is accepted.
#[test]
fn accepted_jobs_leave_no_secret_ok() {
    let cluster = Postgres::start();
    let owner = PostgresQueue::create(&cluster.database("fleet")).unwrap();
    put(&owner, &batch(1), 2);
    let secret = "SELECT count(*) FROM gesim_fleet.job WHERE input IS NOT NULL";
    assert_eq!(cluster.sql("fleet", secret), ["2"]);
    owner.accept(&batch(1).ctx, 0).unwrap();
    assert_eq!(cluster.sql("fleet", secret), ["1"]);
    owner.remove(&batch(1).ctx).unwrap();
    assert_eq!(cluster.sql("fleet", "SELECT count(*) FROM gesim_fleet.job"), ["0"]);
}

#[test]
fn server_that_is_not_there_fails_with_a_hint() {
    let error = PostgresQueue::create("postgres://gesim@127.0.0.1:1/fleet").err().unwrap();
    assert!(error.is_temporary(), "{error}");
    assert!(error.hint().unwrap().contains("PostgreSQL"));
}

/// A hundred jobs, eight workers at once: each job goes to one of them.
#[test]
fn many_at_once_share_without_overlap_ok() {
    let cluster = Postgres::start();
    let url = cluster.database("fleet");
    let owner = PostgresQueue::create(&url).unwrap();
    put(&owner, &batch(1), 100);
    let work = || {
        let queue = PostgresQueue::open(&url).unwrap();
        let worker = card("usage_small", 1);
        queue.enlist(&worker).unwrap();
        let mut done = Vec::new();
        while let Some(lease) = queue.lease(&worker).unwrap() {
            queue.complete(&lease.token, &[7; 256]).unwrap();
            done.push(lease.job.index);
        }
        done
    };
    let mut done: Vec<u32> = thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(work)).collect();
        all.into_iter().flat_map(|one| one.join().unwrap()).collect()
    });
    done.sort_unstable();
    assert_eq!(done, (0..100).collect::<Vec<_>>());
    assert_eq!(owner.counts(&batch(1).ctx).unwrap().proven, 100);
}

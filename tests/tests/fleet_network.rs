//! Two workers on two machines share one batch through a database on a third: network namespaces stand for the machines.
//! Needs root and `ip`; where namespaces are not permitted the test says why and passes, but in CI (`CI=true`) it fails.

mod fleet_support;

use std::process::Command;

use fleet_support::{gesim, make_batch, scratch, until, Process};
use gesim_fleet::{PostgresQueue, Queue};
use gesim_tests::postgres::Postgres;

const DATABASE: &str = "10.77.36.1";

fn ip(arguments: &[&str]) -> Result<(), String> {
    let ran = Command::new("ip").args(arguments).output().map_err(|e| format!("ip: {e}"))?;
    let said = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
    ran.status.success().then_some(()).ok_or(format!("ip {}: {said}", arguments.join(" ")))
}

/// Three machines on one switch.
struct Machines {
    database: String,
    workers: [String; 2],
}

impl Machines {
    fn new() -> Result<Self, String> {
        let name = |role: &str| format!("gesim-{}-{role}", std::process::id());
        let all = Self { database: name("db"), workers: [name("one"), name("two")] };
        ip(&["netns", "add", &all.database])?;
        // From here on nothing may fail.
        let must = |arguments: &[&str]| ip(arguments).unwrap_or_else(|e| panic!("{e}"));
        must(&["-n", &all.database, "link", "set", "lo", "up"]);
        must(&["-n", &all.database, "link", "add", "switch", "type", "bridge"]);
        must(&["-n", &all.database, "addr", "add", &format!("{DATABASE}/24"), "dev", "switch"]);
        must(&["-n", &all.database, "link", "set", "switch", "up"]);
        for (number, worker) in (2..).zip(&all.workers) {
            must(&["netns", "add", worker]);
            let port = format!("port{number}");
            must(&["-n", &all.database, "link", "add", &port, "type", "veth", "peer", "name", "net", "netns", worker]);
            must(&["-n", &all.database, "link", "set", &port, "master", "switch", "up"]);
            must(&["-n", worker, "addr", "add", &format!("10.77.36.{number}/24"), "dev", "net"]);
            must(&["-n", worker, "link", "set", "net", "up"]);
        }
        Ok(all)
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        for namespace in self.workers.iter().chain([&self.database]) {
            drop(ip(&["netns", "del", namespace]));
        }
    }
}

#[test]
fn two_machines_share_a_batch_and_one_is_cut_off_ok() {
    let machines = match Machines::new() {
        Ok(machines) => machines,
        Err(why) if std::env::var_os("CI").is_some() => panic!("no network namespaces: {why}"),
        Err(why) => return eprintln!("not run, no network namespaces: {why}"),
    };
    let folder = scratch();
    let batch = make_batch(&folder, 24);
    let cluster = Postgres::start_at(DATABASE, Some(&machines.database));
    cluster.database("fleet");
    cluster.sql("fleet", "CREATE ROLE prover LOGIN");
    let queue = PostgresQueue::create(&cluster.socket("fleet")).unwrap();
    cluster.sql("fleet", "SELECT gesim_fleet.admit('prover')");
    // The owner is a third party on the database's machine; the workers reach it over the network only.
    let path = batch.dir().display().to_string();
    let arguments = ["prover", "enqueue", &path, "--queue", &cluster.url("gesim", "fleet")];
    let mut owner = Process::start(gesim(folder.path(), Some(&machines.database), &arguments));
    let url = cluster.url("prover", "fleet");
    let worker = |number: usize| {
        let mut arguments = vec!["prover", "worker", "--circuit", "small", "--workers", "1", "--lease", "2s"];
        arguments.extend(["--queue", &url, "--name", ["one", "two"][number]]);
        Process::start(gesim(folder.path(), Some(&machines.workers[number]), &arguments))
    };
    let (mut one, mut two) = (worker(0), worker(1));
    let about = |name: &str| {
        let workers = queue.status().unwrap().workers;
        workers.into_iter().find(|worker| worker.name == name).unwrap_or_default()
    };
    until("a chunk of each", || about("one").chunks > 0 && about("two").chunks > 0);
    // Hold the first one still with a chunk in its hands, and pull its cable.
    let held = |id: &str| {
        let jobs = format!("SELECT index FROM gesim_fleet.job WHERE worker = '{id}' AND state = 'leased'");
        cluster.sql("fleet", &jobs)
    };
    let first = about("one").worker;
    until("the first one at work", || {
        one.signal("STOP");
        let caught = !held(&first).is_empty();
        if !caught {
            one.signal("CONT");
        }
        caught
    });
    let chunk = held(&first).remove(0);
    ip(&["-n", &machines.workers[0], "link", "set", "net", "down"]).unwrap();
    one.signal("CONT");
    // The other one finishes the batch, that chunk included.
    let report = owner.json();
    assert_eq!((report["proven"].as_u64(), report["chunks"].as_u64()), (Some(24), Some(24)), "{report}");
    assert_eq!(batch.finished_proofs().unwrap().len(), 24);
    let by = cluster.sql("fleet", &format!("SELECT worker FROM gesim_fleet.job WHERE index = {chunk}"));
    assert_eq!(by, [about("two").worker]);
    // Back on the network, the first one hears that it is late, and goes on.
    ip(&["-n", &machines.workers[0], "link", "set", "net", "up"]).unwrap();
    until("the late one", || one.err().contains("the lease ran out before the proof was there"));
    assert!(one.is_running() && two.is_running());
    for worker in [&mut one, &mut two] {
        worker.signal("TERM");
        worker.json();
    }
    assert_eq!(batch.finished_proofs().unwrap().len(), 24);
}

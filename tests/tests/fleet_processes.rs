//! `gesim prover` in processes of their own: killed, stopped, watched.

mod fleet_support;

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use fleet_support::{gesim, make_batch, proofs, scratch, until, Process};
use gesim_fleet::{owner, BatchEntry, Circuit, Control, Limits, PostgresQueue, Queue};
use gesim_tests::postgres::Postgres;
use rand::{Rng, SeedableRng};

/// One worker, one chunk at a time, so that a kill finds it at work.
const WORKER: [&str; 8] = ["prover", "worker", "--circuit", "small", "--workers", "1", "--lease", "1s"];

/// Workers and the owner are killed at random moments, dozens of times: every chunk gets one proof, and keeps it.
#[test]
fn killed_at_any_moment_costs_only_the_lease_ok() {
    const KILLS: usize = 36;
    let mut random = rand_chacha::ChaCha20Rng::seed_from_u64(36);
    let folder = scratch();
    let batch = make_batch(&folder, 30);
    let cluster = Postgres::start();
    let url = cluster.database("fleet");
    let path = batch.dir().display().to_string();
    let owner = || Process::start(gesim(folder.path(), None, &["prover", "enqueue", &path, "--queue", &url]));
    let worker = || Process::start(gesim(folder.path(), None, &[&WORKER[..], &["--queue", &url]].concat()));
    // The last one is the owner's.
    let mut processes = [worker(), worker(), owner()];
    let mut seen = proofs(&batch);
    let began = Instant::now();
    for _ in 0..KILLS {
        thread::sleep(Duration::from_millis(random.gen_range(0..900)));
        assert!(began.elapsed() < fleet_support::PATIENCE);
        let victim = random.gen_range(0..processes.len());
        processes[victim].kill();
        for (path, text) in proofs(&batch) {
            assert_eq!(seen.entry(path).or_insert_with(|| text.clone()), &text, "a proof was replaced");
        }
        processes[victim] = if victim == 2 { owner() } else { worker() };
    }
    let [_first, _second, mut owner] = processes;
    let report = owner.json();
    assert_eq!((report["proven"].as_u64(), report["chunks"].as_u64()), (Some(30), Some(30)));
    assert_eq!(batch.finished_proofs().unwrap().len(), 30);
    let last = proofs(&batch);
    assert_eq!(last.len(), 30);
    assert!(seen.iter().all(|(path, text)| last.get(path) == Some(text)), "a proof was replaced");
    let counts = PostgresQueue::open(&url).unwrap().counts(batch.ctx()).unwrap();
    assert_eq!((counts.accepted, counts.open(), counts.poisoned), (30, 0, 0));
}

#[test]
fn asked_to_stop_it_finishes_its_chunk_ok() {
    let folder = scratch();
    let batch = make_batch(&folder, 30);
    let cluster = Postgres::start();
    let url = cluster.database("fleet");
    let queue = PostgresQueue::create(&url).unwrap();
    owner::submit(&queue, &batch, Limits::default(), &Control::default(), &()).unwrap();
    let mut worker = Process::start(gesim(folder.path(), None, &[&WORKER[..], &["--queue", &url]].concat()));
    until("two proofs", || queue.counts(batch.ctx()).unwrap().proven >= 2);
    worker.signal("TERM");
    let report = worker.json();
    let counts = queue.counts(batch.ctx()).unwrap();
    // What it began is there, and nothing is left to wait for.
    assert_eq!((counts.leased, u64::from(counts.proven)), (0, report["chunks"].as_u64().unwrap()));
    assert!(counts.waiting > 0 && counts.waiting + counts.proven == 30);
    assert!(queue.status().unwrap().workers.is_empty());
    // Another finishes, and ends by itself.
    let arguments = [&WORKER[..], &["--drain", "--queue", &url]].concat();
    Process::start(gesim(folder.path(), None, &arguments)).json();
    let path = batch.dir().display().to_string();
    let report = Process::start(gesim(folder.path(), None, &["prover", "enqueue", &path, "--queue", &url])).json();
    assert_eq!((report["proven"].as_u64(), report["reused"].as_u64()), (Some(30), Some(0)));
}

/// The lease is an hour long: that nobody holds the chunk afterwards is the worker's own doing.
#[test]
fn asked_twice_it_gives_its_chunk_back_ok() {
    let folder = scratch();
    let batch = make_batch(&folder, 30);
    let cluster = Postgres::start();
    let url = cluster.database("fleet");
    let queue = PostgresQueue::create(&url).unwrap();
    owner::submit(&queue, &batch, Limits::default(), &Control::default(), &()).unwrap();
    let arguments = ["prover", "worker", "--circuit", "small", "--workers", "1", "--lease", "1h", "--queue", &url];
    let mut worker = Process::start(gesim(folder.path(), None, &arguments));
    until("the worker at work", || {
        worker.signal("STOP");
        let caught = queue.counts(batch.ctx()).unwrap().leased == 1;
        if !caught {
            worker.signal("CONT");
        }
        caught
    });
    // Two signals that the system keeps apart while the process stands still.
    ["TERM", "INT", "CONT"].iter().for_each(|name| worker.signal(name));
    // 0 when the chunk was finished between the two.
    let code = worker.wait().code();
    assert!(matches!(code, Some(130 | 0)), "{code:?}: {}", worker.err());
    let counts = queue.counts(batch.ctx()).unwrap();
    assert_eq!((counts.leased, counts.waiting + counts.proven), (0, 30));
    assert!(queue.status().unwrap().workers.is_empty());
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: worker\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn status_and_metrics_tell_how_it_goes_ok() {
    let folder = scratch();
    let batch = make_batch(&folder, 3);
    let records = batch.context().records;
    let mut cluster = Postgres::start();
    let url = cluster.database("fleet");
    let path = batch.dir().display().to_string();
    let run =
        |arguments: &[&str]| Process::start(gesim(folder.path(), None, &[arguments, &["--queue", &url]].concat()));
    assert_eq!(run(&["prover", "enqueue", &path, "--no-wait"]).json()["proven"], 0);
    let status = run(&["prover", "status"]).json();
    assert_eq!((&status["batches"][0]["waiting"], &status["batches"][0]["chunks"]), (&3.into(), &3.into()));
    let mut worker = run(&[&WORKER[..], &["--metrics", "127.0.0.1:0", "--name", "one"]].concat());
    until("metrics", || worker.err().contains("Metrics on http://"));
    let address = worker.err().split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    until("proofs", || get(&address, "/metrics").contains("gesim_prover_chunks_total 3\n"));
    let metrics = get(&address, "/metrics");
    for line in [
        "HTTP/1.1 200 OK",
        &format!("gesim_prover_records_total {records}\n"),
        "gesim_prover_failures_total 0\n",
        "gesim_prover_queue_up 1\n",
        "gesim_fleet_workers 1\n",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    let proven = format!("gesim_fleet_jobs{{batch=\"{}\",state=\"proven\"}} 3\n", hex(batch.ctx()));
    assert!(metrics.contains(&proven), "{metrics}");
    assert!(get(&address, "/live").starts_with("HTTP/1.1 200"));
    assert!(get(&address, "/ready").starts_with("HTTP/1.1 200"));
    assert!(get(&address, "/else").starts_with("HTTP/1.1 404"));
    let status = run(&["prover", "status"]).json();
    let (one, sum) = (&status["workers"][0], &status["batches"][0]);
    assert_eq!((&one["name"], &one["chunks"], &one["records"]), (&"one".into(), &3.into(), &records.into()));
    assert_eq!((&sum["proven"], &sum["recordsProven"]), (&3.into(), &records.into()));
    assert!(status["recordsPerSecond"].as_f64().unwrap() > 10.0);
    // Without a database it lives, and says that it is not ready.
    cluster.crash();
    until("not ready", || get(&address, "/ready").starts_with("HTTP/1.1 503"));
    assert!(get(&address, "/live").starts_with("HTTP/1.1 200"));
    assert!(get(&address, "/metrics").contains("gesim_prover_queue_up 0\n"));
    cluster.up();
    until("ready", || get(&address, "/ready").starts_with("HTTP/1.1 200"));
    assert!(worker.is_running());
    assert_eq!(run(&["prover", "remove", &path]).json()["removed"], true);
    assert_eq!(run(&["prover", "status"]).json()["batches"].as_array().unwrap().len(), 0);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn worker_with_another_key_fails() {
    let folder = scratch();
    let cluster = Postgres::start();
    let url = cluster.database("fleet");
    let queue = PostgresQueue::create(&url).unwrap();
    let circuit = Circuit { name: "usage_small".into(), fingerprint: [9; 32] };
    let entry = BatchEntry { ctx: [1; 32], circuit, chunks: 1, records: 1, limits: Limits::default() };
    queue.open_batch(&entry).unwrap();
    let input = vec![0; 10].into();
    queue.put(&gesim_fleet::Job { ctx: [1; 32], index: 0, records: 1, x: [0; 32], input }).unwrap();
    let mut worker = Process::start(gesim(folder.path(), None, &[&WORKER[..], &["--queue", &url]].concat()));
    assert_eq!(worker.wait().code(), Some(1));
    assert!(worker.err().contains(&"09".repeat(32)), "{}", worker.err());
    assert!(worker.err().contains("build this worker from the same circuits"), "{}", worker.err());
    assert_eq!(queue.counts(&[1; 32]).unwrap().waiting, 1);
}

/// Over TLS, and only with a certificate that is trusted and names the server.
#[test]
fn database_is_reached_over_verified_tls_ok() {
    let folder = scratch();
    let mut cluster = Postgres::start();
    let certificate = cluster.enable_tls();
    PostgresQueue::create(&cluster.database("fleet")).unwrap();
    cluster.sql("fleet", "CREATE ROLE tls_only LOGIN SUPERUSER");
    let plain = cluster.url("tls_only", "fleet");
    let secure = plain.replace("sslmode=disable", "sslmode=require");
    let status = |url: &str, certificate: Option<&std::path::Path>| {
        let mut command = gesim(folder.path(), None, &["prover", "status", "--queue", url]);
        command.env_remove("SSL_CERT_DIR").env_remove("SSL_CERT_FILE");
        if let Some(certificate) = certificate {
            let copy = folder.path().join("trusted.pem");
            std::fs::copy(certificate, &copy).unwrap();
            command.env("SSL_CERT_FILE", copy);
        }
        Process::start(command)
    };
    assert_eq!(status(&secure, Some(&certificate)).json()["workers"].as_array().unwrap().len(), 0);
    let elsewhere = secure.replace("127.0.0.1", "localhost");
    for (url, trusted, said) in [
        (&plain, Some(certificate.as_path()), "tls_only"),
        (&secure, None, "certificate"),
        (&elsewhere, Some(certificate.as_path()), "certificate"),
    ] {
        let mut refused = status(url, trusted);
        assert!(!refused.wait().success());
        assert!(refused.err().contains(said), "{}", refused.err());
    }
}

#[test]
fn folder_is_proven_without_a_database_ok() {
    let folder = scratch();
    let batch = make_batch(&folder, 3);
    let path = batch.dir().display().to_string();
    let report = Process::start(gesim(folder.path(), None, &["prover", "worker", &path])).json();
    assert_eq!((report["chunks"].as_u64(), report["records"].as_u64()), (Some(3), Some(batch.context().records)));
    assert_eq!(batch.finished_proofs().unwrap().len(), 3);
    let report = Process::start(gesim(folder.path(), None, &["prover", "worker", &path])).json();
    assert_eq!(report["chunks"], 0);
}

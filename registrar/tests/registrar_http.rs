//! The HTTP interface, on a port, with the chain in process.

mod support;

use std::{
    collections::HashSet,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Command, Stdio},
    sync::atomic::Ordering::SeqCst,
    thread,
    time::{Duration, Instant},
};

use gesim_registrar::{
    http::{serve, Settings, Tls},
    LeafChain, RegistrarError,
};
use serde_json::{json, Value};
use support::{
    device::Device,
    http::{request, Service},
    World,
};

fn refused(answer: (u16, Value), status: u16, words: &str) {
    assert_eq!(answer.0, status, "{}", answer.1);
    let text = |field: &str| answer.1[field].as_str().unwrap_or_default().to_owned();
    assert!(text("error").contains(words), "{}", answer.1);
    assert!(!text("hint").is_empty(), "{}", answer.1);
}

#[test]
fn a_device_enrols_over_http_ok() {
    let world = World::new();
    let service = Service::start(&world, |_| {});
    let device = Device::new(&world.pki, 1);
    let begun = service.begin(&device);
    let (path, answer) = (format!("/v1/enrolments/{}", begun.id), device.answer(&begun));
    let (status, first) = service.post(&path, &answer);
    assert_eq!(status, 200, "{first}");
    let fields: HashSet<&str> = first.as_object().expect("object").keys().map(String::as_str).collect();
    let wanted = ["salt", "eidTag", "expiry", "index", "siblings", "root", "registrar", "tree", "epoch"];
    assert_eq!(fields, wanted.into_iter().collect());
    assert_eq!(service.post(&path, &answer), (200, first.clone()), "the same answer again");
    let credential: gesim_registrar::api::Credential = serde_json::from_value(first).expect("credential");
    let enrolment = credential.check(device.eid, &device.idc).expect("leads to the root");
    assert_eq!(Some(enrolment.root), world.desk.head().expect("head").root);

    // The path follows the tree.
    let other = service.enrol(&Device::new(&world.pki, 2));
    let (status, path) = service.get("/v1/paths/0");
    assert_eq!(status, 200);
    assert_eq!(path["root"], other.path.root);
    assert_ne!(path["root"], credential.path.root);
    refused(service.get("/v1/paths/2"), 404, "no leaf 2");
    refused(service.get("/v1/paths/x"), 404, "no leaf x");
    refused(service.get("/v1/paths/4294967296"), 404, "no leaf");

    let (status, text) = request(service.health, "GET", "/metrics", b"");
    assert_eq!(status, 200);
    assert!(text.contains("gesim_registrar_requests_total{result=\"enrolled\"} 3\n"), "{text}");
    assert!(text.contains("gesim_registrar_leaves{state=\"live\"} 2\n"), "{text}");
    assert_eq!(request(service.health, "GET", "/ready", b"").0, 200);
}

#[test]
fn many_devices_at_once_ok() {
    let world = World::new();
    let service = Service::start(&world, |_| {});
    let devices: Vec<Device> = (0..24).map(|number| Device::new(&world.pki, number)).collect();
    let indices: HashSet<u32> = thread::scope(|scope| {
        let enrol = |device| {
            let service = &service;
            scope.spawn(move || {
                let credential = service.enrol(device);
                credential.check(device.eid, &device.idc).expect("leads to its root").index
            })
        };
        let running: Vec<_> = devices.iter().map(enrol).collect();
        running.into_iter().map(|one| one.join().expect("enrolled")).collect()
    });
    assert_eq!(indices, (0..24).collect());
    assert_eq!(world.desk.head().expect("head").count, 24);
}

#[test]
fn the_same_answer_many_times_at_once_is_one_leaf_ok() {
    let world = World::new();
    let service = Service::start(&world, |_| {});
    let device = Device::new(&world.pki, 1);
    let begun = service.begin(&device);
    let (path, answer) = (format!("/v1/enrolments/{}", begun.id), device.answer(&begun));
    let answers: Vec<(u16, Value)> = thread::scope(|scope| {
        let running: Vec<_> = (0..12).map(|_| scope.spawn(|| service.post(&path, &answer))).collect();
        running.into_iter().map(|one| one.join().expect("answered")).collect()
    });
    assert!(answers.iter().all(|(status, body)| *status == 200 && *body == answers[0].1), "{answers:?}");
    assert_eq!(world.desk.head().expect("head").count, 1);
}

#[test]
fn requests_that_are_wrong_fail() {
    let world = World::new();
    let service = Service::start(&world, |settings| settings.body = 8_192);
    let device = Device::new(&world.pki, 1);
    refused(service.raw("POST", "/v1/enrolments", b"{"), 400, "refused");
    refused(service.raw("POST", "/v1/enrolments", b"\xff\xfe"), 400, "refused");
    refused(service.post("/v1/enrolments", &json!({})), 400, "missing field");
    let mut extra = serde_json::to_value(device.begin()).expect("JSON");
    extra["eid"] = json!("89049032123451234512345678901235");
    refused(service.post("/v1/enrolments", &extra), 400, "unknown field");
    refused(service.raw("POST", "/v1/enrolments", &vec![b' '; 8_193]), 413, "too large");
    refused(service.get("/v1/enrolments"), 405, "method");
    refused(service.get("/"), 404, "nothing");
    let begun = service.begin(&device);
    refused(service.post(&format!("/v1/enrolments/{}", "0".repeat(32)), &device.answer(&begun)), 404, "no such");
    // The wrong device signs.
    let thief = Device::new(&world.pki, 2);
    let mut answer = thief.begin();
    answer.wallet = device.wallet.to_string();
    let other = service.begin(&thief);
    refused(
        service.post(&format!("/v1/enrolments/{}", begun.id), &thief.answer(&other)),
        403,
        "another serverChallenge",
    );
    assert_eq!(world.desk.head().expect("head").count, 0);
}

#[test]
fn an_address_that_asks_too_often_waits_fails() {
    let world = World::new();
    let service = Service::start(&world, |settings| settings.per_minute = 5);
    let answers: Vec<u16> = (0..8).map(|_| service.get("/v1/paths/0").0).collect();
    assert_eq!(answers, [404, 404, 404, 404, 404, 429, 429, 429]);
    refused(service.get("/v1/paths/0"), 429, "too many");
}

#[test]
fn a_chain_that_is_away_is_said_and_nothing_is_lost_ok() {
    let world = World::new();
    let service = Service::start(&world, |settings| settings.wait = Duration::from_millis(1_500));
    let device = Device::new(&world.pki, 1);
    let begun = service.begin(&device);
    let (path, answer) = (format!("/v1/enrolments/{}", begun.id), device.answer(&begun));
    world.desk.down.store(true, SeqCst);
    let asked = Instant::now();
    refused(service.post(&path, &answer), 503, "is kept");
    assert!(asked.elapsed() < Duration::from_secs(10));
    let (status, reason) = request(service.health, "GET", "/ready", b"");
    assert_eq!(status, 503, "{reason}");
    world.desk.down.store(false, SeqCst);
    let until = Instant::now() + Duration::from_secs(30);
    let credential = loop {
        match service.post(&path, &answer) {
            (200, body) => break body,
            (503, _) if Instant::now() < until => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(credential["index"], 0);
    assert_eq!(world.desk.head().expect("head").count, 1);
    assert_eq!(request(service.health, "GET", "/ready", b"").0, 200);
}

#[test]
fn slow_clients_do_not_keep_others_away_ok() {
    let world = World::new();
    let service = Service::start(&world, |settings| settings.connections = 64);
    // Half a request each, and silence.
    let idle: Vec<TcpStream> = (0..40)
        .map(|_| {
            let mut stream = TcpStream::connect(service.address).expect("connects");
            stream.write_all(b"POST /v1/enrolments HTTP/1.1\r\nHost: x\r\n").expect("begins");
            stream
        })
        .collect();
    let asked = Instant::now();
    service.enrol(&Device::new(&world.pki, 1));
    assert!(asked.elapsed() < Duration::from_secs(8));
    // They are cut in the end.
    let mut first = idle.into_iter().next().expect("one");
    first.set_read_timeout(Some(Duration::from_secs(20))).expect("timeout");
    let mut rest = Vec::new();
    let _ = first.read_to_end(&mut rest);
    assert!(asked.elapsed() < Duration::from_secs(20), "the connection was not cut");
}

#[test]
fn plain_http_stays_on_this_machine_fails() {
    let world = World::new();
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let start = |insecure| {
        let listen = SocketAddr::from(([0, 0, 0, 0], 0));
        let settings = Settings { listen, insecure, ..Settings::default() };
        runtime.block_on(serve(world.open().into(), Box::new(world.desk.clone()), settings))
    };
    let refused = start(false).err().expect("refused");
    assert!(matches!(&refused, RegistrarError::Config(reason) if reason.contains("--insecure-http")), "{refused}");
    let serving = start(true).expect("meant");
    runtime.block_on(serving.stop(Duration::from_secs(5)));
}

#[test]
fn tls_is_spoken_ok() {
    let world = World::new();
    let (certificate, key) = (world.path("tls.pem"), world.path("tls.key"));
    std::fs::write(&certificate, world.pki.dp_tls.certificate_pem()).expect("file");
    std::fs::write(&key, world.pki.dp_tls.key.pkcs8_pem().expect("key").as_bytes()).expect("file");
    std::fs::write(world.path("ci.pem"), world.pki.ci.certificate_pem()).expect("file");
    let tls = Tls::load(&certificate, &key).expect("loads");
    assert!(Tls::load(&key, &certificate).is_err());
    let service = Service::start(&world, |settings| settings.tls = Some(tls));
    let mut client = Command::new("openssl")
        .args(["s_client", "-quiet", "-verify_return_error", "-servername", &world.pki.config.dns, "-connect"])
        .arg(service.address.to_string())
        .arg("-CAfile")
        .arg(world.path("ci.pem"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl");
    let mut stdin = client.stdin.take().expect("stdin");
    stdin.write_all(b"GET /v1/paths/0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("request");
    let mut answer = String::new();
    client.stdout.take().expect("stdout").read_to_string(&mut answer).expect("answer");
    drop(stdin);
    let _ = client.wait();
    assert!(answer.starts_with("HTTP/1.1 404") && answer.contains("there is no leaf 0"), "{answer}");
    // Plain bytes get no HTTP.
    let mut plain = TcpStream::connect(service.address).expect("connects");
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("request");
    let mut bytes = Vec::new();
    let _ = plain.read_to_end(&mut bytes);
    assert!(!bytes.starts_with(b"HTTP"));
}

#[test]
fn a_database_that_was_restored_enrols_nobody_fails() {
    let world = World::new();
    let (path, copy) = (world.path("registrar.db"), world.path("copy.db"));
    std::fs::copy(&path, &copy).expect("copied");
    {
        let service = Service::start(&world, |_| {});
        service.enrol(&Device::new(&world.pki, 1));
    }
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(world.path(&format!("registrar.db{end}")));
    }
    std::fs::copy(&copy, &path).expect("restored");
    let service = Service::start(&world, |settings| settings.wait = Duration::from_secs(2));
    let device = Device::new(&world.pki, 2);
    let begun = service.begin(&device);
    refused(service.post(&format!("/v1/enrolments/{}", begun.id), &device.answer(&begun)), 503, "is kept");
    let (status, reason) = request(service.health, "GET", "/ready", b"");
    assert!(status == 503 && reason.contains("does not know"), "{reason}");
    assert_eq!(world.desk.head().expect("head").count, 1, "the chain was told nothing");
}

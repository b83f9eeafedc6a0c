//! What a vault's server refuses; each request is right but for one thing.

use std::{
    io::{BufReader, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::PathBuf,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use gesim_vault::{
    sqn::Sqn,
    wire::{self, Call, Hello, OperatorKey, Outcome, Request, Signed},
    Argon2Cost, AuthRequest, Grant, Imsi, KeyVault, Limits, Network, NewSubscriber, PublicKey, Secret, SoftVault,
    SubscriberKeys, VaultError, VectorClient, VectorServer,
};
use tempfile::TempDir;

struct Served {
    folder: TempDir,
    vault: PublicKey,
    secret: Secret<32>,
    stop: Arc<AtomicBool>,
    thread: thread::JoinHandle<Result<(), VaultError>>,
}

fn imsi() -> Imsi {
    "001010000000001".parse().expect("IMSI")
}

fn serve(limits: Limits) -> Served {
    let folder = TempDir::new().expect("folder");
    let (operator, secret) = OperatorKey::generate().expect("key");
    let mut vault =
        SoftVault::create(&folder.path().join("vault"), "correct horse battery", Argon2Cost::LEAST).expect("vault");
    let keys = SubscriberKeys::generate().expect("keys");
    let grants = vec![Grant { name: "operator".into(), key: operator.public() }];
    let new = NewSubscriber { imsi: imsi(), keys, amf: [0x80, 0], sqn: Sqn::default(), limit: 5, grants };
    vault.import(new).expect("import");
    let key = vault.public_key();
    let server = VectorServer::bind(&folder.path().join("socket"), vault, limits).expect("listens");
    let stop = Arc::new(AtomicBool::new(false));
    let told = stop.clone();
    let thread = thread::spawn(move || server.run(&told));
    Served { folder, vault: key, secret, stop, thread }
}

impl Served {
    fn stop(self) -> TempDir {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("no panic").expect("ends well");
        self.folder
    }
}

/// A connection below the client, for requests that no client makes.
struct Raw {
    reader: BufReader<UnixStream>,
    hello: Hello,
}

impl Served {
    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    fn operator(&self) -> OperatorKey {
        OperatorKey::new(&self.secret).expect("key")
    }

    fn raw(&self) -> Raw {
        let stream = UnixStream::connect(self.socket()).expect("connects");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("timeout");
        let mut reader = BufReader::new(stream);
        let hello = wire::read_line(&mut reader).expect("line").expect("hello");
        Raw { reader, hello }
    }

    fn request(&self, raw: &Raw) -> Request {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("time").as_secs();
        Request {
            version: 1,
            challenge: raw.hello.challenge.clone(),
            operator: hex::encode(self.operator().public()),
            counter: 1,
            expires: now + 30,
            call: Call::AuthVector { subscriber: imsi(), request: AuthRequest { network: Network::Umts } },
        }
    }

    /// What a request gets on a connection of its own.
    fn ask(&self, raw: &mut Raw, signed: &Signed) -> Outcome {
        wire::write_line(raw.reader.get_mut(), signed).expect("writes");
        let response: Signed = wire::read_line(&mut raw.reader).expect("line").expect("response");
        wire::open_response(&response, &self.vault, signed).expect("signed by the vault")
    }
}

fn refusal(outcome: Outcome) -> String {
    match outcome {
        Outcome::Error { message, .. } => message,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn an_operator_gets_vectors_ok() {
    let served = serve(Limits::default());
    let mode = std::fs::metadata(served.socket()).expect("socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut client = VectorClient::connect(&served.socket(), served.vault, served.operator()).expect("connects");
    let request = AuthRequest { network: Network::Eps { plmn: "001001".into() } };
    let first = client.auth_vector(&imsi(), &request).expect("vector");
    let second = client.auth_vector(&imsi(), &request).expect("vector");
    assert_ne!((first.rand, first.autn), (second.rand, second.autn));
    let refused = client.resynchronise(&imsi(), &first.rand, &[0; 14]).expect_err("no token");
    assert!(matches!(refused, VaultError::Remote { code, .. } if code == "resync"));
    client.auth_vector(&imsi(), &request).expect("a refused call leaves the connection open");
}

#[test]
fn requests_with_one_thing_wrong_fails() {
    let served = serve(Limits::default());
    let operator = served.operator();
    type Change = fn(&mut Request);
    let changes: [(&str, Change); 6] = [
        ("another connection", |r| r.challenge = "00".repeat(32)),
        ("counter", |r| r.counter = 2),
        ("expired", |r| r.expires -= 60),
        ("too long", |r| r.expires += 600),
        ("too long", |r| r.expires = u64::MAX),
        ("version", |r| r.version = 2),
    ];
    for (reason, change) in changes {
        let mut raw = served.raw();
        let mut request = served.request(&raw);
        change(&mut request);
        let message = refusal(served.ask(&mut raw, &operator.sign(&request).expect("signed")));
        assert!(message.contains(reason), "{message}");
    }
    let mut raw = served.raw();
    let mut changed = operator.sign(&served.request(&raw)).expect("signed");
    changed.payload = changed.payload.replace("\"umts\"", "{\"eps\":{\"plmn\":\"00101\"}}");
    assert!(refusal(served.ask(&mut raw, &changed)).contains("signature"));
    let mut raw = served.raw();
    let mut signed = operator.sign(&served.request(&raw)).expect("signed");
    signed.payload = signed.payload.replace("001010000000001", "001010000000002");
    assert!(refusal(served.ask(&mut raw, &signed)).contains("signature"));
    // None of them cost a number or a request.
    let mut raw = served.raw();
    let signed = operator.sign(&served.request(&raw)).expect("signed");
    assert!(matches!(served.ask(&mut raw, &signed), Outcome::Vector(_)));
}

#[test]
fn a_request_is_good_once_fails() {
    let served = serve(Limits::default());
    let mut raw = served.raw();
    let signed = served.operator().sign(&served.request(&raw)).expect("signed");
    assert!(matches!(served.ask(&mut raw, &signed), Outcome::Vector(_)));
    assert!(refusal(served.ask(&mut raw, &signed)).contains("counter"));
    let mut other = served.raw();
    assert!(refusal(served.ask(&mut other, &signed)).contains("another connection"));
}

/// A stranger learns nothing: a subscriber that is there and one that is not look the same.
#[test]
fn an_operator_without_grant_fails() {
    let served = serve(Limits::default());
    let (stranger, _) = OperatorKey::generate().expect("key");
    let mut messages = Vec::new();
    for subscriber in ["001010000000001", "001010000000002"] {
        let mut raw = served.raw();
        let mut request = served.request(&raw);
        request.operator = hex::encode(stranger.public());
        let call = AuthRequest { network: Network::Umts };
        request.call = Call::AuthVector { subscriber: subscriber.parse().expect("IMSI"), request: call };
        messages.push(refusal(served.ask(&mut raw, &stranger.sign(&request).expect("signed"))));
    }
    assert_eq!(messages[0], messages[1]);
    // Naming the operator without its key.
    let mut raw = served.raw();
    let request = served.request(&raw);
    assert!(refusal(served.ask(&mut raw, &stranger.sign(&request).expect("signed"))).contains("signature"));
}

#[test]
fn another_vault_or_a_rate_above_the_limit_fails() {
    let served = serve(Limits::default());
    let (other, _) = OperatorKey::generate().expect("key");
    let refused = VectorClient::connect(&served.socket(), other.public(), served.operator());
    assert!(matches!(refused, Err(VaultError::Server(_))));
    let mut client = VectorClient::connect(&served.socket(), served.vault, served.operator()).expect("connects");
    let request = AuthRequest { network: Network::Umts };
    for _ in 0..5 {
        client.auth_vector(&imsi(), &request).expect("vector");
    }
    let refused = client.auth_vector(&imsi(), &request).expect_err("limit");
    assert!(matches!(refused, VaultError::Remote { code, .. } if code == "rate-limited"));
}

#[test]
fn noise_and_too_many_connections_fails() {
    let served = serve(Limits { connections: 2, ..Limits::default() });
    let mut raw = served.raw();
    let noise = vec![b'x'; 20_000];
    // The server closes after its longest line; what is written then may be refused.
    let _ = raw.reader.get_mut().write_all(&noise);
    assert!(!matches!(wire::read_line::<Signed>(&mut raw.reader), Ok(Some(_))));
    drop(raw);
    thread::sleep(Duration::from_millis(100));
    let held = [served.raw(), served.raw()];
    let refused = VectorClient::connect(&served.socket(), served.vault, served.operator());
    assert!(refused.is_err());
    drop(held);
    thread::sleep(Duration::from_millis(200));
    VectorClient::connect(&served.socket(), served.vault, served.operator()).expect("room again");
}

/// A connection that waits holds nothing up: the server ends, and the vault is free again.
#[test]
fn an_idle_connection_does_not_hold_the_end_up_ok() {
    let served = serve(Limits::default());
    let idle = served.raw();
    let vault = served.folder.path().join("vault");
    let folder = served.stop();
    assert!(!folder.path().join("socket").exists(), "the socket goes with the server");
    SoftVault::open(&vault, "correct horse battery").expect("free");
    drop(idle);
}

#[test]
fn a_socket_that_is_not_ours_stays_fails() {
    let served = serve(Limits::default());
    let folder = TempDir::new().expect("folder");
    let vault = |name: &str| {
        SoftVault::create(&folder.path().join(name), "correct horse battery", Argon2Cost::LEAST).expect("vault")
    };
    let taken = VectorServer::bind(&served.socket(), vault("a"), Limits::default());
    assert!(matches!(taken, Err(VaultError::Exists(_))));
    let file = folder.path().join("file");
    std::fs::write(&file, "data").expect("file");
    assert!(matches!(VectorServer::bind(&file, vault("b"), Limits::default()), Err(VaultError::Exists(_))));
    assert_eq!(std::fs::read_to_string(&file).expect("file"), "data");
}

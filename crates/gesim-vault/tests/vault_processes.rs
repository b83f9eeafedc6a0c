//! A vault's server in a process of its own, used by an operator's process and killed again and again.
//!
//! No sequence number may come twice, whatever moment SIGKILL strikes.

mod usim;

use std::{
    collections::HashSet,
    env,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{atomic::AtomicBool, mpsc},
    thread,
    time::{Duration, Instant},
};

use gesim_vault::{
    sqn::Sqn, wire::OperatorKey, Argon2Cost, AuthRequest, Grant, Imsi, KeyVault, Limits, Network, NewSubscriber,
    PublicKey, Secret, SoftVault, SubscriberKeys, VectorClient, VectorServer,
};
use tempfile::TempDir;
use usim::{Refused, Usim};

const PASSPHRASE: &str = "correct horse battery";
const KILLS: u32 = 40;

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let [_, role, folder] = &arguments[..] {
        if role == "--serve" {
            return serve(Path::new(folder));
        }
    }
    // `cargo test -- --list` and filters are the harness's; this binary has one test.
    if arguments.iter().any(|argument| argument == "--list") {
        return println!("no_sequence_number_comes_twice_over_kills_ok: test");
    }
    no_sequence_number_comes_twice_over_kills_ok();
    println!("test no_sequence_number_comes_twice_over_kills_ok ... ok");
}

/// The child: serves until it is killed.
fn serve(folder: &Path) {
    let vault = SoftVault::open(&folder.join("vault"), PASSPHRASE).expect("opens");
    let server = VectorServer::bind(&folder.join("socket"), vault, Limits::default()).expect("listens");
    server.run(&AtomicBool::new(false)).expect("serves");
}

struct Setup {
    folder: TempDir,
    vault: PublicKey,
    operator: Secret<32>,
    imsi: Imsi,
    card: Usim,
}

fn setup() -> Setup {
    let folder = TempDir::new().expect("folder");
    let (operator, secret) = OperatorKey::generate().expect("key");
    let keys = SubscriberKeys::generate().expect("keys");
    let card = Usim::new(keys.ki.expose(), keys.opc.expose());
    let imsi: Imsi = "001010000000001".parse().expect("IMSI");
    let mut vault = SoftVault::create(&folder.path().join("vault"), PASSPHRASE, Argon2Cost::LEAST).expect("vault");
    let grants = vec![Grant { name: "operator".into(), key: operator.public() }];
    let new = NewSubscriber { imsi: imsi.clone(), keys, amf: [0x80, 0], sqn: Sqn::default(), limit: 1_000_000, grants };
    vault.import(new).expect("import");
    Setup { vault: vault.public_key(), folder, operator: secret, imsi, card }
}

impl Setup {
    fn start(&self) -> Child {
        let me = env::current_exe().expect("this file");
        let child = Command::new(me).arg("--serve").arg(self.folder.path()).stdin(Stdio::null()).spawn();
        child.expect("starts")
    }

    /// Waits for a server that answers.
    fn connect(&self) -> VectorClient {
        let socket: PathBuf = self.folder.path().join("socket");
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let operator = OperatorKey::new(&self.operator).expect("key");
            match VectorClient::connect(&socket, self.vault, operator) {
                Ok(client) => return client,
                Err(error) if Instant::now() > deadline => panic!("no server: {error}"),
                Err(_) => thread::sleep(Duration::from_millis(5)),
            }
        }
    }
}

fn no_sequence_number_comes_twice_over_kills_ok() {
    let mut setup = setup();
    let (mut seen, mut cut) = (HashSet::new(), 0);
    for round in 0..KILLS {
        let mut child = setup.start();
        let mut client = setup.connect();
        // Another moment each time: after some vectors, and then somewhere within the next.
        let (due, told) = mpsc::channel();
        let killer = thread::spawn(move || {
            told.recv().expect("told");
            thread::sleep(Duration::from_micros(u64::from(round) * 370));
            child.kill().expect("killed");
            child.wait().expect("waited");
        });
        let (request, mut got) = (AuthRequest { network: Network::Umts }, 0);
        loop {
            if got == round % 5 {
                due.send(()).expect("hears");
            }
            let Ok(vector) = client.auth_vector(&setup.imsi, &request) else { break };
            let accepted = setup.card.authenticate(&vector.rand, &vector.autn);
            let accepted = accepted.unwrap_or_else(|refused| panic!("round {round}: {refused:?}"));
            assert!(seen.insert(accepted.sqn >> 5), "round {round}: {} came twice", accepted.sqn >> 5);
            got += 1;
        }
        assert!(got >= round % 5, "round {round}: {got} vectors before the kill");
        killer.join().expect("killer");
        cut += 1;
    }
    // After all that the vault opens, and is ahead of everything it gave out by at most the requests that were cut.
    let vault = SoftVault::open(&setup.folder.path().join("vault"), PASSPHRASE).expect("opens");
    let newest = vault.subscribers().next().expect("one").sqn.seq();
    let largest = seen.iter().max().copied().unwrap_or(0);
    assert!(newest >= largest && newest <= largest + u64::from(KILLS), "{newest} after {largest}");
    assert!(matches!(setup.card.authenticate(&[0; 16], &[0; 16]), Err(Refused::Mac)));
    println!("{} vectors over {cut} kills, newest number {newest}", seen.len());
}

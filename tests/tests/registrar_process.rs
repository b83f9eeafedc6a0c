//! The registrar as people run it: against a node, killed at any moment, and its commands.

mod cli_support;
#[path = "../../registrar/tests/support/client.rs"]
mod client;
#[path = "../../registrar/tests/support/device.rs"]
mod device;

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{BufRead, BufReader},
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Output, Stdio},
    sync::{
        atomic::{AtomicBool, Ordering::SeqCst},
        Mutex,
    },
    thread,
    time::{Duration, Instant},
};

use cli_support::{binary, node::Node, Home};
use client::try_request;
use device::Device;
use gesim_client::{instructions::identity as build, RpcTransport, Session, Transport};
use gesim_registrar::api::{Begun, Credential};
use gesim_rsp::pki::{Issued, Pki};
use rand::{rngs::StdRng, Rng, SeedableRng};
use serde_json::Value;
use solana_commitment_config::CommitmentConfig;
use solana_keypair::read_keypair_file;
use solana_signer::Signer;

const KILLS: u32 = 30;
const DEVICES: u64 = 24;

struct World {
    home: Home,
    node: Node,
    pki: Pki,
}

impl World {
    /// A node with the identity program at work, and a registrar made by `init`.
    fn start() -> Self {
        let mut home = Home::new();
        let authority = home.person("authority");
        let node = Node::start(&mut home, &[&authority], &[]);
        let rpc = RpcTransport::new(&node.url, CommitmentConfig::confirmed());
        let signer = read_keypair_file(&authority.file).expect("keypair");
        let cluster = rpc.genesis_hash().expect("genesis").to_bytes();
        let initialize = build::initialize(signer.pubkey(), signer.pubkey(), cluster, 0);
        Session::new(&rpc, &signer).send("initialise", &[initialize], &[]).expect("initialised");
        let pki = Pki::new(Default::default());
        home.write("ci.pem", &pki.ci.certificate_pem());
        let world = Self { home, node, pki };
        world.keep(&world.pki.dp_auth, "dp-auth");
        world.home.write("registrar.toml", &world.config("tag.key"));
        let made: Value = world.json(&["init"]);
        assert_eq!(made["epoch"], 0);
        world
    }

    fn keep(&self, issued: &Issued, name: &str) {
        self.home.write(&format!("{name}.pem"), &issued.certificate_pem());
        let key = self.home.write(&format!("{name}.key"), &issued.key.pkcs8_pem().expect("key"));
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).expect("mode");
    }

    fn config(&self, key: &str) -> String {
        format!(
            "database = \"registrar.db\"\naddress = \"registrar.test\"\n[chain]\nurl = \"{}\"\nkeypair = \"authority.json\"\n\
             [certificates]\ncertificate = \"dp-auth.pem\"\nkey = \"dp-auth.key\"\nci = [\"ci.pem\"]\n\
             [tag_key]\nfile = \"{key}\"\n[limits]\nper_minute = 0\nwait_seconds = 20\n",
            self.node.url
        )
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary("gesim-registrar"));
        command.arg("--config").arg(self.home.path("registrar.toml")).args(["--output", "json"]).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("gesim-registrar runs")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    fn refused(&self, arguments: &[&str], words: &str) {
        let output = self.run(arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && text.contains(words), "{arguments:?}: {text}");
    }

    fn serve(&self) -> Serving {
        let log = File::options().create(true).append(true).open(self.home.path("log")).expect("log");
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0", "--health", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut line).expect("line");
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|e| {
            panic!("{e}: {}", fs::read_to_string(self.home.path("log")).unwrap_or_default());
        });
        let at = |name: &str| ready[name].as_str().and_then(|text| text.parse().ok()).expect("address");
        Serving { child, address: at("address"), health: at("health") }
    }

    fn exported(&self) -> Vec<Value> {
        let output = self.run(&["export"]);
        assert!(output.status.success());
        output.stdout.lines().map(|line| serde_json::from_str(&line.expect("line")).expect("JSON")).collect()
    }
}

struct Serving {
    child: Child,
    address: SocketAddr,
    health: SocketAddr,
}

impl Serving {
    /// SIGTERM; it ends by itself and says that all was well.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().expect("kill").success());
        assert!(self.child.wait().expect("ends").success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // SIGKILL.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Enrols as a device does that does not give up: the second call is repeated until it is answered.
fn enrol(device: &Device, address: &dyn Fn() -> SocketAddr, until: Instant) -> Credential {
    let pause = || {
        assert!(Instant::now() < until, "too late");
        thread::sleep(Duration::from_millis(30));
    };
    loop {
        let body = serde_json::to_vec(&device.begin()).expect("JSON");
        let Some((200, text)) = try_request(address(), "POST", "/v1/enrolments", &body) else {
            pause();
            continue;
        };
        let begun: Begun = serde_json::from_str(&text).expect("begun");
        let body = serde_json::to_vec(&device.answer(&begun)).expect("JSON");
        let path = format!("/v1/enrolments/{}", begun.id);
        loop {
            match try_request(address(), "POST", &path, &body) {
                Some((200, text)) => return serde_json::from_str(&text).expect("credential"),
                None | Some((503, _)) => pause(),
                Some(other) => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn killed_at_any_moment_it_loses_and_doubles_nothing_ok() {
    let world = World::start();
    let address = Mutex::new(SocketAddr::from(([127, 0, 0, 1], 1)));
    let done = AtomicBool::new(false);
    let until = Instant::now() + Duration::from_secs(240);
    let devices: Vec<Device> = (0..DEVICES).map(|number| Device::new(&world.pki, number)).collect();
    let (credentials, kills) = thread::scope(|scope| {
        let kills = scope.spawn(|| {
            let mut random = StdRng::seed_from_u64(7);
            let mut kills = 0;
            while !done.load(SeqCst) || kills < KILLS {
                let serving = world.serve();
                *address.lock().expect("lock") = serving.address;
                let rest = kills >= KILLS;
                thread::sleep(Duration::from_millis(random.gen_range(if rest { 2_000..4_000 } else { 20..700 })));
                drop(serving);
                kills += 1;
            }
            kills
        });
        let at = || *address.lock().expect("lock");
        let running: Vec<_> = devices
            .chunks(6)
            .map(|few| scope.spawn(move || few.iter().map(|device| enrol(device, &at, until)).collect::<Vec<_>>()))
            .collect();
        let credentials: Vec<Credential> = running.into_iter().flat_map(|one| one.join().expect("enrolled")).collect();
        done.store(true, SeqCst);
        (credentials, kills.join().expect("killer"))
    });
    assert!(kills >= KILLS, "{kills}");
    for (device, credential) in devices.iter().zip(&credentials) {
        credential.check(device.eid, &device.idc).expect("leads to its root");
    }
    let indices: HashSet<u32> = credentials.iter().map(|credential| credential.path.index).collect();
    assert_eq!(indices, (0..DEVICES as u32).collect());
    // The chain has as many leaves as there are devices, and the last service agrees with it.
    let serving = world.serve();
    let ready = (0..200).any(|_| {
        thread::sleep(Duration::from_millis(50));
        try_request(serving.health, "GET", "/ready", b"").is_some_and(|(status, _)| status == 200)
    });
    assert!(ready, "{:?}", try_request(serving.health, "GET", "/ready", b""));
    let status = world.json(&["status"]);
    assert_eq!((&status["serving"], &status["waiting"]), (&true.into(), &0.into()));
    assert_eq!(status["chain"]["leaves"], DEVICES);
    assert_eq!(status["leaves"]["live"], DEVICES);
    serving.stop();
}

#[test]
fn its_commands_ok() {
    let world = World::start();
    world.refused(&["init"], "exists");
    assert_eq!(world.json(&["status"])["leaves"], serde_json::json!({}));
    let serving = world.serve();
    world.refused(&["serve", "--listen", "127.0.0.1:0"], "another process");
    let until = Instant::now() + Duration::from_secs(60);
    let at = || serving.address;
    let devices: Vec<Device> = (0..3).map(|number| Device::new(&world.pki, number)).collect();
    let credentials: Vec<Credential> = devices.iter().map(|device| enrol(device, &at, until)).collect();
    // While it serves: the service makes the revocation.
    assert_eq!(world.json(&["revoke", "--index", "1"])["index"], 1);
    assert_eq!(world.json(&["revoke", "--index", "1"])["index"], 1, "asking twice is asking once");
    world.refused(&["revoke", "--index", "3"], "no leaf 3");
    world.refused(&["rotate-epoch", "--yes"], "another process");
    serving.stop();
    // And by itself when nobody serves.
    assert_eq!(world.json(&["revoke", "--eid-tag", &credentials[2].eid_tag])["index"], 2);
    let states: Vec<Value> = world.exported().into_iter().map(|leaf| leaf["state"].clone()).collect();
    assert_eq!(states, ["live", "revoked", "revoked"]);
    let text = serde_json::to_string(&world.exported()).expect("JSON");
    assert!(credentials.iter().all(|credential| !text.contains(&credential.salt)), "salts stay in the database");

    // A new key, a new epoch.
    world.refused(&["rotate-epoch"], "--yes");
    world.refused(&["rotate-epoch", "--yes"], "name the new one");
    fs::write(world.home.path("next.key"), [9; 32]).expect("key");
    fs::set_permissions(world.home.path("next.key"), fs::Permissions::from_mode(0o600)).expect("mode");
    world.home.write("registrar.toml", &world.config("next.key"));
    world.refused(&["serve"], "not the one of this epoch");
    assert_eq!(world.json(&["rotate-epoch", "--yes"])["epoch"], 1);
    let serving = world.serve();
    let at = || serving.address;
    let again = enrol(&devices[0], &at, Instant::now() + Duration::from_secs(60));
    assert_eq!((again.path.epoch, again.path.index), (1, 0));
    assert_ne!(again.eid_tag, credentials[0].eid_tag);
    serving.stop();
    world.home.write("registrar.toml", &world.config("tag.key"));
    world.refused(&["serve"], "not the one of this epoch");
}

//! What stands around a node where a plan asks who activates: a lab's SM-DP+ behind the gateway, and a registrar.

use std::{cell::Cell, fs, path::PathBuf, process::Command};

use base64::{engine::general_purpose::STANDARD, Engine as _};
use gesim_rsp::pki::{encode_oid, Pki, PkiConfig};
use serde_json::{json, Value};

use super::{binary, daemon::Daemon, text, world::World, Home, Person, Ran};

/// Of the device that [`Stage::cousin`] makes: the lab's own with another serial number, the check digits right.
pub const COUSIN_EID: &str = "89049032123451234512345678901332";
pub const CODE: &str = "LPA:1$smdp.gesim.test$GESIM-LAB";
/// Profiles that the SM-DP+ has on order: `GESIM-LAB`, `GESIM-LAB-1`, ..
const PROFILES: u32 = 8;
const ANYWHERE: &str = "127.0.0.1:0";

/// A plan on sale that asks for EID and provenance, and everybody who takes part.
pub struct Stage {
    pub world: World,
    pub plan: String,
    pub smdp: Daemon,
    pub gateway: Daemon,
    pub desk: Daemon,
    /// Activation codes that were used.
    used: Cell<u32>,
}

/// The hint of a run that failed with this exit code.
pub fn hint(ran: &Ran, code: i32) -> String {
    text(&ran.failed(code).error(), "hint")
}

/// The identity program's error of a run that was refused; it has a hint.
pub fn refused(ran: &Ran) -> String {
    let error = ran.failed(1).error();
    assert_eq!(error["program"]["name"], "identity", "{error}");
    assert!(!text(&error, "hint").is_empty());
    text(&error["program"], "error")
}

pub fn told(ran: &Ran, code: i32, words: &str) {
    let error = ran.failed(code).error();
    let all = format!("{} {}", error["message"], error["causes"]);
    assert!(all.contains(words), "{error}");
    assert!(error["hint"].is_string(), "{error}");
}

/// A file of the lab.
pub fn lab(home: &Home, file: &str) -> String {
    home.path("lab").join(file).display().to_string()
}

/// A world whose identity program runs, with a lab's folder and nothing of it on-chain.
pub fn begun() -> World {
    let world = World::start();
    let home = &world.home;
    home.ok(&world.mvno, &["migrate", "--ci-delay", "0"]);
    let made = home.ok(&world.mvno, &["smdp", "lab", &lab(home, "")]);
    assert_eq!(text(&made, "activationCode"), CODE);
    world
}

/// The lab's CI counts.
pub fn trusted(world: &World) -> String {
    let home = &world.home;
    let proposed = home.step(&world.mvno, &["smdp", "ci", "propose", &lab(home, "ci.pem")]);
    assert_eq!(proposed["state"], "proposed");
    let ci = text(&proposed, "issuer");
    assert_eq!(home.step(&world.mvno, &["smdp", "ci", "confirm", &ci])["state"], "active");
    ci
}

impl Stage {
    pub fn start() -> Self {
        let world = begun();
        let home = &world.home;
        trusted(&world);
        // Anyone may.
        home.ok(&world.stranger, &["smdp", "register", &lab(home, "dptls.pem"), &lab(home, "dpauth.pem")]);

        home.write("registrar.toml", &configuration(&world));
        let made = registrar(home, &["init"]).output().expect("gesim-registrar runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let made: Value = serde_json::from_slice(&made.stdout).expect("JSON");
        let agreement = world.agreement();
        let plan = world.plan(&agreement, &["--access", "provenance", "--registrar", &text(&made, "registrar")]);

        let desk = registrar(home, &["serve", "--listen", ANYWHERE]);
        let desk = Daemon::start(home, "registrar", desk, "{\"address\":\"");
        let smdp = serve_smdp(home, ANYWHERE);
        let gateway = home.write(
            "gateway.toml",
            &format!(
                "listen = \"{ANYWHERE}\"\n[ready]\nprobe = false\n[upstreams]\n\"smdp.gesim.test\" = \"{}\"\n",
                smdp.address
            ),
        );
        let mut command = Command::new(binary("gesim-gateway"));
        command.arg("--config").arg(gateway).env_remove("GESIM_LOG").env_remove("RUST_LOG");
        let gateway = Daemon::start(home, "gateway", command, "\"address\":\"");
        Self { world, plan, smdp, gateway, desk, used: Cell::new(0) }
    }

    pub fn euicc(&self) -> String {
        lab(&self.world.home, "euicc.json")
    }

    /// Enrols the lab's device.
    pub fn enrol(&self, person: &Person) -> Value {
        let url = format!("http://{}", self.desk.address);
        self.world.home.ok(person, &["eid", "register", "--registrar", &url, "--euicc", &self.euicc()])
    }

    /// Opens a session; its address.
    pub fn open(&self, person: &Person) -> String {
        let code = match self.used.replace(self.used.get() + 1) {
            0 => CODE.into(),
            used => format!("{CODE}-{used}"),
        };
        let arguments = ["session", "open", "--plan", &self.plan, "--euicc", &self.euicc(), "--code", &code];
        text(&self.world.home.ok(person, &arguments), "session")
    }

    /// Has the server answer, through the gateway.
    pub fn verify(&self, person: &Person, session: &str, more: &[&str]) -> Ran {
        let (euicc, gateway) = (self.euicc(), self.gateway.address.to_string());
        let mut arguments = vec!["session", "verify", session];
        if !more.contains(&"--euicc") {
            arguments.extend(["--euicc", &euicc]);
        }
        if !more.contains(&"--connect") {
            arguments.extend(["--connect", &gateway]);
        }
        self.world.home.as_person(person, &[&arguments, more].concat())
    }

    /// A session that the server has answered, recorded.
    pub fn recorded(&self, person: &Person, more: &[&str]) -> String {
        let session = self.open(person);
        self.verify(person, &session, more).json();
        let shown = self.world.home.ok(person, &["session", "record", &session]);
        assert_eq!(shown["state"], "authenticated");
        session
    }

    /// Ends the SM-DP+ and starts it again where it was.
    pub fn restart_smdp(&mut self, meanwhile: impl Fn(&Self)) {
        let address = self.smdp.address.to_string();
        self.smdp.stop();
        meanwhile(self);
        self.smdp = serve_smdp(&self.world.home, &address);
    }

    /// Another device under the lab's CI: the file of its eUICC.
    pub fn cousin(&self) -> String {
        let home = &self.world.home;
        let read = |path: String| -> Value { serde_json::from_slice(&fs::read(path).expect("file")).expect("JSON") };
        let about = read(lab(home, "lab.json"));
        let mut seed = [0; 32];
        hex::decode_to_slice(text(&about, "seed"), &mut seed).expect("hexadecimal");
        let pki = Pki::new(PkiConfig {
            seed: Some(seed),
            registered_id: encode_oid(&[2, 999, 10]),
            eid: COUSIN_EID.into(),
            ci_name: "GeSIM private CI".into(),
            operator: "GeSIM lab MVNO".into(),
            ..PkiConfig::default()
        });
        let mut euicc = read(self.euicc());
        euicc["certificate"] = json!(STANDARD.encode(&pki.euicc.certificate));
        euicc["eumCertificate"] = json!(STANDARD.encode(&pki.eum.certificate));
        euicc["key"] = json!(STANDARD.encode(&*pki.euicc.key.pkcs8_der().expect("key")));
        home.write("cousin.json", &euicc.to_string()).display().to_string()
    }
}

fn serve_smdp(home: &Home, listen: &str) -> Daemon {
    let mut command = home.command(&["--url", &home.url, "smdp", "serve", &lab(home, ""), "--listen", listen]);
    command.args(["--matching-id", "GESIM-LAB"]);
    for number in 1..PROFILES {
        command.args(["--matching-id", &format!("GESIM-LAB-{number}")]);
    }
    Daemon::start(home, "smdp", command, "SM-DP+ smdp.gesim.test on ")
}

fn registrar(home: &Home, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary("gesim-registrar"));
    command.arg("--config").arg(home.path("registrar.toml")).args(["--output", "json"]).args(arguments);
    command.env_remove("GESIM_LOG").env_remove("RUST_LOG");
    command
}

/// The registrar is the MVNO's SM-DP+: it has its keypair and its DPauth certificate.
fn configuration(world: &World) -> String {
    let keypair: PathBuf = world.mvno.file.clone();
    format!(
        "database = \"registrar.db\"\naddress = \"smdp.gesim.test\"\n[chain]\nurl = \"{}\"\nkeypair = \"{}\"\n\
         [certificates]\ncertificate = \"lab/dpauth.pem\"\nkey = \"lab/dpauth.key\"\nci = [\"lab/ci.pem\"]\n\
         [tag_key]\nfile = \"tag.key\"\n",
        world.node.url,
        keypair.display()
    )
}

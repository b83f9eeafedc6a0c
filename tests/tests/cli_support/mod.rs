//! The built command and the built node, driven as people drive them.
#![allow(dead_code)] // every test file takes what it needs

pub mod daemon;
pub mod identity;
pub mod node;
pub mod proxy;
pub mod world;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use solana_keypair::{write_keypair_file, Keypair};
use solana_signer::Signer;
use tempfile::TempDir;

/// A program that was built beside this test.
pub fn binary(name: &str) -> PathBuf {
    let me = env::current_exe().expect("the test's own file");
    let path = me.parent().and_then(Path::parent).expect("target folder").join(name);
    assert!(path.exists(), "{} is missing: cargo build -p gesim-cli -p gesim-localnet", path.display());
    path
}

/// A person with a keypair.
pub struct Person {
    pub file: PathBuf,
    pub address: String,
}

/// A home of its own: settings, data and keypairs of one test.
pub struct Home {
    dir: TempDir,
    pub url: String,
}

impl Home {
    pub fn new() -> Self {
        Self { dir: TempDir::new().expect("scratch folder"), url: "http://127.0.0.1:1".into() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("parent")).expect("folder");
        fs::write(&path, text).expect("file");
        path
    }

    pub fn person(&self, name: &str) -> Person {
        let keypair = Keypair::new();
        let file = self.path(&format!("{name}.json"));
        write_keypair_file(&keypair, &file).expect("keypair file");
        Person { file, address: keypair.pubkey().to_string() }
    }

    /// The command with nothing of this machine's settings but where the circuits are.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary("gesim"));
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GESIM_")) {
            command.env_remove(name);
        }
        let cache = env::var_os("GESIM_CACHE").map(PathBuf::from);
        let cache = cache.unwrap_or_else(|| env::home_dir().expect("home").join(".cache/gesim"));
        let artifacts = env::var_os("GESIM_ARTIFACTS").map(PathBuf::from).unwrap_or_else(|| cache.join("artifacts"));
        command.env("HOME", self.dir.path()).env("GESIM_ARTIFACTS", artifacts).env("NO_COLOR", "1");
        command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME").args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::new(arguments, self.command(arguments).output().expect("gesim runs"))
    }

    /// Runs as somebody on the test's cluster.
    pub fn as_person(&self, person: &Person, arguments: &[&str]) -> Ran {
        let keypair = person.file.display().to_string();
        let global = ["--url", &self.url, "--keypair", &keypair, "--output", "json-compact"];
        self.run(&[&global[..], arguments].concat())
    }

    /// [`Home::as_person`], which must work: the object it wrote.
    pub fn ok(&self, person: &Person, arguments: &[&str]) -> Value {
        self.as_person(person, arguments).json()
    }
}

impl Home {
    /// A step that moves something: first as a dry run, which must move nothing, then in earnest.
    pub fn step(&self, person: &Person, arguments: &[&str]) -> Value {
        let dry = self.ok(person, &[arguments, &["--dry-run"]].concat());
        assert_eq!(dry["dryRun"], true, "{dry}");
        assert_eq!(dry["transactions"].as_array().map(Vec::len), Some(0), "{dry}");
        let made = self.ok(person, arguments);
        assert_eq!(made["dryRun"], false, "{made}");
        made
    }
}

/// What a run left behind.
pub struct Ran {
    pub arguments: String,
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn new(arguments: &[&str], output: Output) -> Self {
        Self {
            arguments: arguments.join(" "),
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// The one object on stdout of a run that worked.
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "gesim {}\n{}\n{}", self.arguments, self.out, self.err);
        let value: Value = serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out));
        assert_eq!(value["schemaVersion"], 1, "{}", self.out);
        value
    }

    /// The error of a run that failed with this exit code; nothing stands on stdout.
    pub fn failed(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "gesim {}\n{}\n{}", self.arguments, self.out, self.err);
        assert_eq!(self.out, "", "gesim {}", self.arguments);
        self
    }

    /// The error object of a run under `--output json`.
    pub fn error(&self) -> Value {
        let line = self.err.lines().last().unwrap_or_default();
        let value: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {}", self.err));
        value["error"].clone()
    }
}

/// A string field.
pub fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}")).to_string()
}

/// A field that holds an integer as text.
pub fn number(value: &Value, field: &str) -> u64 {
    text(value, field).parse().unwrap_or_else(|_| panic!("{field} of {value} is no integer"))
}

/// The folder of fixtures that nobody on this project wrote, when it is there.
pub fn fixtures() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures/tap");
    if !path.is_dir() {
        eprintln!("skipped: no external fixtures");
        return None;
    }
    Some(path)
}

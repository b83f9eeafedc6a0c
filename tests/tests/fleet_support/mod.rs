//! Batches of the small circuit, and workers in processes of their own.
#![allow(dead_code)] // every test file takes what it needs

use std::{
    collections::BTreeMap,
    convert::Infallible,
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use gesim_core::{digest::sha256_field, layout::CircuitSize, Lane, Measure};
use gesim_prover::{Batch, BatchParams, ProverRecord, Seed};
use serde_json::Value;
use tempfile::TempDir;

/// Far more than anything here takes, on a machine that is busy with something else.
pub const PATIENCE: Duration = Duration::from_secs(300);

pub fn scratch() -> TempDir {
    TempDir::new().expect("scratch folder")
}

/// A batch of so many chunks in `folder/batch`.
pub fn make_batch(folder: &TempDir, chunks: u64) -> Batch {
    let record = |number: u64| {
        let digest = |tag: &[u8]| sha256_field(&[tag, &number.to_le_bytes()]);
        ProverRecord { lane: Lane::Data, value: number * 977, record_id: digest(b"id"), meta_digest: digest(b"meta") }
    };
    let params = BatchParams {
        program: gesim_core::ids::SETTLEMENT,
        cluster: [1; 32],
        agreement: [2; 32],
        period: 202_611,
        sequence: 1,
        measure: Measure::Units,
        nonce: [3; 32],
    };
    let size = CircuitSize::Small;
    // The last chunk is not full.
    let records = (0..chunks * size.records() as u64 - 7).map(|n| Ok::<_, Infallible>(record(n)));
    let path = folder.path().join("batch");
    Batch::create_with_seed(&path, params, Some(size), records, Seed::new([7; 32])).expect("a batch")
}

/// The proof files as they stand: chunk to contents.
pub fn proofs(batch: &Batch) -> BTreeMap<String, String> {
    let files = fs::read_dir(batch.dir().join("proofs")).expect("proofs").flatten().map(|file| file.path());
    let json = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    json.map(|path| (path.display().to_string(), fs::read_to_string(path).expect("a proof file"))).collect()
}

/// Waits until it is so.
pub fn until(what: &str, is_so: impl FnMut() -> bool) {
    let (began, mut is_so) = (Instant::now(), is_so);
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "still waiting: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// `gesim` as it was built beside this test, with nothing of this machine's settings but where the circuits are.
pub fn gesim(home: &Path, namespace: Option<&str>, arguments: &[&str]) -> Command {
    let me = env::current_exe().expect("the test's own file");
    let binary = me.parent().and_then(Path::parent).expect("target folder").join("gesim");
    assert!(binary.exists(), "{} is missing: cargo build --workspace --bin gesim", binary.display());
    let mut command = match namespace {
        None => Command::new(binary),
        Some(namespace) => {
            let mut command = Command::new("ip");
            command.args(["netns", "exec", namespace]).arg(binary);
            command
        }
    };
    let cache = env::var_os("GESIM_CACHE").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| env::home_dir().expect("home").join(".cache/gesim"));
    let artifacts = env::var_os("GESIM_ARTIFACTS").map(PathBuf::from).unwrap_or_else(|| cache.join("artifacts"));
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GESIM_")) {
        command.env_remove(name);
    }
    command.env("HOME", home).env("GESIM_ARTIFACTS", artifacts).env("NO_COLOR", "1");
    command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME");
    command.args(["--output", "json-compact"]).args(arguments).stdin(Stdio::null());
    command
}

/// A process that ends with the test, and what it wrote.
pub struct Process {
    child: Child,
    out: Arc<Mutex<String>>,
    err: Arc<Mutex<String>>,
}

impl Process {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("gesim runs");
        let out = collect(child.stdout.take().expect("stdout"));
        let err = collect(child.stderr.take().expect("stderr"));
        Self { child, out, err }
    }

    pub fn err(&self) -> String {
        self.err.lock().expect("lines").clone()
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("child").is_none()
    }

    /// kill -9
    pub fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }

    pub fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        until(&format!("the end of a process: {}", self.err()), || {
            status = self.child.try_wait().expect("child");
            status.is_some()
        });
        // The last lines may still be on their way.
        thread::sleep(Duration::from_millis(50));
        status.expect("a status")
    }

    /// Waits for its end; the object on stdout.
    pub fn json(&mut self) -> Value {
        let status = self.wait();
        let out = self.out.lock().expect("lines").clone();
        assert!(status.success(), "{status}\n{out}\n{}", self.err());
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn collect(from: impl std::io::Read + Send + 'static) -> Arc<Mutex<String>> {
    let lines = Arc::new(Mutex::new(String::new()));
    let shared = lines.clone();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            *shared.lock().expect("lines") += &format!("{line}\n");
        }
    });
    lines
}

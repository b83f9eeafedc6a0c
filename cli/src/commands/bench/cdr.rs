use std::{
    fmt, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{anyhow, Context as _, Result};
use clap::Args;
use gesim_cdr::{
    generate::{generate, Options},
    tap::{Policy, TapReader},
};
use gesim_core::Tadig;
use serde::{Deserialize, Serialize};

use super::{round, Peer};
use crate::{
    context::Context,
    failure::Hint,
    files::refused,
    pipeline::memory::{Peak, Watch},
    progress::Progress,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim bench cdr\n  GESIM_PYCRATE=/opt/pycrate gesim bench cdr --records 100000 --output json\n\nThe peer decodes a smaller file: it holds the whole of it as values. Without python3 or pycrate our own figures are shown alone."
)]
pub struct Cdr {
    /// Call events of our file
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    records: u64,
    /// Call events of the file that both read
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    peer_records: u64,
    /// Where pycrate is installed, if python3 does not find it
    #[arg(long, env = "GESIM_PYCRATE", value_name = "FOLDER")]
    pycrate: Option<PathBuf>,
}

const PEER: Peer = Peer { name: "pycrate", version: "TAP 3.12 of its own ASN.1, whole file in memory", measured: true };
const SCRIPT: &str = include_str!("../../../../crates/gesim-cdr/tests/peers/pycrate_tap.py");

/// One reading of one file.
#[derive(Serialize, Deserialize, Debug, Clone)]
#[serde(rename_all = "camelCase")]
struct Reading {
    records: u64,
    /// Sum of the call events' charges: both read the same.
    charge: String,
    octets: u64,
    seconds: f64,
    megabytes_per_minute: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    /// Records, control totals and the digest of every event, on one core.
    whole: Reading,
    #[serde(flatten)]
    memory: Peak,
    /// The file that the peer reads too.
    shared: Reading,
    peer: Peer,
    peer_reading: Option<Reading>,
    /// Why the peer was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    peer_missing: Option<String>,
    ratio: Option<f64>,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reading { records, octets, seconds, megabytes_per_minute, .. } = &self.whole;
        writeln!(f, "{records} call events, {octets} octets in {seconds:.2} s: {megabytes_per_minute:.0} MB a minute on one core")?;
        if let Some(peak) = self.memory.peak_memory_bytes {
            writeln!(f, "Memory at most {:.1} MB", peak as f64 / 1e6)?;
        }
        writeln!(f, "{}", self.peer)?;
        match (&self.peer_reading, self.ratio) {
            (Some(peer), Some(ratio)) => writeln!(
                f,
                "  {} call events: {:.0} MB a minute here, {:.1} there, ratio {ratio}",
                peer.records, self.shared.megabytes_per_minute, peer.megabytes_per_minute
            ),
            _ => writeln!(f, "  not measured: {}", self.peer_missing.as_deref().unwrap_or("unknown")),
        }
    }
}

impl Cdr {
    pub fn run(&self, context: &Context) -> Result<()> {
        let scratch = tempfile::tempdir().context("making a scratch folder")?;
        let progress = Progress::spinner(&context.output, "Writing the files");
        let [large, small] = ["large.tap", "small.tap"].map(|name| scratch.path().join(name));
        write(&large, self.records)?;
        write(&small, self.peer_records)?;
        progress.step("Reading");
        let watch = Watch::start();
        let whole = read(&large)?;
        let memory = watch.peak();
        let shared = read(&small)?;
        progress.step("Reading with the peer");
        let (peer_reading, peer_missing) = match self.peer(&small) {
            Ok(reading) => (Some(reading), None),
            Err(why) => (None, Some(format!("{why:#}"))),
        };
        if let Some(peer) = &peer_reading {
            if (peer.records, &peer.charge) != (shared.records, &shared.charge) {
                return Err(anyhow!("the peer read other totals: {peer:?}, not {shared:?}")
                    .hint("one of the two decoders is wrong"));
            }
        }
        let ratio = peer_reading.as_ref().map(|peer| round(shared.megabytes_per_minute / peer.megabytes_per_minute));
        drop(progress);
        context.output.emit(&Measured { whole, memory, shared, peer: PEER, peer_reading, peer_missing, ratio })
    }

    fn peer(&self, file: &Path) -> Result<Reading> {
        let mut python = Command::new("python3");
        python.arg("-").arg(file).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(folder) = &self.pycrate {
            python.env("PYTHONPATH", folder);
        }
        let mut child = python.spawn().context("python3 is not there")?;
        child.stdin.take().context("python3 takes no script")?.write_all(SCRIPT.as_bytes())?;
        let output = child.wait_with_output()?;
        if !output.status.success() {
            let told = String::from_utf8_lossy(&output.stderr);
            return Err(anyhow!("{}", told.lines().last().unwrap_or("python3 failed")));
        }
        serde_json::from_slice(&output.stdout).context("the peer's answer")
    }
}

fn write(path: &Path, records: u64) -> Result<()> {
    let (sender, recipient) = (Tadig::new(*b"DEUGS")?, Tadig::new(*b"FRAGS")?);
    let file = fs::File::create(path).with_context(|| format!("writing {}", path.display()))?;
    generate(&Options::new(records, 7, sender, recipient), file)?;
    Ok(())
}

fn read(path: &Path) -> Result<Reading> {
    let octets = fs::metadata(path)?.len();
    let begin = Instant::now();
    let mut reader = TapReader::open(fs::File::open(path)?).map_err(refused)?;
    let mut charge = 0u128;
    for record in reader.by_ref() {
        charge += u128::from(record.map_err(refused)?.billed.charge);
    }
    let finished = reader.finish(Policy::STRICT).map_err(refused)?;
    let seconds = begin.elapsed().as_secs_f64();
    Ok(Reading {
        records: finished.totals.records,
        charge: charge.to_string(),
        octets,
        seconds,
        megabytes_per_minute: octets as f64 / 1e6 / seconds * 60.0,
    })
}

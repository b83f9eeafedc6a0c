//! `gesim bench pipeline`: from a billing file's bytes to the payout, through kills at any moment.

mod cli_support;

use std::{
    fs,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use cli_support::{text, Home};
use serde_json::Value;

/// Enough for several lanes and chunks.
const RECORDS: &str = "1000";
/// Gives up on a run that does nothing.
const PATIENCE: Duration = Duration::from_secs(300);

fn arguments(dir: &Path) -> Vec<String> {
    ["bench", "pipeline", "--quiet", "--output", "json", "--records", RECORDS, "--dir"]
        .map(String::from)
        .into_iter()
        .chain([dir.display().to_string()])
        .collect()
}

fn finish(home: &Home, dir: &Path) -> Value {
    let arguments = arguments(dir);
    home.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).json()
}

fn start(home: &Home, dir: &Path) -> Child {
    let arguments = arguments(dir);
    let mut command = home.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("gesim starts")
}

/// Kills a run as soon as `moment` has come. It may have ended before.
fn kill_when(home: &Home, dir: &Path, moment: impl Fn() -> bool) {
    let mut child = start(home, dir);
    let begin = Instant::now();
    while !moment() && child.try_wait().expect("state").is_none() {
        assert!(begin.elapsed() < PATIENCE, "the run does nothing");
        thread::sleep(Duration::from_millis(1));
    }
    // SIGKILL: the process gets no say.
    child.kill().expect("killed");
    child.wait().expect("waited for");
}

/// Names in a folder that has not to be there yet.
fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn proofs(dir: &Path) -> usize {
    names(&dir.join("batch/proofs")).iter().filter(|name| name.ends_with(".json")).count()
}

fn is_building(dir: &Path) -> bool {
    names(dir).iter().any(|name| name.starts_with(".gesim-batch-"))
}

fn amount(value: &Value, field: &str) -> u64 {
    text(value, field).parse().unwrap_or_else(|_| panic!("{field} of {value} is no integer"))
}

/// Moments that look random and are the same every time.
fn milliseconds(seed: u64) -> impl Iterator<Item = u64> {
    let step = |x: &u64| Some(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    std::iter::successors(Some(seed), step).map(|x| (x >> 33) % 1_500)
}

#[test]
fn killed_runs_are_gone_on_with_ok() {
    let home = Home::new();
    let dir = home.path("run");
    kill_when(&home, &dir, || dir.join("run.json").exists());
    kill_when(&home, &dir, || is_building(&dir));
    for moment in milliseconds(7).take(3) {
        let begin = Instant::now();
        kill_when(&home, &dir, || begin.elapsed() >= Duration::from_millis(moment));
    }
    // Some proofs at least, and a run that ends is no harm.
    kill_when(&home, &dir, || proofs(&dir) >= 2);
    let kept = proofs(&dir);
    assert!(kept >= 2);

    let shown = finish(&home, &dir);
    assert_eq!(shown["conserved"], true);
    assert_eq!((shown["resumed"].as_bool(), &shown["recordsPerSecond"]), (Some(true), &Value::Null));
    assert_eq!((shown["records"].as_u64(), shown["proofs"]["count"].as_u64()), (Some(1_000), shown["chunks"].as_u64()));
    assert!(shown["proofs"]["reused"].as_u64() >= Some(kept as u64), "no finished chunk is proven again: {shown}");
    assert!(!is_building(&dir), "{:?}", names(&dir));

    // A run that nobody stops pays the same: the file is the same, though not the parties.
    let other = finish(&home, &home.path("other"));
    assert_eq!((other["resumed"].as_bool(), other["conserved"].as_bool()), (Some(false), Some(true)));
    assert!(amount(&shown["payouts"], "mno") > 0);
    assert_eq!(shown["payouts"], other["payouts"]);
    assert_ne!(shown["root"], other["root"]);
    for key in ["recordsPerSecond", "constraintsPerRecord", "ratioToPeer", "computeUnitsPerRecord", "seconds"] {
        assert!(other[key].as_f64().is_some_and(|number| number > 0.0), "{key} of {other}");
    }
    for key in ["computeUnitsPerProof", "peakMemoryBytes"] {
        assert!(other[key].as_u64().is_some_and(|number| number > 1_000), "{key} of {other}");
    }
}

#[test]
fn a_folder_of_another_run_fails() {
    let home = Home::new();
    let dir = home.path("run");
    kill_when(&home, &dir, || dir.join("run.json").exists());
    let path = dir.display().to_string();
    let ran = home.run(&["bench", "pipeline", "--quiet", "--records", "999", "--dir", &path]);
    assert!(ran.failed(1).err.contains("has 1000 records, not 999"), "{}", ran.err);
    // Another seed is another cast: the batch in the folder is not theirs.
    finish(&home, &dir);
    let state = dir.join("run.json");
    let mut run: Value = serde_json::from_slice(&fs::read(&state).expect("state")).expect("JSON");
    run["seed"] = Value::from("00".repeat(32));
    fs::write(&state, run.to_string()).expect("written");
    let ran = home.run(&["bench", "pipeline", "--quiet", "--records", RECORDS, "--dir", &path]);
    assert!(ran.failed(1).err.contains("is another file's"), "{}", ran.err);
    for bad in ["{}", "", r#"{"schemaVersion":1,"records":1000,"seed":"00"}"#] {
        fs::write(&state, bad).expect("written");
        let ran = home.run(&["bench", "pipeline", "--quiet", "--records", RECORDS, "--dir", &path]);
        assert!(ran.failed(1).err.contains("is not the state of a run"), "{bad}: {}", ran.err);
    }
}

#[test]
fn two_runs_in_one_folder_fails() {
    let home = Home::new();
    let dir = home.path("run");
    fs::create_dir(&dir).expect("folder");
    let at_work = fs::File::create(dir.join("run.lock")).expect("lock");
    at_work.lock().expect("locked, as a run does");
    let ran = home.run(&["bench", "pipeline", "--quiet", "--records", RECORDS, "--dir", &dir.display().to_string()]);
    assert!(ran.failed(1).err.contains("another run is at work"), "{}", ran.err);
}

//! Reads a TAP file to its records and totals and says how fast: `cargo run --example tap_throughput -- FILE`.
//! Without a file it makes one of a million call events first.

use std::{env, error::Error, fs, path::PathBuf, time::Instant};

use gesim_cdr::{
    generate::{generate, Options},
    tap::{Policy, TapReader},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut made = None;
    let path = match env::args_os().nth(1) {
        Some(path) => PathBuf::from(path),
        None => {
            let path = env::temp_dir().join(format!("tap-throughput-{}.tap", std::process::id()));
            let begin = Instant::now();
            generate(&Options::new(1_000_000, 7, "DEUD1".parse()?, "GBRCN".parse()?), fs::File::create(&path)?)?;
            made = Some(begin.elapsed().as_secs_f64());
            path
        }
    };
    let octets = fs::metadata(&path)?.len();
    let begin = Instant::now();
    let mut reader = TapReader::open(fs::File::open(&path)?)?;
    let mut charge = 0u128;
    for record in reader.by_ref() {
        charge += u128::from(record?.billed.charge);
    }
    let finished = reader.finish(Policy::default())?;
    let seconds = begin.elapsed().as_secs_f64();
    if made.is_some() {
        fs::remove_file(&path)?;
    }
    let json = serde_json::json!({
        "reader": "gesim-cdr",
        "records": finished.totals.records,
        "charge": charge.to_string(),
        "octets": octets,
        "seconds": seconds,
        "megabytesPerMinute": octets as f64 / 1e6 / seconds * 60.0,
        "peakResidentKilobytes": peak_resident(),
        "generatedInSeconds": made,
    });
    println!("{json}");
    Ok(())
}

/// VmHWM of this process, where the system tells it.
fn peak_resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

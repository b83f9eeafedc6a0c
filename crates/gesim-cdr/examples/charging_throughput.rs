//! Reads a file of charging data records and says how fast: `cargo run --example charging_throughput -- FILE`.
//! Without a file it makes one of a million records first.

use std::{env, error::Error, fs, path::PathBuf, time::Instant};

use gesim_cdr::{
    charging::{generate, ChargingReader, GenerateOptions},
    tap::Policy,
    ReadOptions, RecordSource,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut made = None;
    let path = match env::args_os().nth(1) {
        Some(path) => PathBuf::from(path),
        None => {
            let path = env::temp_dir().join(format!("charging-throughput-{}.cdr", std::process::id()));
            let begin = Instant::now();
            generate(&GenerateOptions::new(1_000_000, 7), fs::File::create(&path)?)?;
            made = Some(begin.elapsed().as_secs_f64());
            path
        }
    };
    let octets = fs::metadata(&path)?.len();
    let options =
        ReadOptions { sender: "DEUD1".parse().ok(), recipient: "GBRCN".parse().ok(), ..ReadOptions::default() };
    let begin = Instant::now();
    let mut reader = Box::new(ChargingReader::open(fs::File::open(&path)?, &options)?);
    let mut units = 0u128;
    for record in reader.by_ref() {
        units += u128::from(record?.units);
    }
    let summary = reader.finish(Policy::default())?;
    let seconds = begin.elapsed().as_secs_f64();
    if made.is_some() {
        fs::remove_file(&path)?;
    }
    let json = serde_json::json!({
        "records": summary.records,
        "units": units.to_string(),
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

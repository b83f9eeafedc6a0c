use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufRead, BufReader},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{anyhow, ensure, Context, Result};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use solana_keypair::{read_keypair_file, Keypair};
use solana_pubkey::Pubkey;
use time::OffsetDateTime;

use crate::{
    aggregate::{self, Refused},
    record::{period_of, Measurement, Record, Refusal},
    Aggregate, Output, Sign, Verify,
};

/// A device's pseudonym, keyed with the oracle's secret: identifiers are few enough to be guessed from a plain hash.
fn device_hash(key: &Keypair, device: &str) -> Result<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.secret_bytes())?;
    mac.update(b"gesim:sla:device:v1");
    mac.update(device.as_bytes());
    Ok(mac.finalize().into_bytes().into())
}

pub fn sign(args: Sign) -> Result<ExitCode> {
    let key = read_keypair_file(&args.keypair).map_err(|error| {
        anyhow!("cannot read the key {}: {error} (hint: `solana-keygen new -o FILE` makes one)", args.keypair.display())
    })?;
    let timestamp = args.timestamp.unwrap_or_else(|| OffsetDateTime::now_utc().unix_timestamp());
    let measurement = Measurement {
        mno: args.mno,
        period: period_of(timestamp).with_context(|| format!("{timestamp} is no time that can be measured at"))?,
        metric: args.metric,
        value: args.value,
        device: device_hash(&key, &args.device)?,
        timestamp,
        nonce: args.nonce.unwrap_or_else(rand::random),
    };
    measurement.check().context("this cannot be signed (hint: shares are in parts per million)")?;
    println!("{}", Record::sign(measurement, &key).to_line()?);
    Ok(ExitCode::SUCCESS)
}

/// Every line that is not empty, with where it stands. A line that is not text counts as malformed.
fn read(files: &[PathBuf]) -> Result<Vec<(String, Result<Record, Refusal>)>> {
    let mut sources: Vec<(String, Box<dyn BufRead>)> = Vec::new();
    for file in files {
        let open = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
        sources.push((file.display().to_string(), Box::new(BufReader::new(open))));
    }
    if sources.is_empty() {
        sources.push(("stdin".into(), Box::new(io::stdin().lock())));
    }
    let mut records = Vec::new();
    for (name, source) in sources {
        for (number, line) in source.split(b'\n').enumerate() {
            let line = line.with_context(|| format!("cannot read {name}"))?;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let record = match std::str::from_utf8(&line) {
                Ok(text) => Record::parse(text),
                Err(error) => Err(Refusal::Malformed(error.to_string())),
            };
            records.push((format!("{name}:{}", number + 1), record));
        }
    }
    Ok(records)
}

pub fn verify(args: Verify, output: Output) -> Result<ExitCode> {
    let mut accepted = 0usize;
    let mut refused = Vec::new();
    for (line, record) in read(&args.files)? {
        match record {
            Ok(record) if args.oracles.is_empty() || args.oracles.contains(&record.oracle) => accepted += 1,
            Ok(record) => refused.push(Refused { line, reason: Refusal::Oracle(record.oracle).to_string() }),
            Err(why) => refused.push(Refused { line, reason: why.to_string() }),
        }
    }
    match output {
        Output::Display => {
            refused.iter().for_each(|refused| println!("refused  {}  {}", refused.line, refused.reason));
            println!("{accepted} accepted, {} refused", refused.len());
        }
        Output::Json => {
            println!("{}", serde_json::json!({ "schemaVersion": 1, "accepted": accepted, "refused": refused }));
        }
    }
    Ok(if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub fn aggregate(args: Aggregate, output: Output) -> Result<ExitCode> {
    ensure!((1..=12).contains(&(args.period % 100)), "{} is no period (hint: YYYYMM, as 202611)", args.period);
    let oracles: BTreeSet<Pubkey> = args.oracles.into_iter().collect();
    let quorum = args.quorum.map_or(oracles.len() / 2 + 1, |quorum| quorum as usize);
    ensure!(quorum <= oracles.len(), "{} oracles can never be a quorum of {quorum}", oracles.len());
    let report = aggregate::aggregate(read(&args.files)?, &oracles, args.period, quorum);
    if output == Output::Json {
        println!("{}", serde_json::to_string_pretty(&report)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{:<6} {:<16} {:>16} {:>8} {:>8}", "mno", "metric", "median", "oracles", "records");
    for row in &report.results {
        let metric = serde_json::to_value(row.metric)?;
        let value = row.value.as_deref().unwrap_or("no quorum");
        let metric = metric.as_str().unwrap_or_default();
        println!("{:<6} {metric:<16} {value:>16} {:>8} {:>8}", row.mno, row.oracles, row.records);
    }
    report.refused.iter().for_each(|refused| eprintln!("refused  {}  {}", refused.line, refused.reason));
    Ok(ExitCode::SUCCESS)
}

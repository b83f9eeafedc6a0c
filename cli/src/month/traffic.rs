use std::{
    fs::File,
    io::{BufReader, BufWriter},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use gesim_cdr::{
    checks::{Checker, Limits},
    generate::{generate, Options, Shares},
    nrtrde::{NrtrdeHeader, NrtrdeReader, NrtrdeWriter},
    open::Reading,
    tap::{Policy, TapReader},
    FileSummary, Format, ReadOptions, UsageRecord,
};
use gesim_core::{Lane, Tadig};
use gesim_intake::{digest, FileLedger, Taken};

use super::{Size, PERIOD};
use crate::files::{self, refused};

/// One file as both sides have it.
pub struct Pair {
    /// Which operator carried it.
    pub direction: usize,
    /// TAP, of who bills.
    pub visited: PathBuf,
    /// NRTRDE, as the home network knows the same traffic.
    pub home: PathBuf,
}

pub struct Traffic {
    pub pairs: Vec<Pair>,
    pub octets: u64,
    ledger: PathBuf,
}

/// Kinds that NRTRDE carries too: the home side can know all of them.
const SHARES: Shares = Shares { data: 700, calls_out: 110, calls_in: 90, messages_out: 70, messages_in: 30 };

fn tadigs() -> Result<[Tadig; 2]> {
    Ok([Tadig::new(*b"DEUGS")?, Tadig::new(*b"FRAGS")?])
}

/// Writes the month's files, and what the home side has seen of them.
pub fn write(size: &Size, folder: &Path) -> Result<Traffic> {
    let tadigs = tadigs()?;
    let total = u64::from(size.files) * 2;
    let mut traffic = Traffic { pairs: Vec::new(), octets: 0, ledger: folder.join("files.db") };
    for number in 0..total {
        let direction = (number % 2) as usize;
        let sequence = u32::try_from(number / 2 + 1)?;
        let records = size.records / total + u64::from(number < size.records % total);
        let (sender, recipient) = (tadigs[direction], tadigs[1 - direction]);
        let options = Options {
            sequence,
            subscribers: 20_000,
            shares: SHARES,
            ..Options::new(records.max(1), number + 1, sender, recipient)
        };
        let visited = folder.join(format!("CD{sender}{recipient}{sequence:05}"));
        let out = File::create(&visited).with_context(|| format!("writing {}", visited.display()))?;
        traffic.octets += generate(&options.in_month(PERIOD)?, out)?.octets;
        let home = folder.join(format!("NR{sender}{recipient}{sequence:07}"));
        write_home(&visited, &home, size.disputed_permille)?;
        traffic.pairs.push(Pair { direction, visited, home });
    }
    Ok(traffic)
}

/// The same records, but for some: half of those the home side has never seen, the others were shorter there.
fn write_home(visited: &Path, home: &Path, permille: u32) -> Result<()> {
    let reader = TapReader::open(BufReader::with_capacity(1 << 18, File::open(visited)?)).map_err(refused)?;
    let about = reader.header();
    let header = NrtrdeHeader {
        sender: about.sender,
        recipient: about.recipient,
        sequence: about.sequence,
        available: about.available,
    };
    let out = BufWriter::new(File::create(home).with_context(|| format!("writing {}", home.display()))?);
    let mut writer = NrtrdeWriter::new(out, &header).map_err(refused)?;
    for record in reader {
        let mut record = record.map_err(refused)?;
        if seen(&mut record, permille) {
            writer.write(&record).map_err(refused)?;
        }
    }
    writer.finish().map_err(refused)?;
    Ok(())
}

/// Every so-manieth record differs: calls were shorter, everything else was not seen.
fn seen(record: &mut UsageRecord, permille: u32) -> bool {
    // a prime step, so that no kind of record is spared
    if record.record * 7_919 % 1_000 >= u64::from(permille) {
        return true;
    }
    let voice = matches!(record.lane, Lane::VoiceMo | Lane::VoiceMt);
    record.units /= 2;
    record.duration = record.duration.map(|seconds| seconds / 2);
    voice && record.units > 0
}

/// What both sides' files hold, one summary a pair: they are in order, in sequence, and nothing in them is remarkable
/// enough to stop.
pub fn check(traffic: &Traffic) -> Result<Vec<FileSummary>> {
    let mut ledger = FileLedger::open(&traffic.ledger)?;
    let mut summaries = Vec::new();
    for pair in &traffic.pairs {
        let reading = Reading::new(Format::Tap);
        let summary = files::inspect(&pair.visited, &reading, Policy::STRICT)?;
        files::inspect(&pair.home, &Reading::new(Format::Nrtrde), Policy::STRICT)?;
        let mut checker = Checker::new(Limits { age_days: 62, ..Limits::default() }, summary.available);
        for record in files::records(&pair.visited, &reading)? {
            checker.look(&record.map_err(refused)?);
        }
        checker.finish();
        let sum = digest(File::open(&pair.visited)?)?;
        let name = pair.visited.display().to_string();
        let taken = ledger.take(&summary, &name, sum)?;
        anyhow::ensure!(
            matches!(taken, Taken::New { ref gaps } if gaps.is_empty()),
            "a file of the month is missing or was taken before"
        );
        summaries.push(summary);
    }
    Ok(summaries)
}

/// The home side's records of a pair.
pub fn home_records(pair: &Pair) -> Result<NrtrdeReader<BufReader<File>>> {
    let file = BufReader::with_capacity(1 << 18, File::open(&pair.home)?);
    NrtrdeReader::open(file, &ReadOptions::default()).map_err(refused)
}

/// The visited side's.
pub fn visited_records(pair: &Pair) -> Result<TapReader<BufReader<File>>> {
    TapReader::open(BufReader::with_capacity(1 << 18, File::open(&pair.visited)?)).map_err(refused)
}

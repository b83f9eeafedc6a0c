//! Compute units of every top-level instruction, collected as the tests run and printed as a table.

use std::{
    collections::BTreeMap,
    fs::OpenOptions,
    io::Write,
    path::PathBuf,
    sync::{Arc, Mutex},
};

/// Lines of `program instruction units`: appending is atomic, so that tests can run side by side.
pub fn log_path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/compute-units.log"))
}

/// Fewest and most units seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub least: u64,
    pub most: u64,
}

type Table = BTreeMap<(String, String), Range>;

/// Collects while a chain lives; writes when it goes.
#[derive(Clone, Default)]
pub struct Meter(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen(Table);

impl Meter {
    pub(crate) fn record(&self, logs: &[String]) {
        let mut seen = self.0.lock().expect("meter");
        for (program, instruction, units) in top_level(logs) {
            add(&mut seen.0, (program, instruction), Range { least: units, most: units });
        }
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        let mut lines = String::new();
        for ((program, instruction), range) in &self.0 {
            lines += &format!("{program} {instruction} {} {}\n", range.least, range.most);
        }
        let path = log_path();
        let _ = path.parent().map(std::fs::create_dir_all);
        // measuring must not fail a test
        if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(path) {
            let _ = file.write_all(lines.as_bytes());
        }
    }
}

fn add(table: &mut Table, key: (String, String), range: Range) {
    let entry = table.entry(key).or_insert(range);
    entry.least = entry.least.min(range.least);
    entry.most = entry.most.max(range.most);
}

/// Program, instruction and units of the top-level instructions, as the runtime and Anchor log them.
fn top_level(logs: &[String]) -> Vec<(String, String, u64)> {
    let mut out = Vec::new();
    let mut name = None;
    for program in gesim_programs::PROGRAMS {
        let id = anchor_lang::prelude::Pubkey::new_from_array(program.id).to_string();
        let (start, end) = (format!("Program {id} invoke [1]"), format!("Program {id} consumed "));
        let mut depth_one = false;
        for line in logs {
            if line.contains(" invoke [1]") {
                depth_one = *line == start;
                name = None;
            } else if let (true, None, Some(text)) = (depth_one, &name, line.strip_prefix("Program log: Instruction: "))
            {
                name = Some(text.to_string());
            } else if let (true, Some(rest)) = (depth_one, line.strip_prefix(&end)) {
                // inner calls of the program to itself (events) come first: the last one wins below
                let units = rest.split(' ').next().and_then(|number| number.parse().ok());
                if let (Some(name), Some(units)) = (&name, units) {
                    out.retain(|(p, n, _)| !(p == program.name && n == name));
                    out.push((program.name.to_string(), name.clone(), units));
                }
            }
        }
    }
    out
}

/// Everything measured so far.
pub fn load() -> Table {
    let mut table = Table::new();
    for line in std::fs::read_to_string(log_path()).unwrap_or_default().lines() {
        let parts: Vec<_> = line.split(' ').collect();
        if let [program, instruction, least, most] = parts[..] {
            if let (Ok(least), Ok(most)) = (least.parse(), most.parse()) {
                add(&mut table, (program.into(), instruction.into()), Range { least, most });
            }
        }
    }
    table
}

/// A Markdown table of what was measured, as docs/benchmarks.md has it.
pub fn markdown(table: &Table) -> String {
    let mut out = String::from("| program | instruction | least | most |\n| --- | --- | --- | --- |\n");
    for ((program, instruction), range) in table {
        out += &format!("| {program} | {instruction} | {} | {} |\n", grouped(range.least), grouped(range.most));
    }
    out
}

/// With a comma in front of every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

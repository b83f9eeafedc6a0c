use std::{collections::BTreeMap, fmt};

use anyhow::{anyhow, Context as _, Result};
use clap::Args;
use gesim_client::{
    ledger::{self, Entry, Ledger},
    Session,
};
use serde::Serialize;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;

use crate::{
    context::Context,
    failure::Hint,
    migrate::{all, Done, Migration, Runner},
    parse, signer,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim migrate --url l\n  gesim migrate --dry-run\n\nWhat is done already is skipped: run it as often as you like."
)]
pub struct Migrate {
    /// Whoever made the ledger of migrations [default: the signer]
    #[arg(long, value_name = "ADDRESS")]
    ledger_base: Option<Pubkey>,
    /// Keypair of a program, as NAME=FILE; development keypairs are built in
    #[arg(long, value_name = "NAME=FILE")]
    program_keypair: Vec<String>,
    /// Where identity is initialised: the time between naming a CI key and confirming it
    #[arg(long, value_parser = parse::seconds, default_value = "2d", value_name = "SPAN")]
    ci_delay: u32,
    /// Look at the chain also for migrations that are recorded as done
    #[arg(long)]
    verify: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    ledger: String,
    migrations: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: &'static str,
    description: String,
    /// `recorded`, `done` or `pending`.
    state: &'static str,
    steps: Vec<StepRow>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StepRow {
    step: String,
    state: &'static str,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.migrations {
            writeln!(f, "{} ({}): {}", row.name, row.description, row.state)?;
            for step in &row.steps {
                writeln!(f, "  {}: {}", step.step, step.state)?;
            }
        }
        writeln!(f, "Recorded in {}", self.ledger)
    }
}

impl Migrate {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let base = self.ledger_base.unwrap_or(chain.me());
        let keypairs = self.keypairs()?;
        let runner = Runner {
            session: &session,
            authority: &chain.signer,
            keypairs,
            ci_delay: self.ci_delay,
            output: context.output,
        };
        let mut rows = Vec::new();
        for migration in all()? {
            let ledger = Ledger::fetch(&chain.rpc, &base)?;
            rows.push(self.migrate(&runner, &base, ledger, &migration)?);
        }
        let report = Report { ledger: ledger::address(&base)?.to_string(), migrations: rows };
        context.finish(&session, report)
    }

    fn migrate(&self, runner: &Runner, base: &Pubkey, ledger: Option<Ledger>, migration: &Migration) -> Result<Row> {
        let Migration { number, name, description, repeatable, steps, digest } = migration;
        let mut entries = ledger.iter().flat_map(|ledger| &ledger.entries);
        let last = entries.rfind(|entry| entry.number == *number);
        let row = |state, steps| Row { name, description: description.clone(), state, steps };
        match last {
            Some(entry) if entry.digest == *digest && !self.verify => return Ok(row("recorded", Vec::new())),
            Some(entry) if entry.digest != *digest && !repeatable => {
                return Err(anyhow!("migration {name} was changed after it was done on this cluster")
                    .hint("leave it as it was and write a new number"))
            }
            _ => {}
        }
        let mut done = Vec::new();
        for step in steps {
            let state = match runner.run(step).with_context(|| format!("migration {name}: {step}"))? {
                Done::Already => "there already",
                Done::Made => "made",
                Done::Would => "to be made",
            };
            done.push(StepRow { step: step.to_string(), state });
        }
        if runner.session.is_dry_run() {
            return Ok(row("pending", done));
        }
        if last.is_none_or(|entry| entry.digest != *digest) {
            record(runner.session, base, ledger.as_ref(), migration)?;
        }
        Ok(row("done", done))
    }

    fn keypairs(&self) -> Result<BTreeMap<String, Keypair>> {
        let read = |text: &String| {
            let (name, file) = text
                .split_once('=')
                .ok_or_else(|| anyhow!("`{text}` is not NAME=FILE"))
                .hint("for example --program-keypair escrow=escrow-keypair.json")?;
            Ok((name.to_string(), signer::open(file)?))
        };
        self.program_keypair.iter().map(read).collect()
    }
}

fn record(session: &Session, base: &Pubkey, ledger: Option<&Ledger>, migration: &Migration) -> Result<()> {
    let empty;
    let ledger = match ledger {
        Some(ledger) => ledger,
        None => {
            session.send("make ledger", &ledger::create(session.transport, base)?, &[])?;
            empty = Ledger { address: ledger::address(base)?, authority: *base, entries: Vec::new() };
            &empty
        }
    };
    let entry = Entry { number: migration.number, at: session.transport.now()?, digest: migration.digest };
    session.send(&format!("record {}", migration.name), &ledger::append(ledger, &entry)?, &[])?;
    Ok(())
}

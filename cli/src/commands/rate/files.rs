//! Rates files: a request, or a contract and one or both parties' usage.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::{anyhow, Context as _, Error, Result};
use clap::{Args, ValueEnum};
use gesim_cdr::{
    bwrp::{Contract, Json, Request, Settlement, Usage},
    rating::{self, Rated, RatingError},
    CdrError,
};

use super::view;
use crate::{
    context::Context,
    failure::Hint,
    output::{write_line, Mode},
};

#[derive(Args, Debug)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  gesim rate --request request.json --output json\n  gesim rate --contract contract.json --usage ours.json --usage theirs.json\n  gesim rate --contract contract.json --usage ours.json --show settlement --output json\n\nThe first usage file is ours: what we carried is its inbound usage. Amounts are exact to a millionth of the currency."
)]
pub struct Rate {
    /// Rating request: discounts and usage in one document
    #[arg(long, value_name = "FILE", conflicts_with_all = ["contract", "usage", "show"])]
    request: Option<PathBuf>,
    /// Contract whose discounts apply
    #[arg(long, value_name = "FILE", requires = "usage")]
    contract: Option<PathBuf>,
    /// Usage file: ours first, then the partner's
    #[arg(long, value_name = "FILE", requires = "contract")]
    usage: Vec<PathBuf>,
    /// One document instead of all of them
    #[arg(long, value_enum, requires = "contract")]
    show: Option<Part>,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Settlement,
    PartnerSettlement,
    UsageDiscrepancy,
    SettlementDiscrepancy,
}

/// One party's usage, rated.
pub(super) struct Side {
    pub usage: Usage,
    pub rated: Rated,
    pub settlement: Settlement,
}

impl Rate {
    pub fn run(&self, context: &Context) -> Result<()> {
        match (&self.request, &self.contract) {
            (Some(request), _) => answer(context, request),
            (None, Some(contract)) => self.settle(context, contract),
            (None, None) => Err(anyhow!("there is nothing to rate")).hint("give --request, or --contract and --usage"),
        }
    }

    fn settle(&self, context: &Context, contract: &Path) -> Result<()> {
        let contract: Contract = open(contract, Contract::read)?;
        let (own, partner) = match self.usage.as_slice() {
            [own] => (own, None),
            [own, partner] => (own, Some(partner)),
            _ => {
                return Err(anyhow!("a contract has two parties"))
                    .hint("give --usage once or twice: ours, then the partner's")
            }
        };
        let own = side(&contract, own)?;
        let partner = partner.map(|path| side(&contract, path)).transpose()?;
        let (mut usage, mut settlement, mut one_sided) = (None, None, Vec::new());
        if let Some(partner) = &partner {
            let (report, alone) = rating::usage_discrepancy(&own.usage, &partner.usage).map_err(explained)?;
            (usage, one_sided) = (Some(report), alone);
            let (ours, theirs) = ((&own.settlement, &own.usage), (&partner.settlement, &partner.usage));
            settlement = Some(rating::settlement_discrepancy(ours, theirs).map_err(explained)?);
        }
        let all = view::All { contract, own, partner, usage, settlement, one_sided };
        let mode = context.output.mode;
        match self.show {
            None if mode == Mode::Display => write_line(&all.to_string()),
            None => document(mode, &all.to_json()),
            Some(part) => {
                let found = match part {
                    Part::Settlement => Some(all.own.settlement.to_json()),
                    Part::PartnerSettlement => all.partner.as_ref().map(|side| side.settlement.to_json()),
                    Part::UsageDiscrepancy => all.usage.as_ref().map(|report| report.to_json()),
                    Part::SettlementDiscrepancy => all.settlement.as_ref().map(|report| report.to_json()),
                };
                let found = found.ok_or_else(|| anyhow!("this takes both parties' usage"));
                document(mode, &found.hint("give --usage twice: ours, then the partner's")?)
            }
        }
    }
}

/// Answers a rating request in the shape that goes with it.
fn answer(context: &Context, path: &Path) -> Result<()> {
    let request = open(path, Request::read)?;
    let (rated, answer) = rating::rate_request(&request).map_err(explained)?;
    match context.output.mode {
        Mode::Display => write_line(&view::rated(&rated)),
        mode => document(mode, &answer),
    }
}

/// A document of the wholesale roaming JSON as it is: other programs read it, so nothing of ours is added.
fn document(mode: Mode, json: &Json) -> Result<()> {
    match mode {
        Mode::JsonCompact => write_line(&json.compact()),
        Mode::Json | Mode::Display => write_line(&json.to_string()),
    }
}

fn open<T>(path: &Path, read: impl FnOnce(File) -> Result<T, CdrError>) -> Result<T> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    read(file).map_err(|error| {
        let hint = error.hint;
        let error = Error::new(error).context(format!("reading {}", path.display()));
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    })
}

fn side(contract: &Contract, path: &Path) -> Result<Side> {
    let usage = open(path, Usage::read)?;
    let rate = || {
        let rated = rating::rate(&contract.discounts, &usage)?;
        let settlement = rating::settle(&rated, &usage)?;
        Ok((rated, settlement))
    };
    let rated: Result<_, RatingError> = rate();
    let (rated, settlement) = rated.map_err(explained).with_context(|| format!("rating {}", path.display()))?;
    Ok(Side { usage, rated, settlement })
}

fn explained(error: RatingError) -> Error {
    let hint = error.hint();
    match hint {
        Some(hint) => Error::new(error).hint(hint),
        None => Error::new(error),
    }
}

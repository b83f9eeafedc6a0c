use std::fmt;

use anyhow::Result;
use clap::Args;
use gesim_client::{addresses::settlement as seeds, fetch};
use serde::Serialize;
use settlement::state::{Agreement, Terms, TermsState};
use solana_pubkey::Pubkey;

use super::signing::name;
use crate::context::Context;

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  gesim agreement versions <AGREEMENT>")]
pub struct Versions {
    agreement: Pubkey,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    agreement: String,
    /// 0 before the first.
    in_force: u32,
    versions: Vec<Version>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    number: u32,
    terms: String,
    /// `draft`, `signed` by one side, `active`: signed by both.
    state: &'static str,
    drafted_by: &'static str,
    effective_from: u32,
    lanes: usize,
    /// Nothing while it is a draft.
    contract_hash: Option<String>,
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Agreement {}", self.agreement)?;
        for version in &self.versions {
            let Version { number, state, drafted_by, effective_from, lanes, contract_hash, .. } = version;
            let force = if *number == self.in_force { ", in force" } else { "" };
            let hash = contract_hash.as_deref().unwrap_or("not signed");
            writeln!(
                f,
                "  {number} ({state}{force}) by the {drafted_by}, from {effective_from}, {lanes} lanes: {hash}"
            )?;
        }
        Ok(())
    }
}

pub fn state_name(state: TermsState) -> &'static str {
    match state {
        TermsState::Draft => "draft",
        TermsState::Signed => "signed",
        TermsState::Active => "active",
    }
}

impl Versions {
    pub fn run(&self, context: &Context) -> Result<()> {
        let rpc = context.reader();
        let agreement: Agreement = fetch::fetch(&rpc, "agreement", &self.agreement)?;
        let mut versions = Vec::new();
        for number in 1..=agreement.drafts {
            let address = seeds::terms(&self.agreement, number).0;
            let terms: Terms = fetch::fetch(&rpc, "terms", &address)?;
            versions.push(Version {
                number,
                terms: address.to_string(),
                state: state_name(terms.state),
                drafted_by: name(terms.drafted_by),
                effective_from: terms.head.effective_from,
                lanes: terms.lanes.len(),
                contract_hash: (terms.state != TermsState::Draft).then(|| hex::encode(terms.contract_hash)),
            });
        }
        let (agreement, in_force) = (self.agreement.to_string(), agreement.terms);
        context.output.emit(&Listed { agreement, in_force, versions })
    }
}

//! What a command that sends transactions shows: its own result, and the transactions or their previews.

use std::fmt;

use gesim_client::{
    session::{BalanceChange, Preview, Sent},
    Session,
};
use serde::Serialize;

use crate::output::{as_opt_text, as_text};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    pub name: String,
    pub signature: String,
    pub compute_units: u64,
    /// Lamports.
    #[serde(serialize_with = "as_text")]
    pub fee: u64,
}

impl From<Sent> for Transaction {
    fn from(sent: Sent) -> Self {
        let signature = sent.signature.map(|signature| signature.to_string()).unwrap_or_default();
        Self { name: sent.name, signature, compute_units: sent.units, fee: sent.fee }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Previewed {
    name: String,
    compute_units: u64,
    compute_limit: u32,
    #[serde(serialize_with = "as_text")]
    fee: u64,
    /// Why it would be refused as things stand: an earlier step of the same command may change that.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    balances: Vec<Change>,
    logs: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    address: String,
    /// The mint; null for lamports.
    #[serde(serialize_with = "as_opt_text")]
    mint: Option<String>,
    #[serde(serialize_with = "as_text")]
    before: u64,
    #[serde(serialize_with = "as_text")]
    after: u64,
}

impl From<&Preview> for Previewed {
    fn from(preview: &Preview) -> Self {
        let change = |change: &BalanceChange| Change {
            address: change.address.to_string(),
            mint: change.mint.map(|mint| mint.to_string()),
            before: change.before,
            after: change.after,
        };
        Self {
            name: preview.name.clone(),
            compute_units: preview.units,
            compute_limit: preview.limit,
            fee: preview.fee,
            refused: preview.refusal.as_ref().map(ToString::to_string),
            balances: preview.changes.iter().map(change).collect(),
            logs: preview.logs.clone(),
        }
    }
}

/// A result and how it came about.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome<T> {
    #[serde(flatten)]
    body: T,
    dry_run: bool,
    transactions: Vec<Transaction>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    previews: Vec<Previewed>,
}

impl<T> Outcome<T> {
    pub fn new(session: &Session, body: T) -> Self {
        Self {
            body,
            dry_run: session.is_dry_run(),
            transactions: session.sent().into_iter().map(Into::into).collect(),
            previews: session.previews().iter().map(Into::into).collect(),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Outcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dry_run {
            // What a command can tell without simulating, it tells itself.
            if self.previews.is_empty() {
                writeln!(f, "{}", self.body.to_string().trim_end())?;
            }
            self.previews.iter().try_for_each(|preview| write!(f, "{preview}"))?;
            return writeln!(f, "Dry run: nothing was sent.");
        }
        writeln!(f, "{}", self.body.to_string().trim_end())?;
        for sent in &self.transactions {
            writeln!(f, "  {} {} ({} compute units)", sent.name, sent.signature, sent.compute_units)?;
        }
        Ok(())
    }
}

impl fmt::Display for Previewed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.name)?;
        writeln!(
            f,
            "  compute units {} (limit {}), fee {} lamports",
            self.compute_units, self.compute_limit, self.fee
        )?;
        for change in &self.balances {
            let what = change.mint.as_deref().map_or("lamports".into(), |mint| format!("of {mint}"));
            writeln!(f, "  {}: {} -> {} {what}", change.address, change.before, change.after)?;
        }
        if let Some(refused) = &self.refused {
            writeln!(f, "  would be refused now: {refused}")?;
        }
        self.logs.iter().try_for_each(|line| writeln!(f, "  | {line}"))
    }
}

/// Where something would be that a dry run does not make.
#[derive(Serialize)]
pub struct Address {
    #[serde(serialize_with = "as_text")]
    pub address: solana_pubkey::Pubkey,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "At {}", self.address)
    }
}

/// The review before signing, without logs.
pub fn review(preview: &Preview) -> String {
    let mut shown = Previewed::from(preview);
    shown.logs.clear();
    shown.to_string()
}

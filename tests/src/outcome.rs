//! What became of a transaction.

use std::fmt;

use anchor_lang::{AnchorDeserialize, Discriminator};
use litesvm::types::{FailedTransactionMetadata, TransactionMetadata};
use solana_transaction_error::TransactionError;

/// A transaction that succeeded.
#[derive(Debug, Clone)]
pub struct Meta {
    pub compute_units: u64,
    pub logs: Vec<String>,
    /// Data of the inner instructions, events among them.
    pub inner: Vec<Vec<u8>>,
}

impl Meta {
    /// The events of one type that `emit_cpi!` left in the inner instructions.
    pub fn events<T: AnchorDeserialize + Discriminator>(&self) -> Vec<T> {
        let tag = anchor_lang::event::EVENT_IX_TAG_LE;
        let bodies = self.inner.iter().filter_map(|data| data.strip_prefix(tag)?.strip_prefix(T::DISCRIMINATOR));
        bodies.map(|mut body| T::deserialize(&mut body).expect("event")).collect()
    }
}

impl From<TransactionMetadata> for Meta {
    fn from(meta: TransactionMetadata) -> Self {
        let inner = meta.inner_instructions.iter().flatten().map(|inner| inner.instruction.data.clone()).collect();
        Self { compute_units: meta.compute_units_consumed, logs: meta.logs, inner }
    }
}

/// A transaction that failed, with the program's error when it has one.
#[derive(Debug, Clone)]
pub struct Failure {
    pub error: TransactionError,
    /// Number of the program error.
    pub code: Option<u32>,
    /// Its name and text, as Anchor logs them.
    pub name: Option<String>,
    pub text: Option<String>,
    pub logs: Vec<String>,
}

impl Failure {
    #[track_caller]
    pub fn expect(&self, error: impl Into<u32>) {
        let expected: u32 = error.into();
        assert_eq!(self.code, Some(expected), "expected error {expected}, got: {self}");
    }
}

impl From<FailedTransactionMetadata> for Failure {
    fn from(failed: FailedTransactionMetadata) -> Self {
        let debug = format!("{:?}", failed.err);
        let code = debug.split_once("Custom(").and_then(|(_, rest)| rest.split(')').next()?.parse().ok());
        let field = |name: &str, end: &str| {
            let line = failed.meta.logs.iter().find(|line| line.contains("Error Code: "))?;
            let (_, rest) = line.split_once(name)?;
            Some(rest.split(end).next()?.trim_end_matches('.').to_string())
        };
        let (name, text) = (field("Error Code: ", ". Error Number"), field("Error Message: ", "\n"));
        Self { error: failed.err, code, name, text, logs: failed.meta.logs }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_deref().unwrap_or("no program error");
        writeln!(f, "{:?} ({name})", self.error)?;
        self.logs.iter().try_for_each(|line| writeln!(f, "    {line}"))
    }
}

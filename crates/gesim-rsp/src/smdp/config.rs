use std::sync::Arc;

use gesim_core::Eid;
use thiserror::Error;

use crate::{
    auth::Credential,
    chain::{ChainError, Trust},
    es9::SessionOpening,
    euicc::Clock,
};

/// What the operator is asked before a profile is offered to an eUICC.
#[derive(Debug, Clone)]
pub struct Authorization {
    /// From the eUICC's certificate: not what the device says, but what its manufacturer signed.
    pub eid: Eid,
    pub matching_id: String,
    /// Opens the on-chain session's `bind_c`; a plan that needs a binding must insist on it.
    pub opening: Option<SessionOpening>,
}

/// The operator's answer; an error's text goes to the device. This closes misbinding: compare `P(5, eid, r)` with the session's.
pub type Authorize = Arc<dyn Fn(&Authorization) -> Result<(), String> + Send + Sync>;

/// What an SM-DP+ is made with.
#[derive(Clone)]
pub struct SmdpConfig {
    /// The DNS name by which devices call it, the one in DPtls.
    pub address: String,
    pub tls: Credential,
    pub auth: Credential,
    pub binding: Credential,
    /// CIs below which eUICCs and this server's own certificates stand.
    pub trust: Trust,
    pub clock: Clock,
    /// Seconds that a transaction may take from step to step.
    pub timeout: i64,
    /// Transactions under way at a time; more are refused for the moment.
    pub max_transactions: usize,
    /// Protect profiles with keys of their own.
    pub own_keys: bool,
    pub authorize: Authorize,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub enum SmdpError {
    #[error("this server's own certificates: {0}")]
    Chain(#[from] ChainError),
    #[error("DPtls, DPauth and DPpb do not belong together: their registered ids differ")]
    Differ,
    #[error("an order has this matching id already; every order needs its own")]
    MatchingIdTaken,
}

//! Rates usage by a contract of [`bwrp`](crate::bwrp). The arithmetic is [`gesim_core::tariff`], the code that the
//! settlement program runs: here decimals become its integers, and its integers amounts of 10^-6.

mod compare;
mod price;
mod rate;
mod request;
mod settle;
mod sums;

use gesim_core::CoreError;
use thiserror::Error;

pub use compare::{settlement_discrepancy, usage_discrepancy, OneSided};
pub use price::{amount, AMOUNT_PLACES};
pub use rate::{rate, Line, Part, Rated, Reason, Unrated};
pub use request::rate_request;
pub use settle::settle;

/// Why usage cannot be rated.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RatingError {
    #[error("{what}: {source}")]
    Amount { what: Box<str>, source: CoreError },
    #[error("{what} is {value}: it has more than {places} decimal places")]
    Precision { what: &'static str, value: Box<str>, places: u32 },
    #[error("`{service}` is priced by {contract} and counted in {usage}")]
    Unit { service: Box<str>, contract: Box<str>, usage: Box<str> },
    #[error("`{service}` of {home} in {visitor} (byte {at}) has no charges, which is what the commitment counts")]
    Charges { service: Box<str>, home: Box<str>, visitor: Box<str>, at: u64 },
    #[error("one group of {party} holds inbound and outbound usage of `{service}`")]
    Directions { party: Box<str>, service: Box<str> },
}

pub type Result<T, E = RatingError> = std::result::Result<T, E>;

impl RatingError {
    /// What can be done about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Amount { .. } => Some("amounts go up to 18,446,744,073,709 units of the currency"),
            Self::Precision { .. } => Some("round it in the contract, where both parties see it"),
            Self::Unit { .. } => Some("bring contract and usage file to one unit"),
            Self::Charges { .. } => Some("a contract revenue commitment needs `charges` in every row it covers"),
            Self::Directions { .. } => Some("give each direction its own group of networks"),
        }
    }
}

pub(crate) fn too_large(what: &str) -> impl Fn(CoreError) -> RatingError + '_ {
    move |source| RatingError::Amount { what: what.into(), source }
}

//! The whole history of an invoice, in words: made from on-chain accounts alone, and from transactions where they are kept.

mod batch;
mod found;
mod lanes;
mod past;
mod period;
mod price;

pub use batch::Explain as ExplainBatch;
pub use period::Explain as ExplainPeriod;

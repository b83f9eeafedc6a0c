//! Accounts of the settlement program (ADR 0002).

pub mod agreement;
pub mod batch;
pub mod config;
pub mod mno;
pub mod period_rate;
pub mod proof_buffer;
pub mod seeds;
pub mod statements;
pub mod tariff;

pub use agreement::{Agreement, AgreementState, Side};
pub use batch::{Batch, BatchState};
pub use config::Config;
pub use mno::Mno;
pub use period_rate::PeriodRate;
pub use proof_buffer::ProofBuffer;
pub use statements::Statements;
pub use tariff::Tariff;

/// Version of every account's layout.
pub const VERSION: u8 = 1;

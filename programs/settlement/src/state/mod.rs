//! Accounts of the settlement program (ADR 0002 and 0011).

pub mod agreement;
pub mod batch;
pub mod bond;
pub mod claim;
pub mod config;
pub mod mno;
pub mod opening;
pub mod price;
pub mod proof_buffer;
pub mod seeds;
pub mod statement;
pub mod statements;
pub mod terms;

pub use agreement::{Agreement, AgreementState, Frame, Side};
pub use batch::{Batch, BatchKind, BatchState};
pub use config::Config;
pub use mno::Mno;
pub use opening::Opening;
pub use price::{LaneTerms, Tier};
pub use proof_buffer::ProofBuffer;
pub use statement::{Room, Statement, StatementState};
pub use statements::Statements;
pub use terms::{Terms, TermsHead, TermsState, TimeoutRule};

/// Version of the layout of config, MNOs and proof buffers.
pub const VERSION: u8 = 1;
/// Version of the layout of what ADR 0011 laid out anew: agreements, terms, statements, batches, openings.
pub const BOOKS_VERSION: u8 = 2;

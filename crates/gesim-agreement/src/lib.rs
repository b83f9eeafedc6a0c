//! Ricardian roaming agreements: one Markdown document that people read and the settlement program executes (ADR 0011).
//!
//! [`Document::parse`] reads a document; its [`Contract`] is the program's own types; [`Document::contract_hash`] is
//! what both sides sign on-chain, by the function that the program itself uses.
#![deny(clippy::unwrap_used)]

pub mod annex;
pub mod compare;
mod contract;
mod convert;
mod document;
pub mod error;
mod explain;
mod html;
mod lanes;
pub mod quantity;
mod raw;
mod template;
mod write;

pub use annex::TOLERANCE;
pub use contract::{Contract, Money, Parties};
pub use document::{Document, MAX_DOCUMENT};
pub use error::{DocumentError, Reason};
pub use explain::{terms_table, Row, TermsTable};
pub use html::render;
pub use template::Outline;

//! Ricardian roaming agreements: one Markdown document that people read and the settlement program executes (ADR 0011).
#![deny(clippy::unwrap_used)]

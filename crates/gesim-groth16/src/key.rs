//! See ADR 0006.

//! The escrow program: accounts and instructions for tests.

//! The catalog program: accounts and instructions for tests.

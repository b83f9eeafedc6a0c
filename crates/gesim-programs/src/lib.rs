//! GeSIM's programs as they were built with this crate: a tool that carries them never runs yesterday's.
//!
//! `cargo xtask programs` builds them. The addresses are those of `gesim_core::ids`; where the keys to them
//! come from is in [`development`].

pub mod development;

use gesim_core::ids;

macro_rules! elf {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/deploy/", $name, ".so"))
    };
}

/// An on-chain program: its name in the tree, its address, and the ELF that Solana loads.
#[derive(Clone, Copy)]
pub struct Program {
    pub name: &'static str,
    pub id: [u8; 32],
    pub elf: &'static [u8],
}

pub const CATALOG: &[u8] = elf!("catalog");
pub const ESCROW: &[u8] = elf!("escrow");
pub const IDENTITY: &[u8] = elf!("identity");
pub const SETTLEMENT: &[u8] = elf!("settlement");

/// In the order in which they can be deployed: nobody comes before what it calls.
pub const PROGRAMS: [Program; 4] = [
    Program { name: "escrow", id: ids::ESCROW, elf: ESCROW },
    Program { name: "settlement", id: ids::SETTLEMENT, elf: SETTLEMENT },
    Program { name: "identity", id: ids::IDENTITY, elf: IDENTITY },
    Program { name: "catalog", id: ids::CATALOG, elf: CATALOG },
];

/// The program at an address, if it is one of these.
pub fn by_id(id: &[u8; 32]) -> Option<Program> {
    PROGRAMS.into_iter().find(|program| program.id == *id)
}

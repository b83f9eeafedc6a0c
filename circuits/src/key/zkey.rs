//! Keys without a commitment, as snarkjs writes them.

use std::path::Path;

use anyhow::{Context, Result};
use snarkrs_ceremony::{
    setup::{S_A, S_B1, S_B2, S_C, S_H, S_HEADER, S_IC, ZKEY_MAGIC, ZKEY_MAX_VERSION},
    Groth16Header,
};
use snarkrs_formats::binfile::BinFile;

use super::{
    file::{g1_points, g2_points},
    Key,
};

/// Reads a `.zkey`; its section of matrix entries is left alone.
pub fn read(path: &Path) -> Result<Key> {
    let file = BinFile::open(path, ZKEY_MAGIC, ZKEY_MAX_VERSION)
        .with_context(|| format!("cannot read the proving key {}", path.display()))?;
    points(&file).with_context(|| format!("{} is not a proving key", path.display()))
}

/// The sections that both formats share.
pub(super) fn points(file: &BinFile) -> Result<Key> {
    let header = Groth16Header::read(file.unique_section(S_HEADER)?)?;
    let (wires, public) = (header.n_vars as usize, header.n_public as usize);
    Ok(Key {
        ic: g1_points(file, S_IC, public + 1)?,
        a: g1_points(file, S_A, wires)?,
        b1: g1_points(file, S_B1, wires)?,
        b2: g2_points(file, S_B2, wires)?,
        c: g1_points(file, S_C, wires - public - 1)?,
        h: g1_points(file, S_H, header.domain_size as usize)?,
        header,
        commitment: None,
    })
}

//! A key with a commitment on its way through the ceremony. The container is that of snarkjs' files; sections 2 to 9
//! are a zkey's, without the matrix entries (4), and a committed wire has infinity in C (8).
//!
//! | section | holds |
//! | --- | --- |
//! | 10 | the ceremony's transcript |
//! | 11 | committed wires, u32 little-endian |
//! | 12, 13 | the commitment's basis, and the basis times sigma: G1 |
//! | 14 | sigma G: G2 |

use std::{fs::File, io::Read, path::Path};

use anyhow::{ensure, Context, Result};
use snarkrs_ceremony::{
    setup::{S_A, S_B1, S_B2, S_C, S_H, S_HEADER, S_IC, S_MPC_PARAMS},
    write::BinFileWriter,
    SG1, SG2,
};
use snarkrs_field::{G1Affine, G2Affine};
use snarkrs_formats::binfile::{self, BinFile};

use super::{zkey, Commitment, Key};
use crate::{cache::beside, ceremony::transcript::Transcript};

const MAGIC: &[u8; 4] = b"gskc";
const VERSION: u32 = 1;
const SECTIONS: u32 = 12;
const S_WIRES: u32 = 11;
const S_BASIS: u32 = 12;
const S_BASIS_SIGMA: u32 = 13;
const S_SIGMA: u32 = 14;

/// Whether a file is a key with a commitment, by its first bytes.
pub fn is_committed(path: &Path) -> Result<bool> {
    let mut magic = [0; 4];
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    file.read_exact(&mut magic).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(magic == *MAGIC)
}

pub fn read(path: &Path) -> Result<(Key, Transcript)> {
    let file =
        BinFile::open(path, MAGIC, VERSION).with_context(|| format!("cannot read the key {}", path.display()))?;
    decode(&file).with_context(|| format!("{} is not a key with a commitment", path.display()))
}

fn decode(file: &BinFile) -> Result<(Key, Transcript)> {
    let mut key = zkey::points(file)?;
    let section = file.unique_section(S_WIRES)?;
    let (words, rest) = section.as_chunks::<4>();
    ensure!(rest.is_empty(), "the committed wires end in half a number");
    let wires: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
    let private = key.header.n_public + 1..key.header.n_vars;
    ensure!(wires.iter().all(|wire| private.contains(wire)), "a committed wire is not private");
    let sigma = g2_points(file, S_SIGMA, 1)?[0];
    ensure!(sigma.is_on_curve() && sigma.is_in_correct_subgroup_assuming_on_curve(), "sigma is not in the group");
    key.commitment = Some(Commitment {
        basis: g1_points(file, S_BASIS, wires.len())?,
        basis_sigma: g1_points(file, S_BASIS_SIGMA, wires.len())?,
        sigma,
        wires,
    });
    Ok((key, Transcript::decode(file.unique_section(S_MPC_PARAMS)?)?))
}

/// Writes beside the target and renames.
pub fn write(path: &Path, key: &Key, transcript: &Transcript) -> Result<()> {
    let part = beside(path);
    write_sections(&part, key, transcript).with_context(|| format!("cannot write {}", path.display()))?;
    std::fs::rename(&part, path).with_context(|| format!("cannot write {}", path.display()))
}

fn write_sections(path: &Path, key: &Key, transcript: &Transcript) -> Result<()> {
    let commitment = key.commitment.as_ref().context("the key has no commitment")?;
    let mut file = BinFileWriter::create(path, MAGIC, VERSION, SECTIONS)?;
    file.start_section(S_HEADER)?;
    key.header.write(&mut file)?;
    file.end_section()?;
    let g1 = [
        (S_IC, &key.ic),
        (S_A, &key.a),
        (S_B1, &key.b1),
        (S_C, &key.c),
        (S_H, &key.h),
        (S_BASIS, &commitment.basis),
        (S_BASIS_SIGMA, &commitment.basis_sigma),
    ];
    for (section, points) in g1 {
        file.start_section(section)?;
        file.write_g1_slice(points)?;
        file.end_section()?;
    }
    for (section, points) in [(S_B2, &key.b2[..]), (S_SIGMA, &[commitment.sigma])] {
        file.start_section(section)?;
        file.write_g2_slice(points)?;
        file.end_section()?;
    }
    file.start_section(S_WIRES)?;
    for wire in &commitment.wires {
        file.write_u32(*wire)?;
    }
    file.end_section()?;
    file.write_section_verbatim(S_MPC_PARAMS, &transcript.encode()?)?;
    Ok(file.finish()?)
}

/// A section of so many G1 points; they may be off the curve.
pub(super) fn g1_points(file: &BinFile, section: u32, count: usize) -> Result<Vec<G1Affine>> {
    let bytes = file.unique_section(section)?;
    binfile::expect_records(bytes, count, SG1, section)?;
    Ok(binfile::decode_records(bytes, SG1, G1Affine::identity(), |_, record| binfile::g1(record))?)
}

/// A section of so many G2 points; they may be off the curve or outside of the group.
pub(super) fn g2_points(file: &BinFile, section: u32, count: usize) -> Result<Vec<G2Affine>> {
    let bytes = file.unique_section(section)?;
    binfile::expect_records(bytes, count, SG2, section)?;
    Ok(binfile::decode_records(bytes, SG2, G2Affine::identity(), |_, record| binfile::g2(record))?)
}

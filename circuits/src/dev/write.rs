//! The initial key (gamma = delta = 1) as snarkjs writes it.

use std::path::Path;

use anyhow::Result;
use rayon::prelude::*;
use snarkrs_ceremony::{
    r1cs::R1cs,
    setup::{
        COEF_RECORD_BYTES, S_A, S_B1, S_B2, S_C, S_COEFFS, S_H, S_HEADER, S_IC, S_MPC_PARAMS, S_PROTOCOL, ZKEY_MAGIC,
        ZKEY_SECTIONS, ZKEY_VERSION,
    },
    transcript::Transcript,
    write::{fr_double_montgomery, BinFileWriter},
    Groth16Header, PROTOCOL_GROTH16,
};
use snarkrs_field::{
    AffineRepr, CurveGroup, Field, Fr, G1Affine, G1Projective, G2Affine, G2Projective, One, PrimeGroup,
};

use super::{
    points::FixedBase,
    scalars::{evaluate, Entry},
    Secrets,
};

/// Points snarkjs hashes at once. It matters: for larger circuits it hashes one chunk too many.
const HASH_CHUNK: usize = 1 << 14;
const ENTRY_BATCH: usize = 1 << 13;

/// Writes the key before any phase-2 contribution. Nobody may prove with it: delta equals gamma.
pub fn initial_key(r1cs: &R1cs, secrets: &Secrets, out: &Path) -> Result<()> {
    let mut entries = Vec::new();
    let scalars = evaluate(r1cs, secrets, |entry| entries.push(entry))?;
    let g1 = FixedBase::<G1Projective>::new();
    let g2 = FixedBase::<G2Projective>::new();
    let header = header(r1cs, secrets);

    let mut cs = Transcript::new();
    let mut file = BinFileWriter::create(out, ZKEY_MAGIC, ZKEY_VERSION, ZKEY_SECTIONS)?;
    file.start_section(S_PROTOCOL)?;
    file.write_u32(PROTOCOL_GROTH16)?;
    file.end_section()?;

    file.start_section(S_HEADER)?;
    header.write(&mut file)?;
    file.end_section()?;
    cs.update_g1(&header.alpha_g1);
    cs.update_g1(&header.beta_g1);
    cs.update_g2(&header.beta_g2);
    cs.update_g2(&header.gamma_g2);
    cs.update_g1(&header.delta_g1);
    cs.update_g2(&header.delta_g2);

    write_entries(&mut file, &entries)?;
    let section = |file: &mut BinFileWriter, cs: &mut Transcript, id: u32, scalars: &[Fr]| -> Result<()> {
        let points: Vec<G1Affine> = g1.all(scalars);
        cs.update_u32_be(points.len() as u32);
        points.iter().for_each(|point| cs.update_g1(point));
        file.start_section(id)?;
        file.write_g1_slice(&points)?;
        Ok(file.end_section()?)
    };
    section(&mut file, &mut cs, S_IC, &scalars.ic)?;
    file.start_section(S_H)?;
    file.write_g1_slice(&g1.all(&scalars.h))?;
    file.end_section()?;
    hash_powers(&mut cs, r1cs.header().domain_size(), secrets, &g1);
    section(&mut file, &mut cs, S_C, &scalars.c)?;
    section(&mut file, &mut cs, S_A, &scalars.a)?;
    section(&mut file, &mut cs, S_B1, &scalars.b)?;

    let points: Vec<G2Affine> = g2.all(&scalars.b);
    cs.update_u32_be(points.len() as u32);
    points.iter().for_each(|point| cs.update_g2(point));
    file.start_section(S_B2)?;
    file.write_g2_slice(&points)?;
    file.end_section()?;

    file.start_section(S_MPC_PARAMS)?;
    file.write_bytes(&cs.finalize())?;
    file.write_u32(0)?;
    file.end_section()?;
    Ok(file.finish()?)
}

pub(super) fn header(r1cs: &R1cs, secrets: &Secrets) -> Groth16Header {
    Groth16Header {
        n_vars: r1cs.header().n_vars,
        n_public: r1cs.header().n_public() as u32,
        domain_size: r1cs.header().domain_size() as u32,
        alpha_g1: (G1Projective::generator() * secrets.alpha).into_affine(),
        beta_g1: (G1Projective::generator() * secrets.beta).into_affine(),
        beta_g2: (G2Projective::generator() * secrets.beta).into_affine(),
        gamma_g2: G2Affine::generator(),
        delta_g1: G1Affine::generator(),
        delta_g2: G2Affine::generator(),
    }
}

fn write_entries(file: &mut BinFileWriter, entries: &[Entry]) -> Result<()> {
    file.start_section(S_COEFFS)?;
    file.write_u32(entries.len() as u32)?;
    for batch in entries.chunks(ENTRY_BATCH) {
        let records: Vec<[u8; COEF_RECORD_BYTES]> = batch
            .par_iter()
            .map(|entry| {
                let mut record = [0; COEF_RECORD_BYTES];
                record[..4].copy_from_slice(&entry.matrix.to_le_bytes());
                record[4..8].copy_from_slice(&entry.row.to_le_bytes());
                record[8..12].copy_from_slice(&entry.signal.to_le_bytes());
                record[12..].copy_from_slice(&fr_double_montgomery(&entry.value));
                record
            })
            .collect();
        file.write_bytes(&records.concat())?;
    }
    Ok(file.end_section()?)
}

/// The circuit's hash takes in `tau^(i + n) - tau^i` for the n - 1 powers of H; from 2^15 on, snarkjs hashes n of them.
fn hash_powers(cs: &mut Transcript, size: usize, secrets: &Secrets, g1: &FixedBase<G1Projective>) {
    cs.update_u32_be((size - 1) as u32);
    let vanishing = secrets.tau.pow([size as u64]) - Fr::one();
    let chunk = (size - 1).min(HASH_CHUNK);
    let mut power = Fr::one();
    for _ in (0..size - 1).step_by(HASH_CHUNK) {
        let mut scalars = Vec::with_capacity(chunk);
        for _ in 0..chunk {
            scalars.push(power * vanishing);
            power *= secrets.tau;
        }
        g1.all(&scalars).iter().for_each(|point| cs.update_g1(point));
    }
}

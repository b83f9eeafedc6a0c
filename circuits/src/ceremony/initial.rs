//! The key that circuit and powers of tau determine: delta = sigma = 1.

use std::path::Path;

use anyhow::{bail, ensure, Context, Result};
use sha2::{Digest, Sha256};
use snarkrs_ceremony::{
    ptau::{self, Ptau},
    r1cs::R1cs,
    setup::{self, LagrangeBlocks, PointTerm},
    Groth16Header, SG1, SG2,
};
use snarkrs_field::{AffineRepr, G1Affine, G2Affine};
use snarkrs_msm::CpuMsm;

use super::transcript::Transcript;
use crate::{
    cache::file_digest,
    key::{Commitment, Key},
    wires,
};

/// A circuit with its committed wires, and powers of tau that are large enough.
pub struct Basis {
    pub r1cs: R1cs,
    pub wires: Vec<u32>,
    pub ptau: Ptau,
    /// Binds a ceremony to all of this.
    pub digest: [u8; 32],
}

impl Basis {
    pub fn open(r1cs: &Path, sym: &Path, ptau: &Path) -> Result<Self> {
        let circuit = R1cs::open(r1cs).context("cannot read the circuit")?;
        let wires = wires::committed(sym, circuit.header().n_public())?;
        ensure!(wires.iter().all(|wire| *wire < circuit.header().n_vars), "the symbols are of another circuit");
        wires::independent(&circuit, &wires)?;
        let powers = Ptau::open(ptau).context("cannot read the powers of tau")?;
        let (needed, have) = (circuit.header().cir_power(), powers.power());
        if needed > have {
            bail!("the circuit needs 2^{needed} powers of tau, and the file has 2^{have}");
        }
        if !powers.is_prepared() {
            bail!("the powers of tau are not prepared\nHint: `snarkjs powersoftau prepare phase2`");
        }
        let mut hash = Sha256::new();
        hash.update("gesim ceremony 1: ");
        hash.update(file_digest(r1cs)?);
        hash.update((wires.len() as u64).to_le_bytes());
        wires.iter().for_each(|wire| hash.update(wire.to_le_bytes()));
        let domain = circuit.header().domain_size();
        for (section, stride, first, count) in [
            (ptau::S_ALPHA_TAU_G1, SG1, 0, 1),
            (ptau::S_BETA_TAU_G1, SG1, 0, 1),
            (ptau::S_BETA_G2, SG2, 0, 1),
            (ptau::S_LAGRANGE_TAU_G1, SG1, domain - 1, domain),
            (ptau::S_LAGRANGE_TAU_G1, SG1, 2 * domain - 1, 2 * domain),
            (ptau::S_LAGRANGE_TAU_G2, SG2, domain - 1, domain),
            (ptau::S_LAGRANGE_ALPHA_TAU_G1, SG1, domain - 1, domain),
            (ptau::S_LAGRANGE_BETA_TAU_G1, SG1, domain - 1, domain),
        ] {
            hash.update(powers.section_elements(section, stride, first, count)?);
        }
        Ok(Self { r1cs: circuit, wires, ptau: powers, digest: hash.finalize().into() })
    }

    /// The header before any contribution.
    pub fn header(&self) -> Result<Groth16Header> {
        let g1 = |section| Ok::<_, anyhow::Error>(self.ptau.g1_points(section, 0, 1)?[0]);
        let circuit = self.r1cs.header();
        Ok(Groth16Header {
            n_vars: circuit.n_vars,
            n_public: u32::try_from(circuit.n_public())?,
            domain_size: u32::try_from(circuit.domain_size())?,
            alpha_g1: g1(ptau::S_ALPHA_TAU_G1)?,
            beta_g1: g1(ptau::S_BETA_TAU_G1)?,
            beta_g2: self.ptau.g2_points(ptau::S_BETA_G2, 0, 1)?[0],
            gamma_g2: G2Affine::generator(),
            delta_g1: G1Affine::generator(),
            delta_g2: G2Affine::generator(),
        })
    }
}

/// Makes it. Every element is a sum over the circuit's matrix entries, so large circuits take long.
pub fn initial(basis: &Basis) -> Result<(Key, Transcript)> {
    let (r1cs, header) = (&basis.r1cs, basis.header()?);
    let domain = header.domain_size as usize;
    let terms = setup::process_constraints(r1cs, domain)?;
    let powers = LagrangeBlocks::read(&basis.ptau, domain)?;
    let msm = CpuMsm::new();
    let points = |slots: &[Vec<PointTerm>]| setup::compose_points_g1(slots, &powers, r1cs, &msm);
    let mut c = points(&terms.c)?;
    let first = header.n_public + 1;
    let committed: Vec<G1Affine> = basis
        .wires
        .iter()
        .map(|wire| std::mem::replace(&mut c[(wire - first) as usize], G1Affine::identity()))
        .collect();
    let key = Key {
        ic: points(&terms.ic)?,
        a: points(&terms.a)?,
        b1: points(&terms.b1)?,
        b2: setup::compose_points_g2(&terms.b2, &powers, r1cs, &msm)?,
        c,
        h: setup::write_hs(&basis.ptau, domain)?,
        header,
        commitment: Some(Commitment {
            wires: basis.wires.clone(),
            basis_sigma: committed.clone(),
            basis: committed,
            sigma: G2Affine::generator(),
        }),
    };
    Ok((key, Transcript { initial: basis.digest, contributions: Vec::new() }))
}

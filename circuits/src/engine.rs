//! The prover's two files of a circuit, made by the engine (ADR 0006). Its arkworks is another version than that of the
//! ceremony's library: points go over as words, Montgomery form on both sides.

use std::path::Path;

use anyhow::{ensure, Context, Result};
use gesim_groth16::{
    key::{self as engine, BQuery, CommitmentParts, Fixed, Identity, KeyParts, ProvingKey, Query, Sizes},
    system::{self, System},
    G1Raw, G2Raw,
};
use snarkrs_field::{AffineRepr, Fq, G1Affine, G2Affine};

use crate::{compile::Compiled, key::Key, manifest::Entry, vk::KeyBytes};

/// `circuit.sys` from `circuit.r1cs` and `circuit.sym`.
pub fn write_system(dir: &Path) -> Result<()> {
    system::build(&dir.join("circuit.r1cs"), &dir.join("circuit.sym"), &dir.join("circuit.sys"))?;
    Ok(())
}

/// `proving.key`.
pub fn write_key(dir: &Path, key: &Key, bytes: &KeyBytes, compiled: &Compiled) -> Result<()> {
    let identity = Identity { r1cs_digest: digest(&compiled.r1cs)?, fingerprint: bytes.fingerprint() };
    Ok(engine::write(&dir.join("proving.key"), &parts(key, identity, compiled.constraints)?)?)
}

/// Whether both files are of the entry's circuit and key.
pub fn check(dir: &Path, entry: &Entry) -> Result<()> {
    let (r1cs, fingerprint) = (digest(&entry.r1cs)?, digest(&entry.fingerprint)?);
    let system = System::open(&dir.join("circuit.sys"))?;
    ensure!(*system.digest() == r1cs, "circuit.sys is of another circuit");
    let key = ProvingKey::open(&dir.join("proving.key"))?;
    ensure!(*key.identity() == Identity { r1cs_digest: r1cs, fingerprint }, "proving.key is another key");
    Ok(())
}

fn digest(text: &str) -> Result<[u8; 32]> {
    let mut digest = [0; 32];
    hex::decode_to_slice(text, &mut digest).with_context(|| format!("{text:?} is no digest"))?;
    Ok(digest)
}

fn parts(key: &Key, identity: Identity, constraints: u32) -> Result<KeyParts> {
    let header = &key.header;
    let b = query(0, &key.b1, g1);
    let b2 = query(0, &key.b2, g2);
    ensure!(b.wires == b2.wires, "B has infinity at other wires in G1 than in G2");
    let commitment = key.commitment.as_ref().map(|commitment| {
        Ok::<_, anyhow::Error>(CommitmentParts {
            wires: commitment.wires.clone(),
            basis: commitment.basis.iter().map(g1).collect(),
            sigma_basis: commitment.basis_sigma.iter().map(g1).collect(),
            g: in_g2(&G2Affine::generator())?,
            minus_sigma_g: in_g2(&-commitment.sigma)?,
        })
    });
    Ok(KeyParts {
        identity,
        sizes: Sizes {
            domain_log2: header.domain_size.ilog2(),
            wires: header.n_vars,
            public_inputs: header.n_public,
            constraints,
        },
        fixed: Fixed {
            alpha_g1: in_g1(&header.alpha_g1)?,
            beta_g1: in_g1(&header.beta_g1)?,
            delta_g1: in_g1(&header.delta_g1)?,
            beta_g2: in_g2(&header.beta_g2)?,
            gamma_g2: in_g2(&header.gamma_g2)?,
            delta_g2: in_g2(&header.delta_g2)?,
        },
        ic: key.ic.iter().map(in_g1).collect::<Result<_>>()?,
        a: query(0, &key.a, g1),
        b: BQuery { wires: b.wires, g1: b.points, g2: b2.points },
        c: query(header.n_public + 1, &key.c, g1),
        h: key.h.iter().map(g1).collect(),
        commitment: commitment.transpose()?,
    })
}

/// Points that are not infinity, with their wires.
fn query<P: AffineRepr, R>(first: u32, points: &[P], raw: impl Fn(&P) -> R) -> Query<R> {
    let finite = (first..).zip(points).filter(|(_, point)| !point.is_zero());
    let (wires, points) = finite.map(|(wire, point)| (wire, raw(point))).unzip();
    Query { wires, points }
}

fn words<const N: usize, const W: usize>(coordinates: [Fq; N]) -> [u64; W] {
    let mut words = [0; W];
    for (out, coordinate) in words.as_chunks_mut::<4>().0.iter_mut().zip(coordinates) {
        // The field's own words: its Montgomery form.
        *out = coordinate.0 .0;
    }
    words
}

fn g1(point: &G1Affine) -> G1Raw {
    words([point.x, point.y])
}

fn g2(point: &G2Affine) -> G2Raw {
    words([point.x.c0, point.x.c1, point.y.c0, point.y.c1])
}

fn in_g1(point: &G1Affine) -> Result<gesim_groth16::G1Affine> {
    engine::g1_from_raw(&g1(point)).context("a point is not on the curve")
}

fn in_g2(point: &G2Affine) -> Result<gesim_groth16::G2Affine> {
    engine::g2_from_raw(&g2(point)).context("a point is not in the group")
}

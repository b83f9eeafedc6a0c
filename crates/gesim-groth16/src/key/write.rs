//! Writing a key.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use super::{
    layout::{Header, Layout},
    open::check_wires,
    point::{g1_raw, g2_raw},
    KeyParts,
};
use crate::{Error, G1Affine, G1Raw, G2Affine, G2Raw, Result};

/// Writes `proving.key`. The file appears at `path` when it is whole, so that nobody maps half of one.
///
/// # Errors
/// [`Error::Parts`] for parts that [`super::ProvingKey::open`] would refuse, and what the file system says.
pub fn write(path: &Path, parts: &KeyParts) -> Result<()> {
    let header = Header::of(parts).map_err(Error::Parts)?;
    let layout = header.layout().ok_or_else(|| Error::Parts("it is too large".into()))?;
    check_lengths(parts).map_err(Error::Parts)?;
    let committed = parts.commitment.as_ref().map_or(&[][..], |commitment| &commitment.wires);
    check_wires(&parts.sizes, &parts.a.wires, &parts.b.wires, &parts.c.wires, committed).map_err(Error::Parts)?;
    let fixed = Points::of(parts).ok_or_else(|| Error::Parts("one of its single points is infinity".into()))?;

    let partial = path.with_extension("partial");
    let written = File::create(&partial).and_then(|file| {
        let mut out = Writer { file: BufWriter::with_capacity(1 << 20, file), at: 0 };
        out.all(parts, &header, &layout, &fixed)?;
        out.file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&partial, path)
    });
    written.map_err(|source| {
        // what stays behind is of no use, and the first error is the one to tell
        let _ = std::fs::remove_file(&partial);
        Error::Io { path: path.into(), source }
    })
}

struct Points {
    g1: Vec<G1Raw>,
    g2: Vec<G2Raw>,
    ic: Vec<G1Raw>,
}

impl Points {
    fn of(parts: &KeyParts) -> Option<Self> {
        let fixed = &parts.fixed;
        let mut g2 = vec![fixed.beta_g2, fixed.gamma_g2, fixed.delta_g2];
        g2.extend(parts.commitment.iter().flat_map(|commitment| [commitment.g, commitment.minus_sigma_g]));
        let raw = |points: &[G1Affine]| points.iter().map(g1_raw).collect::<Option<Vec<_>>>();
        Some(Self {
            g1: raw(&[fixed.alpha_g1, fixed.beta_g1, fixed.delta_g1])?,
            g2: g2.iter().map(|point: &G2Affine| g2_raw(point)).collect::<Option<Vec<_>>>()?,
            ic: raw(&parts.ic)?,
        })
    }
}

fn check_lengths(parts: &KeyParts) -> Result<(), String> {
    let equal = |what: &str, points: usize, wires: usize| {
        (points == wires).then_some(()).ok_or_else(|| format!("{what}: {points} points for {wires}"))
    };
    equal("IC", parts.ic.len(), parts.sizes.public_inputs as usize + 1)?;
    equal("A", parts.a.points.len(), parts.a.wires.len())?;
    equal("B in G1", parts.b.g1.len(), parts.b.wires.len())?;
    equal("B in G2", parts.b.g2.len(), parts.b.wires.len())?;
    equal("C", parts.c.points.len(), parts.c.wires.len())?;
    equal("H", parts.h.len(), 1 << parts.sizes.domain_log2)?;
    if let Some(commitment) = &parts.commitment {
        equal("K", commitment.basis.len(), commitment.wires.len())?;
        equal("sigma K", commitment.sigma_basis.len(), commitment.wires.len())?;
    }
    Ok(())
}

struct Writer {
    file: BufWriter<File>,
    at: usize,
}

impl Writer {
    fn all(&mut self, parts: &KeyParts, header: &Header, layout: &Layout, fixed: &Points) -> io::Result<()> {
        self.part(0, &header.to_bytes())?;
        self.part(layout.fixed_g1.start, bytemuck::cast_slice(&fixed.g1))?;
        self.part(layout.fixed_g2.start, bytemuck::cast_slice(&fixed.g2))?;
        self.part(layout.ic.start, bytemuck::cast_slice(&fixed.ic))?;
        self.part(layout.a_wires.start, bytemuck::cast_slice(&parts.a.wires))?;
        self.part(layout.a.start, bytemuck::cast_slice(&parts.a.points))?;
        self.part(layout.b_wires.start, bytemuck::cast_slice(&parts.b.wires))?;
        self.part(layout.b_g1.start, bytemuck::cast_slice(&parts.b.g1))?;
        self.part(layout.b_g2.start, bytemuck::cast_slice(&parts.b.g2))?;
        self.part(layout.c_wires.start, bytemuck::cast_slice(&parts.c.wires))?;
        self.part(layout.c.start, bytemuck::cast_slice(&parts.c.points))?;
        self.part(layout.h.start, bytemuck::cast_slice(&parts.h))?;
        if let Some(commitment) = &parts.commitment {
            self.part(layout.committed.start, bytemuck::cast_slice(&commitment.wires))?;
            self.part(layout.basis.start, bytemuck::cast_slice(&commitment.basis))?;
            self.part(layout.sigma_basis.start, bytemuck::cast_slice(&commitment.sigma_basis))?;
        }
        Ok(())
    }

    /// Zeros up to `start`, then `bytes`.
    fn part(&mut self, start: usize, bytes: &[u8]) -> io::Result<()> {
        let gap = start.saturating_sub(self.at);
        self.file.write_all(&vec![0; gap])?;
        self.file.write_all(bytes)?;
        self.at += gap + bytes.len();
        Ok(())
    }
}

//! Jobs as bytes. Every job has one encoding, and everything else is refused.

use gesim_core::{
    inputs::Totals,
    layout::{CircuitSize, LANES},
    poseidon::Field,
    Lane,
};

use super::{fixed_bytes, ChunkInput};
use crate::{ProverError, Result};

const MAGIC: &[u8; 8] = b"GSIMJOB1";

impl ChunkInput {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(fixed_bytes(self.size) + self.values.len() * 8);
        out.extend(MAGIC);
        out.extend([self.size as u8, self.lane as u8, 0, 0]);
        out.extend(self.index.to_le_bytes());
        out.extend((self.values.len() as u32).to_le_bytes());
        out.extend([0; 4]);
        for element in [&self.ctx, &self.root, &self.r_in, &self.r_out] {
            out.extend(element);
        }
        self.before.lanes.iter().chain([&self.before.records]).for_each(|total| out.extend(total.to_le_bytes()));
        self.path.iter().chain(&self.meta_roots).for_each(|element| out.extend(element));
        self.values.iter().for_each(|value| out.extend(value.to_le_bytes()));
        out
    }

    /// Reads a job and checks it ([`ChunkInput::check`]).
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let job = Reader(bytes).job().ok_or(ProverError::Job("its bytes are not those of a job of this version"))?;
        job.check()?;
        Ok(job)
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn job(mut self) -> Option<ChunkInput> {
        let total = self.0.len();
        let magic: [u8; 8] = self.take()?;
        let [size, lane, 0, 0] = self.take()? else { return None };
        let (size, lane) = (CircuitSize::try_from(size).ok()?, Lane::try_from(lane).ok()?);
        let (index, count, zero) = (self.u32()?, self.u32()? as usize, self.u32()?);
        // The length is checked before anything is set aside for it.
        if &magic != MAGIC || zero != 0 || count > size.records() || total != fixed_bytes(size) + count * 8 {
            return None;
        }
        let [ctx, root, r_in, r_out] = self.elements()?;
        let mut lanes = [0; LANES];
        for lane in &mut lanes {
            *lane = self.u64()?;
        }
        let before = Totals { lanes, records: self.u64()? };
        let path = self.elements()?;
        let meta_roots = (0..size.rows()).map(|_| self.take()).collect::<Option<_>>()?;
        let values = (0..count).map(|_| self.u64()).collect::<Option<_>>()?;
        Some(ChunkInput { size, index, lane, ctx, root, before, r_in, r_out, path, meta_roots, values })
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    fn elements<const N: usize>(&mut self) -> Option<[Field; N]> {
        let mut elements = [[0; 32]; N];
        for element in &mut elements {
            *element = self.take()?;
        }
        Some(elements)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }
}

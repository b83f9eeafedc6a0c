//! ADR 0001 in field arithmetic, for honest and for impossible statements alike: nothing here checks a range.

use gesim_prover::poseidon::hash as p;
use snarkrs_field::{BigInteger, Field, Fr, PrimeField, Zero};

use crate::support::Signals;

pub const ROWS: usize = 2;
pub const RECORDS: usize = 105;
pub const SIZE: usize = ROWS * RECORDS;
pub const TABLE: usize = 4096;

pub fn fr(value: u64) -> Fr {
    Fr::from(value)
}

/// `2^exponent`.
pub fn power(exponent: u64) -> Fr {
    fr(2).pow([exponent])
}

/// Unrelated field elements.
pub fn noise(domain: u64, at: usize) -> Fr {
    p(&[fr(domain), fr(at as u64)])
}

pub fn low_bits(value: &Fr, n: usize) -> Vec<bool> {
    value.into_bigint().to_bits_le()[..n].to_vec()
}

/// A value's three limbs, the last one with all that is left: off the table where the value is out of range.
pub fn limbs(value: &Fr) -> [Fr; 3] {
    let [low, middle] = [0, 1].map(|i| fr(value.into_bigint().0[0] >> (12 * i) & 4095));
    [low, middle, (*value - low - middle * power(12)) / power(24)]
}

/// How many of the limbs are 0, 1, .. 4095; others are not counted.
pub fn multiplicity(limbs: &[Fr]) -> Vec<Fr> {
    let mut counts = vec![0; TABLE];
    for limb in limbs {
        let [low, rest @ ..] = limb.into_bigint().0;
        if low < TABLE as u64 && rest == [0; 3] {
            counts[low as usize] += 1;
        }
    }
    counts.into_iter().map(fr).collect()
}

/// One chunk and its place in a batch. Fields are public, so that tests can break each of them.
#[derive(Clone)]
pub struct Chunk {
    pub lane: Fr,
    pub count: Fr,
    pub index: Fr,
    pub values: Vec<Fr>,
    pub record_ids: Vec<Fr>,
    pub meta_digests: Vec<Fr>,
    pub salts: Vec<Fr>,
    pub leaves: Vec<Fr>,
    pub path: Vec<Fr>,
}

impl Chunk {
    pub fn new(count: usize, lane: u64, index: u64) -> Self {
        let within = |at: usize, value: Fr| if at < count { value } else { Fr::zero() };
        let list = |domain| (0..SIZE).map(|at| noise(domain, at)).collect::<Vec<_>>();
        let (record_ids, meta_digests, salts) = (list(1), list(2), list(3));
        // Largest, smallest and ordinary values.
        let value = |at: usize| [power(36) - fr(1), fr(0), fr(1), fr(at as u64 * 7919)][at % 4];
        Self {
            lane: fr(lane),
            count: fr(count as u64),
            index: fr(index),
            values: (0..SIZE).map(|at| within(at, value(at))).collect(),
            leaves: (0..SIZE).map(|at| within(at, p(&[record_ids[at], meta_digests[at], salts[at]]))).collect(),
            record_ids,
            meta_digests,
            salts,
            path: (0..10).map(|at| noise(4, at)).collect(),
        }
    }

    pub fn elements(&self, row: usize) -> Vec<Fr> {
        let values = &self.values[row * RECORDS..][..RECORDS];
        values.chunks(7).map(|seven| (0..).zip(seven).map(|(j, value)| *value * power(36 * j)).sum()).collect()
    }

    pub fn groups(&self, row: usize) -> Vec<Fr> {
        self.leaves[row * RECORDS..][..RECORDS].chunks(7).map(p).collect()
    }

    pub fn meta_root(&self, row: usize) -> Fr {
        p(&self.groups(row))
    }

    pub fn row_hash(&self, row: usize) -> Fr {
        let mut inputs = self.elements(row);
        inputs.push(self.meta_root(row));
        p(&inputs)
    }

    pub fn leaf(&self) -> Fr {
        let mut sponge = vec![Fr::zero(); 16];
        for row in 0..ROWS {
            sponge[row + 1] = self.row_hash(row);
        }
        p(&[p(&sponge), self.lane, self.count])
    }

    pub fn root(&self) -> Fr {
        let bits = low_bits(&self.index, 10);
        self.path.iter().zip(bits).fold(self.leaf(), |node, (sibling, right)| match right {
            true => p(&[*sibling, node]),
            false => p(&[node, *sibling]),
        })
    }
}

/// A statement of the usage circuit.
#[derive(Clone)]
pub struct Usage {
    pub chunk: Chunk,
    /// After the commitment to the limbs it is a hash; to the circuit it is any number.
    pub challenge: Fr,
    pub ctx: Fr,
    pub acc_in: Vec<Fr>,
    pub records_in: Fr,
    pub r_in: Fr,
    pub r_out: Fr,
}

impl Usage {
    pub fn new(count: usize, lane: u64, index: u64) -> Self {
        Self {
            chunk: Chunk::new(count, lane, index),
            challenge: noise(7, 0),
            ctx: noise(5, 0),
            acc_in: (0..8).map(|lane| fr(1_000_003 * lane + 17)).collect(),
            records_in: fr(4242),
            r_in: noise(6, 0),
            r_out: noise(6, 1),
        }
    }

    pub fn acc_out(&self) -> Vec<Fr> {
        let mut acc = self.acc_in.clone();
        let lane = self.chunk.lane.into_bigint().0[0] as usize;
        if let Some(total) = acc.get_mut(lane) {
            *total += self.chunk.values.iter().sum::<Fr>();
        }
        acc
    }

    pub fn c_in(&self) -> Fr {
        p(&[&self.acc_in[..], &[self.records_in, self.r_in]].concat())
    }

    pub fn c_out(&self) -> Fr {
        p(&[&self.acc_out()[..], &[self.records_in + self.chunk.count, self.r_out]].concat())
    }

    pub fn x(&self) -> Fr {
        p(&[self.ctx, self.chunk.root(), self.chunk.index, self.c_in(), self.c_out()])
    }

    pub fn signals(&self) -> Signals {
        let mut out = Signals::default();
        let chunk = &self.chunk;
        let limbs: Vec<Fr> = chunk.values.iter().flat_map(limbs).collect();
        out.set("x", [self.x()]);
        out.set("challenge", [self.challenge]);
        out.set("multiplicity", multiplicity(&limbs));
        out.set("limbs", limbs);
        out.set("blind", [noise(8, 0)]);
        out.set("ctx", [self.ctx]);
        out.set("root", [chunk.root()]);
        out.set("index", [chunk.index]);
        out.set("lane", [chunk.lane]);
        out.set("count", [chunk.count]);
        out.set("meta_root", (0..ROWS).map(|row| chunk.meta_root(row)));
        out.set("acc_in", self.acc_in.clone());
        out.set("records_in", [self.records_in]);
        out.set("r_in", [self.r_in]);
        out.set("r_out", [self.r_out]);
        out.set("path", chunk.path.clone());
        out
    }
}

/// A statement of the opening circuit: the record at `position`, with what is said about it.
#[derive(Clone)]
pub struct Opening {
    pub chunk: Chunk,
    pub ctx: Fr,
    pub position: usize,
    pub claimed: Fr,
    pub value: Fr,
    pub record_id: Fr,
    pub meta_digest: Fr,
    pub salt: Fr,
}

impl Opening {
    pub fn new(chunk: Chunk, position: usize) -> Self {
        Self {
            ctx: noise(5, 0),
            position,
            claimed: fr(position as u64),
            value: chunk.values[position],
            record_id: chunk.record_ids[position],
            meta_digest: chunk.meta_digests[position],
            salt: chunk.salts[position],
            chunk,
        }
    }

    pub fn x(&self) -> Fr {
        let chunk = &self.chunk;
        let place = [self.ctx, chunk.root(), chunk.index, chunk.lane, self.claimed];
        p(&[&place[..], &[self.value, self.record_id, self.meta_digest]].concat())
    }

    pub fn signals(&self) -> Signals {
        let mut out = Signals::default();
        let chunk = &self.chunk;
        let row = self.position / RECORDS;
        let group = self.position - self.position % RECORDS % 7;
        out.set("x", [self.x()]);
        out.set("ctx", [self.ctx]);
        out.set("root", [chunk.root()]);
        out.set("chunk", [chunk.index]);
        out.set("lane", [chunk.lane]);
        out.set("position", [self.claimed]);
        out.set("value", [self.value]);
        out.set("record_id", [self.record_id]);
        out.set("meta_digest", [self.meta_digest]);
        out.set("salt", [self.salt]);
        out.set("count", [chunk.count]);
        out.set("elements", chunk.elements(row));
        out.set("groups", chunk.groups(row));
        out.set("leaves", chunk.leaves[group..group + 7].to_vec());
        out.set("row_hashes", (0..ROWS).map(|row| chunk.row_hash(row)));
        out.set("path", chunk.path.clone());
        out
    }
}

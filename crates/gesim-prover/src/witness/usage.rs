//! What the usage circuit is given: `circuits/templates/{usage,tail,tree}.circom`.

use std::{iter, sync::LazyLock};

use ark_ff::{Field as _, Zero};
use gesim_groth16::Fr;

use gesim_core::{
    inputs::Totals,
    layout::{
        CircuitSize, ELEMENTS_PER_ROW, LANES, LIMBS_PER_VALUE, LIMB_BITS, RECORDS_PER_ROW, TABLE_SIZE, TREE_DEPTH,
        VALUES_PER_ELEMENT, VALUE_BITS,
    },
    Lane,
};

use super::{element, signals::Signals};
use crate::{job::ChunkInput, ProverError, Result};

/// Every limb as an element.
static LIMBS: LazyLock<Vec<Fr>> = LazyLock::new(|| (0..TABLE_SIZE as u64).map(Fr::from).collect());

/// Where a chunk's records end, as the `Tail` template writes their count: `105 row + 7 element + rest`.
struct End {
    row: usize,
    element: usize,
    rest: usize,
}

impl End {
    /// A full row ends behind its last value, not in front of the next row's first one.
    fn of(count: usize, rows: usize) -> Self {
        let row = (count / RECORDS_PER_ROW).min(rows - 1);
        let inside = count - RECORDS_PER_ROW * row;
        let element = (inside / VALUES_PER_ELEMENT).min(ELEMENTS_PER_ROW - 1);
        Self { row, element, rest: inside - VALUES_PER_ELEMENT * element }
    }
}

/// All signals but the public ones. `blind` hides the commitment.
pub fn signals(job: &ChunkInput, blind: Fr) -> Result<Signals> {
    let rows = job.size.rows();
    if job.meta_roots.len() != rows || job.values.len() > job.size.records() {
        return Err(ProverError::Witness("its rows are not the circuit's".into()));
    }
    let mut signals = Signals::default();
    limbs(job, &mut signals);
    signals.number("blind", blind);
    // These follow from others, but which wire of a sum the compiler keeps is its own choice.
    signals.number("square", blind * blind);
    let sums = job.values.chunks(RECORDS_PER_ROW).map(|row| row.iter().sum::<u64>()).chain(iter::repeat(0));
    signals.list("row_sum", sums.take(rows).map(Fr::from));
    signals.number("behind.records", job.before.records + job.values.len() as u64);
    signals.number("ctx", element(&job.ctx)?);
    signals.number("root", element(&job.root)?);
    signals.number("index", u64::from(job.index));
    signals.number("lane", job.lane as u64);
    signals.number("count", job.values.len() as u64);
    signals.list("meta_root", job.meta_roots.iter().map(element).collect::<Result<Vec<_>>>()?);
    signals.list("acc_in", job.before.lanes.map(Fr::from));
    signals.number("records_in", job.before.records);
    signals.number("r_in", element(&job.r_in)?);
    signals.number("r_out", element(&job.r_out)?);
    signals.list("path", job.path.iter().map(element).collect::<Result<Vec<_>>>()?);
    signals.one_hot("flag.out", LANES, job.lane as usize);
    signals.bits("tree.bits.out", TREE_DEPTH, &Fr::from(u64::from(job.index)))?;

    let end = End::of(job.values.len(), rows);
    signals.one_hot("tail.row.out", rows, end.row);
    signals.one_hot("tail.element.out", ELEMENTS_PER_ROW, end.element);
    signals.one_hot("tail.rest.out", VALUES_PER_ELEMENT + 1, end.rest);
    signals.list("tail.used", (0..rows).map(|row| Fr::from(u64::from(row <= end.row))));
    let elements = elements(job, end.row);
    let ending = elements[end.element];
    signals.list("tail.opened.elements", elements);
    signals.number("tail.opened.meta_root", element(&job.meta_roots[end.row])?);
    let partial = (0..ELEMENTS_PER_ROW).map(|at| if at == end.element { ending } else { Fr::zero() });
    signals.list("tail.partial", partial);
    let below = Fr::from(2).pow([u64::from(VALUE_BITS) * end.rest as u64]) - Fr::from(1) - ending;
    signals.number("tail.below.in", below);
    signals.bits("tail.below.bits.out", VALUE_BITS as usize * VALUES_PER_ELEMENT, &below)?;
    Ok(signals)
}

/// The limbs of every value, zeros after the last one, and how often each limb occurs.
fn limbs(job: &ChunkInput, signals: &mut Signals) {
    let table = &*LIMBS;
    let slots = job.size.records() * LIMBS_PER_VALUE;
    let mut counts = [0u64; TABLE_SIZE];
    let mut limbs = Vec::with_capacity(slots);
    for value in &job.values {
        for limb in 0..LIMBS_PER_VALUE as u32 {
            let limb = (value >> (LIMB_BITS * limb)) as usize % TABLE_SIZE;
            counts[limb] += 1;
            limbs.push(table[limb]);
        }
    }
    counts[0] += (slots - limbs.len()) as u64;
    limbs.resize(slots, Fr::zero());
    signals.array("limbs", &[job.size.rows(), RECORDS_PER_ROW, LIMBS_PER_VALUE], limbs);
    signals.list("multiplicity", counts.map(Fr::from));
}

/// A row's values, seven to an element.
fn elements(job: &ChunkInput, row: usize) -> Vec<Fr> {
    let step = Fr::from(1u64 << VALUE_BITS);
    let element = |at: usize| {
        let first = RECORDS_PER_ROW * row + VALUES_PER_ELEMENT * at;
        let values = (first..first + VALUES_PER_ELEMENT).rev().map(|at| job.values.get(at).copied().unwrap_or(0));
        values.fold(Fr::zero(), |sum, value| sum * step + Fr::from(value))
    };
    (0..ELEMENTS_PER_ROW).map(element).collect()
}

/// Signals of a chunk of this size: their names and shapes.
pub fn example(size: CircuitSize) -> Result<Signals> {
    let zero = [0; 32];
    let job = ChunkInput {
        size,
        index: 0,
        lane: Lane::ALL[0],
        ctx: zero,
        root: zero,
        before: Totals::default(),
        r_in: zero,
        r_out: zero,
        path: [zero; TREE_DEPTH],
        meta_roots: vec![zero; size.rows()],
        values: vec![0],
    };
    signals(&job, Fr::zero())
}

//! From what is given to every wire.

use std::ops::Range;

use ark_ff::{Field, One, Zero};
use rayon::prelude::*;
use zeroize::Zeroize;

use super::{
    dot::Sum,
    format::{words, NONE},
    open::System,
    rows::{MINUS_ONE, ONE},
    Assignment,
};
use crate::{Error, Fr, Result};

/// Below this many terms, or steps, a wave is not worth waking other threads for.
const ALONE: usize = 2048;
/// Quotients that share one inversion.
const BATCH: usize = 512;

/// Values so far: wires, and rows after them.
struct Slots {
    wires: Vec<Fr>,
    rows: Vec<Fr>,
}

impl Slots {
    #[inline(always)]
    fn get(&self, slot: u32) -> &Fr {
        let slot = slot as usize;
        match self.wires.get(slot) {
            Some(wire) => wire,
            None => &self.rows[slot - self.wires.len()],
        }
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        self.wires.iter_mut().chain(&mut self.rows).for_each(Zeroize::zeroize);
    }
}

impl System {
    /// Computes every wire from the values of [`System::given`] and the public inputs, in order.
    ///
    /// An error tells the first constraint that does not hold, or that its lengths are wrong.
    pub fn solve(&self, given: &[Fr], public: &[Fr]) -> Result<Assignment> {
        let size = self.size();
        if given.len() != size.given || public.len() != size.public {
            return Err(Error::Witness(format!(
                "it takes {} given wires and {} public inputs, not {} and {}",
                size.given,
                size.public,
                given.len(),
                public.len()
            )));
        }
        let mut slots = Slots { wires: vec![Fr::zero(); size.wires + size.kept], rows: vec![Fr::zero(); size.rows] };
        slots.wires[0] = Fr::one();
        slots.wires[size.first_public..][..size.public].copy_from_slice(public);
        for ((wire, _), value) in self.given().iter().zip(given) {
            slots.wires[*wire as usize] = *value;
        }
        let mut done = [0; 3];
        let mut results = Vec::new();
        for wave in self.waves() {
            let ends = words(wave).map(|end| end as usize);
            self.rows(&mut slots, done[0]..ends[0]);
            let products = &self.products()[done[1]..ends[1]];
            let quotients = &self.quotients()[done[2]..ends[2]];
            self.multiply(&mut slots, products, &mut results);
            self.divide(&mut slots, quotients, &mut results)?;
            done = ends;
        }
        self.assign(slots)
    }

    /// Evaluates rows.
    fn rows(&self, slots: &mut Slots, range: Range<usize>) {
        let ends = self.row_ends();
        let end = |row: usize| u32::from_le_bytes(ends[row]) as usize;
        let start = |row: usize| if row == 0 { 0 } else { end(row - 1) };
        let Slots { wires, rows } = slots;
        let evaluate = |(row, value): (usize, &mut Fr)| {
            *value = self.row(wires, &self.terms()[start(row)..end(row)]);
        };
        let alone = start(range.end) - start(range.start) < ALONE;
        let values = &mut rows[range.clone()];
        if alone {
            range.zip(values).for_each(evaluate);
        } else {
            range.into_par_iter().zip(values).with_min_len(16).for_each(evaluate);
        }
    }

    fn row(&self, wires: &[Fr], terms: &[[[u8; 4]; 2]]) -> Fr {
        let mut sum = Sum::default();
        for [wire, coefficient] in terms.iter().map(words) {
            let wire = &wires[wire as usize];
            match coefficient {
                ONE => sum.add(wire),
                MINUS_ONE => sum.sub(wire),
                other => sum.add_product(&self.coefficients[other as usize], wire),
            }
        }
        sum.reduce()
    }

    /// `value` with the step's scale and rest.
    #[inline(always)]
    fn finish(&self, slots: &Slots, mut value: Fr, scale: u32, rest: u32) -> Fr {
        if scale != ONE {
            value *= &self.coefficients[scale as usize];
        }
        if rest != NONE {
            value += slots.get(rest);
        }
        value
    }

    fn multiply(&self, slots: &mut Slots, steps: &[[[u8; 4]; 5]], results: &mut Vec<Fr>) {
        let product = |step: &[[u8; 4]; 5], slots: &Slots| {
            let [_, x, y, scale, rest] = words(step);
            self.finish(slots, *slots.get(x) * slots.get(y), scale, rest)
        };
        if steps.len() < ALONE {
            for step in steps {
                slots.wires[words(step)[0] as usize] = product(step, slots);
            }
            return;
        }
        steps.par_iter().with_min_len(64).map(|step| product(step, slots)).collect_into_vec(results);
        store(slots, steps, results);
    }

    fn divide(&self, slots: &mut Slots, steps: &[[[u8; 4]; 5]], results: &mut Vec<Fr>) -> Result<()> {
        if steps.is_empty() {
            return Ok(());
        }
        results.clear();
        results.resize(steps.len(), Fr::zero());
        let divide = |(steps, results): (&[[[u8; 4]; 5]], &mut [Fr])| {
            // Products of the divisors up to each one; from the inverse of the last, each quotient.
            let mut product = Fr::one();
            for (step, result) in steps.iter().zip(&mut *results) {
                *result = product;
                let [wire, _, divisor, ..] = words(step);
                let divisor = slots.get(divisor);
                if divisor.is_zero() {
                    return Err(Error::Witness(format!("wire {wire} would be a quotient by zero")));
                }
                product *= divisor;
            }
            let mut inverse = product.inverse().expect("a product of what is not zero");
            for (step, result) in steps.iter().zip(results).rev() {
                let [_, x, y, scale, rest] = words(step);
                let quotient = *result * inverse * slots.get(x);
                *result = self.finish(slots, quotient, scale, rest);
                inverse *= slots.get(y);
            }
            Ok(())
        };
        steps.par_chunks(BATCH).zip(results.par_chunks_mut(BATCH)).try_for_each(divide)?;
        store(slots, steps, results);
        Ok(())
    }

    /// Checks what defined nothing, and leaves A z and B z.
    fn assign(&self, mut slots: Slots) -> Result<Assignment> {
        let constraints = self.constraints();
        let wrong = constraints.par_iter().position_first(|constraint| {
            let [a, b, c] = words(constraint);
            c != NONE && *slots.get(a) * slots.get(b) != *slots.get(c)
        });
        if let Some(number) = wrong {
            return Err(Error::Witness(format!("constraint {number} does not hold")));
        }
        let side = |at: usize| constraints.par_iter().map(|constraint| *slots.get(words(constraint)[at])).collect();
        let (a, b) = (side(0), side(1));
        let (count, mut wires) = (self.size().wires, std::mem::take(&mut slots.wires));
        wires[count..].iter_mut().for_each(Zeroize::zeroize);
        wires.truncate(count);
        Ok(Assignment { wires, a, b })
    }
}

fn store(slots: &mut Slots, steps: &[[[u8; 4]; 5]], results: &mut [Fr]) {
    for (step, result) in steps.iter().zip(results) {
        slots.wires[words(step)[0] as usize] = *result;
        result.zeroize();
    }
}

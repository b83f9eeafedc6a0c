//! A constraint system as the verifier sees it: no witness program, no assertion, only A x B = C.

use std::{collections::HashMap, fs, path::Path};

use snarkrs_ceremony::r1cs::R1cs;
use snarkrs_field::{Field, Fr, One, Zero};

use crate::support::Signals;

type Terms = Vec<(usize, Fr)>;

pub struct System {
    pub wires: usize,
    rows: Vec<[Terms; 3]>,
    /// Where a wire stands: (constraint, side, coefficient).
    uses: Vec<Vec<(usize, usize, Fr)>>,
    names: HashMap<String, usize>,
    /// Which constraint computes which wire, in an order that has everything else known.
    plan: Vec<(usize, usize)>,
}

impl System {
    pub fn load(dir: &Path) -> Self {
        let r1cs = R1cs::open(&dir.join("circuit.r1cs")).expect("r1cs");
        let wires = r1cs.header().n_vars as usize;
        let mut uses = vec![Vec::new(); wires];
        let mut rows = Vec::new();
        for (k, constraint) in r1cs.constraints().expect("constraints").into_iter().enumerate() {
            let mut row = [Vec::new(), Vec::new(), Vec::new()];
            for (side, terms) in [constraint.a, constraint.b, constraint.c].into_iter().enumerate() {
                for term in terms {
                    let coefficient = r1cs.coef(term.coef_ptr).expect("coefficient");
                    row[side].push((term.signal as usize, coefficient));
                    uses[term.signal as usize].push((k, side, coefficient));
                }
            }
            rows.push(row);
        }
        let names = names(&fs::read_to_string(dir.join("circuit.sym")).expect("symbols"));
        let inputs = 1 + r1cs.header().n_public() + r1cs.header().n_prv_inputs as usize;
        let mut system = Self { wires, rows, uses, names, plan: Vec::new() };
        system.plan = system.order(inputs);
        system
    }

    /// The wire of a signal; `None` when the compiler replaced it by others.
    pub fn wire(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    fn sides(&self, constraint: usize, witness: &[Fr]) -> [Fr; 3] {
        [0, 1, 2].map(|side| {
            self.rows[constraint][side].iter().map(|(wire, coefficient)| witness[*wire] * coefficient).sum::<Fr>()
        })
    }

    /// The first constraint that does not hold.
    pub fn broken(&self, witness: &[Fr]) -> Option<usize> {
        self.all_broken(witness).next()
    }

    /// Every constraint that does not hold.
    pub fn all_broken<'a>(&'a self, witness: &'a [Fr]) -> impl Iterator<Item = usize> + 'a {
        assert_eq!(witness.len(), self.wires);
        (0..self.rows.len()).filter(|k| {
            let [a, b, c] = self.sides(*k, witness);
            a * b != c
        })
    }

    /// For each constraint its three sides, to change one wire at a time.
    pub fn evaluated(&self, witness: &[Fr]) -> Vec<[Fr; 3]> {
        (0..self.rows.len()).map(|k| self.sides(k, witness)).collect()
    }

    /// Whether changing one wire of a good witness by `difference` breaks a constraint.
    pub fn breaks(&self, evaluated: &[[Fr; 3]], wire: usize, difference: Fr) -> bool {
        let mut changed: HashMap<usize, [Fr; 3]> = HashMap::new();
        for (constraint, side, coefficient) in &self.uses[wire] {
            changed.entry(*constraint).or_insert(evaluated[*constraint])[*side] += *coefficient * difference;
        }
        changed.values().any(|[a, b, c]| *a * b != *c)
    }

    /// The wires of each constraint, all sides together.
    pub fn constraints(&self) -> impl Iterator<Item = Vec<usize>> + '_ {
        self.rows.iter().map(|sides| sides.iter().flatten().map(|(wire, _)| *wire).collect())
    }

    pub fn is_used(&self, wire: usize) -> bool {
        !self.uses[wire].is_empty()
    }

    /// Wires that only the prover's hints decide: neither inputs nor computed.
    fn order(&self, inputs: usize) -> Vec<(usize, usize)> {
        let mut known = vec![false; self.wires];
        known[..inputs].fill(true);
        // Bits and flags are hints: a constraint of theirs has two solutions. So are parts that a hash binds.
        for [a, b, c] in &self.rows {
            let mut wires = a.iter().chain(b).chain(c).map(|(wire, _)| *wire).filter(|wire| *wire != 0);
            let first = wires.next();
            if let Some(wire) = first.filter(|first| wires.all(|other| other == *first)) {
                known[wire] = true;
            }
        }
        for (name, wire) in &self.names {
            known[*wire] |= name.starts_with("main.tail.opened.elements") || name == "main.tail.opened.meta_root";
        }
        let mut plan = Vec::new();
        let mut next_hint = inputs;
        let mut queue: Vec<usize> = (0..self.rows.len()).collect();
        loop {
            while let Some(k) = queue.pop() {
                let mut unknown = self.rows[k].iter().flatten().map(|(w, _)| *w).filter(|w| !known[*w]);
                let Some(wire) = unknown.next() else { continue };
                let stands = |side: &Terms| side.iter().any(|(w, _)| *w == wire);
                // Alone on the left or on the right of the equation; a factor on both sides has two solutions.
                if unknown.any(|other| other != wire)
                    || stands(&self.rows[k][1])
                    || self.rows[k].iter().filter(|s| stands(s)).count() > 1
                {
                    continue;
                }
                known[wire] = true;
                plan.push((k, wire));
                queue.extend(self.uses[wire].iter().map(|(k, ..)| *k));
            }
            let Some(hint) = (next_hint..self.wires).find(|w| !known[*w]) else { return plan };
            known[hint] = true;
            next_hint = hint;
            queue.extend(self.uses[hint].iter().map(|(k, ..)| *k));
        }
    }

    /// Puts these inputs into a witness and follows them through every constraint that computes something, as a
    /// prover would that has no witness program. Hints stay as they are.
    pub fn forge(&self, witness: &[Fr], signals: &Signals, hints: &[(usize, Fr)]) -> Vec<Fr> {
        let mut out = witness.to_vec();
        for (name, values) in &signals.0 {
            for (at, value) in values.iter().enumerate() {
                let name = match (values.len(), *name) {
                    (1, name) => format!("main.{name}"),
                    (_, "limbs") => format!("main.limbs[{}][{}][{}]", at / 315, at / 3 % 105, at % 3),
                    (_, name) => format!("main.{name}[{at}]"),
                };
                out[self.wire(&name).expect("inputs are wires")] = *value;
            }
        }
        for (wire, value) in hints {
            out[*wire] = *value;
        }
        for (constraint, wire) in &self.plan {
            if hints.iter().any(|(hint, _)| hint == wire) {
                continue;
            }
            out[*wire] = Fr::zero();
            let [a, b, c] = self.sides(*constraint, &out);
            let at = |side: usize| self.rows[*constraint][side].iter().find(|(w, _)| w == wire).map(|(_, k)| *k);
            out[*wire] = match at(2) {
                Some(coefficient) => (a * b - c) / coefficient,
                // A quotient by zero does not exist: 0, as the witness program has it.
                None => b.inverse().map_or(Fr::zero(), |b| (c * b - a) / at(0).expect("computed")),
            };
        }
        assert_eq!(out[0], Fr::one());
        out
    }
}

/// Signals that are wires of their own, from the compiler's symbol file.
fn names(symbols: &str) -> HashMap<String, usize> {
    symbols
        .lines()
        .filter_map(|line| {
            let mut fields = line.splitn(4, ',').skip(1);
            let wire = fields.next()?.parse().ok()?;
            Some((fields.nth(1)?.to_owned(), wire))
        })
        .collect()
}

//! Small systems, written down by hand.

mod damage;
mod orders;
mod sums;

use std::{fs, path::PathBuf};

use ark_ff::{BigInteger, PrimeField};
use tempfile::TempDir;

use super::{build, Size, System};
use crate::{Fr, Result};

/// Terms: wire and coefficient.
type Row = Vec<(u32, i64)>;

/// A circuit: numbers of wires (with the constant), public inputs, private inputs; constraints.
pub struct Made {
    pub wires: u32,
    pub public: u32,
    pub private: u32,
    pub constraints: Vec<[Row; 3]>,
}

impl Made {
    pub fn r1cs(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for row in self.constraints.iter().flatten() {
            body.extend((row.len() as u32).to_le_bytes());
            for (wire, coefficient) in row {
                body.extend(wire.to_le_bytes());
                body.extend(Fr::from(*coefficient).into_bigint().to_bytes_le());
            }
        }
        let mut header = 32u32.to_le_bytes().to_vec();
        header.extend(Fr::MODULUS.to_bytes_le());
        for number in [self.wires, 0, self.public, self.private] {
            header.extend(number.to_le_bytes());
        }
        header.extend(u64::from(self.wires).to_le_bytes());
        header.extend((self.constraints.len() as u32).to_le_bytes());
        let labels = vec![0; 8 * self.wires as usize];
        let mut file = b"r1cs\x01\0\0\0\x03\0\0\0".to_vec();
        for (kind, section) in [(2u32, body), (1, header), (3, labels)] {
            file.extend(kind.to_le_bytes());
            file.extend((section.len() as u64).to_le_bytes());
            file.extend(section);
        }
        file
    }

    pub fn sym(&self) -> String {
        (1..self.wires).map(|wire| format!("{wire},{wire},0,main.w[{wire}]\n")).collect()
    }

    pub fn build(&self) -> (Files, Size) {
        let files = Files::new(&self.r1cs(), &self.sym());
        let size = files.build().unwrap();
        (files, size)
    }

    /// Opens what was built; checks that what is given is what the test expects.
    pub fn open(&self, given: &[u32]) -> System {
        let (files, size) = self.build();
        let system = System::open(&files.out).unwrap();
        assert_eq!(system.size(), size);
        let expected: Vec<_> = given.iter().map(|wire| (*wire, format!("main.w[{wire}]"))).collect();
        assert_eq!(system.given(), expected);
        system
    }

    /// Whether the constraints hold, term by term.
    pub fn holds(&self, wires: &[Fr]) -> bool {
        self.values(wires).iter().all(|[a, b, c]| *a * b == *c)
    }

    pub fn values(&self, wires: &[Fr]) -> Vec<[Fr; 3]> {
        let value = |row: &Row| row.iter().map(|(wire, k)| wires[*wire as usize] * Fr::from(*k)).sum();
        self.constraints.iter().map(|[a, b, c]| [value(a), value(b), value(c)]).collect()
    }

    /// Solves, and checks all that can be checked.
    pub fn solve(&self, given: &[(u32, i64)], public: &[i64]) -> Result<Vec<Fr>> {
        let system = self.open(&given.iter().map(|(wire, _)| *wire).collect::<Vec<_>>());
        let values: Vec<Fr> = given.iter().map(|(_, value)| Fr::from(*value)).collect();
        let public: Vec<Fr> = public.iter().copied().map(Fr::from).collect();
        let found = system.solve(&values, &public)?;
        assert_eq!(found.wires.len(), self.wires as usize);
        assert!(self.holds(&found.wires));
        for ((a, b), [x, y, _]) in found.a.iter().zip(&found.b).zip(self.values(&found.wires)) {
            assert_eq!((*a, *b), (x, y));
        }
        assert_eq!((found.a.len(), found.b.len()), (self.constraints.len(), self.constraints.len()));
        Ok(found.wires.clone())
    }
}

pub struct Files {
    _folder: TempDir,
    pub r1cs: PathBuf,
    pub sym: PathBuf,
    pub out: PathBuf,
}

impl Files {
    pub fn new(r1cs: &[u8], sym: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [r, s, out] = ["circuit.r1cs", "circuit.sym", "circuit.sys"].map(|name| folder.path().join(name));
        fs::write(&r, r1cs).unwrap();
        fs::write(&s, sym).unwrap();
        Self { _folder: folder, r1cs: r, sym: s, out }
    }

    pub fn build(&self) -> Result<Size> {
        build(&self.r1cs, &self.sym, &self.out)
    }
}

/// Wire 1 is public, wire 2 private: w3 = w1 w2; 3 w4 = w3 w2 - 2 w1 + 5; w5 = 1 / (w1 - w4); w6 a bit; w7 = w6 w4.
pub fn sample() -> Made {
    Made {
        wires: 8,
        public: 1,
        private: 1,
        constraints: vec![
            [vec![(1, 1)], vec![(2, 1)], vec![(3, 1)]],
            [vec![(3, 1)], vec![(2, 1)], vec![(0, -5), (1, 2), (4, 3)]],
            [vec![(5, 1)], vec![(1, 1), (4, -1)], vec![(0, 1)]],
            [vec![(6, 1)], vec![(0, -1), (6, 1)], vec![]],
            [vec![(6, 1)], vec![(4, 1)], vec![(7, 1)]],
        ],
    }
}

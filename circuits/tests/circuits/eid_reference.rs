//! ADR 0009's hashes in field arithmetic, for honest and for impossible statements alike: nothing here checks a range.

use gesim_core::{
    eid::{BindingContext, Possession, EID_BITS, EID_TREE_DEPTH, TIME_BITS},
    Eid,
};
use gesim_prover::{
    poseidon::{from_bytes, hash as p, to_bytes},
    EidWitness,
};
use snarkrs_field::{Field, Fr, PrimeField};

use crate::{
    reference::{fr, low_bits, noise, power},
    support::Signals,
};

/// What is folded into x, by number.
pub const PUBLIC: [&str; 6] = ["root", "nullifier", "scope", "bind_c", "min_expiry", "ctx"];

pub const CONTEXT: BindingContext = BindingContext {
    program: [1; 32],
    cluster: [2; 32],
    wallet: [3; 32],
    entitlement: [4; 32],
    challenge: [5; 32],
    expires: 300_000_000,
};

/// A number in decimal.
pub fn big(digits: &str) -> Fr {
    digits.parse().expect("digits")
}

/// A credential, its place and what it is shown for. Fields are public, so that tests can break each of them.
#[derive(Clone)]
pub struct Holder {
    pub eid: Fr,
    pub salt: Fr,
    pub sk: Fr,
    pub tag: Fr,
    pub expiry: Fr,
    pub index: Fr,
    pub siblings: Vec<Fr>,
    pub r: Fr,
    pub scope: Fr,
    pub min_expiry: Fr,
    pub ctx: Fr,
}

impl Holder {
    pub fn new(eid: Fr, index: u64) -> Self {
        Self {
            eid,
            salt: noise(20, 0),
            sk: noise(21, 0),
            tag: noise(22, 0),
            expiry: fr(1_900_000_000),
            index: fr(index),
            siblings: (0..EID_TREE_DEPTH).map(|at| noise(23, at)).collect(),
            r: noise(24, 0),
            scope: from_bytes(&gesim_core::eid::scope(&[1; 32], &[6; 32])).expect("a field element"),
            min_expiry: fr(1_800_000_000),
            ctx: from_bytes(&CONTEXT.hash()).expect("a field element"),
        }
    }

    pub fn leaf(&self) -> Fr {
        self.leaf_of(p(&[fr(6), self.tag]))
    }

    /// The leaf with another commitment to the tag, or with something that is none.
    pub fn leaf_of(&self, tag_commitment: Fr) -> Fr {
        let idc = p(&[fr(1), self.sk]);
        p(&[fr(3), p(&[fr(2), self.eid, self.salt]), idc, tag_commitment, self.expiry])
    }

    pub fn root(&self) -> Fr {
        self.root_of(self.leaf())
    }

    pub fn root_of(&self, leaf: Fr) -> Fr {
        let bits = low_bits(&self.index, EID_TREE_DEPTH);
        self.siblings.iter().zip(bits).fold(leaf, |node, (sibling, right)| match right {
            true => p(&[*sibling, node]),
            false => p(&[node, *sibling]),
        })
    }

    /// What x is folded from, in the order of [`PUBLIC`].
    pub fn public(&self) -> [Fr; 6] {
        let (nullifier, bind_c) = (p(&[fr(4), self.tag, self.scope]), p(&[fr(5), self.eid, self.r]));
        [self.root(), nullifier, self.scope, bind_c, self.min_expiry, self.ctx]
    }

    pub fn x(&self) -> Fr {
        p(&self.public())
    }

    pub fn signals(&self) -> Signals {
        self.claiming(&self.public())
    }

    /// With the public input of other values.
    pub fn claiming(&self, public: &[Fr; 6]) -> Signals {
        let mut out = Signals::default();
        out.set("x", [p(public)]);
        let numbers = [
            ("scope", self.scope),
            ("ctx", self.ctx),
            ("min_expiry", self.min_expiry),
            ("eid", self.eid),
            ("salt", self.salt),
            ("sk", self.sk),
            ("tag", self.tag),
            ("expiry", self.expiry),
            ("index", self.index),
            ("r", self.r),
        ];
        numbers.into_iter().for_each(|(name, value)| out.set(name, [value]));
        out.set("siblings", self.siblings.clone());
        out
    }

    /// The bits that a prover would try: the lowest ones of what has to be in range.
    pub fn hints(&self) -> Vec<(String, Fr)> {
        let ranges = [
            ("digits.quotient", 100, (self.eid - fr(1)) / fr(97)),
            ("digits.below", EID_BITS as usize, fr(10).pow([32]) - fr(1) - self.eid),
            ("valid", TIME_BITS as usize, self.expiry - self.min_expiry),
            ("tree", EID_TREE_DEPTH, self.index),
        ];
        let bits = |(name, n, value): (&'static str, usize, Fr)| {
            let bits = low_bits(&value, n).into_iter().enumerate();
            bits.map(move |(i, bit)| (format!("main.{name}.bits.out[{i}]"), fr(u64::from(bit))))
        };
        ranges.into_iter().flat_map(bits).collect()
    }

    /// The same for the prover. Only of numbers in range.
    pub fn witness(&self) -> EidWitness {
        let [low, high, ..] = self.eid.into_bigint().0;
        EidWitness {
            eid: Eid::new(u128::from(low) | u128::from(high) << 64).expect("an EID"),
            salt: to_bytes(&self.salt),
            sk: to_bytes(&self.sk),
            tag: to_bytes(&self.tag),
            expiry: self.expiry.into_bigint().0[0] as i64,
            index: self.index.into_bigint().0[0] as u32,
            siblings: std::array::from_fn(|at| to_bytes(&self.siblings[at])),
            r: to_bytes(&self.r),
        }
    }

    /// What the programs make of it.
    pub fn statement(&self) -> Possession {
        let min_expiry = self.min_expiry.into_bigint().0[0] as i64;
        self.witness().statement(to_bytes(&self.scope), min_expiry, to_bytes(&self.ctx)).expect("a statement")
    }
}

/// `2^exponent + value`.
pub fn above(exponent: u64, value: Fr) -> Fr {
    power(exponent) + value
}

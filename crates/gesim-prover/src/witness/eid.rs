//! What the EID circuit is given: `circuits/templates/eid.circom`.

use ark_ff::Field as _;
use gesim_groth16::Fr;

use gesim_core::{
    eid::{self, Possession, EID_BITS, EID_LIMIT, EID_TREE_DEPTH, TIME_BITS},
    Eid,
};

use super::{element, signals::Signals};
use crate::{EidWitness, Result};

/// Bits of (10^32 - 1) / 97.
const QUOTIENT_BITS: usize = 100;

/// All signals but the public one.
pub fn signals(witness: &EidWitness, statement: &Possession) -> Result<Signals> {
    let mut signals = Signals::default();
    let number = Fr::from(witness.eid.value());
    let expiry = element(&eid::time(witness.expiry)?)?;
    let min_expiry = element(&eid::time(statement.min_expiry)?)?;
    let index = Fr::from(witness.index);
    signals.number("scope", element(&statement.scope)?);
    signals.number("ctx", element(&statement.ctx)?);
    signals.number("min_expiry", min_expiry);
    signals.number("eid", number);
    signals.number("salt", element(&witness.salt)?);
    signals.number("sk", element(&witness.sk)?);
    signals.number("tag", element(&witness.tag)?);
    signals.number("expiry", expiry);
    signals.number("index", index);
    signals.list("siblings", witness.siblings.iter().map(element).collect::<Result<Vec<_>>>()?);
    signals.number("r", element(&witness.r)?);

    let quotient = (number - Fr::from(1)) * Fr::from(97).inverse().unwrap_or_default();
    signals.bits("digits.quotient.bits.out", QUOTIENT_BITS, &quotient)?;
    signals.bits("digits.below.bits.out", EID_BITS as usize, &(Fr::from(EID_LIMIT - 1) - number))?;
    signals.bits("valid.bits.out", TIME_BITS as usize, &(expiry - min_expiry))?;
    signals.bits("tree.bits.out", EID_TREE_DEPTH, &index)?;
    Ok(signals)
}

/// Signals of some witness: their names and shapes.
pub fn example() -> Result<Signals> {
    let zero = [0; 32];
    let witness = EidWitness {
        eid: Eid::new(1)?,
        salt: zero,
        sk: zero,
        tag: zero,
        expiry: 0,
        index: 0,
        siblings: [zero; EID_TREE_DEPTH],
        r: zero,
    };
    let statement = Possession { root: zero, nullifier: zero, scope: zero, bind_c: zero, min_expiry: 0, ctx: zero };
    signals(&witness, &statement)
}

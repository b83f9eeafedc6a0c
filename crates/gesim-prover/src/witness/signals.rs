//! Values by the names of a circuit's signals.

use std::collections::HashMap;

use ark_ff::{BigInteger, PrimeField};
use gesim_groth16::Fr;
use zeroize::Zeroize;

use crate::{ProverError, Result};

/// One signal: a number or an array of any dimensions, the last index running fastest.
struct Signal {
    name: &'static str,
    shape: Vec<usize>,
    values: Vec<Fr>,
}

/// Signals below the main component. A name has no indices: `pack.range.out` with the shape [7, 36] stands for
/// `main.pack.range[0].out[0]` to `main.pack.range[6].out[35]`.
#[derive(Default)]
pub struct Signals(Vec<Signal>);

impl Drop for Signals {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(|signal| signal.values.iter_mut().for_each(Zeroize::zeroize));
    }
}

impl Signals {
    pub fn number(&mut self, name: &'static str, value: impl Into<Fr>) {
        self.0.push(Signal { name, shape: Vec::new(), values: vec![value.into()] });
    }

    pub fn array(&mut self, name: &'static str, shape: &[usize], values: Vec<Fr>) {
        debug_assert_eq!(shape.iter().product::<usize>(), values.len(), "{name}");
        self.0.push(Signal { name, shape: shape.to_vec(), values });
    }

    pub fn list(&mut self, name: &'static str, values: impl IntoIterator<Item = Fr>) {
        let values: Vec<Fr> = values.into_iter().collect();
        self.array(name, &[values.len()], values);
    }

    /// The lowest bits of a number, which must fit.
    pub fn bits(&mut self, name: &'static str, count: usize, value: &Fr) -> Result<()> {
        self.list(name, bits(count, value)?);
        Ok(())
    }

    /// One at an index, zero elsewhere.
    pub fn one_hot(&mut self, name: &'static str, count: usize, index: usize) {
        self.list(name, (0..count).map(|at| Fr::from(u64::from(at == index))));
    }
}

/// The bits of a number, least significant first.
pub fn bits(count: usize, value: &Fr) -> Result<Vec<Fr>> {
    let value = value.into_bigint();
    if value.num_bits() as usize > count {
        return Err(ProverError::Witness(format!("a number has more than {count} bits")));
    }
    Ok((0..count).map(|bit| Fr::from(u64::from(value.get_bit(bit)))).collect())
}

/// Where each wire that must be given comes from.
pub struct Plan {
    /// Signal, and position in its values.
    places: Vec<(u32, u32)>,
    /// Of each signal.
    lengths: Vec<usize>,
}

impl Plan {
    /// Finds each wire's name among the signals of an example. A name that is not there is a circuit that this
    /// program does not know.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>, example: &Signals) -> Result<Self> {
        let by_name: HashMap<&str, usize> = example.0.iter().enumerate().map(|(at, s)| (s.name, at)).collect();
        let find = |name: &str| {
            let (base, indices) = split(name.strip_prefix("main.")?)?;
            let at = *by_name.get(base.as_str())?;
            let shape = &example.0[at].shape;
            if shape.len() != indices.len() || shape.iter().zip(&indices).any(|(length, index)| index >= length) {
                return None;
            }
            let position = shape.iter().zip(&indices).fold(0, |sum, (length, index)| sum * length + index);
            Some((at as u32, position as u32))
        };
        let unknown = |name| ProverError::Witness(format!("it asks for {name:?}, which this program does not know"));
        let places = names.into_iter().map(|name| find(name).ok_or_else(|| unknown(name))).collect::<Result<_>>()?;
        Ok(Self { places, lengths: example.0.iter().map(|signal| signal.values.len()).collect() })
    }

    /// The values of the wires, in order. The signals must be like the example.
    pub fn values(&self, signals: &Signals) -> Result<Vec<Fr>> {
        if !signals.0.iter().map(|signal| signal.values.len()).eq(self.lengths.iter().copied()) {
            return Err(ProverError::Witness("its input has another size".into()));
        }
        let value = |(signal, at): &(u32, u32)| signals.0[*signal as usize].values[*at as usize];
        Ok(self.places.iter().map(value).collect())
    }
}

/// A name without its indices, and these.
fn split(name: &str) -> Option<(String, Vec<usize>)> {
    let mut base = String::new();
    let mut indices = Vec::new();
    for (at, part) in name.split('[').enumerate() {
        let rest = match at {
            0 => part,
            _ => {
                let (index, rest) = part.split_once(']')?;
                indices.push(index.parse().ok()?);
                rest
            }
        };
        base.push_str(rest);
    }
    Some((base, indices))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Signals {
        let mut signals = Signals::default();
        signals.number("x", 5u64);
        signals.array("a.b.c", &[2, 3], (0..6u64).map(Fr::from).collect());
        signals.one_hot("flag", 4, 2);
        signals
    }

    #[test]
    fn names_are_found_by_their_indices_ok() {
        let names = ["main.a[1].b.c[2]", "main.x", "main.a.b[0].c[1]", "main.flag[2]", "main.flag[3]"];
        let plan = Plan::new(names, &example()).unwrap();
        assert_eq!(plan.values(&example()).unwrap(), [5, 5, 1, 1, 0].map(|n: u64| Fr::from(n)));
    }

    #[test]
    fn unknown_names_fails() {
        for name in ["x", "main.y", "main.x[0]", "main.a.b.c[1]", "main.a.b[2].c[0]", "main.flag[4]", "main.flag[x]"] {
            assert!(matches!(Plan::new([name], &example()), Err(ProverError::Witness(_))), "{name}");
        }
    }

    #[test]
    fn other_signals_fails() {
        let plan = Plan::new(["main.x"], &example()).unwrap();
        assert!(plan.values(&Signals::default()).is_err());
    }

    #[test]
    fn number_with_more_bits_fails() {
        assert_eq!(bits(3, &Fr::from(5)).unwrap(), [1, 0, 1].map(|n: u64| Fr::from(n)));
        assert!(bits(3, &Fr::from(8)).is_err());
        assert!(bits(252, &-Fr::from(1)).is_err());
    }
}

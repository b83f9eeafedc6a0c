//! The ceremony of a key with a commitment, on files.

use std::path::Path;

use anyhow::{Context, Result};
use snarkrs_ceremony::ContributionParams;

use super::{
    contribute as contribution,
    factors::Factors,
    initial::{initial, Basis},
    verify as elements, By, Contributed,
};
use crate::key;

pub fn new(r1cs: &Path, sym: &Path, ptau: &Path, out: &Path) -> Result<String> {
    let (key, transcript) = initial(&Basis::open(r1cs, sym, ptau)?)?;
    key::write_committed(out, &key, &transcript)?;
    Ok(hex::encode(transcript.initial))
}

pub fn contribute(path: &Path, out: &Path, name: &str, by: &By<'_>) -> Result<String> {
    let (mut key, mut transcript) = key::read_committed(path)?;
    let mut params = ContributionParams { name: Some(name.to_owned()), ..Default::default() };
    let factors = match by {
        By::Entropy(text) => Factors::fresh(text)?,
        By::Beacon(value, exponent) => {
            params.beacon_hash = Some(value.to_vec());
            params.num_iterations_exp = Some(*exponent);
            Factors::of_beacon(value, *exponent)?
        }
    };
    let hash = contribution::contribute(&mut key, &mut transcript, &factors, &params)?;
    key::write_committed(out, &key, &transcript)?;
    Ok(hex::encode(hash))
}

pub fn verify(r1cs: &Path, sym: Option<&Path>, ptau: &Path, path: &Path) -> Result<Vec<Contributed>> {
    let sym = sym.context("this key has a commitment\nHint: name the circuit's symbols by --sym")?;
    let (key, transcript) = key::read_committed(path)?;
    let hashes = elements::verify(&Basis::open(r1cs, sym, ptau)?, &key, &transcript)?;
    let mut contributions = Vec::new();
    for (hash, contribution) in hashes.iter().zip(&transcript.contributions) {
        let params = contribution.params()?;
        contributions.push(Contributed {
            hash: hex::encode(hash),
            name: params.name.unwrap_or_default(),
            beacon: params.beacon_hash.is_some(),
        });
    }
    Ok(contributions)
}

//! A contribution to a key with a commitment: delta and sigma times fresh factors.

use anyhow::{ensure, Context, Result};
use snarkrs_ceremony::{ContributionParams, CpuKeyScale};
use snarkrs_field::{CurveGroup, Field, Fr, G1Affine};
use snarkrs_msm::KeyScale;
use zeroize::Zeroizing;

use super::{
    factors::Factors,
    transcript::{State, Transcript},
};
use crate::key::Key;

/// Points scaled at once.
const CHUNK: usize = 1 << 16;

/// Applies the factors and records them; gives the hash to publish.
pub fn contribute(
    key: &mut Key,
    transcript: &mut Transcript,
    factors: &Factors,
    params: &ContributionParams,
) -> Result<[u8; 32]> {
    let states = transcript.states()?;
    let now = states.last().context("a transcript has a first state")?;
    let contribution = now.contribute(factors, params.encode()?);
    let next = now.next(&contribution)?;
    apply(key, now, &next, factors)?;
    transcript.contributions.push(contribution);
    Ok(next.digest)
}

fn apply(key: &mut Key, now: &State, next: &State, factors: &Factors) -> Result<()> {
    let commitment = key.commitment.as_mut().context("the key has no commitment")?;
    ensure!(
        (key.header.delta_g2, commitment.sigma) == (now.delta, now.sigma),
        "the key is not the one its last contribution left"
    );
    let inverse = Zeroizing::new(factors.delta.inverse().context("delta's factor is zero")?);
    key.header.delta_g1 = (key.header.delta_g1 * *factors.delta).into_affine();
    key.header.delta_g2 = next.delta;
    commitment.sigma = next.sigma;
    scale(&mut key.c, &inverse)?;
    scale(&mut key.h, &inverse)?;
    scale(&mut commitment.basis_sigma, &factors.sigma)
}

fn scale(points: &mut [G1Affine], factor: &Fr) -> Result<()> {
    ensure!(points.iter().all(G1Affine::is_on_curve), "a point of the key is not on the curve");
    for chunk in points.chunks_mut(CHUNK) {
        CpuKeyScale.apply_key_g1(chunk, *factor, Fr::ONE)?;
    }
    Ok(())
}

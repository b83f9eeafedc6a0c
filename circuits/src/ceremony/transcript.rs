//! Who changed delta and sigma of a key with a commitment, and that they knew the factors (ADR 0007).
//!
//! Each factor comes with a Schnorr proof in G2 that is bound to everything before it. snarkjs' proofs, which pair
//! points of both groups, would publish multiples of sigma in G1 outside of the commitment's basis: with a single
//! contributor and a public beacon they would give away sigma times a point that no commitment may contain.

use anyhow::{ensure, Context, Result};
use sha2::{Digest, Sha256, Sha512};
use snarkrs_ceremony::{
    transcript::{g2_from_uncompressed, g2_uncompressed},
    write::fr_plain,
    ContributionParams, SG2,
};
use snarkrs_field::{AffineRepr, CurveGroup, Fr, G2Affine, PrimeField};
use snarkrs_formats::binfile::{fr_normal, Cursor};

use super::factors::Factors;

const SECTION: u32 = 10;
/// Bytes of a contribution before its parameters.
const STEPS: usize = 2 * (2 * SG2 + 32);

/// What every contribution's proof is bound to, in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// Circuit, committed wires and powers of tau: they determine the key before any contribution.
    pub initial: [u8; 32],
    pub contributions: Vec<Contribution>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    pub delta: Step,
    pub sigma: Step,
    /// snarkjs' encoding of the contributor's name and, of a beacon, its value and exponent.
    pub params: Vec<u8>,
}

/// A G2 point after its multiplication by a secret factor, with the proof that the factor is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub after: G2Affine,
    /// `k before`, k random.
    pub nonce: G2Affine,
    /// `k + challenge factor`.
    pub answer: Fr,
}

/// Where a ceremony stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub digest: [u8; 32],
    pub delta: G2Affine,
    pub sigma: G2Affine,
}

impl Step {
    fn prove(context: &Claim, before: G2Affine, factor: &Fr, k: &Fr) -> Self {
        let after = (before * factor).into_affine();
        let nonce = (before * k).into_affine();
        Self { after, nonce, answer: *k + context.challenge(&before, &after, &nonce) * factor }
    }

    fn check(&self, context: &Claim, before: G2Affine) -> Result<()> {
        ensure!(!self.after.is_zero(), "{} is zero", context.what);
        let challenge = context.challenge(&before, &self.after, &self.nonce);
        ensure!(
            before * self.answer == self.after * challenge + self.nonce,
            "the contributor did not show knowledge of the factor of {}",
            context.what
        );
        Ok(())
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend(g2_uncompressed(&self.after));
        out.extend(g2_uncompressed(&self.nonce));
        out.extend(fr_plain(&self.answer));
    }

    fn decode(cursor: &mut Cursor<'_>) -> Result<Self> {
        Ok(Self { after: point(cursor)?, nonce: point(cursor)?, answer: fr_normal(cursor.take(32)?, SECTION)? })
    }
}

fn point(cursor: &mut Cursor<'_>) -> Result<G2Affine> {
    let point = g2_from_uncompressed(cursor.take(SG2)?)?;
    ensure!(
        point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve(),
        "a contribution's point is not in the group"
    );
    Ok(point)
}

/// What a proof of knowledge is about.
struct Claim<'a> {
    what: &'static str,
    digest: &'a [u8; 32],
    params: &'a [u8],
}

impl Claim<'_> {
    fn challenge(&self, before: &G2Affine, after: &G2Affine, nonce: &G2Affine) -> Fr {
        let mut hash = Sha512::new();
        hash.update(format!("gesim ceremony 1: factor of {}, {} bytes", self.what, self.params.len()));
        hash.update(self.params);
        hash.update(self.digest);
        for point in [before, after, nonce] {
            hash.update(g2_uncompressed(point));
        }
        Fr::from_le_bytes_mod_order(&hash.finalize())
    }
}

impl Contribution {
    pub fn params(&self) -> Result<ContributionParams> {
        Ok(ContributionParams::decode(&self.params)?)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.delta.encode(out);
        self.sigma.encode(out);
        out.extend((self.params.len() as u32).to_le_bytes());
        out.extend(&self.params);
    }
}

impl State {
    fn contexts<'a>(&'a self, params: &'a [u8]) -> [Claim<'a>; 2] {
        ["delta", "sigma"].map(|what| Claim { what, digest: &self.digest, params })
    }

    /// A contribution of these factors on top.
    pub fn contribute(&self, factors: &Factors, params: Vec<u8>) -> Contribution {
        let [delta, sigma] = self.contexts(&params);
        let [k_delta, k_sigma] = factors.nonces(&self.digest);
        Contribution {
            delta: Step::prove(&delta, self.delta, &factors.delta, &k_delta),
            sigma: Step::prove(&sigma, self.sigma, &factors.sigma, &k_sigma),
            params,
        }
    }

    /// The state after a contribution, once its proofs hold. A beacon's factors are public: they are drawn again.
    pub fn next(&self, contribution: &Contribution) -> Result<Self> {
        let [delta, sigma] = self.contexts(&contribution.params);
        contribution.delta.check(&delta, self.delta)?;
        contribution.sigma.check(&sigma, self.sigma)?;
        let params = contribution.params()?;
        match (&params.beacon_hash, params.num_iterations_exp) {
            (None, None) => {}
            (Some(value), Some(exponent)) => {
                let again = self.contribute(&Factors::of_beacon(value, exponent)?, contribution.params.clone());
                ensure!(again == *contribution, "the contribution is not that of its beacon");
            }
            _ => anyhow::bail!("the beacon lacks its value or its exponent"),
        }
        let mut record = Vec::new();
        contribution.encode(&mut record);
        let digest = Sha256::new().chain_update(self.digest).chain_update(record).finalize().into();
        Ok(Self { digest, delta: contribution.delta.after, sigma: contribution.sigma.after })
    }
}

impl Transcript {
    /// Before any contribution: delta = sigma = 1.
    fn start(&self) -> State {
        State { digest: self.initial, delta: G2Affine::generator(), sigma: G2Affine::generator() }
    }

    /// The state after each contribution, every one of them checked.
    pub fn states(&self) -> Result<Vec<State>> {
        let mut states = vec![self.start()];
        for (i, contribution) in self.contributions.iter().enumerate() {
            states.push(states[i].next(contribution).with_context(|| format!("contribution {} is wrong", i + 1))?);
        }
        Ok(states)
    }

    pub fn encode(&self) -> Result<Vec<u8>> {
        let mut out = self.initial.to_vec();
        out.extend(u32::try_from(self.contributions.len())?.to_le_bytes());
        self.contributions.iter().for_each(|contribution| contribution.encode(&mut out));
        Ok(out)
    }

    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut cursor = Cursor::new(bytes, SECTION);
        let mut initial = [0; 32];
        initial.copy_from_slice(cursor.take(32)?);
        let count = cursor.u32()? as usize;
        ensure!(count <= cursor.remaining() / STEPS, "there is no room for {count} contributions");
        let mut contributions = Vec::with_capacity(count);
        for _ in 0..count {
            let (delta, sigma) = (Step::decode(&mut cursor)?, Step::decode(&mut cursor)?);
            let length = cursor.u32()? as usize;
            contributions.push(Contribution { delta, sigma, params: cursor.take(length)?.to_vec() });
        }
        ensure!(cursor.remaining() == 0, "bytes are left after the contributions");
        Ok(Self { initial, contributions })
    }
}

//! Proofs made to pass with each other's help, or with the help of the proof of knowledge, and a statement moved into a
//! commitment: real forgeries, each shown to be one.

mod common;

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{pairing::Pairing, AffineRepr};
use ark_ff::{PrimeField, UniformRand};
use common::{committed, Batch};
use gesim_verifier::{encode, sample::CommittedPoints, VerifyError::ProofInvalid};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use solana_sha256_hasher::hashv;

fn point(seed: u64) -> G1Affine {
    G1Affine::rand(&mut ChaCha20Rng::seed_from_u64(seed))
}

fn plus(point: G1Affine, by: G1Projective) -> G1Affine {
    (by + point).into()
}

/// C_i + E and C_j - E, and the same for the commitments' proofs of knowledge: products without coefficients take both.
#[test]
fn cancelling_across_proofs_fails() {
    let error = G1Projective::from(point(9));
    for (i, j) in [(0, 1), (1, 0), (1, 2), (0, 3)] {
        let points = &committed().points;
        let mut c = Batch::new(4);
        c.put(i, &CommittedPoints { c: plus(points[i].c, error), ..points[i] });
        c.put(j, &CommittedPoints { c: plus(points[j].c, -error), ..points[j] });
        assert_eq!(c.verify(), Err(ProofInvalid));
        let mut pok = Batch::new(4);
        pok.put(i, &CommittedPoints { pok: plus(points[i].pok, error), ..points[i] });
        pok.put(j, &CommittedPoints { pok: plus(points[j].pok, -error), ..points[j] });
        assert_eq!(pok.verify(), Err(ProofInvalid));
        let mut inputs = Batch::new(4);
        inputs.inputs[i] = encode::scalar(&(committed().ark_inputs[i] + Fr::from(77)));
        inputs.inputs[j] = encode::scalar(&(committed().ark_inputs[j] - Fr::from(77)));
        assert_eq!(inputs.verify(), Err(ProofInvalid));
    }
}

/// Errors of the two equations that cancel with equal weights: E(e) in C_0, and in POK what makes up for it. Whoever knows
/// the discrete logarithms of delta and G can build it; with the weight of rho it fails, and so it does with the rho of
/// another POK.
#[test]
fn cancelling_across_the_equations_fails() {
    let (sample, good) = (committed(), Batch::new(2));
    let honest = folded_point(&good);
    let error = Fr::from(12_345);
    // The first equation becomes e(-error gen, delta), the second e(shift gen, G): they cancel if shift g = error delta.
    let shift = |rho: Fr| error * sample.secrets.delta / (rho * sample.secrets.g);
    let mut batch = good.clone();
    let generator = G1Projective::from(G1Affine::generator());
    batch.put(0, &CommittedPoints { c: plus(sample.points[0].c, generator * error), ..sample.points[0] });
    let honest_now = folded_point(&batch);
    assert_ne!(honest, honest_now, "other proofs, other coefficients");
    let with = |rho: Fr| encode::g1(&plus(honest_now, generator * shift(rho)));
    // Weights of one.
    assert_eq!(batch.verify_with(&with(Fr::from(1))), Err(ProofInvalid));
    // The rho that the honest POK would draw, and then the one that the first forgery draws.
    let seed = seed(&batch);
    let rho = |pok: &[u8; 64]| Fr::from_be_bytes_mod_order(&hashv(&[&seed, b"pok", pok]).to_bytes()[..16]);
    let mut pok = encode::g1(&honest_now);
    for _ in 0..5 {
        pok = with(rho(&pok));
        assert_eq!(batch.verify_with(&pok), Err(ProofInvalid));
    }
    assert_eq!(good.verify(), Ok(()));
}

/// That the forgery above is one: with the rho that the verifier will use, known beforehand, it would pass. Here the two
/// equations are put together by hand with a weight of the attacker's choice.
#[test]
fn forgery_across_the_equations_cancels_ok() {
    let secrets = &committed().secrets;
    let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
    let (error, rho) = (Fr::from(12_345), Fr::from(678));
    let first = Bn254::pairing(g1 * -error, g2 * secrets.delta);
    let second = Bn254::pairing(g1 * (error * secrets.delta / (rho * secrets.g)), g2 * secrets.g);
    assert_eq!(first + second * rho, Bn254::pairing(G1Affine::identity(), g2));
}

fn seed(batch: &Batch) -> [u8; 32] {
    let count = [batch.proofs.len() as u8];
    let (tag, fingerprint) = (b"gesim:bsb22:batch:v1", &committed().key.fingerprint);
    hashv(&[tag, fingerprint, &count, batch.inputs.as_flattened(), batch.proofs.as_flattened()]).to_bytes()
}

/// The folded proof of knowledge of the sample's first two, under a batch's coefficients, computed here from the transcript.
fn folded_point(batch: &Batch) -> G1Affine {
    let block = hashv(&[&seed(batch), &[0]]).to_bytes();
    let one = Fr::from_be_bytes_mod_order(&block[..16]);
    let points = &committed().points;
    let folded = plus(points[0].pok, points[1].pok * one);
    assert_eq!(batch.folded(), Ok(encode::g1(&folded)));
    folded
}

/// A prover that adds k IC_1 to its commitment proves x - k by a proof of x. The first equation holds, the challenge is that of
/// the shifted commitment, the lookup is answered: only the proof of knowledge is missing.
#[test]
fn statement_moved_into_the_commitment_fails() {
    let sample = committed();
    for by in [Fr::from(1), -Fr::from(1), Fr::from(1u64 << 40)] {
        let (points, x) = sample.shifted(5, by);
        for at in 0..3 {
            let mut batch = Batch::new(3);
            batch.put(at, &points);
            batch.inputs[at] = x;
            assert_eq!(batch.one(at), Err(ProofInvalid));
            assert_eq!(batch.verify(), Err(ProofInvalid));
            // Two such commitments whose shifts cancel.
            let (opposite, y) = sample.shifted(6, -by);
            let mut two = batch.clone();
            two.put((at + 1) % 3, &opposite);
            two.inputs[(at + 1) % 3] = y;
            assert_eq!(two.verify(), Err(ProofInvalid));
            // With sigma, which nobody has, it goes through: nothing else refused it.
            batch.poks[at] = encode::g1(&(points.d * sample.secrets.sigma).into());
            assert_eq!((batch.one(at), batch.verify()), (Ok(()), Ok(())));
        }
    }
}

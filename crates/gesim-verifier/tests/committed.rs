//! Proofs with a commitment, as an attacker sees them: every part that could be changed, moved or made up.

mod common;

use ark_bn254::{Fq, Fr, G1Affine, G1Projective};
use ark_ff::{PrimeField, UniformRand};
use common::{add_to, committed, modulus};
use gesim_verifier::{
    encode, fold_poks,
    sample::{CommittedPoints, CommittedSample},
    verify_committed, verify_committed_batch, CommittedProof,
    VerifyError::{self, *},
    MAX_BATCH, SCALAR_MODULUS,
};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use solana_sha256_hasher::hashv;

/// A batch as its submitter holds it: with the proofs of knowledge not folded yet.
#[derive(Clone)]
struct Batch {
    proofs: Vec<CommittedProof>,
    poks: Vec<[u8; 64]>,
    inputs: Vec<[u8; 32]>,
}

impl Batch {
    fn new(count: usize) -> Self {
        let sample = committed();
        Self {
            proofs: sample.proofs[..count].to_vec(),
            poks: sample.poks[..count].to_vec(),
            inputs: sample.inputs[..count].to_vec(),
        }
    }

    fn folded(&self) -> Result<[u8; 64], VerifyError> {
        fold_poks(&committed().key, &self.proofs.iter().collect::<Vec<_>>(), &self.inputs, &self.poks)
    }

    fn verify_with(&self, pok: &[u8; 64]) -> Result<(), VerifyError> {
        verify_committed_batch(&committed().key, &self.proofs.iter().collect::<Vec<_>>(), pok, &self.inputs)
    }

    /// Folds and verifies.
    fn verify(&self) -> Result<(), VerifyError> {
        self.verify_with(&self.folded()?)
    }

    fn one(&self, at: usize) -> Result<(), VerifyError> {
        verify_committed(&committed().key, &self.proofs[at], &self.poks[at], &self.inputs[at])
    }

    fn put(&mut self, at: usize, points: &CommittedPoints) {
        (self.proofs[at], self.poks[at]) = (points.encode(), encode::g1(&points.pok));
    }
}

fn point(seed: u64) -> G1Affine {
    G1Affine::rand(&mut ChaCha20Rng::seed_from_u64(seed))
}

fn plus(point: G1Affine, by: G1Projective) -> G1Affine {
    (by + point).into()
}

#[test]
fn every_size_ok() {
    for count in 1..=MAX_BATCH {
        assert_eq!(Batch::new(count).verify(), Ok(()), "{count} proofs");
    }
    for at in 0..4 {
        assert_eq!(Batch::new(4).one(at), Ok(()));
    }
}

#[test]
fn sizes_fail() {
    let (sample, batch) = (committed(), Batch::new(3));
    let key = &sample.key;
    let proofs: Vec<_> = batch.proofs.iter().collect();
    let pok = batch.folded().unwrap();
    assert_eq!(verify_committed_batch(key, &[], &pok, &[]), Err(BatchSize));
    assert_eq!(verify_committed_batch(key, &proofs, &pok, &batch.inputs[..2]), Err(CountMismatch));
    assert_eq!(verify_committed_batch(key, &proofs[..2], &pok, &batch.inputs), Err(CountMismatch));
    assert_eq!(fold_poks(key, &proofs, &batch.inputs, &batch.poks[..2]), Err(CountMismatch));
    assert_eq!(fold_poks(key, &[], &[], &[]), Err(BatchSize));
    for count in [MAX_BATCH + 1, 256, 300] {
        let (proofs, inputs, poks) =
            (vec![&sample.proofs[0]; count], vec![sample.inputs[0]; count], vec![sample.poks[0]; count]);
        assert_eq!(verify_committed_batch(key, &proofs, &pok, &inputs), Err(BatchSize));
        assert_eq!(fold_poks(key, &proofs, &inputs, &poks), Err(BatchSize));
    }
}

#[test]
fn every_changed_byte_fails() {
    let good = Batch::new(2);
    let pok = good.folded().unwrap();
    for at in 0..2 {
        for byte in 0..320 {
            let mut batch = good.clone();
            batch.proofs[at][byte] ^= 1;
            assert!(batch.verify_with(&pok).is_err(), "byte {byte} of proof {at}");
            assert!(batch.one(at).is_err(), "byte {byte} of proof {at}");
        }
        for byte in 0..32 {
            let mut batch = good.clone();
            batch.inputs[at][byte] ^= 1;
            assert!(batch.verify_with(&pok).is_err() && batch.verify().is_err() && batch.one(at).is_err());
        }
    }
    for byte in 0..64 {
        let (mut pok, mut batch) = (pok, good.clone());
        pok[byte] ^= 1;
        batch.poks[1][byte] ^= 1;
        assert!(good.verify_with(&pok).is_err() && batch.one(1).is_err(), "byte {byte} of the proof of knowledge");
    }
}

#[test]
fn malformed_anywhere_fails() {
    let good = Batch::new(3);
    let pok = good.folded().unwrap();
    for at in 0..3 {
        let expect = |change: &dyn Fn(&mut CommittedProof, &mut [u8; 32]), error| {
            let mut batch = good.clone();
            change(&mut batch.proofs[at], &mut batch.inputs[at]);
            assert_eq!(batch.verify_with(&pok), Err(error));
            assert_eq!(batch.one(at), Err(error));
        };
        for times in 1..=4u32 {
            let alias = add_to(&good.inputs[at], &(modulus::<Fr>() * times));
            expect(&|_, input| *input = alias.unwrap_or(SCALAR_MODULUS), NonCanonicalInput);
        }
        for coordinate in (0..320).step_by(32) {
            let alias = add_to(&good.proofs[at][coordinate..coordinate + 32], &modulus::<Fq>()).unwrap();
            expect(&|proof, _| proof[coordinate..coordinate + 32].copy_from_slice(&alias), NonCanonicalPoint);
            for flag in [0x40, 0x80] {
                expect(&|proof, _| proof[coordinate] |= flag, NonCanonicalPoint);
            }
        }
        for range in [0..64, 64..192, 192..256, 256..320] {
            expect(&|proof, _| proof[range.clone()].fill(0), PointAtInfinity);
        }
        for byte in [63, 191, 255, 319] {
            expect(&|proof, _| proof[byte] ^= 1, InvalidPoint);
        }
    }
    let mut alias = pok;
    alias[32..].copy_from_slice(&add_to(&pok[32..], &modulus::<Fq>()).unwrap());
    let mut off = pok;
    off[63] ^= 1;
    for (pok, error) in [(alias, NonCanonicalPoint), ([0; 64], PointAtInfinity), (off, InvalidPoint)] {
        assert_eq!(good.verify_with(&pok), Err(error));
        let mut batch = good.clone();
        batch.poks[1] = pok;
        assert_eq!((batch.folded(), batch.one(1)), (Err(error), Err(error)));
    }
}

#[test]
fn commitment_of_another_proof_fails() {
    for (i, j) in [(0, 1), (1, 2), (2, 0)] {
        let good = Batch::new(3);
        // Copied, with and without its proof of knowledge, and swapped.
        let mut copied = good.clone();
        copied.proofs[i][256..].copy_from_slice(&good.proofs[j][256..]);
        let mut with_pok = copied.clone();
        with_pok.poks[i] = good.poks[j];
        let mut swapped = with_pok.clone();
        swapped.proofs[j][256..].copy_from_slice(&good.proofs[i][256..]);
        swapped.poks[j] = good.poks[i];
        for batch in [copied, with_pok, swapped] {
            assert_eq!(batch.verify(), Err(ProofInvalid));
            assert_eq!(batch.one(i), Err(ProofInvalid));
        }
        // Only the proofs of knowledge swapped: their plain sum is that of the good batch.
        let mut poks = good.clone();
        poks.poks.swap(i, j);
        assert_eq!(poks.verify(), Err(ProofInvalid));
        assert_eq!(poks.one(i), Err(ProofInvalid));
    }
}

#[test]
fn folded_pok_of_another_batch_fails() {
    let good = Batch::new(4);
    let pok = good.folded().unwrap();
    let mut order = good.clone();
    order.proofs.swap(0, 1);
    order.inputs.swap(0, 1);
    order.poks.swap(0, 1);
    let mut later = good.clone();
    (later.proofs[3], later.inputs[3]) = (committed().proofs[5], committed().inputs[5]);
    later.poks[3] = committed().poks[5];
    for batch in [&order, &later, &Batch::new(3), &Batch::new(5)] {
        assert_eq!(batch.verify_with(&pok), Err(ProofInvalid));
        assert_eq!(batch.verify(), Ok(()));
    }
    // And the sum without coefficients, which is no batch's.
    let sum: G1Projective = committed().points[..4].iter().map(|points| G1Projective::from(points.pok)).sum();
    assert_eq!(good.verify_with(&encode::g1(&sum.into())), Err(ProofInvalid));
}

#[test]
fn another_key_fails() {
    let other = CommittedSample::new(2, 2);
    assert_eq!(verify_committed(&other.key, &other.proofs[0], &other.poks[0], &other.inputs[0]), Ok(()));
    let batch = Batch::new(1);
    assert_eq!(verify_committed(&other.key, &batch.proofs[0], &batch.poks[0], &batch.inputs[0]), Err(ProofInvalid));
    for at in 0..3 {
        let mut batch = Batch::new(3);
        (batch.proofs[at], batch.inputs[at], batch.poks[at]) = (other.proofs[0], other.inputs[0], other.poks[0]);
        assert_eq!(batch.verify(), Err(ProofInvalid));
    }
    // The fingerprint alone makes other coefficients, and so another folded proof of knowledge.
    let sample = committed();
    let mut key = sample.key.clone();
    key.fingerprint[0] ^= 1;
    let (proofs, inputs) = (&[&sample.proofs[0], &sample.proofs[1]], &sample.inputs[..2]);
    let pok = fold_poks(&sample.key, proofs, inputs, &sample.poks[..2]).unwrap();
    assert_eq!(verify_committed_batch(&sample.key, proofs, &pok, inputs), Ok(()));
    assert_eq!(verify_committed_batch(&key, proofs, &pok, inputs), Err(ProofInvalid));
}

#[test]
fn keys_fail() {
    let key = &committed().key;
    assert_eq!(key.check(), Ok(()));
    let changed = |change: &dyn Fn(&mut gesim_verifier::CommittedKey)| {
        let mut key = key.clone();
        change(&mut key);
        key.check()
    };
    let secrets = &committed().secrets;
    let g2 =
        |scalar: Fr| encode::g2(&(ark_bn254::G2Projective::from(ark_bn254::G2Affine::generator()) * scalar).into());
    use ark_ec::AffineRepr;
    assert_eq!(changed(&|key| key.gamma_g2 = g2(secrets.gamma)), Ok(()));
    assert_eq!(changed(&|key| key.delta_g2 = g2(secrets.gamma)), Err(ForgeableKey));
    assert_eq!(changed(&|key| key.delta_g2 = g2(-secrets.gamma)), Err(ForgeableKey));
    assert_eq!(changed(&|key| key.commitment_sigma_neg = key.commitment_g), Err(ForgeableKey));
    assert_eq!(changed(&|key| key.commitment_g = g2(Fr::from(1))), Ok(()));
    assert_eq!(
        changed(&|key| (key.commitment_g, key.commitment_sigma_neg) = (g2(Fr::from(1)), g2(-Fr::from(1)))),
        Err(ForgeableKey)
    );
    for at in 0..3 {
        assert_eq!(changed(&|key| key.ic[at] = [0; 64]), Err(PointAtInfinity));
        assert_eq!(changed(&|key| key.ic[at][63] ^= 1), Err(InvalidPoint));
    }
    assert_eq!(changed(&|key| key.commitment_g = [0; 128]), Err(PointAtInfinity));
    assert_eq!(changed(&|key| key.commitment_sigma_neg[127] ^= 1), Err(InvalidPoint));
    assert_eq!(changed(&|key| key.commitment_sigma_neg[0] |= 0x80), Err(NonCanonicalPoint));
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
    let generator = G1Projective::from(<G1Affine as ark_ec::AffineRepr>::generator());
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
    use ark_bn254::{Bn254, G2Affine};
    use ark_ec::{pairing::Pairing, AffineRepr};
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

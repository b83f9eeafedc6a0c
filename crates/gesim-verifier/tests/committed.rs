//! Proofs with a commitment, as an attacker sees them: every part that could be changed, moved or swapped.

mod common;

use ark_bn254::{Fq, Fr, G1Projective, G2Affine};
use ark_ec::AffineRepr;
use common::{add_to, committed, modulus, Batch};
use gesim_verifier::{
    encode, fold_poks, sample::CommittedSample, verify_committed, verify_committed_batch, CommittedProof,
    VerifyError::*, MAX_BATCH, SCALAR_MODULUS,
};

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
    let g2 = |scalar: Fr| encode::g2(&(G2Affine::generator() * scalar).into());
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

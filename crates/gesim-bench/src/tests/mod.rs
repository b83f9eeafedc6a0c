//! The verifier as SBF: the same answers as on the host, and the costs' shape.

use ark_bn254::{G1Affine, G1Projective};
use ark_ec::AffineRepr;
use gesim_verifier::{
    encode, sample::Sample, verify_batch, Proof, VerifyError, BASE_MODULUS, MAX_BATCH, SCALAR_MODULUS,
};
use verify_bench::{refused, BATCH, ONE_BY_ONE};

use crate::{chain::Chain, subject::Subject, verify_costs};

mod committed;
mod differential;

const REASONS: [VerifyError; 7] = [
    VerifyError::NonCanonicalInput,
    VerifyError::NonCanonicalPoint,
    VerifyError::PointAtInfinity,
    VerifyError::InvalidPoint,
    VerifyError::CountMismatch,
    VerifyError::BatchSize,
    VerifyError::ProofInvalid,
];

/// What is done to a batch before it is sent.
type Change<'a> = dyn Fn(&mut [Proof], &mut [[u8; 32]]) + 'a;

/// The program's answer, which must be the host's.
fn answer(chain: &mut Chain, sample: &Sample, proofs: &[Proof], inputs: &[[u8; 32]]) -> Result<(), VerifyError> {
    let on_chain = chain.send(BATCH, [inputs.as_flattened(), proofs.as_flattened()].concat());
    let on_host = verify_batch(&sample.key, &proofs.iter().collect::<Vec<_>>(), inputs);
    match (on_chain, on_host) {
        (Ok(_), Ok(())) => Ok(()),
        (Err(reason), Err(error)) => {
            assert!(REASONS.contains(&error));
            let expected = format!("custom program error: {:#x}", refused(error));
            assert!(reason.ends_with(&expected), "host: {error:?}, chain: {reason}");
            Err(error)
        }
        (on_chain, on_host) => panic!("chain: {on_chain:?}, host: {on_host:?}"),
    }
}

#[test]
fn chain_answers_as_host_does_ok() {
    let sample = Sample::new(7, MAX_BATCH).unwrap();
    let mut chain = Chain::new(sample.key()).unwrap();
    for count in 1..=MAX_BATCH {
        assert_eq!(answer(&mut chain, &sample, &sample.proofs[..count], &sample.inputs[..count]), Ok(()));
    }
    let too_many = ([sample.proofs[0]; MAX_BATCH + 1], [sample.inputs[0]; MAX_BATCH + 1]);
    assert_eq!(answer(&mut chain, &sample, &too_many.0, &too_many.1), Err(VerifyError::BatchSize));
    assert_eq!(answer(&mut chain, &sample, &[], &[]), Err(VerifyError::BatchSize));
}

#[test]
fn chain_refuses_what_the_host_refuses_fails() {
    let sample = Sample::new(7, 5).unwrap();
    let mut chain = Chain::new(sample.key()).unwrap();
    let mut expect = |change: &Change, error| {
        for count in [1, 2, 5] {
            let (mut proofs, mut inputs) = (sample.proofs[..count].to_vec(), sample.inputs[..count].to_vec());
            change(&mut proofs, &mut inputs);
            assert_eq!(answer(&mut chain, &sample, &proofs, &inputs), Err(error), "{count} proofs");
        }
    };
    expect(&|_, inputs| inputs[0] = SCALAR_MODULUS, VerifyError::NonCanonicalInput);
    expect(&|_, inputs| *inputs.last_mut().unwrap() = [0xff; 32], VerifyError::NonCanonicalInput);
    expect(&|_, inputs| inputs[0] = [0; 32], VerifyError::ProofInvalid);
    for coordinate in (0..256).step_by(32) {
        let change = |proofs: &mut [Proof], _: &mut [[u8; 32]]| {
            proofs.last_mut().unwrap()[coordinate..coordinate + 32].copy_from_slice(&BASE_MODULUS);
        };
        expect(&change, VerifyError::NonCanonicalPoint);
        expect(&|proofs, _| proofs.last_mut().unwrap()[coordinate] |= 0x40, VerifyError::NonCanonicalPoint);
    }
    for range in [0..64, 64..192, 192..256] {
        expect(&|proofs, _| proofs.last_mut().unwrap()[range.clone()].fill(0), VerifyError::PointAtInfinity);
    }
    for byte in [63, 191, 255] {
        expect(&|proofs, _| proofs.last_mut().unwrap()[byte] ^= 1, VerifyError::InvalidPoint);
    }
}

/// Errors that cancel in a product without coefficients.
#[test]
fn chain_refuses_cancelling_forgeries_fails() {
    let sample = Sample::new(7, 4).unwrap();
    let mut chain = Chain::new(sample.key()).unwrap();
    for (i, j) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
        let mut proofs = sample.proofs.clone();
        let shifted = |c: G1Affine, by: G1Projective| encode::g1(&(by + c).into());
        let by = G1Affine::generator() * ark_bn254::Fr::from(99);
        proofs[i][192..].copy_from_slice(&shifted(sample.ark_proofs[i].c, by));
        proofs[j][192..].copy_from_slice(&shifted(sample.ark_proofs[j].c, -by));
        assert_eq!(answer(&mut chain, &sample, &proofs, &sample.inputs), Err(VerifyError::ProofInvalid));
    }
}

#[test]
fn one_by_one_ok() {
    let sample = Sample::new(7, 2).unwrap();
    let mut chain = Chain::new(sample.key()).unwrap();
    assert!(sample.run(&mut chain, ONE_BY_ONE, 0..2).is_ok());
    let data = [sample.inputs[..1].as_flattened(), sample.proofs[1].as_slice()].concat();
    assert!(chain.send(ONE_BY_ONE, data).is_err());
}

/// The reasons a batch exists: all its proofs fit one transaction, at a third of the price or less.
#[test]
fn costs_ok() {
    let rows = verify_costs().unwrap();
    for (kind, times) in [("groth16", 3), ("committed", 4)] {
        let rows: Vec<_> = rows.iter().filter(|row| row.kind == kind).collect();
        assert_eq!(rows.iter().map(|row| row.proofs).collect::<Vec<_>>(), crate::COUNTS.map(|count| count as u64));
        let last = rows.last().unwrap();
        assert!(last.batch < 1_400_000 && last.groth16_solana_transactions > 2);
        assert!(last.batch_per_proof * times < last.groth16_solana_per_proof);
        assert!(rows.windows(2).all(|pair| pair[0].batch_per_proof > pair[1].batch_per_proof));
    }
}

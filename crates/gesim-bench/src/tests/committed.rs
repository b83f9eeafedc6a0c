//! Proofs with a commitment: the chain's answer to a batch is the host's.

use ark_bn254::{Fr, G1Affine};
use ark_ec::AffineRepr;
use gesim_verifier::{
    encode, fold_poks, sample::CommittedSample, verify_committed_batch, CommittedProof, VerifyError, BASE_MODULUS,
    MAX_BATCH, SCALAR_MODULUS,
};
use verify_bench::{refused, BATCH, COMMITTED};

use crate::{chain::Chain, subject::Subject};

struct Batch {
    proofs: Vec<CommittedProof>,
    pok: [u8; 64],
    inputs: Vec<[u8; 32]>,
}

impl Batch {
    fn of(sample: &CommittedSample, count: usize) -> Self {
        let (proofs, inputs) = (sample.proofs[..count].to_vec(), sample.inputs[..count].to_vec());
        let mut batch = Self { proofs, pok: [0; 64], inputs };
        batch.fold(sample, &sample.poks[..count]);
        batch
    }

    /// Folds proofs of knowledge for the batch as it stands.
    fn fold(&mut self, sample: &CommittedSample, poks: &[[u8; 64]]) {
        self.pok = fold_poks(&sample.key, &self.proofs.iter().collect::<Vec<_>>(), &self.inputs, poks).unwrap();
    }

    /// The program's answer, which must be the host's.
    fn answer(&self, chain: &mut Chain, sample: &CommittedSample) -> Result<(), VerifyError> {
        let data = [self.inputs.as_flattened(), self.proofs.as_flattened(), &self.pok].concat();
        let on_chain = chain.send(COMMITTED + BATCH, data);
        let proofs: Vec<_> = self.proofs.iter().collect();
        let on_host = verify_committed_batch(&sample.key, &proofs, &self.pok, &self.inputs);
        match (on_chain, on_host) {
            (Ok(_), Ok(())) => Ok(()),
            (Err(reason), Err(error)) => {
                let expected = format!("custom program error: {:#x}", refused(error));
                assert!(reason.ends_with(&expected), "host: {error:?}, chain: {reason}");
                Err(error)
            }
            (on_chain, on_host) => panic!("chain: {:?}, host: {on_host:?}", on_chain.map(|done| done.units)),
        }
    }
}

#[test]
fn every_size_ok() {
    let sample = CommittedSample::new(7, MAX_BATCH);
    let mut chain = Chain::new(sample.key()).unwrap();
    for count in 1..=MAX_BATCH {
        assert_eq!(Batch::of(&sample, count).answer(&mut chain, &sample), Ok(()), "{count} proofs");
    }
    let mut batch = Batch::of(&sample, MAX_BATCH);
    batch.proofs.push(sample.proofs[0]);
    batch.inputs.push(sample.inputs[0]);
    assert_eq!(batch.answer(&mut chain, &sample), Err(VerifyError::BatchSize));
    let empty = Batch { proofs: vec![], pok: sample.poks[0], inputs: vec![] };
    assert_eq!(empty.answer(&mut chain, &sample), Err(VerifyError::BatchSize));
}

#[test]
fn what_the_host_refuses_fails() {
    let sample = CommittedSample::new(7, 5);
    let mut chain = Chain::new(sample.key()).unwrap();
    let mut expect = |change: &dyn Fn(&mut Batch), error| {
        for count in [1, 2, 5] {
            let mut batch = Batch::of(&sample, count);
            change(&mut batch);
            assert_eq!(batch.answer(&mut chain, &sample), Err(error), "{count} proofs");
        }
    };
    expect(&|batch| batch.inputs[0] = SCALAR_MODULUS, VerifyError::NonCanonicalInput);
    expect(&|batch| batch.inputs[0] = [0; 32], VerifyError::ProofInvalid);
    for coordinate in (0..320).step_by(32) {
        let change = |batch: &mut Batch| {
            batch.proofs.last_mut().unwrap()[coordinate..coordinate + 32].copy_from_slice(&BASE_MODULUS);
        };
        expect(&change, VerifyError::NonCanonicalPoint);
    }
    expect(&|batch| batch.pok[..32].copy_from_slice(&BASE_MODULUS), VerifyError::NonCanonicalPoint);
    expect(&|batch| batch.pok = [0; 64], VerifyError::PointAtInfinity);
    expect(&|batch| batch.pok[63] ^= 1, VerifyError::InvalidPoint);
    for range in [0..64, 64..192, 192..256, 256..320] {
        expect(&|batch| batch.proofs.last_mut().unwrap()[range.clone()].fill(0), VerifyError::PointAtInfinity);
    }
    for byte in [63, 191, 255, 319] {
        expect(&|batch| batch.proofs.last_mut().unwrap()[byte] ^= 1, VerifyError::InvalidPoint);
    }
    expect(&|batch| batch.pok = encode::g1(&G1Affine::generator()), VerifyError::ProofInvalid);
}

/// A commitment with IC_1 in it makes a proof of x one of x - 1: only the proof of knowledge stands in the way.
#[test]
fn statement_moved_into_the_commitment_fails() {
    let sample = CommittedSample::new(7, 3);
    let mut chain = Chain::new(sample.key()).unwrap();
    let (points, x) = sample.shifted(1, Fr::from(1));
    let mut poks = sample.poks.clone();
    poks[1] = encode::g1(&points.pok);
    let mut batch = Batch::of(&sample, 3);
    batch.proofs[1] = points.encode();
    batch.inputs[1] = x;
    batch.fold(&sample, &poks);
    assert_eq!(batch.answer(&mut chain, &sample), Err(VerifyError::ProofInvalid));
    // Whoever knows sigma gets through, so nothing else refused it.
    poks[1] = encode::g1(&(points.d * sample.secrets.sigma).into());
    batch.fold(&sample, &poks);
    assert_eq!(batch.answer(&mut chain, &sample), Ok(()));
}

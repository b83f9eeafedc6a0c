//! Proofs of random circuits under keys from toxic waste, checked by real pairings.

mod common;

use ark_bn254::Bn254;
use ark_ec::{pairing::Pairing, AffineRepr};
use ark_ff::{Field, UniformRand};
use common::Circuit;
use gesim_groth16::{
    commit::Commitment,
    key::{self, KeyParts},
    prove::{Proof, Prover},
    Error, Fr,
};
use rand::{rngs::StdRng, SeedableRng};

fn prover(parts: &KeyParts) -> Prover {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proving.key");
    key::write(&path, parts).unwrap();
    Prover::open(&path).unwrap()
}

fn random(count: usize, rng: &mut StdRng) -> Vec<Fr> {
    (0..count).map(|_| Fr::rand(rng)).collect()
}

/// arkworks' verifier.
fn holds(key: &KeyParts, proof: &Proof, public: &[Fr]) -> bool {
    let verifying = ark_groth16::VerifyingKey::<Bn254> {
        alpha_g1: key.fixed.alpha_g1,
        beta_g2: key.fixed.beta_g2,
        gamma_g2: key.fixed.gamma_g2,
        delta_g2: key.fixed.delta_g2,
        gamma_abc_g1: key.ic.clone(),
    };
    let proof = ark_groth16::Proof { a: proof.a, b: proof.b, c: proof.c };
    let prepared = ark_groth16::prepare_verifying_key(&verifying);
    ark_groth16::Groth16::<Bn254>::verify_proof(&prepared, &proof, public).unwrap()
}

/// ADR 0005's two equations; with its folded public inputs, the first is arkworks' with D added.
fn holds_committed(key: &KeyParts, proof: &Proof, commitment: &Commitment, public: &[Fr]) -> bool {
    let of = key.commitment.as_ref().unwrap();
    let mut with_d = key.clone();
    with_d.ic[0] = (key.ic[0] + commitment.point).into();
    let knows = Bn254::multi_pairing([commitment.point, commitment.pok], [of.minus_sigma_g, of.g]);
    holds(&with_d, proof, public) && knows.0 == <Bn254 as Pairing>::TargetField::ONE
}

#[test]
fn plain_proofs_verify() {
    let mut rng = StdRng::seed_from_u64(1);
    // domains that the lanes do not take, that they fill to the last element, and that they leave half empty
    for (public, given, constraints) in [(1, 2, 1), (0, 1, 3), (2, 5, 60), (1, 40, 62), (3, 200, 500), (1, 900, 1100)] {
        let circuit = Circuit::random(public, given, constraints, &mut rng);
        let parts = circuit.key(&[], &mut rng);
        let prover = prover(&parts);
        let public = random(public, &mut rng);
        let assignment = circuit.solve(&public, &random(given, &mut rng));
        let proof = prover.prove(&assignment, &mut rng).unwrap();
        assert!(holds(&parts, &proof, &public), "{constraints} constraints");
        // blinded: the same witness never gives the same proof
        let again = prover.prove(&assignment, &mut rng).unwrap();
        assert!(again.a != proof.a && again.b != proof.b && again.c != proof.c);
        if let Some(first) = public.first() {
            let other = [&[*first + Fr::ONE], &public[1..]].concat();
            assert!(!holds(&parts, &proof, &other));
        }
    }
}

#[test]
fn an_unsatisfied_row_gives_no_proof() {
    let mut rng = StdRng::seed_from_u64(2);
    let circuit = Circuit::random(1, 30, 120, &mut rng);
    let parts = circuit.key(&[], &mut rng);
    let prover = prover(&parts);
    let public = random(1, &mut rng);
    let good = circuit.solve(&public, &random(30, &mut rng));
    for at in [0, 57, 119] {
        let mut bad = circuit.solve(&public, &good.wires[2..32]);
        bad.a[at] += Fr::ONE;
        assert!(!holds(&parts, &prover.prove(&bad, &mut rng).unwrap(), &public));
        let mut bad = circuit.solve(&public, &good.wires[2..32]);
        bad.wires[32 + at] += Fr::ONE;
        assert!(!holds(&parts, &prover.prove(&bad, &mut rng).unwrap(), &public));
    }
}

#[test]
fn assignments_of_another_shape_are_refused() {
    let mut rng = StdRng::seed_from_u64(3);
    let circuit = Circuit::random(1, 4, 20, &mut rng);
    let prover = prover(&circuit.key(&[], &mut rng));
    let (public, given) = (random(1, &mut rng), random(4, &mut rng));
    let mut refuse = |change: fn(&mut gesim_groth16::system::Assignment)| {
        let mut assignment = circuit.solve(&public, &given);
        change(&mut assignment);
        assert!(matches!(prover.prove(&assignment, &mut rng), Err(Error::Witness(_))));
    };
    refuse(|assignment| assignment.wires.truncate(24));
    refuse(|assignment| assignment.a.truncate(19));
    refuse(|assignment| assignment.b.push(Fr::ONE));
    refuse(|assignment| assignment.wires[0] = Fr::from(2));
    // a key without a commitment commits to nothing
    assert!(matches!(prover.commit(&[]), Err(Error::Witness(_))));
    assert!(matches!(prover.commit(&given), Err(Error::Witness(_))));
}

/// A circuit whose second public input is the challenge of some of its wires.
struct Committed {
    circuit: Circuit,
    parts: KeyParts,
    prover: Prover,
    given: Vec<Fr>,
}

impl Committed {
    /// Wires 3..: not in order, and not all of those given.
    const WIRES: [u32; 5] = [9, 3, 4, 12, 5];

    fn new(rng: &mut StdRng) -> Self {
        let circuit = Circuit::random(2, 20, 400, rng);
        let parts = circuit.key(&Self::WIRES, rng);
        Self { prover: prover(&parts), parts, given: random(20, rng), circuit }
    }

    fn commit(&self) -> Commitment {
        let values = Self::WIRES.map(|wire| self.given[wire as usize - 3]);
        self.prover.commit(&values).unwrap()
    }

    fn prove(&self, public: &[Fr], rng: &mut StdRng) -> Proof {
        self.prover.prove(&self.circuit.solve(public, &self.given), rng).unwrap()
    }
}

#[test]
fn proofs_with_a_commitment_verify() {
    let mut rng = StdRng::seed_from_u64(4);
    let case = Committed::new(&mut rng);
    let commitment = case.commit();
    let public = [Fr::rand(&mut rng), commitment.challenge()];
    let proof = case.prove(&public, &mut rng);
    assert!(holds_committed(&case.parts, &proof, &commitment, &public));

    // the proof says nothing without D, with another's, or with a D outside the basis
    assert!(!holds(&case.parts, &proof, &public));
    let mut other = case.given.clone();
    other[0] += Fr::ONE;
    let other = Committed { given: other, ..Committed::new(&mut StdRng::seed_from_u64(4)) }.commit();
    assert!(!holds_committed(&case.parts, &proof, &other, &public));
    assert_ne!(other.challenge(), commitment.challenge());
    let shifted = Commitment { point: (commitment.point + case.parts.ic[1]).into(), ..commitment };
    let shifted_public = [public[0] - Fr::ONE, public[1]];
    assert!(!holds_committed(&case.parts, &proof, &shifted, &shifted_public), "the pok forbids it");
    let unproven = Commitment { pok: (-commitment.pok.into_group()).into(), ..commitment };
    assert!(!holds_committed(&case.parts, &proof, &unproven, &public));
    // a committed value changed after the commitment was made
    let mut late = Committed { given: case.given.clone(), ..Committed::new(&mut StdRng::seed_from_u64(4)) };
    late.given[1] += Fr::ONE;
    assert!(!holds_committed(&case.parts, &late.prove(&public, &mut rng), &commitment, &public));
}

#[test]
fn a_commitment_takes_exactly_its_wires() {
    let mut rng = StdRng::seed_from_u64(5);
    let case = Committed::new(&mut rng);
    for count in [0, 4, 6] {
        assert!(matches!(case.prover.commit(&random(count, &mut rng)), Err(Error::Witness(_))));
    }
}

/// Several proofs in work with one prover.
#[test]
fn threads_share_a_prover() {
    let mut rng = StdRng::seed_from_u64(6);
    let circuit = Circuit::random(1, 50, 900, &mut rng);
    let parts = circuit.key(&[], &mut rng);
    let prover = prover(&parts);
    std::thread::scope(|scope| {
        for seed in 0..4 {
            let (circuit, parts, prover) = (&circuit, &parts, &prover);
            scope.spawn(move || {
                let mut rng = StdRng::seed_from_u64(seed);
                let public = random(1, &mut rng);
                let assignment = circuit.solve(&public, &random(50, &mut rng));
                assert!(holds(parts, &prover.prove(&assignment, &mut rng).unwrap(), &public));
            });
        }
    });
}

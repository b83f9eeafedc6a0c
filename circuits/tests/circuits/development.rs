//! The development key is what a real phase 1 with the same secrets would have led to.

use std::{
    fs,
    path::{Path, PathBuf},
};

use gesim_circuits::{
    ceremony::{self, factors, By},
    dev::{initial_key, key_with_commitment, lagrange, Factors, FixedBase, Secrets},
    key,
    vk::KeyBytes,
    wires,
};
use snarkrs_ceremony::{
    contribute, phase1, prepare,
    ptau::{self, Ptau},
    r1cs::R1cs,
    setup,
    transcript::{create_ptau_key, CeremonyRng},
    write::BinFileWriter,
    CpuGroupFft, CpuKeyScale,
};
use snarkrs_field::{Domain, Field, Fr, G1Projective, G2Projective};
use snarkrs_msm::CpuMsm;

use crate::{
    committed::{command_on_circuit, TINY},
    support::{artifacts, compile},
};

/// Powers of tau with one contribution of known secrets, prepared for phase 2.
pub fn powers_of_tau(dir: &Path, power: u32) -> (PathBuf, Secrets) {
    let (contributed, secrets) = contributed_powers(dir, power);
    let prepared = dir.join("prepared");
    prepare_with_secrets(&contributed, &prepared, power, &secrets);
    (prepared, secrets)
}

fn contributed_powers(dir: &Path, power: u32) -> (PathBuf, Secrets) {
    let [fresh, contributed] = ["fresh", "contributed"].map(|name| dir.join(name));
    let seed = [7; 8];
    let challenge = phase1::ptau_new(power, &fresh).unwrap();
    let key = create_ptau_key(&mut CeremonyRng::from_seed_words(seed), &challenge);
    let rng = CeremonyRng::from_seed_words(seed);
    phase1::contribute_with(&fresh, &contributed, Default::default(), rng, &CpuKeyScale).unwrap();
    let secrets = Secrets {
        tau: *key.tau.prv_key.expose(),
        alpha: *key.alpha.prv_key.expose(),
        beta: *key.beta.prv_key.expose(),
    };
    (contributed, secrets)
}

/// What `prepare phase2` writes, by fixed-base multiplication instead of transforms over points.
fn prepare_with_secrets(from: &Path, to: &Path, power: u32, secrets: &Secrets) {
    let from = Ptau::open(from).unwrap();
    let mut file = BinFileWriter::create(to, b"ptau", 1, 11).unwrap();
    for section in ptau::NEW_LAYOUT {
        file.write_section_verbatim(section, from.section(section).unwrap()).unwrap();
    }
    let (g1, g2) = (FixedBase::<G1Projective>::new(), FixedBase::<G2Projective>::new());
    let blocks: Vec<Fr> = (0..=power).flat_map(|p| lagrange(1 << p, &secrets.tau).unwrap()).collect();
    // The last block would take one power more than there is: snarkjs leaves its term out.
    let mut more = blocks.clone();
    let domain = Domain::new(2 << power).unwrap();
    let mut term = secrets.tau.pow([domain.size as u64 - 1]) * domain.size_inv;
    for value in lagrange(domain.size, &secrets.tau).unwrap() {
        more.push(value - term);
        term *= domain.group_gen;
    }
    let scaled = |factor: Fr| blocks.iter().map(|value| *value * factor).collect::<Vec<_>>();
    for (section, scalars) in [
        (ptau::S_LAGRANGE_TAU_G1, more),
        (ptau::S_LAGRANGE_TAU_G2, blocks.clone()),
        (ptau::S_LAGRANGE_ALPHA_TAU_G1, scaled(secrets.alpha)),
        (ptau::S_LAGRANGE_BETA_TAU_G1, scaled(secrets.beta)),
    ] {
        file.start_section(section).unwrap();
        match section {
            ptau::S_LAGRANGE_TAU_G2 => file.write_g2_slice(&g2.all(&scalars)).unwrap(),
            _ => file.write_g1_slice(&g1.all(&scalars)).unwrap(),
        }
        file.end_section().unwrap();
    }
    file.finish().unwrap();
}

#[test]
fn prepared_powers_are_those_of_snarkjs_ok() {
    let dir = tempfile::tempdir().unwrap();
    let (contributed, secrets) = contributed_powers(dir.path(), 4);
    let [theirs, ours] = ["theirs", "ours"].map(|name| dir.path().join(name));
    prepare::prepare_phase2(&contributed, &theirs, &CpuGroupFft).unwrap();
    prepare_with_secrets(&contributed, &ours, 4, &secrets);
    assert!(fs::read(theirs).unwrap() == fs::read(ours).unwrap(), "the files differ");
}

/// A circuit of 240 constraints, in a domain of 2^8. The powers go one step further: with just as many, snarkjs has to
/// do without the highest one and writes other (equally good) points for H.
const HASH: &str = "pragma circom 2.1.9;
include \"circomlib/circuits/poseidon.circom\";
template Main() { signal input x; signal input w[2]; component p = Poseidon(2); p.inputs <== w; x === p.out; }
component main {public [x]} = Main();
";

#[test]
fn same_key_as_through_powers_of_tau_ok() {
    let dir = tempfile::tempdir().unwrap();
    let (ptau, secrets) = powers_of_tau(dir.path(), 9);
    let r1cs = compile(dir.path(), HASH);
    let [through, direct, last] = ["through", "direct", "last"].map(|name| dir.path().join(name));
    setup::setup(&r1cs, &ptau, &through, &CpuMsm::new()).unwrap();
    initial_key(&R1cs::open(&r1cs).unwrap(), &secrets, &direct).unwrap();
    assert!(fs::read(&through).unwrap() == fs::read(&direct).unwrap(), "the keys differ");

    // A contribution on top passes the ceremony's own verification.
    contribute::contribute(&direct, &last, None, "", &CpuKeyScale).unwrap();
    assert_eq!(ceremony::verify(&r1cs, None, &ptau, &last).unwrap().len(), 1);
}

#[test]
fn key_without_contribution_fails() {
    let dir = tempfile::tempdir().unwrap();
    let r1cs = artifacts("opening_small").join("circuit.r1cs");
    let key = dir.path().join("initial.zkey");
    initial_key(&R1cs::open(&r1cs).unwrap(), &Secrets::development(), &key).unwrap();
    let error = format!("{:#}", KeyBytes::from_zkey(&key).unwrap_err());
    assert!(error.contains("delta equals gamma"), "{error}");
}

/// Before any contribution, and after a beacon, whose factors are known.
#[test]
fn same_key_with_commitment_as_through_a_ceremony_ok() {
    let dir = tempfile::tempdir().unwrap();
    let (_, secrets) = powers_of_tau(dir.path(), 5);
    let r1cs = R1cs::open(&compile(dir.path(), TINY)).unwrap();
    let wires = wires::committed(&dir.path().join("tiny.sym"), 2).unwrap();
    let [through, last, direct] = ["through", "last", "direct"].map(|name| dir.path().join(name));
    command_on_circuit(dir.path(), &["new", "--out", "through"]).unwrap();
    ceremony::contribute(&through, &last, "beacon", &By::Beacon(&[1, 2, 3], 10)).unwrap();
    let drawn = factors::Factors::of_beacon(&[1, 2, 3], 10).unwrap();

    let ones = Factors { delta: 1u64.into(), sigma: 1u64.into() };
    let beacon = Factors { delta: *drawn.delta, sigma: *drawn.sigma };
    for (file, factors) in [(through, ones), (last, beacon)] {
        let (_, transcript) = key::read_committed(&file).unwrap();
        let key = key_with_commitment(&r1cs, &wires, &secrets, &factors).unwrap();
        key::write_committed(&direct, &key, &transcript).unwrap();
        assert!(fs::read(&file).unwrap() == fs::read(&direct).unwrap(), "the keys differ");
    }
}

//! A verifying key, a proof and hashes made by gnark itself, and the sample's proofs under another library's verifier.

mod common;

use common::committed;
use gesim_verifier::{
    challenge, fold_poks, sample::CommittedPoints, verify_committed, verify_committed_batch, CommittedKey,
    CommittedProof, VerifyError,
};
use groth16_solana::{
    groth16::{CommitmentVerifyingKey, Groth16Verifier, Groth16Verifyingkey},
    vk::gnark::parse_gnark_vk_bytes,
};

/// From the tests of groth16-solana 0.3.1 (tests/gnark-ffi/test_fixtures.rs in its repository, commit e85acb1): gnark's
/// `bsb22_1`, one public input and one lookup. The key as gnark's `WriteRawTo` writes it.
const KEY: &str = "2832b3b107817b4b0767f9add86782a905485710c4a71b71de6a1ce2a362348f0157e947a6459c2559e90a2d7832281b9bb68ba448ac59600e3789dc6ff301b626443ee51bf45118c142670c96322bd7e3c931d4bbefee6f485ce8f61248669c14f14d69caf7f13138cdacf5820aabc3ab2fc940b6b1086d771d9991b69a13352e5867a8bb72e8c3c6ad04b012bf218142b8ec948f7392a13c22f14cf1ec8ae5243abfb66a82ffbec8bd308d3f4d971dc2fa37d074be8100ca7ee1b51d4a93aa119e9eaba672bbc9620ce0342f1aeb1164fef301aec6b0e4145b6e90102eb7e5303a60a108b0fdd8647c38e94c9375dada568791db4d763f6c0ecd331bf22eb617bff14f5e1c427e93758cdc923868103ea73b375f0deeeed39d24d96a5aa049040da2d6acdd758682e66beb9e5a0337d5c62133541bdb6e9530a0eaa4d2d18a1d6420e6a1ff281802ee8df161f4553c81f4648c2a83efa3652620a3d6fb454502949594678dda680f8043f39f13076724f74a8909cfa393c1281c12bf7d4179218c8f52dc7a231df1752dab04ec702204444ef66a9a003545fc064e7016ca41285b4da02e9a6b95b94903882f19f19d35a4fc5e248624ca538da61014c025260779a5c4348e3450f0daa98eb31d8c1e73e94313420a870d69a428bae63e68272f119218fb9b7a86a02dd78def56cc9f3ac1c320ca0120594c64e388819ac4c21adf3fec199c7cfcb977e3a878f6d353dfec5731d76240d23de3c46cd884829904c477d2c941158a38a8c75cfba2e893acbaf0cd44d5618cb88e888f0e7acc29000000032e27548f4c368316e4b8416ef0e47972a13d46cc38de3db4d832f9a9ea1a7d7b1a1c9fc4f37a6f0709d85472db0629ddd6aaf76aa8dda353e9e64742ee8413c80b56d2c354d201468dbb63f67e0951343b26b02550ca3e0d6099dc23adaaf05713e9a0d13c18faa7aa5d4a16b7e8ab34506e7e0be791489401b3de9917801be20e8cab57283209b616fb4ec703109866324e488f5038a0c1bb4acc023a265ed00a6327b0c5146f2fa229189c97b22aef77317ade40f705239cdb7242e4ce311e0000000100000000000000012bd6284973bba006e4e2d278659fa700c8fa4f5d37eaa83dff66ab1c609b99f71e21459bcecab9296cd8bf9ce41333203af61de460679617028443967dca125c1e77f19177c7fa2c5f3fbe8d20867a6d87a315308099307f8f5842a571e0e97700cffb185fb05829108ef0904320f76238e710ddfc44052db1a83ebb1e5f43461cf2826b36b05d5abaff685da0fc4c2f403ca98d7c474163889de19b0500f8c7126d7ddd567721b2bad43feb6725d15c4cfdedf4c9e7931cb9acb563077684690fe7d91fd6ab0ee5de49cf44d3c3a9dc3160c3615ea8958fc8cc3d86b6188db00f7007aea846f8007f8c930978ea572f0a45c048cf7dcbbecf41523d7c3486fc";
/// Ar, Bs, Krs and the commitment.
const PROOF: &str = "02eeb18e52f9121d135f8866bda4306b1c252857e8531b31b79bbf1f8edabad6139c2202691bed1fa22388d61da2fac95fa93d98b267a8827fdd8688170a0e6e104f3fdfcd3b6ff3594ac29cfe138cef177b4dc2fa0c5cd4e3d25813400547dc04f80804a13ac09d5113e237d7a4f533e3e2a9c3c3f53626ccd687409d6fc27d0bfb4caa91473e797e7481ee07dec577443e615240d93f816647d2f388cc6c92026598dd65008e4ca9d3e61a446b7d20579600898eebd30dd63035e14569d19605e4d1af086c06c514f108596853809f095aef380eb826a55f676970693c7b0a12ad50ed0f1d6ff86b63f137414b3e1fc1c26cb0fdc6fecedd90dfb7e7d6e107016dab9da4ed7bfaa3a55d4b37ddfe0ef8b570560cbfbe7336d0ba08591dc5fc2a22b326576e9aea18f2ddf1b93e9546fe34db9af34431c2aedfb7800b95cb2b";
const POK: &str = "224611505c18413e0871351fc322fee1c3c46e0d4905ea5588df0b5871b3c96207d8ace0738c0e416dc50b375c013fd30fae36585b65d3ef435037f1b5972c4b";

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    assert_eq!(text.len(), 2 * N);
    std::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
}

fn gnark() -> (CommittedKey, CommittedProof, [u8; 64], [u8; 32]) {
    let vk = parse_gnark_vk_bytes(&bytes::<1040>(KEY)).unwrap();
    let commitment = vk.vk_commitment.unwrap();
    let key = CommittedKey {
        alpha_g1: vk.vk_alpha_g1,
        beta_g2: vk.vk_beta_g2,
        gamma_g2: vk.vk_gamma_g2,
        delta_g2: vk.vk_delta_g2,
        ic: vk.vk_ic.try_into().unwrap(),
        commitment_g: commitment.g2,
        commitment_sigma_neg: commitment.g_sigma_neg_g2,
        fingerprint: [7; 32],
        setup: "gnark's test",
    };
    let mut x = [0; 32];
    x[31] = 1;
    (key, bytes(PROOF), bytes(POK), x)
}

#[test]
fn gnark_proof_ok() {
    let (key, proof, pok, x) = gnark();
    assert_eq!(key.check(), Ok(()));
    assert_eq!(verify_committed(&key, &proof, &pok, &x), Ok(()));
    for count in 1..5 {
        let (proofs, inputs) = (vec![&proof; count], vec![x; count]);
        let folded = fold_poks(&key, &proofs, &inputs, &vec![pok; count]).unwrap();
        assert_eq!(verify_committed_batch(&key, &proofs, &folded, &inputs), Ok(()));
    }
}

#[test]
fn gnark_proof_of_another_input_fails() {
    let (key, proof, pok, x) = gnark();
    for value in [0, 2, 255] {
        let mut other = x;
        other[31] = value;
        assert_eq!(verify_committed(&key, &proof, &pok, &other), Err(VerifyError::ProofInvalid));
        assert_eq!(verify_committed_batch(&key, &[&proof], &pok, &[other]), Err(VerifyError::ProofInvalid));
    }
    let (a, d) = (proof[..64].try_into().unwrap(), proof[256..].try_into().unwrap());
    for wrong in [a, d] {
        assert_eq!(verify_committed(&key, &proof, &wrong, &x), Err(VerifyError::ProofInvalid));
        assert_eq!(verify_committed_batch(&key, &[&proof], &wrong, &[x]), Err(VerifyError::ProofInvalid));
    }
}

/// gnark-crypto 0.19's `fr.Hash`, from the tests of groth16-solana's `hash_to_field.rs`.
#[test]
fn gnark_challenges_ok() {
    let zero = bytes("1f1407ef745a0b1eae0567306b4560479d99b943b34072d983ad2ec6d37a1360");
    let counting = bytes("1db84f0dba489bb416bbfff0075b6a5912717f427be8d818d9a9a86375b9e91b");
    assert_eq!(challenge(&[0; 64]), zero);
    assert_eq!(challenge(&std::array::from_fn(|i| i as u8)), counting);
}

/// The other way round: groth16-solana accepts what the sample proves.
fn groth16_solana_accepts(key: &CommittedKey, points: &CommittedPoints, input: &[u8; 32]) -> bool {
    let vk = Groth16Verifyingkey {
        nr_pubinputs: 1,
        vk_alpha_g1: key.alpha_g1,
        vk_beta_g2: key.beta_g2,
        vk_gamma_g2: key.gamma_g2,
        vk_delta_g2: key.delta_g2,
        vk_ic: &key.ic,
        vk_commitment: Some(CommitmentVerifyingKey { g2: key.commitment_g, g_sigma_neg_g2: key.commitment_sigma_neg }),
    };
    let (proof, inputs) = (points.encode(), [*input]);
    // This verifier wants A negated.
    let a = gesim_verifier::encode::g1(&-points.a);
    let pok = gesim_verifier::encode::g1(&points.pok);
    let part = |at: usize| proof[at..at + 64].try_into().unwrap();
    let b = proof[64..192].try_into().unwrap();
    let (c, d): ([u8; 64], [u8; 64]) = (part(192), part(256));
    let verifier = Groth16Verifier::new_with_commitment(&a, &b, &c, &d, &pok, &inputs, &vk);
    verifier.is_ok_and(|mut verifier| verifier.verify().is_ok())
}

#[test]
fn groth16_solana_takes_the_sample_ok() {
    let sample = committed();
    for i in 0..4 {
        assert!(groth16_solana_accepts(&sample.key, &sample.points[i], &sample.inputs[i]));
        assert!(!groth16_solana_accepts(&sample.key, &sample.points[i], &sample.inputs[i + 1]));
        let swapped = CommittedPoints { pok: sample.points[i + 1].pok, ..sample.points[i] };
        assert!(!groth16_solana_accepts(&sample.key, &swapped, &sample.inputs[i]));
    }
}

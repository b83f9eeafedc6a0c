//! Milenage against the test sets of 3GPP TS 35.207 and against a second implementation.

mod usim;

use gesim_vault::{Milenage, Secret};
use proptest::prelude::*;
use usim::{Aes, Usim};

/// K, RAND, SQN, AMF, OP; then OPc, f1, f1*, f2, f5, f3, f4, f5*.
const SETS: [[&str; 13]; 6] = [
    [
        "465b5ce8b199b49faa5f0a2ee238a6bc",
        "23553cbe9637a89d218ae64dae47bf35",
        "ff9bb4d0b607",
        "b9b9",
        "cdc202d5123e20f62b6d676ac72cb318",
        "cd63cb71954a9f4e48a5994e37a02baf",
        "4a9ffac354dfafb3",
        "01cfaf9ec4e871e9",
        "a54211d5e3ba50bf",
        "aa689c648370",
        "b40ba9a3c58b2a05bbf0d987b21bf8cb",
        "f769bcd751044604127672711c6d3441",
        "451e8beca43b",
    ],
    [
        "0396eb317b6d1c36f19c1c84cd6ffd16",
        "c00d603103dcee52c4478119494202e8",
        "fd8eef40df7d",
        "af17",
        "ff53bade17df5d4e793073ce9d7579fa",
        "53c15671c60a4b731c55b4a441c0bde2",
        "5df5b31807e258b0",
        "a8c016e51ef4a343",
        "d3a628ed988620f0",
        "c47783995f72",
        "58c433ff7a7082acd424220f2b67c556",
        "21a8c1f929702adb3e738488b9f5c5da",
        "30f1197061c1",
    ],
    [
        "fec86ba6eb707ed08905757b1bb44b8f",
        "9f7c8d021accf4db213ccff0c7f71a6a",
        "9d0277595ffc",
        "725c",
        "dbc59adcb6f9a0ef735477b7fadf8374",
        "1006020f0a478bf6b699f15c062e42b3",
        "9cabc3e99baf7281",
        "95814ba2b3044324",
        "8011c48c0c214ed2",
        "33484dc2136b",
        "5dbdbb2954e8f3cde665b046179a5098",
        "59a92d3b476a0443487055cf88b2307b",
        "deacdd848cc6",
    ],
    [
        "9e5944aea94b81165c82fbf9f32db751",
        "ce83dbc54ac0274a157c17f80d017bd6",
        "0b604a81eca8",
        "9e09",
        "223014c5806694c007ca1eeef57f004f",
        "a64a507ae1a2a98bb88eb4210135dc87",
        "74a58220cba84c49",
        "ac2cc74a96871837",
        "f365cd683cd92e96",
        "f0b9c08ad02e",
        "e203edb3971574f5a94b0d61b816345d",
        "0c4524adeac041c4dd830d20854fc46b",
        "6085a86c6f63",
    ],
    [
        "4ab1deb05ca6ceb051fc98e77d026a84",
        "74b0cd6031a1c8339b2b6ce2b8c4a186",
        "e880a1b580b6",
        "9f07",
        "2d16c5cd1fdf6b22383584e3bef2a8d8",
        "dcf07cbd51855290b92a07a9891e523e",
        "49e785dd12626ef2",
        "9e85790336bb3fa2",
        "5860fc1bce351e7e",
        "31e11a609118",
        "7657766b373d1c2138f307e3de9242f9",
        "1c42e960d89b8fa99f2744e0708ccb53",
        "fe2555e54aa9",
    ],
    [
        "6c38a116ac280c454f59332ee35c8c4f",
        "ee6466bc96202c5a557abbeff8babf63",
        "414b98222181",
        "4464",
        "1ba00a1a7c6700ac8c3ff3e96ad08725",
        "3803ef5363b947c6aaa225e58fae3934",
        "078adfb488241a57",
        "80246b8d0186bcf1",
        "16c8233f05a0ac28",
        "45b0f69ab06c",
        "3f8c7587fe8e4b233af676aede30ba3b",
        "a7466cc1e6b2a1337d49d3b66e95d7b4",
        "1f53cd2b1113",
    ],
];

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    hex::decode(text).expect("hex").try_into().expect("length")
}

#[test]
fn test_sets_of_the_specification_ok() {
    for [k, rand, sqn, amf, op, opc, f1, f1_star, f2, f5, f3, f4, f5_star] in SETS {
        let k = Secret::new(bytes(k));
        let derived = Milenage::derive_opc(&k, &Secret::new(bytes(op)));
        assert_eq!(hex::encode(derived.expose()), opc);
        let card = Milenage::new(&k, &derived);
        let rand = bytes(rand);
        let macs = card.f1(&rand, &bytes(sqn), bytes(amf));
        assert_eq!((hex::encode(macs.a), hex::encode(macs.s)), (f1.into(), f1_star.into()));
        let answers = card.f2345(&rand);
        assert_eq!(hex::encode(answers.res.expose()), f2);
        assert_eq!(hex::encode(answers.ak.expose()), f5);
        assert_eq!(hex::encode(answers.ck.expose()), f3);
        assert_eq!(hex::encode(answers.ik.expose()), f4);
        assert_eq!(hex::encode(card.f5_star(&rand).expose()), f5_star);
    }
}

/// FIPS 197, Appendix B: what the second implementation stands on.
#[test]
fn the_models_own_aes_ok() {
    let aes = Aes::new(&bytes("2b7e151628aed2a6abf7158809cf4f3c"));
    let sealed = aes.encrypt(&bytes("3243f6a8885a308d313198a2e0370734"));
    assert_eq!(hex::encode(sealed), "3925841d02dc09fbdc118597196a0b32");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn two_implementations_agree_ok(k: [u8; 16], opc: [u8; 16], rand: [u8; 16], sqn in 0u64..1 << 48, amf: u16) {
        let card = Milenage::new(&Secret::new(k), &Secret::new(opc));
        let model = Usim::new(&k, &opc);
        let [_, _, sqn_bytes @ ..] = sqn.to_be_bytes();
        let macs = card.f1(&rand, &sqn_bytes, amf.to_be_bytes());
        prop_assert_eq!((macs.a, macs.s), model.macs(&rand, sqn, amf));
        let star = card.f5_star(&rand);
        prop_assert_eq!(&model.auts(&rand)[..6], &star.expose()[..]); // the model's numbers are all zero
    }
}

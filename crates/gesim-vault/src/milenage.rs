//! Milenage (3GPP TS 35.206) with the constants r1..r5 and c1..c5 of the specification.
//!
//! AES runs on the processor's own instructions or bit-sliced, so its time does not depend on the key. The rotations are whole bytes.

use aes::{
    cipher::{Array, BlockCipherEncrypt, KeyInit},
    Aes128,
};
use zeroize::Zeroizing;

use crate::{Block, Secret};

/// A subscriber's key, ready for use; the round keys are wiped when it goes.
pub struct Milenage {
    cipher: Aes128,
    opc: Secret<16>,
}

/// What f2, f3, f4 and f5 give for one challenge.
#[derive(Debug)]
pub struct Answers {
    pub res: Secret<8>,
    pub ck: Secret<16>,
    pub ik: Secret<16>,
    pub ak: Secret<6>,
}

/// MAC-A (f1) and MAC-S (f1*).
#[derive(Debug)]
pub struct Macs {
    pub a: [u8; 8],
    pub s: [u8; 8],
}

impl Milenage {
    pub fn new(k: &Secret<16>, opc: &Secret<16>) -> Self {
        Self { cipher: Aes128::new(&Array::from(*k.expose())), opc: opc.clone() }
    }

    /// From the operator's OP: OPc = OP ^ E_K(OP).
    pub fn derive_opc(k: &Secret<16>, op: &Secret<16>) -> Secret<16> {
        let cipher = Aes128::new(&Array::from(*k.expose()));
        let sealed = encrypt(&cipher, op.expose());
        Secret::new(xor(&sealed, op.expose()))
    }

    /// f1 and f1*: the network's and the card's authentication codes over a sequence number.
    pub fn f1(&self, rand: &Block, sqn: &[u8; 6], amf: [u8; 2]) -> Macs {
        let [s0, s1, s2, s3, s4, s5] = *sqn;
        let [m0, m1] = amf;
        let half = [s0, s1, s2, s3, s4, s5, m0, m1];
        // SQN || AMF || SQN || AMF, rotated by r1 = 64 bits: both halves are the same, so only OPc turns.
        let input: Block = std::array::from_fn(|i| half[i % 8] ^ self.opc.expose()[(i + 8) % 16]);
        let input = Zeroizing::new(xor(&input, &self.temp(rand)));
        let out = Zeroizing::new(xor(&encrypt(&self.cipher, &input), self.opc.expose()));
        let mut macs = Macs { a: [0; 8], s: [0; 8] };
        macs.a.copy_from_slice(&out[..8]);
        macs.s.copy_from_slice(&out[8..]);
        macs
    }

    /// f2 (RES), f3 (CK), f4 (IK) and f5 (AK).
    pub fn f2345(&self, rand: &Block) -> Answers {
        let temp = self.temp(rand);
        let out2 = self.out(&temp, 0, 1);
        let mut answers = Answers {
            res: Secret::new([0; 8]),
            ck: Secret::new(*self.out(&temp, 4, 2)),
            ik: Secret::new(*self.out(&temp, 8, 4)),
            ak: Secret::new([0; 6]),
        };
        answers.res.expose_mut().copy_from_slice(&out2[8..]);
        answers.ak.expose_mut().copy_from_slice(&out2[..6]);
        answers
    }

    /// f5*: the anonymity key of a resynchronisation.
    pub fn f5_star(&self, rand: &Block) -> Secret<6> {
        let out = self.out(&self.temp(rand), 12, 8);
        let mut key = Secret::new([0; 6]);
        key.expose_mut().copy_from_slice(&out[..6]);
        key
    }

    /// TEMP = E_K(RAND ^ OPc).
    fn temp(&self, rand: &Block) -> Zeroizing<Block> {
        Zeroizing::new(encrypt(&self.cipher, &xor(rand, self.opc.expose())))
    }

    /// OUT = E_K(rot(TEMP ^ OPc, r) ^ c) ^ OPc, with r in bytes; c is one byte at the end.
    fn out(&self, temp: &Block, r: usize, c: u8) -> Zeroizing<Block> {
        let mixed = Zeroizing::new(xor(temp, self.opc.expose()));
        let mut input: Zeroizing<Block> = Zeroizing::new(std::array::from_fn(|i| mixed[(i + r) % 16]));
        input[15] ^= c;
        Zeroizing::new(xor(&encrypt(&self.cipher, &input), self.opc.expose()))
    }
}

fn encrypt(cipher: &Aes128, block: &Block) -> Block {
    let mut block = Array::from(*block);
    cipher.encrypt_block(&mut block);
    block.into()
}

fn xor<const N: usize>(a: &[u8; N], b: &[u8; N]) -> [u8; N] {
    std::array::from_fn(|i| a[i] ^ b[i])
}

//! A device: a secret, a wallet, and an eUICC of this test's own making, which answers as SGP.22 3.0.1 says.

use base64::{engine::general_purpose::STANDARD, Engine};
use gesim_core::{eid::identity_commitment, poseidon::field, poseidon::Field, Eid};
use gesim_registrar::api::{Answer, Begin, Begun};
use gesim_rsp::{
    asn1::CtxParams1,
    keys::{random, KeyPair},
    pki::Pki,
    tlv::{tlv, Tlv},
};
use solana_pubkey::Pubkey;

pub struct Device {
    pub eid: Eid,
    pub idc: Field,
    pub wallet: Pubkey,
    pub challenge: [u8; 16],
    pub euicc: Vec<u8>,
    pub eum: Vec<u8>,
    pub key: KeyPair,
    /// CIs for verification, and for signing.
    pub cis: [Vec<u8>; 2],
}

/// The EID of a number: the check digits are right.
pub fn eid(number: u64) -> String {
    const FIRST: u128 = 89_049_032_000_000_000_000_000_000_000_000;
    format!("{:032}", FIRST - FIRST % 97 + 1 + 97 * (1 + u128::from(number)))
}

impl Device {
    pub fn new(pki: &Pki, number: u64) -> Self {
        let euicc = pki.another_euicc(&eid(number));
        let ci = pki.ci.key_id().to_vec();
        Self {
            eid: eid(number).parse().expect("EID"),
            idc: identity_commitment(&field(1_000 + number)).expect("idc"),
            wallet: Pubkey::new_unique(),
            challenge: random(),
            euicc: euicc.certificate.clone(),
            eum: pki.eum.certificate.clone(),
            key: euicc.key.clone(),
            cis: [ci.clone(), ci],
        }
    }

    pub fn begin(&self) -> Begin {
        let list = |tag, id: &Vec<u8>| tlv(tag, &[tlv(0x04, &[id])]);
        let info = [tlv(0x82, &[[2, 2, 0]]), list(0xA9, &self.cis[0]), list(0xAA, &self.cis[1])];
        Begin {
            idc: hex::encode(self.idc),
            wallet: self.wallet.to_string(),
            euicc_challenge: STANDARD.encode(self.challenge),
            euicc_info1: STANDARD.encode(tlv(0xBF20, &info)),
        }
    }

    /// Checks the registrar's challenge as devices do, and lets the eUICC sign.
    pub fn answer(&self, begun: &Begun) -> Answer {
        begun.check(&self.idc, &self.wallet.to_bytes(), &self.challenge).expect("the challenge is this device's");
        let signed = STANDARD.decode(&begun.server_signed1).expect("base64");
        self.sign(&signed, |_| {})
    }

    /// An answer to any serverSigned1; `change` spoils euiccSigned1's parts before they are signed.
    pub fn sign(&self, server_signed: &[u8], change: impl FnOnce(&mut [Vec<u8>; 5])) -> Answer {
        let signed = Tlv::parse(server_signed).expect("serverSigned1");
        let mut fields = signed.children();
        let mut field = |tag| fields.take(tag).expect("field").value.to_vec();
        let (transaction, _, address, challenge) = (field(0x80), field(0x81), field(0x83), field(0x84));
        let info2 = tlv(0xBF22, &[tlv(0x81, &[[2, 1, 0]])]);
        let context = CtxParams1::new(None, [0x35, 0x29, 0x06, 0x11]).encode().expect("ctxParams1");
        let mut parts = [tlv(0x80, &[transaction]), tlv(0x83, &[address]), tlv(0x84, &[challenge]), info2, context];
        change(&mut parts);
        let body = tlv(0x30, &parts);
        let signature = tlv(0x5F37, &[self.key.sign(&body)]);
        self.pack(&[body, signature, self.euicc.clone(), self.eum.clone()])
    }

    pub fn pack(&self, parts: &[Vec<u8>]) -> Answer {
        Answer { authenticate_server_response: STANDARD.encode(tlv(0xBF38, &[tlv(0xA0, parts)])) }
    }
}

//! Keys, and certificates of SGP.26's shape as small as they can be.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use gesim_core::secp256r1::{header, PROGRAM};
use p256::ecdsa::{signature::Signer, Signature, SigningKey};

/// A P-256 key.
#[derive(Clone)]
pub struct Key(SigningKey);

impl Key {
    /// The same for the same number.
    pub fn new(number: u8) -> Self {
        Self(SigningKey::from_slice(&[number; 32]).expect("in range"))
    }

    fn sec1(&self, compressed: bool) -> Vec<u8> {
        self.0.verifying_key().to_sec1_point(compressed).as_bytes().to_vec()
    }

    pub fn compressed(&self) -> [u8; 33] {
        self.sec1(true).try_into().expect("33 octets")
    }

    pub fn ski(&self) -> [u8; 20] {
        let mut ski = [0; 20];
        ski.copy_from_slice(&self.compressed()[1..21]);
        ski
    }

    /// s in the lower half, as the precompile needs it.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = self.0.sign(message);
        signature.normalize_s().to_bytes().into()
    }

    /// The precompile's instruction over a message that this key signs.
    pub fn signs(&self, message: &[u8]) -> Instruction {
        precompile(&self.compressed(), &self.sign(message), message)
    }
}

/// The precompile's instruction in the one layout that programs take.
pub fn precompile(key: &[u8; 33], signature: &[u8; 64], message: &[u8]) -> Instruction {
    let data = [&header(message.len() as u16)[..], key, signature, message].concat();
    Instruction { program_id: Pubkey::new_from_array(PROGRAM), accounts: vec![], data }
}

/// What differs between certificates.
#[derive(Clone)]
pub struct Subject {
    /// The last arc of SGP.22's policy: 0 CA, 3 DPtls, 4 DPauth, 5 DPpb.
    pub role: u8,
    pub rid: Vec<u8>,
    pub dns: &'static str,
    /// YYMMDDHHMMSSZ
    pub from: &'static str,
    pub until: &'static str,
    pub serial: u8,
}

/// The registered id that everything here has unless a test says otherwise: 2.999.10.
pub const RID: [u8; 3] = [0x88, 0x37, 10];
pub const HOST: &str = "smdp.example.com";

impl Subject {
    pub fn new(role: u8) -> Self {
        Self { role, rid: RID.to_vec(), dns: HOST, from: "250101000000Z", until: "350101000000Z", serial: 1 }
    }

    /// The TBSCertificate that names `issuer` for a key.
    pub fn tbs(&self, key: &Key, issuer: &Key) -> Vec<u8> {
        let ca = self.role == 0;
        let mut names = tlv(0x88, &self.rid);
        let mut extensions = vec![
            extension(14, false, &tlv(4, &key.ski())),
            extension(35, false, &tlv(0x30, &tlv(0x80, &issuer.ski()))),
            extension(15, true, if ca { &[3, 2, 1, 6] } else { &[3, 2, 7, 0x80] }),
            extension(32, self.role != 3, &tlv(0x30, &tlv(0x30, &tlv(6, &[0x67, 0x81, 18, 1, 2, 1, self.role])))),
        ];
        if ca {
            extensions.push(extension(19, true, &tlv(0x30, &[1, 1, 0xFF])));
        }
        if self.role == 3 {
            names = [tlv(0x82, self.dns.as_bytes()), names].concat();
            let purpose = |last| tlv(6, &[0x2B, 6, 1, 5, 5, 7, 3, last]);
            extensions.push(extension(37, true, &tlv(0x30, &[purpose(1), purpose(2)].concat())));
        }
        extensions.push(extension(17, false, &tlv(0x30, &names)));
        let algorithm =
            [tlv(6, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]), tlv(6, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7])];
        let bits = tlv(3, &[&[0][..], &key.sec1(false)].concat());
        let fields = [
            tlv(0xA0, &[2, 1, 2]),
            tlv(2, &[self.serial]),
            tlv(0x30, &tlv(6, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2])),
            name("CI"),
            tlv(0x30, &[tlv(0x17, self.from.as_bytes()), tlv(0x17, self.until.as_bytes())].concat()),
            name("Subject"),
            tlv(0x30, &[tlv(0x30, &algorithm.concat()), bits].concat()),
            tlv(0xA3, &tlv(0x30, &extensions.concat())),
        ];
        tlv(0x30, &fields.concat())
    }
}

/// A value in DER.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let header = match length {
        0..=0x7F => vec![tag, length as u8],
        0x80..=0xFF => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [&header[..], content].concat()
}

fn name(text: &str) -> Vec<u8> {
    let attribute = tlv(0x30, &[tlv(6, &[0x55, 4, 3]), tlv(12, text.as_bytes())].concat());
    tlv(0x30, &tlv(0x31, &attribute))
}

fn extension(id: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { &[1, 1, 0xFF][..] } else { &[] };
    tlv(0x30, &[&tlv(6, &[0x55, 0x1D, id]), critical, &tlv(4, value)].concat())
}

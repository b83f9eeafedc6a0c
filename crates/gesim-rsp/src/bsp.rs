//! Protection of a bound profile package (SGP.22, 2.5 and annex G): agreed keys, encrypted segments, chained MACs.
//!
//! Each segment's MAC covers the MAC before it, so segments can neither be changed nor left out, repeated or swapped. The
//! counter in the IV runs over every segment, encrypted or not.

use aes::{
    cipher::{block_padding::Iso7816, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit},
    Aes128,
};
use cmac::{Cmac, Mac};
use gesim_core::Eid;
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    keys::random,
    tlv::{header, Tlv, TlvError},
};

/// A segment has at most so many octets, header and MAC included.
pub const MAX_SEGMENT: usize = 1020;
const MAC_LEN: usize = 8;
const BLOCK: usize = 16;
/// Tag, `82` and two octets of length.
const HEADER: usize = 4;
/// Whole blocks, one octet of padding at least.
const MAX_SEALED: usize = (MAX_SEGMENT - HEADER - MAC_LEN) / BLOCK * BLOCK - 1;
const MAX_CLEAR: usize = MAX_SEGMENT - HEADER - MAC_LEN;
/// Key type AES, key length 16 octets.
const KEY_TYPE: [u8; 2] = [0x88, 0x10];

#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum BspError {
    #[error("a segment is broken: {0}")]
    Tlv(#[from] TlvError),
    #[error("a segment's MAC does not fit: it was changed, or one was left out, repeated or swapped")]
    Mac,
    #[error("a segment does not decrypt to whole blocks with padding")]
    Padding,
}

/// Keys of one session, wiped when they are dropped.
pub struct SessionKeys {
    pub chaining: Zeroizing<[u8; BLOCK]>,
    pub enc: Zeroizing<[u8; BLOCK]>,
    pub mac: Zeroizing<[u8; BLOCK]>,
}

impl SessionKeys {
    /// From the agreed x coordinate, the host's id and the EID.
    pub fn derive(shared: &[u8; 32], host_id: &[u8], eid: Eid) -> Self {
        let eid = packed(eid);
        let info = [&KEY_TYPE[..], &[host_id.len() as u8], host_id, &[eid.len() as u8], &eid].concat();
        let material = x963_kdf(shared, &info, 3 * BLOCK);
        let mut parts = material.chunks_exact(BLOCK);
        let mut next = || {
            let mut key = Zeroizing::new([0; BLOCK]);
            key.iter_mut().zip(parts.next().unwrap_or_default()).for_each(|(out, octet)| *out = *octet);
            key
        };
        Self { chaining: next(), enc: next(), mac: next() }
    }

    /// Keys of a profile that is protected before it is known for which eUICC.
    pub fn generate() -> Self {
        Self { chaining: Zeroizing::new(random()), enc: Zeroizing::new(random()), mac: Zeroizing::new(random()) }
    }
}

/// An EID's 32 digits in 16 octets.
fn packed(eid: Eid) -> [u8; 16] {
    let digits = eid.digits();
    let mut out = [0; 16];
    for (octet, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        *octet = pair.iter().fold(0, |octet, digit| octet << 4 | digit & 0x0F);
    }
    out
}

/// ANSI X9.63 with SHA-256.
pub fn x963_kdf(secret: &[u8], info: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(length + 32));
    for counter in 1u32.. {
        if out.len() >= length {
            break;
        }
        out.extend(
            Sha256::new().chain_update(secret).chain_update(counter.to_be_bytes()).chain_update(info).finalize(),
        );
    }
    out.truncate(length);
    out
}

/// One direction of a protected channel; both sides run through the same states.
pub struct Bsp {
    keys: SessionKeys,
    counter: u64,
}

impl Bsp {
    pub fn new(keys: SessionKeys) -> Self {
        Self { keys, counter: 1 }
    }

    /// The encrypted counter.
    fn iv(&mut self) -> [u8; BLOCK] {
        let mut block = u128::from(self.counter).to_be_bytes().into();
        self.counter += 1;
        Aes128::new(&(*self.keys.enc).into()).encrypt_block(&mut block);
        block.into()
    }

    /// Eight octets of the MAC over what came before, header and content; the whole of it is the next chaining value.
    fn mac(&mut self, head: &[u8], content: &[u8]) -> Cmac<Aes128> {
        let mut mac = <Cmac<Aes128> as KeyInit>::new(&(*self.keys.mac).into());
        mac.update(&*self.keys.chaining);
        mac.update(head);
        mac.update(content);
        *self.keys.chaining = mac.clone().finalize().into_bytes().into();
        mac
    }

    fn finish(&mut self, tag: u16, content: &[u8]) -> Vec<u8> {
        let head = header(tag, content.len() + MAC_LEN);
        let mac = self.mac(&head, content).finalize().into_bytes();
        [&head, content, &mac[..MAC_LEN]].concat()
    }

    /// Encrypts and authenticates, in as many segments as it takes.
    pub fn seal(&mut self, tag: u16, data: &[u8]) -> Vec<Vec<u8>> {
        data.chunks(MAX_SEALED).map(|part| self.seal_one(tag, part)).collect()
    }

    fn seal_one(&mut self, tag: u16, part: &[u8]) -> Vec<u8> {
        let iv = self.iv();
        let mut sealed = vec![0; (part.len() / BLOCK + 1) * BLOCK];
        let cipher = cbc::Encryptor::<Aes128>::new(&(*self.keys.enc).into(), &iv.into());
        let length = cipher.encrypt_padded_b2b::<Iso7816>(part, &mut sealed).map_or(0, <[u8]>::len);
        debug_assert_eq!(length, sealed.len());
        self.finish(tag, &sealed)
    }

    /// Authenticates only.
    pub fn authenticate(&mut self, tag: u16, data: &[u8]) -> Vec<Vec<u8>> {
        let segment = |part| {
            self.counter += 1;
            self.finish(tag, part)
        };
        data.chunks(MAX_CLEAR).map(segment).collect()
    }

    /// Verifies one segment and hands out what stands in front of its MAC.
    fn verify<'a>(&mut self, segment: &'a [u8]) -> Result<&'a [u8], BspError> {
        let element = Tlv::parse(segment)?;
        let cut = element.value.len().checked_sub(MAC_LEN).ok_or(BspError::Mac)?;
        let (content, mac) = element.value.split_at_checked(cut).ok_or(BspError::Mac)?;
        let head = header(element.tag, element.value.len());
        self.mac(&head, content).verify_truncated_left(mac).map_err(|_| BspError::Mac)?;
        Ok(content)
    }

    /// Verifies and decrypts all segments of a sequence.
    pub fn open(&mut self, segments: &[Vec<u8>]) -> Result<Zeroizing<Vec<u8>>, BspError> {
        let mut out = Zeroizing::new(Vec::new());
        for segment in segments {
            let sealed = self.verify(segment)?;
            let iv = self.iv();
            let mut clear = Zeroizing::new(vec![0; sealed.len()]);
            let cipher = cbc::Decryptor::<Aes128>::new(&(*self.keys.enc).into(), &iv.into());
            let part = cipher.decrypt_padded_b2b::<Iso7816>(sealed, &mut clear).map_err(|_| BspError::Padding)?;
            out.extend_from_slice(part);
        }
        Ok(out)
    }

    /// Verifies all segments of a sequence that is not encrypted.
    pub fn check(&mut self, segments: &[Vec<u8>]) -> Result<Vec<u8>, BspError> {
        let mut out = Vec::new();
        for segment in segments {
            out.extend_from_slice(self.verify(segment)?);
            self.counter += 1;
        }
        Ok(out)
    }
}

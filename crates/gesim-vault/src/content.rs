//! What a vault holds in clear, in memory only.

use zeroize::Zeroizing;

use crate::{codec::Reader, sqn::Sqn, Imsi, PublicKey, Secret, VaultError};

pub const MAX_SUBSCRIBERS: usize = 256;
pub const MAX_GRANTS: usize = 16;
const VERSION: u8 = 1;

/// An operator that may ask for a subscriber's vectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub name: String,
    pub key: PublicKey,
}

/// One card.
pub struct Subscriber {
    pub imsi: Imsi,
    pub ki: Secret<16>,
    pub opc: Secret<16>,
    pub amf: [u8; 2],
    /// The newest number that may have been given out.
    pub sqn: Sqn,
    /// Requests a minute.
    pub limit: u32,
    /// The minute that runs, and what it has used: kept on disk, so a restart does not give a fresh one.
    pub since: u64,
    pub used: u32,
    pub grants: Vec<Grant>,
}

pub struct Content {
    /// The vault's own P-256 key.
    pub key: Secret<32>,
    pub subscribers: Vec<Subscriber>,
}

impl Content {
    /// Encodes into one buffer that is large enough from the start: growing would leave copies behind.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let size: usize = self.subscribers.iter().map(|one| 96 + one.grants.len() * 300).sum();
        let mut out = Zeroizing::new(Vec::with_capacity(64 + size));
        out.push(VERSION);
        out.extend_from_slice(self.key.expose());
        out.extend_from_slice(&(self.subscribers.len() as u32).to_be_bytes());
        for one in &self.subscribers {
            text(&mut out, one.imsi.as_str());
            out.extend_from_slice(one.ki.expose());
            out.extend_from_slice(one.opc.expose());
            out.extend_from_slice(&one.amf);
            out.extend_from_slice(&one.sqn.to_u64().to_be_bytes());
            out.extend_from_slice(&one.limit.to_be_bytes());
            out.extend_from_slice(&one.since.to_be_bytes());
            out.extend_from_slice(&one.used.to_be_bytes());
            out.push(one.grants.len() as u8);
            for grant in &one.grants {
                text(&mut out, &grant.name);
                out.extend_from_slice(&grant.key);
            }
        }
        out
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, VaultError> {
        let mut reader = Reader::new(bytes);
        if reader.u8() != Some(VERSION) {
            return Err(VaultError::Content("its version is unknown"));
        }
        let content = read(&mut reader).ok_or(VaultError::Content("it is not well formed"))?;
        if reader.rest() != 0 {
            return Err(VaultError::Content("it goes on after its end"));
        }
        Ok(content)
    }
}

fn read(reader: &mut Reader) -> Option<Content> {
    let key = Secret::new(reader.array()?);
    let count = reader.u32()? as usize;
    if count > MAX_SUBSCRIBERS {
        return None;
    }
    let mut subscribers = Vec::with_capacity(count);
    for _ in 0..count {
        let mut one = Subscriber {
            imsi: reader.text()?.parse().ok()?,
            ki: Secret::new(reader.array()?),
            opc: Secret::new(reader.array()?),
            amf: reader.array()?,
            sqn: Sqn::from_u64(reader.u64()?)?,
            limit: reader.u32()?,
            since: reader.u64()?,
            used: reader.u32()?,
            grants: Vec::new(),
        };
        for _ in 0..reader.u8()? {
            one.grants.push(Grant { name: reader.text()?.into(), key: reader.array()? });
        }
        subscribers.push(one);
    }
    Some(Content { key, subscribers })
}

/// Names are at most 255 bytes: they are checked when they come in, and cut here rather than written wrongly.
fn text(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let count = bytes.len().min(255);
    out.push(count as u8);
    out.extend_from_slice(&bytes[..count]);
}

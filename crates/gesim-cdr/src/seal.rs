//! The digests of a record: a name that only the agreement's operators can make, and what an audit opens.

use std::fmt;

use gesim_core::{digest::to_field, poseidon::Field};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::{canonical::Canonical, record::UsageRecord};

/// Version of both canonical encodings; it is the first thing that is hashed.
pub const ENCODING: &str = "v1";

/// The secret that the two operators of an agreement share.
#[derive(Clone)]
pub struct AgreementKey([u8; 32]);

impl AgreementKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn mac(&self, message: &[u8]) -> [u8; 32] {
        // HMAC takes keys of any length: the error cannot occur, and an all-zero digest would be caught as a duplicate
        Hmac::<Sha256>::new_from_slice(&self.0)
            .map_or([0; 32], |mac| mac.chain_update(message).finalize().into_bytes().into())
    }
}

impl fmt::Debug for AgreementKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AgreementKey(secret)")
    }
}

impl Drop for AgreementKey {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

/// What of a record goes into the tree, and the bytes behind the metadata digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub record_id: Field,
    pub meta_digest: Field,
    /// Local day of the event's start, in days since 1970-01-01: what shows a record to be outside its period.
    pub day: u32,
    /// SHA-256 of the metadata.
    pub detail: [u8; 32],
    pub metadata: Vec<u8>,
}

impl UsageRecord {
    /// The bytes that name this call: who, when, where, what. Neither file nor position nor amount is in
    /// them, so the same call has the same name wherever it turns up again.
    pub fn identity(&self) -> Vec<u8> {
        let mut out = Canonical::new(&format!("gesim:call-event:{ENCODING}"));
        out.field(1, self.file.sender.as_bytes());
        out.field(2, self.file.recipient.as_bytes());
        out.field(3, &[self.event as u8]);
        out.party(4, Some(&self.subscriber));
        out.field(5, &self.start.unix().to_be_bytes());
        let mut entities: Vec<_> = self.rec_entities.iter().collect();
        entities.sort();
        entities.dedup();
        entities.iter().for_each(|entity| out.field(6, entity.as_bytes()));
        out.party(7, self.other_party.as_ref());
        out.text(8, self.service.as_deref());
        self.references.iter().for_each(|reference| out.field(9, reference.as_bytes()));
        out.text(10, self.partial.as_deref());
        if let Some(start) = self.context_start {
            out.field(11, &start.unix().to_be_bytes());
        }
        out.finish()
    }

    /// The digests that go into the batch. The metadata holds no plain identifier: the record id and the mark of
    /// the event's octets are keyed, so that nobody without the key can guess a subscriber from an opened digest.
    pub fn seal(&self, key: &AgreementKey) -> Sealed {
        let record_id = to_field(key.mac(&self.identity()));
        let mut evidence = Canonical::new(&format!("gesim:call-event-octets:{ENCODING}"));
        evidence.field(1, &self.octets);
        let mut out = Canonical::new(&format!("gesim:call-event-meta:{ENCODING}"));
        out.field(1, &record_id);
        out.field(2, &key.mac(&evidence.finish()));
        out.field(3, self.file.sender.as_bytes());
        out.field(4, self.file.recipient.as_bytes());
        out.field(5, &self.file.sequence.to_be_bytes());
        out.field(6, &[self.event as u8]);
        out.field(7, &[self.lane as u8]);
        out.field(8, &self.units.to_be_bytes());
        out.field(9, &self.billed.charge.to_be_bytes());
        out.field(10, self.file.currency.as_bytes());
        out.field(11, &[self.file.decimals]);
        out.field(12, &self.start.unix().to_be_bytes());
        out.field(13, &self.start.offset_minutes().to_be_bytes());
        if let Some(duration) = self.duration {
            out.field(14, &duration.to_be_bytes());
        }
        let metadata = out.finish();
        let detail = Sha256::digest(&metadata).into();
        let day = self.start.local_day();
        Sealed { record_id, meta_digest: gesim_core::meta::meta_digest(day, &detail), day, detail, metadata }
    }
}

//! One call event as the batch sees it: a lane, a value, and two digests that say nothing by themselves.

use std::{fmt, sync::Arc};

use gesim_core::{digest::to_field, layout::VALUE_LIMIT, poseidon::Field, Lane, Measure, Tadig};
use hmac::{Hmac, Mac};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::{
    canonical::Canonical,
    error::{ErrorKind, Result, TapError},
    tap::Stamp,
};

/// Version of both canonical encodings; it is the first thing that is hashed.
pub const ENCODING: &str = "v1";

/// What a call event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EventKind {
    MobileOriginatedCall,
    MobileTerminatedCall,
    SupplServiceEvent,
    ServiceCentreUsage,
    GprsCall,
    ContentTransaction,
    LocationService,
    MessagingEvent,
    MobileSession,
}

/// An identifier of a person: an IMSI, a number, an address. It shows only its beginning.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Party {
    /// `imsi`, `msisdn`, `min` and the like.
    pub kind: &'static str,
    id: String,
}

impl Party {
    pub(crate) fn new(kind: &'static str, id: String) -> Self {
        Self { kind, id }
    }

    /// The identifier in full.
    pub fn reveal(&self) -> &str {
        &self.id
    }
}

/// Five digits of an IMSI name its network, three of a number its country.
impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.kind == "imsi" { 5 } else { 3 }.min(self.id.chars().count() / 2);
        let hidden = self.id.chars().count() - shown;
        write!(f, "{}:{}{}", self.kind, self.id.chars().take(shown).collect::<String>(), "*".repeat(hidden))
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Party({self})")
    }
}

impl Serialize for Party {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What every record of one file shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileIdentity {
    pub sender: Tadig,
    pub recipient: Tadig,
    pub sequence: u32,
    pub currency: String,
    pub decimals: u8,
}

/// Amounts in TAP units: integers of `10^-decimals` of the TAP currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Amounts {
    pub charge: u64,
    pub tax: u64,
    pub discount: u64,
}

/// One call event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UsageRecord {
    /// Its number in the file, from 1.
    pub record: u64,
    /// Where it begins in the file.
    pub offset: u64,
    pub event: EventKind,
    #[serde(serialize_with = "lane_name")]
    pub lane: Lane,
    /// In the lane's unit.
    pub units: u64,
    pub billed: Amounts,
    pub refunded: Amounts,
    /// The event gives money back: it has no value as usage.
    pub refund: bool,
    pub start: Stamp,
    /// Seconds.
    pub duration: Option<u64>,
    pub subscriber: Party,
    pub other_party: Option<Party>,
    /// Teleservice, bearer service or supplementary service code, or the number of an IMS service.
    pub service: Option<String>,
    /// Call, charging, event and transaction references, each with its kind.
    pub references: Vec<String>,
    /// First, intermediate or last part of a long GPRS context.
    pub partial: Option<String>,
    pub context_start: Option<Stamp>,
    /// `type:id` of the recording entities, through the file's table: codes differ from file to file.
    pub rec_entities: Vec<String>,
    #[serde(skip)]
    pub file: Arc<FileIdentity>,
    /// SHA-256 of the event's contents octets.
    #[serde(skip)]
    pub(crate) octets: [u8; 32],
}

fn lane_name<S: Serializer>(lane: &Lane, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(lane.name())
}

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
    pub metadata: Vec<u8>,
}

impl UsageRecord {
    /// What the record adds to its lane.
    pub fn value(&self, measure: Measure) -> Result<u64> {
        let fail = |kind| Err(TapError::new(self.offset, kind).in_record(self.record));
        if self.refund {
            return fail(ErrorKind::Refund);
        }
        let value = match measure {
            Measure::Units => self.units,
            Measure::Charge => self.billed.charge,
        };
        if value >= VALUE_LIMIT {
            return fail(ErrorKind::Value { lane: self.lane, value });
        }
        Ok(value)
    }

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
        Sealed { record_id, meta_digest: to_field(Sha256::digest(&metadata).into()), metadata }
    }
}

//! One call event as the batch sees it.

use std::sync::Arc;

use gesim_core::{layout::VALUE_LIMIT, Lane, Measure, Tadig};
use serde::{Serialize, Serializer};

use crate::{
    breakdown::Breakdown,
    error::{CdrError, ErrorKind, Result},
    party::Party,
    tap::Stamp,
};

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
    /// Of TAP 3.10 alone.
    ValueAddedService,
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
    /// The lines that the amounts add up to, where the format has them.
    #[serde(skip)]
    pub breakdown: Option<Box<Breakdown>>,
    #[serde(skip)]
    pub file: Arc<FileIdentity>,
    /// SHA-256 of the event's contents octets.
    #[serde(skip)]
    pub(crate) octets: [u8; 32],
}

fn lane_name<S: Serializer>(lane: &Lane, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(lane.name())
}

impl UsageRecord {
    /// A record of usage that is neither charged nor described further yet.
    pub(crate) fn counted(
        file: &Arc<FileIdentity>,
        (record, offset): (u64, u64),
        event: EventKind,
        (lane, units): (Lane, u64),
        start: Stamp,
        subscriber: Party,
        octets: [u8; 32],
    ) -> Self {
        Self {
            record,
            offset,
            event,
            lane,
            units,
            billed: Amounts::default(),
            refunded: Amounts::default(),
            refund: false,
            start,
            duration: None,
            subscriber,
            other_party: None,
            service: None,
            references: Vec::new(),
            partial: None,
            context_start: None,
            rec_entities: Vec::new(),
            breakdown: None,
            file: Arc::clone(file),
            octets,
        }
    }

    /// What the record adds to its lane.
    pub fn value(&self, measure: Measure) -> Result<u64> {
        let fail = |kind| Err(CdrError::new(self.offset, kind).in_record(self.record));
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
}

//! One charging data record: what billing needs of it, whichever node wrote it.

use std::sync::Arc;

use gesim_core::Lane;

use super::{element::Element, volume::Volumes};
use crate::{
    error::{CdrError, ErrorKind, Result},
    party::Party,
    record::{EventKind, FileIdentity, UsageRecord},
    tap::Stamp,
};

/// Who wrote the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Writer {
    Sgsn,
    Sgw,
    Pgw,
    Chf,
}

impl Writer {
    /// The tag of the CHOICE, and the value of recordType that goes with it.
    const ALL: [(Self, u32, u64, &'static str); 4] = [
        (Self::Sgsn, 20, 18, "sgsnPDPRecord"),
        (Self::Sgw, 78, 84, "sGWRecord"),
        (Self::Pgw, 79, 85, "pGWRecord"),
        (Self::Chf, 200, 200, "chargingFunctionRecord"),
    ];

    pub fn of(element: &Element<'_>) -> Result<Self> {
        let known = Self::ALL.iter().find(|(_, tag, ..)| element.is(*tag) && element.tag.constructed);
        match known {
            Some((writer, ..)) => Ok(*writer),
            None => {
                let what = "a charging data record".into();
                let expected = "sgsnPDPRecord [20], sGWRecord [78], pGWRecord [79] or chargingFunctionRecord [200]";
                let value = element.tag.to_string().into();
                element.fail(ErrorKind::Invalid { what, value, expected: expected.into() })
            }
        }
    }

    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(writer, ..)| *writer == self).map_or("", |(.., name)| name)
    }

    pub fn check_type(self, at: &Element<'_>, value: u64) -> Result<()> {
        match Self::ALL.iter().any(|(writer, _, kind, _)| *writer == self && *kind == value) {
            true => Ok(()),
            false => at.fail(ErrorKind::OutOfRange { what: "recordType", value, expected: "the type of its tag" }),
        }
    }

    /// The kind of recording entity in TAP that stands for it: a session management function is the P-GW of 5G.
    fn entity(self) -> u8 {
        match self {
            Self::Sgsn => 4,
            Self::Sgw => 8,
            Self::Pgw | Self::Chf => 7,
        }
    }
}

/// What the record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Data,
    /// A message, sent or received.
    Message {
        originated: bool,
    },
    /// A call of the IMS, made or taken.
    Call {
        originated: bool,
    },
}

#[derive(Debug, Clone)]
pub(super) struct Cdr {
    pub writer: Writer,
    pub service: Service,
    pub imsi: Option<Party>,
    /// Who else the subscriber is: number or network access identifier.
    pub alias: Option<Party>,
    pub other_party: Option<Party>,
    pub node: Option<String>,
    pub charging_id: Option<u64>,
    pub references: Vec<String>,
    pub opened: Option<Stamp>,
    pub session_start: Option<Stamp>,
    pub duration: u64,
    pub cause: u64,
    pub sequence: Option<u64>,
    pub local_sequence: Option<u64>,
    pub serving_plmn: Option<String>,
    pub volumes: Volumes,
    /// The node sent it again: it may have arrived before.
    pub resent: bool,
    /// The node says that part of the session was lost.
    pub incomplete: bool,
}

impl Cdr {
    pub fn new(writer: Writer) -> Self {
        Self {
            writer,
            service: Service::Data,
            imsi: None,
            alias: None,
            other_party: None,
            node: None,
            charging_id: None,
            references: Vec::new(),
            opened: None,
            session_start: None,
            duration: 0,
            cause: 0,
            sequence: None,
            local_sequence: None,
            serving_plmn: None,
            volumes: Volumes::default(),
            resent: false,
            incomplete: false,
        }
    }

    /// The record as the batch sees it: `place` is its number and offset.
    pub fn usage(self, file: &Arc<FileIdentity>, place: (u64, u64), octets: [u8; 32]) -> Result<UsageRecord> {
        let parent = self.writer.name();
        let lacks = |what| CdrError::new(place.1, ErrorKind::Missing { what, parent });
        let subscriber = self.imsi.or(self.alias).ok_or_else(|| lacks("a subscriber"))?;
        let start = self.opened.ok_or_else(|| lacks("recordOpeningTime"))?;
        let (event, lane, units) = match self.service {
            Service::Data => (EventKind::GprsCall, Lane::Data, self.volumes.octets()),
            Service::Message { originated: true } => (EventKind::MobileOriginatedCall, Lane::SmsMo, 1),
            Service::Message { originated: false } => (EventKind::MobileTerminatedCall, Lane::SmsMt, 1),
            Service::Call { originated } => {
                let lane = if originated { Lane::VoiceMo } else { Lane::VoiceMt };
                (EventKind::MobileSession, lane, self.volumes.seconds().unwrap_or(self.duration))
            }
        };
        let mut record = UsageRecord::counted(file, place, event, (lane, units), start, subscriber, octets);
        record.duration = Some(self.duration);
        record.other_party = self.other_party;
        record.references = self.charging_id.map(|id| format!("chargingId:{id}")).into_iter().collect();
        record.references.extend(self.references);
        record.references.extend(self.sequence.map(|number| format!("recordSequenceNumber:{number}")));
        record.references.extend(self.local_sequence.map(|number| format!("localSequenceNumber:{number}")));
        record.rec_entities = self.node.map(|node| format!("{}:{node}", self.writer.entity())).into_iter().collect();
        // a sequence number stands only in partial records (TS 32.251)
        let closed = matches!(self.cause, 0 | 4 | 5);
        record.partial = self.sequence.map(|number| {
            let part = match number {
                _ if closed => "L",
                0 | 1 => "F",
                _ => "I",
            };
            part.to_owned()
        });
        record.context_start = record.partial.as_ref().and(self.session_start);
        Ok(record)
    }
}

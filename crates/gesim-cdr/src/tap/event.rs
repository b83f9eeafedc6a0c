//! One call event becomes one usage record.

use std::sync::Arc;

use gesim_core::Lane;
use sha2::{Digest, Sha256};

use super::{
    collect::Collector,
    header::FileHeader,
    schema::{self, Schema},
    tags::*,
    walk::{walk, At},
};
use crate::{
    error::{CdrError, ErrorKind, Result},
    record::{Amounts, EventKind, FileIdentity, UsageRecord},
};

/// The event that a tag names.
pub(crate) fn kind(tag: u16) -> Option<EventKind> {
    Some(match tag {
        MO_CALL => EventKind::MobileOriginatedCall,
        MT_CALL => EventKind::MobileTerminatedCall,
        SUPPL_SERVICE => EventKind::SupplServiceEvent,
        SERVICE_CENTRE_USAGE => EventKind::ServiceCentreUsage,
        GPRS_CALL => EventKind::GprsCall,
        CONTENT_TRANSACTION => EventKind::ContentTransaction,
        LOCATION_SERVICE => EventKind::LocationService,
        MESSAGING_EVENT => EventKind::MessagingEvent,
        MOBILE_SESSION => EventKind::MobileSession,
        VALUE_ADDED_SERVICE => EventKind::ValueAddedService,
        _ => return None,
    })
}

/// Where an event lies in its file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub tag: u16,
    pub kind: EventKind,
    /// Counted from 1.
    pub record: u64,
    pub offset: u64,
    /// Where its contents begin.
    pub base: u64,
}

pub(crate) fn decode(
    schema: &Schema,
    place: Place,
    contents: &[u8],
    header: &FileHeader,
    file: &Arc<FileIdentity>,
) -> Result<UsageRecord> {
    let mut collector = Collector::new(header, start_tags(place.kind));
    walk(schema, At { tag: place.tag, at: place.offset, base: place.base }, contents, &mut collector)
        .and_then(|()| collector.finish(place, contents, file))
        .map_err(|error| error.in_record(place.record))
}

impl Collector<'_> {
    fn lane(&self, kind: EventKind) -> Lane {
        let service = self.service.as_deref();
        // TS 22.003: 20 all short messages, 21 terminated, 22 originated
        let short_message = matches!(service, Some("t20" | "t21" | "t22"));
        match kind {
            EventKind::MobileOriginatedCall if short_message => Lane::SmsMo,
            EventKind::MobileTerminatedCall if short_message => Lane::SmsMt,
            EventKind::MobileOriginatedCall => Lane::VoiceMo,
            EventKind::MobileTerminatedCall => Lane::VoiceMt,
            // only who starts a session requests a destination
            EventKind::MobileSession if self.requested => Lane::VoiceMo,
            EventKind::MobileSession => Lane::VoiceMt,
            EventKind::GprsCall => Lane::Data,
            EventKind::SupplServiceEvent
            | EventKind::ServiceCentreUsage
            | EventKind::LocationService
            | EventKind::ValueAddedService => Lane::Service,
            // short messages over IP, sent and received
            EventKind::MessagingEvent if service == Some("1") => Lane::SmsMo,
            EventKind::MessagingEvent if service == Some("2") => Lane::SmsMt,
            EventKind::ContentTransaction | EventKind::MessagingEvent => Lane::Content,
        }
    }

    fn finish(mut self, place: Place, contents: &[u8], file: &Arc<FileIdentity>) -> Result<UsageRecord> {
        let missing = |what| CdrError::new(place.offset, ErrorKind::Missing { what, parent: schema::name(place.tag) });
        let start = self.start().ok_or_else(|| missing("a start time"))?;
        let subscriber = self.subscriber().ok_or_else(|| missing("a subscriber"))?;
        let lane = self.lane(place.kind);
        let (billed, refunded, refund, breakdown) = self.lines.finish();
        let charged = billed != Amounts::default() || refunded != Amounts::default();
        if charged && self.header.decimals.is_none() {
            return Err(CdrError::new(
                place.offset,
                ErrorKind::Missing {
                    what: "accountingInfo, which gives charges their decimals,",
                    parent: "transferBatch",
                },
            ));
        }
        let units = match lane {
            Lane::Data => self.octets,
            Lane::VoiceMo | Lane::VoiceMt => self.duration.ok_or_else(|| missing("totalCallEventDuration"))?,
            _ => 1,
        };
        Ok(UsageRecord {
            record: place.record,
            offset: place.offset,
            event: place.kind,
            lane,
            units,
            billed,
            refunded,
            refund,
            start,
            duration: self.duration,
            subscriber,
            context_start: self.context,
            other_party: self.other,
            service: self.service,
            references: self.references,
            partial: self.partial,
            rec_entities: self.entities,
            breakdown: Some(Box::new(breakdown)),
            file: Arc::clone(file),
            octets: Sha256::digest(contents).into(),
        })
    }
}

/// Where an event's time of charging is found, best first.
fn start_tags(kind: EventKind) -> &'static [u16] {
    match kind {
        EventKind::MobileOriginatedCall | EventKind::MobileTerminatedCall | EventKind::GprsCall => &[CALL_EVENT_START],
        EventKind::SupplServiceEvent | EventKind::ValueAddedService => &[CHARGING_TIMESTAMP],
        EventKind::ServiceCentreUsage => &[DEPOSIT_TIMESTAMP],
        EventKind::ContentTransaction => &[ORDER_PLACED, ACTUAL_DELIVERY, REQUESTED_DELIVERY],
        EventKind::LocationService => &[CHARGING_TIMESTAMP, LCS_REQUEST_TIMESTAMP],
        EventKind::MessagingEvent | EventKind::MobileSession => &[SERVICE_START],
    }
}

//! Calls, messages and data sessions as TAP 3.12 has them.

use gesim_core::Lane;

use super::{
    charges::Group,
    parts::{Address, Parts, Subscriber},
};
use crate::{
    generate::encode::Encoder,
    record::EventKind,
    tap::{tags::*, Stamp},
};

impl Parts<'_> {
    pub fn encode(&self, out: &mut Encoder) {
        match self.record.event {
            EventKind::MobileOriginatedCall => self.call(out, MO_CALL),
            EventKind::MobileTerminatedCall => self.call(out, MT_CALL),
            EventKind::GprsCall => self.gprs(out),
            EventKind::SupplServiceEvent => self.suppl_service(out),
            EventKind::ServiceCentreUsage => self.service_centre(out),
            EventKind::ContentTransaction => self.content(out),
            EventKind::LocationService => self.location_service(out),
            EventKind::MessagingEvent => self.messaging(out),
            EventKind::MobileSession => self.session(out),
            // refused by the check
            EventKind::ValueAddedService => {}
        }
    }

    /// A timestamp whose UTC offset is a code of the file's table.
    pub fn time(&self, out: &mut Encoder, tag: u16, stamp: Stamp, code: u64) {
        out.group(tag, |out| {
            out.text(LOCAL_TIMESTAMP, &stamp.local_digits());
            out.int(UTC_TIME_OFFSET_CODE, code);
        });
    }

    pub fn start(&self, out: &mut Encoder, tag: u16) {
        self.time(out, tag, self.record.start, self.start);
    }

    /// The chargeable subscriber of calls.
    pub fn subscriber(&self, out: &mut Encoder) {
        match self.subscriber {
            Subscriber::Imsi(imsi) => out.group(427, |out| out.group(199, |out| out.bcd(IMSI, imsi))),
            Subscriber::Min(min) => out.group(427, |out| min_subscriber(out, min)),
            _ => {}
        }
    }

    /// Where a call was recorded.
    pub fn location(&self, out: &mut Encoder) {
        out.group(138, |out| {
            out.group(156, |out| {
                self.entities.iter().take(1).for_each(|code| out.int(REC_ENTITY_CODE, *code));
                self.call_reference(out);
            });
        });
    }

    pub fn call_reference(&self, out: &mut Encoder) {
        if let Some(reference) = &self.call_reference {
            out.bytes(CALL_REFERENCE, reference);
        }
    }

    pub fn entity_list(&self, out: &mut Encoder) {
        out.group(185, |out| self.entities.iter().for_each(|code| out.int(REC_ENTITY_CODE, *code)));
    }

    /// The charges that are no CAMEL service's.
    pub fn charges(&self, out: &mut Encoder) {
        let groups = self.groups.iter().filter(|group| !group.is_camel());
        out.group(70, |out| groups.for_each(|group| group.encode(out, CHARGE_INFORMATION, false)));
    }

    fn camel(&self, out: &mut Encoder) {
        self.groups.iter().filter(|group| Group::is_camel(group)).for_each(|group| group.encode_camel(out));
    }

    fn call(&self, out: &mut Encoder, tag: u16) {
        let message = matches!(self.record.lane, Lane::SmsMo | Lane::SmsMt);
        // what is billed of a call is its duration: a record that counts other seconds than passed is written by those
        let duration = if message { self.record.duration.unwrap_or(0) } else { self.record.units };
        out.group(tag, |out| {
            out.group(if tag == MO_CALL { 147 } else { 153 }, |out| {
                self.subscriber(out);
                match (&self.other, tag) {
                    (Some(Address::Number(number)), MO_CALL) => out.group(89, |out| out.bcd(CALLED_NUMBER, number)),
                    (Some(Address::Text(text)), MO_CALL) => {
                        let tag = if message { SMS_DESTINATION } else { DIALLED_DIGITS };
                        out.group(89, |out| out.text(tag, text));
                    }
                    (Some(Address::Number(number)), _) => out.group(41, |out| out.bcd(CALLING_NUMBER, number)),
                    (Some(Address::Text(text)), _) => out.group(41, |out| out.text(SMS_ORIGINATOR, text)),
                    (None, _) => {}
                }
                self.start(out, CALL_EVENT_START);
                out.int(CALL_DURATION, duration);
            });
            self.location(out);
            out.group(38, |out| {
                out.group(39, |out| {
                    out.group(36, |out| self.service(out));
                    self.charges(out);
                });
            });
            self.camel(out);
        });
    }

    /// Tele- or bearer service; where the record names none, that of its lane.
    fn service(&self, out: &mut Encoder) {
        let by_lane = match self.record.lane {
            Lane::SmsMo => "t22",
            Lane::SmsMt => "t21",
            _ => "t11",
        };
        let code = |service: &str| service.len() == 3 && service.bytes().skip(1).all(hexadecimal);
        let message = |service: &str| matches!(service, "t20" | "t21" | "t22");
        let named = self.record.service.as_deref().filter(|service| code(service) && service.starts_with(['t', 'b']));
        // a service that says another lane than the record's is not the record's
        let service = named.filter(|service| message(service) == message(by_lane)).unwrap_or(by_lane);
        let (kind, code) = service.split_at(1);
        let tag = if kind == "b" { BEARER_SERVICE_CODE } else { TELE_SERVICE_CODE };
        out.group(426, |out| out.text(tag, code));
    }

    fn gprs(&self, out: &mut Encoder) {
        let record = self.record;
        let lines = record.breakdown.as_deref();
        let incoming = lines.map(|lines| lines.incoming).filter(|octets| *octets <= record.units);
        let incoming = incoming.unwrap_or(record.units);
        out.group(GPRS_CALL, |out| {
            out.group(114, |out| {
                out.group(115, |out| {
                    self.subscriber(out);
                    if let Subscriber::Named(_, id) = self.subscriber {
                        out.text(NETWORK_ACCESS_IDENTIFIER, id);
                    }
                });
                let access_point = lines.and_then(|lines| lines.access_point.as_deref());
                let access_point = access_point.filter(|name| (1..=63).contains(&name.len()) && visible(name));
                out.group(116, |out| out.text(ACCESS_POINT_NI, access_point.unwrap_or("unknown")));
                self.start(out, CALL_EVENT_START);
                out.int(CALL_DURATION, record.duration.unwrap_or(0));
                if let Some(partial) =
                    record.partial.as_deref().filter(|partial| partial.len() == 1 && visible(partial))
                {
                    out.text(PARTIAL_TYPE_INDICATOR, partial);
                }
                if let (Some(stamp), Some(code)) = (record.context_start, self.context) {
                    self.time(out, PDP_CONTEXT_START, stamp, code);
                }
                out.int(CHARGING_ID, self.charging_id.unwrap_or(0));
            });
            out.group(117, |out| out.group(118, |out| self.entity_list(out)));
            out.group(121, |out| {
                out.int(DATA_VOLUME_INCOMING, incoming);
                out.int(DATA_VOLUME_OUTGOING, record.units.saturating_sub(incoming));
                self.charges(out);
            });
            self.camel(out);
        });
    }
}

pub(super) fn min_subscriber(out: &mut Encoder, min: &str) {
    out.group(254, |out| out.text(MIN, min));
}

fn hexadecimal(digit: u8) -> bool {
    matches!(digit, b'0'..=b'9' | b'A'..=b'F')
}

fn visible(text: &str) -> bool {
    text.bytes().all(|octet| octet.is_ascii_graphic())
}

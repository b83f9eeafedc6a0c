//! Writes usage records as an NRTRDE file, one by one: lengths around them are indefinite, so that nothing is kept.

use std::io::Write;

use gesim_core::Lane;

use super::{header::NrtrdeHeader, tags::*};
use crate::{
    error::{CdrError, ErrorKind, Result},
    generate::encode::{identifier, Encoder},
    record::UsageRecord,
};

/// A stream of call events to one roaming partner.
#[derive(Debug)]
pub struct NrtrdeWriter<W> {
    out: W,
    records: u64,
    octets: u64,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    pub records: u64,
    pub octets: u64,
}

/// Whether NRTRDE has a place for such records: calls, short messages and data sessions.
pub fn carries(lane: Lane) -> bool {
    matches!(lane, Lane::VoiceMo | Lane::VoiceMt | Lane::SmsMo | Lane::SmsMt | Lane::Data)
}

impl<W: Write> NrtrdeWriter<W> {
    /// Writes the header. A sequence number has up to seven digits and is not zero.
    pub fn new(out: W, header: &NrtrdeHeader) -> Result<Self> {
        if !(1..=9_999_999).contains(&header.sequence) {
            let what = "sequenceNumber".into();
            let (value, expected) = (header.sequence.to_string().into(), "1 to 9999999".into());
            return Err(CdrError::new(0, ErrorKind::Invalid { what, value, expected }));
        }
        let mut lead = Encoder::new(true);
        open(&mut lead.out, NRTRDE);
        lead.int(SPECIFICATION, 2);
        lead.int(RELEASE, 1);
        lead.text(SENDER, header.sender.as_str());
        lead.text(RECIPIENT, header.recipient.as_str());
        lead.text(SEQUENCE, &format!("{:07}", header.sequence));
        lead.text(FILE_AVAILABLE, &header.available.local_digits());
        lead.text(UTC_OFFSET, &header.available.offset_digits());
        open(&mut lead.out, CALL_EVENTS);
        let mut writer = Self { out, records: 0, octets: 0 };
        writer.put(&lead.out)?;
        Ok(writer)
    }

    /// Appends one record. Refused, with nothing written, is what NRTRDE has no place for and what lacks something that
    /// NRTRDE demands: an IMSI, the recording entity of a call, access point and gateways of a data session.
    pub fn write(&mut self, record: &UsageRecord) -> Result<()> {
        let mut event = Encoder::new(false);
        encode(&mut event, record).map_err(|error| error.in_record(record.record))?;
        self.records = self.records.saturating_add(1);
        self.put(&event.out)
    }

    /// Writes the count. Without it the file is refused by its reader.
    pub fn finish(mut self) -> Result<Written> {
        let mut tail = Encoder::new(false);
        tail.out.extend_from_slice(&[0, 0]);
        tail.int(CALL_EVENTS_COUNT, self.records);
        tail.out.extend_from_slice(&[0, 0]);
        self.put(&tail.out)?;
        self.out.flush().map_err(|error| CdrError::new(self.octets, ErrorKind::Io(error.to_string())))?;
        Ok(Written { records: self.records, octets: self.octets })
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).map_err(|error| CdrError::new(self.octets, ErrorKind::Io(error.to_string())))?;
        self.octets = self.octets.saturating_add(bytes.len() as u64);
        Ok(())
    }
}

fn open(out: &mut Vec<u8>, tag: u16) {
    identifier(out, tag, true);
    out.push(0x80);
}

fn rejected<T>(record: &UsageRecord, reason: &str) -> Result<T> {
    let kind = ErrorKind::Rejected { what: "the record".into(), reason: reason.into() };
    let mut error = CdrError::new(record.offset, kind);
    error.hint = Some("leave the record out of the NRTRDE file");
    Err(error)
}

fn encode(out: &mut Encoder, record: &UsageRecord) -> Result<()> {
    if record.subscriber.kind != "imsi" {
        return rejected(record, "names no IMSI");
    }
    match record.lane {
        Lane::VoiceMo | Lane::SmsMo => call(out, record, true),
        Lane::VoiceMt | Lane::SmsMt => call(out, record, false),
        Lane::Data => session(out, record),
        _ => rejected(record, "is neither a call nor a message nor a data session"),
    }
}

fn basic(out: &mut Encoder, record: &UsageRecord) {
    out.bcd(IMSI, record.subscriber.reveal());
    out.text(START, &record.start.local_digits());
    out.text(UTC_OFFSET, &record.start.offset_digits());
    let duration = match record.lane {
        Lane::VoiceMo | Lane::VoiceMt => record.units,
        _ => record.duration.unwrap_or(0),
    };
    out.int(DURATION, duration);
    // normal release
    out.int(CAUSE, 0);
}

fn call(out: &mut Encoder, record: &UsageRecord, originated: bool) -> Result<()> {
    let Some(entity) = entity(record, &["1", "2"], 0) else { return rejected(record, "names no recording entity") };
    let (tag, code) = match service(record) {
        Some(service) => service,
        None => return rejected(record, "has a service code that is neither a teleservice nor a bearer service"),
    };
    let other = record.other_party.as_ref().map(|party| party.reveal()).filter(|text| is_visible(text));
    let digits = other.filter(|text| text.len() <= 255 && text.bytes().all(|b| b.is_ascii_digit()));
    let reference = record.references.iter().find_map(|text| text.strip_prefix("callReference:"));
    let reference = reference.and_then(|text| u64::from_str_radix(text, 16).ok()).filter(|number| *number >> 63 == 0);
    out.group(if originated { MOC } else { MTC }, |out| {
        basic(out, record);
        out.group(SERVICE_CODE, |out| out.text(tag, code));
        match (digits, other) {
            (Some(digits), _) => out.text(if originated { CONNECTED_NUMBER } else { CALLING_NUMBER }, digits),
            (None, Some(text)) if originated => out.text(DIALLED_DIGITS, text),
            // there is no place for a caller that is not a number
            _ => {}
        }
        out.text(REC_ENTITY_ID, entity);
        if let Some(reference) = reference {
            out.int(CALL_REFERENCE, reference);
        }
    });
    Ok(())
}

/// Tag and code of the service; a record without one has its lane's: telephony or short message.
fn service(record: &UsageRecord) -> Option<(u16, &str)> {
    let Some(service) = record.service.as_deref() else {
        let code = match record.lane {
            Lane::SmsMo => "22",
            Lane::SmsMt => "21",
            _ => "11",
        };
        return Some((TELE_SERVICE, code));
    };
    let kinds = [('t', TELE_SERVICE), ('b', BEARER_SERVICE)];
    let (tag, code) = kinds.into_iter().find_map(|(kind, tag)| service.strip_prefix(kind).map(|code| (tag, code)))?;
    let hex = code.len() == 2 && code.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));
    let short = tag == TELE_SERVICE && code.starts_with('2');
    let fits = short == matches!(record.lane, Lane::SmsMo | Lane::SmsMt);
    (hex && fits).then_some((tag, code))
}

fn session(out: &mut Encoder, record: &UsageRecord) -> Result<()> {
    let lines = record.breakdown.as_deref();
    let access_point = lines.and_then(|lines| lines.access_point.as_deref());
    let access_point = access_point.filter(|name| name.len() <= 63 && is_visible(name));
    let Some(access_point) = access_point else { return rejected(record, "names no access point") };
    let (sgsn, ggsn) = (entity(record, &["4"], 0), entity(record, &["3"], 1));
    let (Some(sgsn), Some(ggsn)) = (sgsn, ggsn) else { return rejected(record, "does not name both of its gateways") };
    // without a breakdown all of it went one way
    let incoming = lines.map_or(record.units, |lines| lines.incoming);
    let Some(outgoing) = record.units.checked_sub(incoming) else {
        return rejected(record, "has more octets one way than in sum");
    };
    if incoming >> 63 != 0 || outgoing >> 63 != 0 {
        return rejected(record, "has a volume of more than 63 bits");
    }
    let id = record.references.iter().find_map(|text| text.strip_prefix("chargingId:"));
    let id = id.and_then(|text| text.parse::<u64>().ok()).filter(|number| *number >> 63 == 0);
    out.group(GPRS, |out| {
        basic(out, record);
        out.text(ACCESS_POINT_NI, access_point);
        out.int(VOLUME_INCOMING, incoming);
        out.int(VOLUME_OUTGOING, outgoing);
        out.text(SGSN_ADDRESS, sgsn);
        out.text(GGSN_ADDRESS, ggsn);
        if let Some(id) = id {
            out.int(CHARGING_ID, id);
        }
    });
    Ok(())
}

/// The recording entity of one of the types, else the one at the position, without its type.
fn entity<'r>(record: &'r UsageRecord, types: &[&str], position: usize) -> Option<&'r str> {
    let split = |text: &'r String| text.split_once(':').filter(|(_, id)| is_visible(id) && id.len() <= 4096);
    let mut entities = record.rec_entities.iter().filter_map(split);
    let typed = entities.clone().find(|(kind, _)| types.contains(kind));
    typed.or_else(|| entities.nth(position)).map(|(_, id)| id)
}

fn is_visible(text: &str) -> bool {
    !text.trim_matches(' ').is_empty() && text.bytes().all(|b| (0x20..=0x7e).contains(&b))
}

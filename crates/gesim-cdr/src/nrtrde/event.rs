//! One call event becomes one usage record. NRTRDE counts units; what it says of charges is an indication only.

use std::sync::Arc;

use gesim_core::Lane;
use sha2::{Digest, Sha256};

use super::tags::*;
use crate::{
    element::Element,
    error::{CdrError, ErrorKind, Result},
    fields::{unexpected, Fields},
    party::Party,
    record::{EventKind, FileIdentity, UsageRecord},
    tap::{schema::Charset, text, Stamp},
    Breakdown,
};

/// Types of recording entities as TAP numbers them.
const MSC: &str = "1";
const GGSN: &str = "3";
const SGSN: &str = "4";

/// A record and the charge that its sender expects, in units of its own choice.
pub(super) struct Decoded {
    pub usage: UsageRecord,
    pub charge: Option<u64>,
}

/// The event that a tag names, and the name of its group.
pub(super) fn kind(tag: u16) -> Option<(EventKind, &'static str)> {
    Some(match tag {
        MOC => (EventKind::MobileOriginatedCall, "moc"),
        MTC => (EventKind::MobileTerminatedCall, "mtc"),
        GPRS => (EventKind::GprsCall, "gprs"),
        _ => return None,
    })
}

/// What every event begins with.
struct Basic {
    subscriber: Party,
    start: Stamp,
    duration: u64,
}

pub(super) fn decode(
    element: &Element<'_>,
    (kind, name): (EventKind, &'static str),
    record: u64,
    file: &Arc<FileIdentity>,
) -> Result<Decoded> {
    let mut fields = Fields::new(element, name)?;
    let basic = basic(&mut fields)?;
    let octets = Sha256::digest(element.contents).into();
    let make = |lane, units| {
        let subscriber = basic.subscriber.clone();
        let place = (record, element.at);
        let mut usage = UsageRecord::counted(file, place, kind, (lane, units), basic.start, subscriber, octets);
        usage.duration = Some(basic.duration);
        usage
    };
    let mut usage = match kind {
        EventKind::GprsCall => {
            let session = session(&mut fields)?;
            let sum = session.incoming.checked_add(session.outgoing);
            let units = sum.map_or_else(|| element.fail(ErrorKind::Sum("data volumes")), Ok)?;
            let mut usage = make(Lane::Data, units);
            usage.rec_entities = vec![format!("{SGSN}:{}", session.sgsn), format!("{GGSN}:{}", session.ggsn)];
            usage.references.extend(session.charging_id.map(|id| format!("chargingId:{id}")));
            let access_point = Some(session.access_point);
            let lines = Breakdown { incoming: session.incoming, access_point, ..Breakdown::default() };
            usage.breakdown = Some(Box::new(lines));
            usage
        }
        _ => {
            let call = call(&mut fields, kind == EventKind::MobileOriginatedCall)?;
            let short = call.service.starts_with("t2");
            let (lane, units) = match kind {
                EventKind::MobileOriginatedCall if short => (Lane::SmsMo, 1),
                EventKind::MobileOriginatedCall => (Lane::VoiceMo, basic.duration),
                _ if short => (Lane::SmsMt, 1),
                _ => (Lane::VoiceMt, basic.duration),
            };
            let mut usage = make(lane, units);
            usage.service = Some(call.service);
            usage.other_party = call.other;
            usage.rec_entities = vec![format!("{MSC}:{}", call.entity)];
            usage.references.extend(call.reference);
            usage
        }
    };
    let charge = fields.optional(CHARGE_AMOUNT, "chargeAmount")?;
    let charge = charge.map(|charge| charge.uint("chargeAmount")).transpose()?;
    additions(&mut fields)?;
    fields.end()?;
    usage.references.shrink_to_fit();
    Ok(Decoded { usage, charge })
}

fn basic(fields: &mut Fields<'_>) -> Result<Basic> {
    let imsi = fields.need(IMSI, "imsi")?.text("imsi", Charset::Bcd, 3, 8)?;
    if let Some(imei) = fields.optional(IMEI, "imei")? {
        imei.text("imei", Charset::Bcd, 7, 8)?;
    }
    let local = fields.need(START, "callEventStartTimeStamp")?.local_time("callEventStartTimeStamp")?;
    let offset = fields.need(UTC_OFFSET, "utcTimeOffset")?.utc_offset("utcTimeOffset")?;
    let duration = fields.need(DURATION, "callEventDuration")?.uint("callEventDuration")?;
    fields.need(CAUSE, "causeForTermination")?.uint("causeForTermination")?;
    Ok(Basic { subscriber: Party::new("imsi", text::digits(imsi)), start: Stamp::new(local, offset), duration })
}

struct Call {
    service: String,
    other: Option<Party>,
    entity: String,
    reference: Option<String>,
}

fn call(fields: &mut Fields<'_>, originated: bool) -> Result<Call> {
    let service = service(&fields.need(SERVICE_CODE, "serviceCode")?)?;
    let mut other = None;
    if originated {
        if let Some(element) = fields.optional(SUPPLEMENTARY_SERVICE, "supplementaryServiceCode")? {
            element.text("supplementaryServiceCode", Charset::Hex, 2, 2)?;
        }
        if let Some(element) = fields.optional(DIALLED_DIGITS, "dialledDigits")? {
            let dialled = element.text("dialledDigits", Charset::Ascii, 1, 4096)?;
            other = Some(Party::new("address", text::trimmed(dialled)));
        }
        other = number(fields, CONNECTED_NUMBER, "connectedNumber")?.or(other);
        number(fields, THIRD_PARTY, "thirdPartyNumber")?;
    } else {
        other = number(fields, CALLING_NUMBER, "callingNumber")?;
    }
    let entity = fields.need(REC_ENTITY_ID, "recEntityId")?.text("recEntityId", Charset::Ascii, 1, 4096)?;
    let reference = fields.optional(CALL_REFERENCE, "callReference")?;
    let reference = reference.map(|element| element.uint("callReference")).transpose()?;
    Ok(Call {
        service,
        other,
        entity: text::trimmed(entity),
        reference: reference.map(|number| format!("callReference:{}", hex(number))),
    })
}

/// Two hexadecimal digits an octet, as TAP's call reference is shown.
fn hex(number: u64) -> String {
    let text = format!("{number:x}");
    match text.len() % 2 {
        0 => text,
        _ => format!("0{text}"),
    }
}

fn number(fields: &mut Fields<'_>, tag: u16, what: &'static str) -> Result<Option<Party>> {
    let Some(element) = fields.optional(tag, what)? else { return Ok(None) };
    let digits = element.text(what, Charset::Digits, 1, 255)?;
    Ok(Some(Party::new("number", text::trimmed(digits))))
}

/// `t11` or `b24`: a choice of two in a group of its own.
fn service(element: &Element<'_>) -> Result<String> {
    let mut fields = Fields::new(element, "serviceCode")?;
    let code = match fields.optional(TELE_SERVICE, "teleServiceCode")? {
        Some(code) => ("t", code.text("teleServiceCode", Charset::Hex, 2, 2)?),
        None => {
            let code = fields.need(BEARER_SERVICE, "teleServiceCode or bearerServiceCode")?;
            ("b", code.text("bearerServiceCode", Charset::Hex, 2, 2)?)
        }
    };
    fields.end()?;
    Ok(format!("{}{}", code.0, text::trimmed(code.1)))
}

struct Session {
    access_point: String,
    incoming: u64,
    outgoing: u64,
    sgsn: String,
    ggsn: String,
    charging_id: Option<u64>,
}

fn session(fields: &mut Fields<'_>) -> Result<Session> {
    let access_point = fields.need(ACCESS_POINT_NI, "accessPointNameNI")?;
    let access_point = text::trimmed(access_point.text("accessPointNameNI", Charset::Ascii, 1, 63)?);
    if let Some(operator) = fields.optional(ACCESS_POINT_OI, "accessPointNameOI")? {
        operator.text("accessPointNameOI", Charset::Ascii, 1, 37)?;
    }
    let incoming = fields.need(VOLUME_INCOMING, "dataVolumeIncoming")?.uint("dataVolumeIncoming")?;
    let outgoing = fields.need(VOLUME_OUTGOING, "dataVolumeOutgoing")?.uint("dataVolumeOutgoing")?;
    let sgsn = fields.need(SGSN_ADDRESS, "sgsnAddress")?.text("sgsnAddress", Charset::Ascii, 1, 4096)?;
    let ggsn = fields.need(GGSN_ADDRESS, "ggsnAddress")?.text("ggsnAddress", Charset::Ascii, 1, 4096)?;
    // mandatory in the definition, left out by feeds
    let charging_id = fields.optional(CHARGING_ID, "chargingId")?;
    let charging_id = charging_id.map(|id| id.uint("chargingId")).transpose()?;
    Ok(Session { access_point, incoming, outgoing, sgsn: text::trimmed(sgsn), ggsn: text::trimmed(ggsn), charging_id })
}

/// What release 2.1 added at the end of every event.
fn additions(fields: &mut Fields<'_>) -> Result<()> {
    if let Some(element) = fields.optional(SERVING_NETWORK, "servingNetwork")? {
        element.text("servingNetwork", Charset::Ascii, 1, 4096)?;
    }
    if let Some(element) = fields.optional(MSISDN, "msisdn")? {
        element.text("msisdn", Charset::Bcd, 1, 8)?;
    }
    if let Some(element) = fields.optional(LOCATION_AREA, "locationArea")? {
        element.uint("locationArea")?;
    }
    if let Some(element) = fields.optional(CELL_ID, "cellId")? {
        element.uint("cellId")?;
    }
    Ok(())
}

/// A refusal of something that stands where a call event is expected.
pub(super) fn misplaced(element: &Element<'_>) -> CdrError {
    let refused: Result<()> = unexpected(element, "callEvents");
    refused.err().unwrap_or_else(|| CdrError::new(element.at, ErrorKind::EmptyGroup { parent: "callEvents" }))
}

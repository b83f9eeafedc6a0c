//! Records of the packet-switched nodes: SGSN, S-GW and P-GW (TS 32.251 says what they mean).

use super::{
    cdr::{Cdr, Writer},
    decode_chf,
    element::{split, Element},
    gprs, values,
    volume::{Container, Sum},
    walk::Walk,
};
use crate::error::{CdrError, ErrorKind, Result};

/// Causes for which a record is closed (TS 32.298, CauseForRecClosing).
const CAUSES: [u64; 21] = [0, 1, 4, 5, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 52, 53, 54, 58, 59];

/// The record that `bytes` are, which begin at `at`. `later` counts members of later releases.
pub(super) fn record(bytes: &[u8], at: u64, later: &mut u64) -> Result<Cdr> {
    let (element, rest) = split(bytes, at, "a charging data record")?;
    if !rest.is_empty() {
        let at = at + (bytes.len() - rest.len()) as u64;
        let (what, reason) = ("the charging data record".into(), "ends before the length of its header".into());
        return Err(CdrError::new(at, ErrorKind::Rejected { what, reason }));
    }
    match Writer::of(&element)? {
        writer @ (Writer::Sgw | Writer::Pgw) => gateway(&element, writer, later),
        Writer::Sgsn => sgsn(&element, later),
        Writer::Chf => decode_chf::charging(&element, later),
    }
}

/// S-GW and P-GW number their members alike, up to where only one of them has a member.
fn gateway(element: &Element<'_>, writer: Writer, later: &mut u64) -> Result<Cdr> {
    let mut cdr = Cdr::new(writer);
    let shape = if writer == Writer::Pgw { &gprs::PGW } else { &gprs::SGW };
    let mut walk = Walk::new(element, shape);
    while let Some((tag, member)) = walk.member(later)? {
        match tag {
            0 => writer.check_type(&member, values::number(&member, "recordType")?)?,
            3 => cdr.imsi = Some(values::imsi(&member)?),
            4 => cdr.node = Some(values::address(&member, "the gateway's address")?),
            5 => cdr.charging_id = Some(values::number32(&member, "chargingID")?),
            6 => addresses(&member, "servingNodeAddress")?,
            12 => traffic(&member, &mut cdr.volumes.bearer, later)?,
            13 => cdr.opened = Some(values::time(&member, "recordOpeningTime")?),
            14 => cdr.duration = values::duration(&member, "duration")?,
            15 => cdr.cause = cause(&member)?,
            17 => cdr.sequence = Some(values::number32(&member, "recordSequenceNumber")?),
            20 => cdr.local_sequence = Some(values::number32(&member, "localSequenceNumber")?),
            22 => cdr.alias = Some(values::msisdn(&member)?),
            27 => cdr.serving_plmn = Some(values::plmn(&member, "servingNodePLMNIdentifier")?),
            34 => service(&member, &mut cdr.volumes.service, later)?,
            36 => {
                let name = decode_chf::subscription(&member, later)?;
                cdr.alias.get_or_insert(name);
            }
            38 => cdr.session_start = Some(values::time(&member, "startTime")?),
            39 => drop(values::time(&member, "stopTime")?),
            51 | 52 => cdr.resent = true,
            _ => {}
        }
    }
    Ok(cdr)
}

fn sgsn(element: &Element<'_>, later: &mut u64) -> Result<Cdr> {
    let mut cdr = Cdr::new(Writer::Sgsn);
    let mut walk = Walk::new(element, &gprs::SGSN);
    while let Some((tag, member)) = walk.member(later)? {
        match tag {
            0 => Writer::Sgsn.check_type(&member, values::number(&member, "recordType")?)?,
            3 => cdr.imsi = Some(values::imsi(&member)?),
            5 => cdr.node = Some(values::address(&member, "sgsnAddress")?),
            10 => cdr.charging_id = Some(values::number32(&member, "chargingID")?),
            11 => drop(values::address(&member, "ggsnAddressUsed")?),
            15 => traffic(&member, &mut cdr.volumes.bearer, later)?,
            16 => cdr.opened = Some(values::time(&member, "recordOpeningTime")?),
            17 => cdr.duration = values::duration(&member, "duration")?,
            19 => cdr.cause = cause(&member)?,
            21 => cdr.sequence = Some(values::number32(&member, "recordSequenceNumber")?),
            24 => cdr.local_sequence = Some(values::number32(&member, "localSequenceNumber")?),
            27 => cdr.alias = Some(values::msisdn(&member)?),
            38 => cdr.serving_plmn = Some(values::plmn(&member, "servingNodePLMNIdentifier")?),
            _ => {}
        }
    }
    Ok(cdr)
}

pub(super) fn cause(member: &Element<'_>) -> Result<u64> {
    let (what, value) = ("causeForRecClosing", values::number(member, "causeForRecClosing")?);
    match CAUSES.contains(&value) {
        true => Ok(value),
        false => member.fail(ErrorKind::OutOfRange { what, value, expected: "a cause of TS 32.298" }),
    }
}

fn addresses(list: &Element<'_>, what: &'static str) -> Result<()> {
    let (mut rest, mut base) = (list.contents, list.base);
    while !rest.is_empty() {
        let (choice, after) = split(rest, base, what)?;
        drop(values::ip(&choice, what)?);
        base += (rest.len() - after.len()) as u64;
        rest = after;
    }
    Ok(())
}

/// Volumes by bearer; a container ends where a condition of charging changes, so that they add up.
fn traffic(list: &Element<'_>, sum: &mut Sum, later: &mut u64) -> Result<()> {
    for item in list.items("listOfTrafficVolumes") {
        let item = item?;
        let mut container = Container { at: item.at, ..Container::default() };
        let mut walk = Walk::new(&item, &gprs::TRAFFIC_VOLUME);
        while let Some((tag, member)) = walk.member(later)? {
            match tag {
                3 => container.up = Some(values::number(&member, "dataVolumeGPRSUplink")?),
                4 => container.down = Some(values::number(&member, "dataVolumeGPRSDownlink")?),
                5 => drop(values::number(&member, "changeCondition")?),
                6 => drop(values::time(&member, "changeTime")?),
                _ => {}
            }
        }
        sum.add(&container)?;
    }
    Ok(())
}

/// Volumes by rating group.
fn service(list: &Element<'_>, sum: &mut Sum, later: &mut u64) -> Result<()> {
    for item in list.items("listOfServiceData") {
        let item = item?;
        let mut container = Container { at: item.at, ..Container::default() };
        let mut walk = Walk::new(&item, &gprs::SERVICE_DATA);
        while let Some((tag, member)) = walk.member(later)? {
            match tag {
                1 => drop(values::number32(&member, "ratingGroup")?),
                4 => drop(values::number32(&member, "localSequenceNumber")?),
                12 => container.up = Some(values::number(&member, "datavolumeFBCUplink")?),
                13 => container.down = Some(values::number(&member, "datavolumeFBCDownlink")?),
                14 => drop(values::time(&member, "timeOfReport")?),
                _ => {}
            }
        }
        sum.add(&container)?;
    }
    Ok(())
}

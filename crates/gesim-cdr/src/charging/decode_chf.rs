//! Records of the charging function of 5G (TS 32.255 for PDU sessions, 32.274 for messages, 32.260 for the IMS).

use super::{
    cdr::{Cdr, Service, Writer},
    chf,
    decode::cause,
    element::Element,
    values,
    volume::{Container, Sum},
    walk::Walk,
};
use crate::{
    error::{ErrorKind, Result},
    party::Party,
};

pub(super) fn charging(element: &Element<'_>, later: &mut u64) -> Result<Cdr> {
    let mut cdr = Cdr::new(Writer::Chf);
    let (mut service, mut charging_id) = (None, None);
    let mut walk = Walk::new(element, &chf::CHARGING);
    while let Some((tag, member)) = walk.member(later)? {
        match tag {
            0 => Writer::Chf.check_type(&member, values::number(&member, "recordType")?)?,
            1 => cdr.node = Some(values::text(&member, "recordingNetworkFunctionID", 36)?),
            2 => {
                let party = subscription(&member, later)?;
                let place = if party.kind == "imsi" { &mut cdr.imsi } else { &mut cdr.alias };
                *place = Some(party);
            }
            3 => {
                let plmn = consumer(&member, later)?;
                cdr.serving_plmn = cdr.serving_plmn.take().or(plmn);
            }
            5 => unit_usage(&member, &mut cdr.volumes.service, later)?,
            6 => cdr.opened = Some(values::time(&member, "recordOpeningTime")?),
            7 => cdr.duration = values::duration(&member, "duration")?,
            8 => cdr.sequence = Some(values::number32(&member, "recordSequenceNumber")?),
            9 => cdr.cause = cause(&member)?,
            11 => cdr.local_sequence = Some(values::number32(&member, "localRecordSequenceNumber")?),
            13 => {
                service = Some(Service::Data);
                session(&member, &mut cdr, later)?;
            }
            14 => roaming(&member, &mut cdr.volumes.flow, later)?,
            15 => service = Some(message(&member, &mut cdr, later)?),
            16 => {
                let name = values::opaque(&member, "chargingSessionIdentifier")?;
                cdr.references.push(format!("chargingSession:{name}"));
            }
            22 => cdr.incomplete = incomplete(&member, later)?,
            27 => charging_id = Some(values::number32(&member, "chargingID")?),
            28 => service = Some(call(&member, &mut cdr, later)?),
            _ => {}
        }
    }
    cdr.charging_id = cdr.charging_id.or(charging_id);
    let Some(service) = service else {
        let (what, reason) = ("this charging function record".into(), "is of a service that is not billed here".into());
        let mut refused = element.fail(ErrorKind::Rejected { what, reason });
        if let Err(error) = &mut refused {
            error.hint = Some("PDU session, SMS and IMS charging are supported");
        }
        return refused;
    };
    cdr.service = service;
    Ok(cdr)
}

pub(super) fn subscription(element: &Element<'_>, later: &mut u64) -> Result<Party> {
    let (mut kind, mut data) = (0, None);
    let mut walk = Walk::new(element, &chf::SUBSCRIPTION);
    while let Some((tag, member)) = walk.member(later)? {
        match tag {
            0 => kind = values::number(&member, "subscriptionIDType")?,
            _ => data = Some(member),
        }
    }
    match data {
        Some(data) => values::subscription(kind, &data, "subscriptionIDData"),
        None => element.fail(ErrorKind::Missing { what: "subscriptionIDData", parent: "subscriptionID" }),
    }
}

/// The network of the function that reported the usage.
fn consumer(element: &Element<'_>, later: &mut u64) -> Result<Option<String>> {
    let mut plmn = None;
    let mut walk = Walk::new(element, &chf::CONSUMER);
    while let Some((tag, member)) = walk.member(later)? {
        match tag {
            0 => drop(values::number(&member, "networkFunctionality")?),
            _ => plmn = Some(values::plmn(&member, "networkFunctionPLMNIdentifier")?),
        }
    }
    Ok(plmn)
}

fn session(element: &Element<'_>, cdr: &mut Cdr, later: &mut u64) -> Result<()> {
    let mut walk = Walk::new(element, &chf::PDU_SESSION);
    while let Some((tag, member)) = walk.member(later)? {
        match tag {
            0 => cdr.charging_id = Some(values::number32(&member, "pDUSessionChargingID")?),
            1 => {
                let user = values::involved(&member.inner("userIdentifier")?, "userIdentifier")?;
                cdr.alias.get_or_insert(user);
            }
            6 => {
                let value = values::number(&member, "pDUSessionId")?;
                if value > 255 {
                    return member.fail(ErrorKind::OutOfRange { what: "pDUSessionId", value, expected: "0 to 255" });
                }
            }
            10 => drop(values::plmn(&member, "sUPIPLMNIdentifier")?),
            17 => cdr.session_start = Some(values::time(&member, "pDUSessionstartTime")?),
            27 => cdr.serving_plmn = Some(values::plmn(&member, "servingCNPLMNID")?),
            _ => drop(values::number32(&member, "homeProvidedChargingID")?),
        }
    }
    Ok(())
}

fn unit_usage(list: &Element<'_>, sum: &mut Sum, later: &mut u64) -> Result<()> {
    for item in list.items("listOfMultipleUnitUsage") {
        let mut walk = Walk::new(&item?, &chf::UNIT_USAGE);
        while let Some((tag, member)) = walk.member(later)? {
            match tag {
                0 => drop(values::number32(&member, "ratingGroup")?),
                _ => containers(&member, "usedUnitContainers", sum, later)?,
            }
        }
    }
    Ok(())
}

fn roaming(element: &Element<'_>, sum: &mut Sum, later: &mut u64) -> Result<()> {
    let mut walk = Walk::new(element, &chf::ROAMING);
    while let Some((_, member)) = walk.member(later)? {
        containers(&member, "multipleQFIcontainer", sum, later)?;
    }
    Ok(())
}

/// Containers by rating group or by QoS flow: the volumes stand under other tags.
fn containers(list: &Element<'_>, what: &'static str, sum: &mut Sum, later: &mut u64) -> Result<()> {
    let flows = what == "multipleQFIcontainer";
    let shape = if flows { &chf::QFI } else { &chf::USED_UNITS };
    for item in list.items(what) {
        let item = item?;
        let mut container = Container { at: item.at, ..Container::default() };
        let mut walk = Walk::new(&item, shape);
        while let Some((tag, member)) = walk.member(later)? {
            match (tag, flows) {
                (3, true) | (4, false) => container.total = Some(values::number(&member, "dataTotalVolume")?),
                (4, true) | (5, false) => container.up = Some(values::number(&member, "dataVolumeUplink")?),
                (5, true) | (6, false) => container.down = Some(values::number(&member, "dataVolumeDownlink")?),
                (22, true) | (1, false) => container.seconds = Some(values::number(&member, "time")?),
                _ => drop(values::time(&member, "reportTime")?),
            }
        }
        sum.add(&container)?;
    }
    Ok(())
}

/// Whether a message of the session did not reach the charging function.
fn incomplete(element: &Element<'_>, later: &mut u64) -> Result<bool> {
    let mut lost = false;
    let mut walk = Walk::new(element, &chf::INCOMPLETE);
    while let Some((_, member)) = walk.member(later)? {
        lost |= values::boolean(&member, "incompleteCDRIndication")?;
    }
    Ok(lost)
}

/// A short message: submission is the subscriber's own, anything else is not billed by its type alone.
fn message(element: &Element<'_>, cdr: &mut Cdr, later: &mut u64) -> Result<Service> {
    let mut originated = None;
    let mut walk = Walk::new(element, &chf::SMS);
    while let Some((tag, member)) = walk.member(later)? {
        match tag {
            8 => cdr.session_start = Some(values::time(&member, "eventtimestamp")?),
            _ => match values::number(&member, "sMMessageType")? {
                0 => originated = Some(true),
                1 => originated = Some(false),
                value => {
                    let expected = "0 (submission) or 1 (delivery report)";
                    return member.fail(ErrorKind::OutOfRange { what: "sMMessageType", value, expected });
                }
            },
        }
    }
    match originated {
        Some(originated) => Ok(Service::Message { originated }),
        None => element.fail(ErrorKind::Missing { what: "sMMessageType", parent: "sMSChargingInformation" }),
    }
}

fn call(element: &Element<'_>, cdr: &mut Cdr, later: &mut u64) -> Result<Service> {
    let (mut originated, mut calling, mut called) = (None, None, None);
    let mut walk = Walk::new(element, &chf::IMS);
    while let Some((tag, member)) = walk.member(later)? {
        match tag {
            2 => match values::number(&member, "roleOfNode")? {
                role @ 0..=1 => originated = Some(role == 0),
                value => {
                    let expected = "0 (originating) or 1 (terminating)";
                    return member.fail(ErrorKind::OutOfRange { what: "roleOfNode", value, expected });
                }
            },
            15 => {
                let first = super::element::split(member.contents, member.base, "callingPartyAddresses")?.0;
                calling = Some(values::involved(&first, "callingPartyAddresses")?);
            }
            16 => {
                let address = member.inner("calledPartyAddress")?;
                called = Some(values::involved(&address, "calledPartyAddress")?);
            }
            _ => cdr.references.push(format!("icid:{}", values::opaque(&member, "imsChargingIdentifier")?)),
        }
    }
    let Some(originated) = originated else {
        return element.fail(ErrorKind::Missing { what: "roleOfNode", parent: "iMSChargingInformation" });
    };
    cdr.other_party = if originated { called } else { calling };
    Ok(Service::Call { originated })
}

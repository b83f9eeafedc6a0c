//! Containers of used units: by rating group or by QoS flow.

use super::{
    members,
    value::{integer, time, Extensions},
};
use crate::{
    bwrp::{
        fields::{Fault, Object, Parsed},
        json::{Body, Node},
    },
    tap::Stamp,
};

/// Longest list of containers or rating groups in one request.
const MAX_ITEMS: usize = 10_000;

/// What one container counts.
#[derive(Debug)]
pub(super) struct Used {
    /// `ratingGroup:N` or `qosFlow:N`.
    pub group: String,
    /// Its number in the session.
    pub number: u64,
    pub octets: Option<u64>,
    pub seconds: Option<u64>,
    pub from: Option<Stamp>,
}

/// `multipleUnitUsage`.
pub(super) fn rated(node: &Node<'_>, extensions: &mut Extensions) -> Parsed<Vec<Used>> {
    let mut all = Vec::new();
    for item in node.list(MAX_ITEMS)? {
        let usage = item.open_object()?;
        extensions.note("multipleUnitUsage", &usage, members::UNIT_USAGE);
        let group = usage.need("ratingGroup").and_then(|node| integer(node, u32::MAX.into()))?;
        // release 15 wrote the name with a capital
        let list = match (usage.get("usedUnitContainer"), usage.get("UsedUnitContainer")) {
            (Some(_), Some(second)) => return Err(Fault::new(second.at, "is there twice, once with a capital")),
            (list, old) => list.or(old),
        };
        for node in list.map(|list| list.list(MAX_ITEMS)).transpose()?.unwrap_or_default() {
            all.push(container(node, format!("ratingGroup:{group}"), "pDUContainerInformation", extensions)?);
            if all.len() > MAX_ITEMS {
                return Err(Fault::new(node.at, format!("is one of more than {MAX_ITEMS} containers")));
            }
        }
    }
    Ok(all)
}

/// `roamingQBCInformation`.
pub(super) fn flows(node: &Node<'_>, extensions: &mut Extensions) -> Parsed<Vec<Used>> {
    let roaming = node.open_object()?;
    extensions.note("roamingQBCInformation", &roaming, members::ROAMING);
    let mut all = Vec::new();
    let list = roaming.optional("multipleQFIcontainer", |node| node.list(MAX_ITEMS))?;
    for node in list.unwrap_or_default() {
        let details = node.open_object()?.optional("qFIContainerInformation", Node::open_object)?;
        let flow = match details {
            Some(details) => details.optional("qFI", |node| integer(node, 63))?,
            None => None,
        };
        let group = format!("qosFlow:{}", flow.map_or("?".into(), |flow| flow.to_string()));
        all.push(container(node, group, "qFIContainerInformation", extensions)?);
    }
    Ok(all)
}

fn container(node: &Node<'_>, group: String, details: &str, extensions: &mut Extensions) -> Parsed<Used> {
    let container = node.open_object()?;
    extensions.note("container", &container, members::CONTAINER);
    let mut from = None;
    if let Some(details) = container.optional(details, Node::open_object)? {
        from = details.optional("timeofFirstUsage", time)?;
        let last = details.optional("timeofLastUsage", time)?;
        if let (Some(first), Some(last)) = (from, last) {
            if last < first {
                return Err(Fault::new(details.at, "ends before it begins"));
            }
        }
    }
    container.optional("triggerTimestamp", time)?;
    container.optional("serviceSpecificUnits", |node| integer(node, u64::MAX))?;
    if let Some(events) = container.get("eventTimeStamps") {
        match &events.body {
            Body::List(items) => items.iter().try_for_each(|item| time(item).map(drop))?,
            _ => drop(time(events)?),
        }
    }
    Ok(Used {
        group,
        number: container.need("localSequenceNumber").and_then(|node| integer(node, u32::MAX.into()))?,
        octets: octets(&container)?,
        seconds: container.optional("time", |node| integer(node, u32::MAX.into()))?,
        from,
    })
}

/// Octets up and down. A total that is stated has to be their sum.
fn octets(container: &Object<'_, '_>) -> Parsed<Option<u64>> {
    let volume = |name: &str| container.optional(name, |node| integer(node, i64::MAX as u64));
    let (up, down, total) = (volume("uplinkVolume")?, volume("downlinkVolume")?, volume("totalVolume")?);
    let parts = up.unwrap_or(0).saturating_add(down.unwrap_or(0));
    let whole = up.is_some() && down.is_some();
    match total {
        Some(total) if (whole && total != parts) || total < parts => {
            Err(Fault::new(container.at, format!("has a totalVolume of {total} and parts that add up to {parts}")))
        }
        Some(total) => Ok(Some(total)),
        None => Ok((up.is_some() || down.is_some()).then_some(parts)),
    }
}

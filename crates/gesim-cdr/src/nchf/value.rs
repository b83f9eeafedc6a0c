//! Values of TS 29.571, and the members that nobody knows.

use std::collections::BTreeMap;

use crate::{
    bwrp::{
        fields::{Object, Parsed},
        json::{Body, Node},
    },
    party::Party,
    rfc3339,
    tap::Stamp,
};

/// Extensions that are told apart; the rest is counted together.
const MAX_EXTENSIONS: usize = 32;

/// Members that TS 32.291 does not define, with how often they occurred.
#[derive(Debug, Default)]
pub(super) struct Extensions(BTreeMap<String, u64>);

impl Extensions {
    pub fn note(&mut self, path: &str, object: &Object<'_, '_>, known: &[&str]) {
        for (name, _) in object.members.iter().filter(|(name, _)| !known.contains(&name.as_ref())) {
            let short: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            let full = if path.is_empty() { short } else { format!("{path}.{short}") };
            match self.0.get_mut(&full) {
                Some(count) => *count += 1,
                None => {
                    let full = if self.0.len() < MAX_EXTENSIONS { full } else { "others".into() };
                    *self.0.entry(full).or_default() += 1;
                }
            }
        }
    }

    pub fn remark(&self) -> Option<String> {
        let names: Vec<_> = self.0.iter().map(|(name, count)| format!("{name} {count}")).collect();
        (!names.is_empty())
            .then(|| format!("members that TS 32.291 does not define, passed over: {}", names.join(", ")))
    }
}

/// An integer from 0 to `most`, written as a JSON number without fraction or exponent.
pub(super) fn integer(node: &Node<'_>, most: u64) -> Parsed<u64> {
    let value = match &node.body {
        Body::Number(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse::<u64>().ok(),
        _ => None,
    };
    match value.filter(|value| *value <= most) {
        Some(value) => Ok(value),
        None => node.refuse(&format!("an integer from 0 to {most}")),
    }
}

pub(super) fn time(node: &Node<'_>) -> Parsed<Stamp> {
    match rfc3339::parse(node.text()?) {
        Some(stamp) => Ok(stamp),
        None => node.refuse("a time as in 2026-01-05T10:00:00+01:00 (RFC 3339)"),
    }
}

/// A SUPI or GPSI: `imsi-`, `msisdn-`, `nai-`, `extid-`, `gci-` or `gli-` and what it names.
pub(super) fn party(node: &Node<'_>) -> Parsed<Party> {
    let text = node.text()?;
    let (prefix, name) = text.split_once('-').unwrap_or((text, ""));
    let digits = |kind: &'static str| {
        let ok = (5..=15).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_digit());
        ok.then(|| Party::new(kind, name.to_owned()))
    };
    let any = |kind: &'static str| {
        let ok = !name.is_empty() && name.len() <= 253 && !name.chars().any(char::is_control);
        ok.then(|| Party::new(kind, name.to_owned()))
    };
    let made = match prefix {
        "imsi" => digits("imsi"),
        "msisdn" => digits("msisdn"),
        "nai" => any("nai"),
        "extid" => any("external id"),
        "gci" => any("gci"),
        "gli" => any("gli"),
        _ => None,
    };
    match made {
        Some(party) => Ok(party),
        None => node.refuse("`imsi-`, `msisdn-`, `nai-`, `extid-`, `gci-` or `gli-` and what it names"),
    }
}

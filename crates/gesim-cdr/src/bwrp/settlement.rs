//! Settlements: what each direction's services cost, as one party sees it.

use std::io::Read;

use gesim_core::CoreError;

use super::{
    decimal::Decimal,
    fields::{self, Fault, Object, Parsed},
    json::{Body, Node},
    out::{text, Json},
    unit::{Family, ALL, SLOTS},
    usage::Direction,
};
use crate::error::Result;

/// What the values were calculated by: the published rules, version 0.0.1.
pub const RULES_VERSION: &str = "0.0.1";

/// The services of both directions, rated by one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Months as texts. Calculations over whole files leave them out.
    pub from: Option<String>,
    pub to: Option<String>,
    pub rules: Option<String>,
    pub inbound: Side,
    pub outbound: Side,
    /// Services that have results and no place here.
    pub unexpected: Vec<String>,
}

/// One direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub tax_rate: String,
    /// `EURO` for EUR, else the ISO 4217 code.
    pub currency: String,
    /// By [`ALL`](super::unit::ALL).
    pub values: [Value; SLOTS],
}

/// A service's result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Value {
    pub deal: Decimal,
    /// Its share of what a commitment is short of.
    pub short: Decimal,
    pub usage: Decimal,
}

impl Value {
    pub fn add(&mut self, other: Self) -> Result<(), CoreError> {
        self.deal = self.deal.plus(other.deal)?;
        self.short = self.short.plus(other.short)?;
        self.usage = self.usage.plus(other.usage)?;
        Ok(())
    }

    fn parse(node: &Node<'_>) -> Parsed<Self> {
        let members = node.object(&["dealValue", "shortOfCommitment", "usage"])?;
        Ok(Self {
            deal: members.need("dealValue")?.amount()?,
            short: members.need("shortOfCommitment")?.amount()?,
            usage: members.need("usage")?.amount()?,
        })
    }

    fn to_json(self) -> Json {
        Json::object([
            ("dealValue", Json::Number(self.deal)),
            ("shortOfCommitment", Json::Number(self.short)),
            ("usage", Json::Number(self.usage)),
        ])
    }
}

impl Side {
    pub fn new(currency: String) -> Self {
        Self { tax_rate: String::new(), currency, values: [Value::default(); SLOTS] }
    }

    /// The sum of all services, or of one family of them.
    pub fn total(&self, family: Option<Family>) -> Result<Value, CoreError> {
        let mut total = Value::default();
        for (slot, value) in ALL.iter().zip(&self.values) {
            if family.is_none_or(|family| family == slot.family) {
                total.add(*value)?;
            }
        }
        Ok(total)
    }

    fn parse(node: &Node<'_>) -> Parsed<Self> {
        let members = node.object(&["tax", "currency", "services"])?;
        let mut side = Self::new(members.need("currency")?.text()?.to_owned());
        members.need("tax")?.object(&["rate"])?.need("rate")?.text()?.clone_into(&mut side.tax_rate);
        let services = members.need("services")?.object(&["voice", "SMS", "data", "access"])?;
        let voice = services.need("voice")?.object(&["MOC", "MTC"])?;
        let moc = voice.need("MOC")?.object(&MOC)?;
        let sms = services.need("SMS")?.object(&["MO", "MT"])?;
        let access = services.need("access")?.object(&["networkAccess"])?;
        let data = services.need("data")?;
        for (slot, value) in ALL.iter().zip(&mut side.values) {
            let node = match slot.family {
                Family::Moc => moc.need(slot.key)?,
                Family::Mtc => voice.need(slot.key)?,
                Family::Sms => sms.need(slot.key)?,
                Family::Access => access.need(slot.key)?,
                Family::Data => entry(data, slot.key)?,
            };
            *value = Value::parse(node)?;
        }
        let entries = ALL.iter().filter(|slot| slot.family == Family::Data).count();
        if data.list(64)?.len() != entries {
            return data.refuse("each of the seven data services once");
        }
        Ok(side)
    }

    fn to_json(&self) -> Json {
        let of = |family| {
            let found = ALL.iter().zip(&self.values).filter(move |(slot, _)| slot.family == family);
            found.map(|(slot, value)| (slot.key, value.to_json()))
        };
        let voice = [("MOC", Json::object(of(Family::Moc)))].into_iter().chain(of(Family::Mtc));
        let data = of(Family::Data).map(|(name, value)| Json::object([("name", text(name)), ("value", value)]));
        let services = [
            ("voice", Json::object(voice)),
            ("SMS", Json::object(of(Family::Sms))),
            ("data", Json::List(data.collect())),
            ("access", Json::object(of(Family::Access))),
        ];
        Json::object([
            ("tax", Json::object([("rate", text(&self.tax_rate))])),
            ("currency", text(&self.currency)),
            ("services", Json::object(services)),
        ])
    }
}

const MOC: [&str; 10] = [
    "local",
    "backHome",
    "international",
    "premium",
    "ROW",
    "EU",
    "EEA",
    "satellite",
    "videoTelephony",
    "specialDestinations",
];

/// The value of the data service of a name, there once.
fn entry<'n, 'a>(data: &'n Node<'a>, name: &str) -> Parsed<&'n Node<'a>> {
    let mut found = None;
    for item in data.list(64)? {
        let members = item.object(&["name", "value"])?;
        if members.need("name")?.text()? == name && found.replace(members.need("value")?).is_some() {
            return Err(Fault::new(item.at, "is a data service that is there twice"));
        }
    }
    found.ok_or_else(|| Fault::new(data.at, format!("lacks `{name}`")))
}

impl Settlement {
    pub fn read(inner: impl Read) -> Result<Self> {
        fields::read(inner, Self::parse)
    }

    pub(super) fn parse(root: &Node<'_>) -> Parsed<Self> {
        const KNOWN: &[&str] =
            &["fromDate", "toDate", "calculationEngineVersion", "inbound", "outbound", "unexpectedServiceNames"];
        let members = root.object(KNOWN)?;
        let names = members.need("unexpectedServiceNames")?.list(1024)?;
        Ok(Self {
            from: date(&members, "fromDate")?,
            to: date(&members, "toDate")?,
            rules: members.optional("calculationEngineVersion", |node| node.text().map(str::to_owned))?,
            inbound: Side::parse(members.need("inbound")?)?,
            outbound: Side::parse(members.need("outbound")?)?,
            unexpected: names.iter().map(|name| name.text().map(str::to_owned)).collect::<Parsed<_>>()?,
        })
    }

    pub fn side(&self, direction: Direction) -> &Side {
        match direction {
            Direction::Inbound => &self.inbound,
            Direction::Outbound => &self.outbound,
        }
    }

    pub fn side_mut(&mut self, direction: Direction) -> &mut Side {
        match direction {
            Direction::Inbound => &mut self.inbound,
            Direction::Outbound => &mut self.outbound,
        }
    }

    /// The document, its numbers exact.
    pub fn to_json(&self) -> Json {
        let optional = |value: &Option<String>| value.as_ref().map_or(Json::Null, text);
        Json::object([
            ("fromDate", optional(&self.from)),
            ("toDate", optional(&self.to)),
            ("calculationEngineVersion", optional(&self.rules)),
            ("inbound", self.inbound.to_json()),
            ("outbound", self.outbound.to_json()),
            ("unexpectedServiceNames", Json::List(self.unexpected.iter().map(text).collect())),
        ])
    }
}

/// A month as text or number.
fn date(members: &Object<'_, '_>, name: &str) -> Parsed<Option<String>> {
    members.optional(name, |node| match &node.body {
        Body::Number(text) => Ok((*text).to_owned()),
        _ => node.text().map(str::to_owned),
    })
}

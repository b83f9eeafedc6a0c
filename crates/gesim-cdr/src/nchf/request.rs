//! One charging data request: who used what, and in which session.

use super::{
    containers::{self, Used},
    members,
    value::{integer, party, time, Extensions},
};
use crate::{
    bwrp::{
        fields::{Fault, Object, Parsed},
        json::{Body, Node},
    },
    party::Party,
    tap::Stamp,
};

/// What is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Data,
    Message { originated: bool },
    Call { originated: bool },
}

#[derive(Debug)]
pub(super) struct Request {
    pub service: Service,
    pub subscriber: Party,
    pub other_party: Option<Party>,
    /// The function that asks, by name or kind.
    pub consumer: String,
    pub network: Option<String>,
    pub at: Stamp,
    pub sequence: u64,
    /// Start of the session.
    pub started: Option<Stamp>,
    /// Names of the session.
    pub references: Vec<String>,
    pub used: Vec<Used>,
    /// Containers by rating group that count what the roaming containers count already.
    pub overlap: bool,
    /// It was sent before.
    pub resent: bool,
}

impl Request {
    /// What tells requests apart: a session repeats no sequence number. Single events have no session but their time.
    pub fn key(&self) -> String {
        let (kind, name) = (self.subscriber.kind, self.subscriber.reveal());
        // a session without a charging id is told from the next one by its start
        let time = if self.service == Service::Data { self.started } else { Some(self.at) };
        let time = time.map_or(0, Stamp::unix);
        format!("{}|{kind}|{name}|{}|{time}|{}", self.consumer, self.references.join("|"), self.sequence)
    }

    pub fn parse(root: &Node<'_>, extensions: &mut Extensions) -> Parsed<Self> {
        let request = root.open_object()?;
        if let Some(other) = members::NOT_BILLED.iter().find(|name| request.has(name)) {
            return Err(Fault::new(request.at, format!("charges a service that is not billed here: `{other}`"))
                .hint("PDU session, SMS and IMS charging are supported"));
        }
        extensions.note("", &request, members::REQUEST);
        let (consumer, network) = consumer(&request, extensions)?;
        let mut made = Self {
            service: Service::Data,
            subscriber: Party::new("nobody", String::new()),
            other_party: None,
            consumer,
            network,
            at: request.need("invocationTimeStamp").and_then(time)?,
            sequence: request.need("invocationSequenceNumber").and_then(|node| integer(node, u32::MAX.into()))?,
            started: None,
            references: Vec::new(),
            used: Vec::new(),
            overlap: false,
            resent: request.optional("retransmissionIndicator", Node::bool)?.unwrap_or(false),
        };
        let mut subscriber = request.optional("subscriberIdentifier", party)?;
        let kinds = ["pDUSessionChargingInformation", "sMSChargingInformation", "iMSChargingInformation"];
        let kinds: Vec<_> = kinds.iter().filter_map(|name| request.get(name).map(|node| (*name, node))).collect();
        match kinds[..] {
            [("pDUSessionChargingInformation", node)] => made.session(node, &mut subscriber, extensions)?,
            [("sMSChargingInformation", node)] => made.message(node)?,
            [(_, node)] => made.call(node)?,
            [] => {
                return Err(Fault::new(request.at, "says of no service what is charged")
                    .hint("PDU session, SMS and IMS charging are supported"));
            }
            _ => return Err(Fault::new(request.at, "charges more than one service")),
        }
        made.subscriber = subscriber.ok_or_else(|| Fault::new(request.at, "lacks `subscriberIdentifier`"))?;
        if let Some(id) = request.optional("chargingId", |node| integer(node, u32::MAX.into()))? {
            if made.references.is_empty() {
                made.references.push(format!("chargingId:{id}"));
            }
        }
        made.usage(&request, extensions)?;
        Ok(made)
    }

    /// Containers by QoS flow are what networks bill each other; those by rating group count where there are none.
    fn usage(&mut self, request: &Object<'_, '_>, extensions: &mut Extensions) -> Parsed<()> {
        let rated = request.optional("multipleUnitUsage", |node| containers::rated(node, extensions))?;
        let flows = request.optional("roamingQBCInformation", |node| containers::flows(node, extensions))?;
        let (rated, flows) = (rated.unwrap_or_default(), flows.unwrap_or_default());
        let counted = |list: &[Used]| list.iter().any(|used| used.octets.is_some());
        self.overlap = counted(&flows) && counted(&rated);
        self.used = if counted(&flows) { flows } else { rated };
        Ok(())
    }

    fn session(&mut self, node: &Node<'_>, subscriber: &mut Option<Party>, extensions: &mut Extensions) -> Parsed<()> {
        let session = node.open_object()?;
        extensions.note("pDUSessionChargingInformation", &session, members::SESSION);
        if let Some(id) = session.optional("chargingId", |node| integer(node, u32::MAX.into()))? {
            self.references.push(format!("chargingId:{id}"));
        }
        if let Some(id) = session.get("sMFchargingId") {
            self.references.push(format!("smfChargingId:{}", id.text()?));
        }
        if let Some(user) = session.optional("userInformation", Node::open_object)? {
            let served = user.optional("servedGPSI", party)?;
            *subscriber = subscriber.take().or(served);
        }
        let information = session.need("pduSessionInformation")?.open_object()?;
        let id = information.need("pduSessionID").and_then(|node| integer(node, 255))?;
        information.need("dnnId")?.text()?;
        self.references.push(format!("pduSession:{id}"));
        self.started = information.optional("startTime", time)?;
        information.optional("stopTime", time)?;
        if let Some(plmn) = information.optional("servingCNPlmnId", plmn)? {
            self.network = Some(plmn);
        }
        Ok(())
    }

    fn message(&mut self, node: &Node<'_>) -> Parsed<()> {
        let message = node.open_object()?;
        let kinds = [("SUBMISSION", true), ("DELIVERY", false), ("DELIVERY_REPORT", false)];
        let originated = message.need("sMMessageType")?.choice(&kinds)?;
        self.service = Service::Message { originated };
        if let Some(reference) = message.optional("messageReference", Node::text)? {
            self.references.push(format!("message:{reference}"));
        }
        self.other_party = if originated {
            let first = message.optional("recipientInfo", |node| Ok(node.list(1000)?.first()))?.flatten();
            first.map(|node| node.open_object()?.optional("recipientGPSI", party)).transpose()?.flatten()
        } else {
            let from = message.optional("originatorInfo", Node::open_object)?;
            from.map(|from| from.optional("originatorGPSI", party)).transpose()?.flatten()
        };
        Ok(())
    }

    fn call(&mut self, node: &Node<'_>) -> Parsed<()> {
        let call = node.open_object()?;
        let originated = call.need("roleOfNode")?.choice(&[("ORIGINATING", true), ("TERMINATING", false)])?;
        self.service = Service::Call { originated };
        if let Some(id) = call.optional("imsChargingIdentifier", Node::text)? {
            self.references.push(format!("icid:{id}"));
        }
        let number = |node: &Node<'_>| {
            let text = node.text()?;
            let number = text.strip_prefix("tel:").unwrap_or(text).trim_start_matches('+');
            let kind = if number.bytes().all(|b| b.is_ascii_digit()) { "number" } else { "address" };
            Ok(Party::new(kind, number.to_owned()))
        };
        self.other_party = if originated {
            call.optional("calledPartyAddress", number)?
        } else {
            let first = call.optional("callingPartyAddresses", |node| Ok(node.list(100)?.first()))?.flatten();
            first.map(number).transpose()?
        };
        Ok(())
    }
}

/// Name and network of the function that asks.
fn consumer(request: &Object<'_, '_>, extensions: &mut Extensions) -> Parsed<(String, Option<String>)> {
    let consumer = request.need("nfConsumerIdentification")?.open_object()?;
    extensions.note("nfConsumerIdentification", &consumer, members::CONSUMER);
    let kind = consumer.need("nodeFunctionality")?.text()?;
    let name = consumer.optional("nFName", Node::text)?.unwrap_or(kind);
    Ok((name.to_owned(), consumer.optional("nFPLMNID", plmn)?))
}

/// Five or six digits of `mcc` and `mnc`.
fn plmn(node: &Node<'_>) -> Parsed<String> {
    let object = node.open_object()?;
    let digits = |name: &str, sizes: &[usize]| {
        let node = object.need(name)?;
        match &node.body {
            Body::Text(text) if sizes.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) => {
                Ok(text.to_string())
            }
            _ => node.refuse("two or three digits as a text"),
        }
    };
    Ok(digits("mcc", &[3])? + &digits("mnc", &[2, 3])?)
}

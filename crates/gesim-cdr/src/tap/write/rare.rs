//! The call events that few files hold. What TAP asks for and a record does not know is written as one fixed value.

use gesim_core::Lane;

use super::{
    charges::call_type,
    event::min_subscriber,
    parts::{Address, Parts, Subscriber},
};
use crate::{
    generate::encode::Encoder,
    tap::{schema, tags::*},
};

impl Parts<'_> {
    pub(super) fn suppl_service(&self, out: &mut Encoder) {
        let code = self.record.service.as_deref().and_then(|service| service.strip_prefix('s'));
        let hex = |code: &&str| code.len() == 2 && code.bytes().all(|c| matches!(c, b'0'..=b'9' | b'A'..=b'F'));
        out.group(SUPPL_SERVICE, |out| {
            self.subscriber(out);
            self.location(out);
            out.group(206, |out| {
                // 00: all supplementary services (TS 22.004); action 4: invocation
                out.text(SUPPL_SERVICE_CODE, code.filter(hex).unwrap_or("00"));
                out.int(208, 4);
                self.start(out, CHARGING_TIMESTAMP);
                self.groups.iter().take(1).for_each(|group| group.encode(out, CHARGE_INFORMATION, false));
            });
        });
    }

    pub(super) fn service_centre(&self, out: &mut Encoder) {
        out.group(SERVICE_CENTRE_USAGE, |out| {
            out.group(191, |out| {
                out.group(430, |out| match self.subscriber {
                    Subscriber::Min(min) => min_subscriber(out, min),
                    Subscriber::Msisdn(number) => out.group(286, |out| out.bcd(MSISDN, number)),
                    Subscriber::Imsi(imsi) | Subscriber::Named(_, imsi) => {
                        out.group(286, |out| out.bcd(IMSI, imsi));
                    }
                });
                out.int(67, 0);
                if let Some(Address::Number(text) | Address::Text(text)) = self.other {
                    out.text(NON_CHARGED_NUMBER, text);
                }
            });
            self.entities.iter().take(1).for_each(|code| out.int(REC_ENTITY_CODE, *code));
            self.groups.iter().take(1).for_each(|group| group.encode(out, CHARGE_INFORMATION, false));
            out.group(192, |out| {
                [(144, 1), (170, 1), (145, 1)].into_iter().for_each(|(tag, value)| out.int(tag, value));
                out.int(MESSAGE_DESCRIPTION_CODE, self.message);
            });
            out.group(193, |out| {
                self.start(out, DEPOSIT_TIMESTAMP);
                self.start(out, 76);
                out.text(73, "D");
            });
        });
    }

    /// The identifier of a customer and its type: 1 an IMSI, 2 an MSISDN, 3 anything else.
    fn customer(&self) -> (u64, &str) {
        match self.subscriber {
            Subscriber::Imsi(id) => (1, id),
            Subscriber::Msisdn(id) => (2, id),
            Subscriber::Min(id) | Subscriber::Named(_, id) => (3, id),
        }
    }

    pub(super) fn content(&self, out: &mut Encoder) {
        let (id_type, id) = self.customer();
        out.group(CONTENT_TRANSACTION, |out| {
            out.group(304, |out| {
                self.start(out, ORDER_PLACED);
                if let Some(duration) = self.record.duration {
                    out.int(TRANSACTION_DURATION, duration);
                }
            });
            out.group(324, |out| {
                out.group(310, |out| {
                    out.group(309, |out| {
                        out.int(305, id_type);
                        out.text(CHARGED_PARTY_IDENTIFIER, id);
                    });
                });
            });
            out.group(335, |out| out.text(334, "not stated"));
            out.group(285, |out| self.contents(out));
        });
    }

    /// One content for every run of charges that go the same way, and for every identifier.
    fn contents(&self, out: &mut Encoder) {
        let mut runs: Vec<_> = self.groups.chunk_by(|a, b| a.refund == b.refund).collect();
        while runs.len() < self.events.len().max(1) {
            runs.push(&[]);
        }
        for (at, run) in runs.into_iter().enumerate() {
            let identifier = self.events.get(at).or(self.events.last()).copied().unwrap_or("not stated");
            let refund = match run.first() {
                Some(group) => group.refund,
                None => self.record.refund && at == 0,
            };
            out.group(CONTENT_SERVICE_USED, |out| {
                out.int(336, 1);
                out.int(337, 1);
                out.text(340, "not stated");
                out.text(TRANSACTION_IDENTIFIER, identifier);
                if refund {
                    out.int(CHARGE_REFUND_INDICATOR, 1);
                }
                if !run.is_empty() {
                    out.group(70, |out| run.iter().for_each(|group| group.encode(out, CHARGE_INFORMATION, false)));
                }
            });
        }
    }

    pub(super) fn location_service(&self, out: &mut Encoder) {
        let (id_type, id) = self.customer();
        let provider = matches!(self.subscriber, Subscriber::Named(kind, _) if kind == schema::name(292));
        out.group(LOCATION_SERVICE, |out| {
            self.entities.iter().take(1).for_each(|code| out.int(REC_ENTITY_CODE, *code));
            self.call_reference(out);
            let (outer, list, entry, kind, text) =
                if provider { (373, 374, 375, 291, 292) } else { (298, 299, 362, 363, CUSTOMER_IDENTIFIER) };
            out.group(outer, |out| {
                out.group(list, |out| {
                    out.group(entry, |out| {
                        out.int(kind, id_type);
                        out.text(text, id);
                    });
                });
            });
            out.group(382, |out| {
                out.group(383, |out| self.start(out, LCS_REQUEST_TIMESTAMP));
                self.charges(out);
            });
        });
    }

    /// What messaging events and sessions begin with.
    fn charged_party(&self, out: &mut Encoder, service: u16, default: u64) {
        let named = self.record.service.as_deref().and_then(|service| service.parse().ok());
        let named = named.filter(|number| *number <= i64::MAX as u64);
        // of a message, the number says the lane
        let lane = |number: u64| if matches!(number, 1 | 2) { number } else { 3 };
        let fits = |number: &u64| service != MESSAGING_EVENT_SERVICE || lane(*number) == default;
        out.int(service, named.filter(fits).unwrap_or(default));
        if let Subscriber::Imsi(imsi) = self.subscriber {
            out.group(436, |out| out.bcd(IMSI, imsi));
        }
        match self.events.first().or(self.foreign.first()) {
            Some(reference) => out.text(EVENT_REFERENCE, reference),
            None => out.text(EVENT_REFERENCE, &format!("record-{}", self.record.record)),
        }
        self.entity_list(out);
        self.start(out, SERVICE_START);
    }

    fn party(&self, out: &mut Encoder, group: u16, number: u16, text: u16) {
        match &self.other {
            Some(Address::Number(digits)) => out.group(group, |out| out.bcd(number, digits)),
            Some(Address::Text(id)) => out.group(group, |out| out.text(text, id)),
            None => {}
        }
    }

    pub(super) fn messaging(&self, out: &mut Encoder) {
        let service = match self.record.lane {
            Lane::SmsMo => 1,
            Lane::SmsMt => 2,
            _ => 3,
        };
        out.group(MESSAGING_EVENT, |out| {
            self.charged_party(out, MESSAGING_EVENT_SERVICE, service);
            self.party(out, 443, NON_CHARGED_PARTY_NUMBER, NON_CHARGED_PUBLIC_USER_ID);
            for group in self.groups.iter().take(1) {
                group.exchange(out);
                call_type(out);
                out.int(CHARGE, group.total());
                group.taxes(out);
            }
        });
    }

    pub(super) fn session(&self, out: &mut Encoder) {
        let originated = self.record.lane == Lane::VoiceMo;
        out.group(MOBILE_SESSION, |out| {
            self.charged_party(out, MOBILE_SESSION_SERVICE, if originated { 1 } else { 2 });
            out.int(CALL_DURATION, self.record.units);
            if originated {
                self.party(out, 450, REQUESTED_NUMBER, REQUESTED_PUBLIC_USER_ID);
            } else {
                self.party(out, 443, NON_CHARGED_PARTY_NUMBER, NON_CHARGED_PUBLIC_USER_ID);
            }
            out.group(448, |out| {
                self.groups.iter().for_each(|group| group.encode(out, SESSION_CHARGE_INFORMATION, true));
            });
        });
    }
}

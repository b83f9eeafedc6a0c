//! The call events that few files hold.

use super::{
    encode::Encoder,
    event::{call_type, charge_detail, charge_information, Event, Maker, MSC, SMSC},
};
use crate::tap::tags::*;

impl Maker<'_> {
    pub(super) fn service_centre(&mut self, out: &mut Encoder, event: &Event) -> (u64, u64) {
        let charge = self.price(10);
        out.group(SERVICE_CENTRE_USAGE, |out| {
            out.group(191, |out| {
                out.group(430, |out| out.group(286, |out| out.bcd(IMSI, &event.imsi())));
                out.int(67, 0);
                out.text(NON_CHARGED_NUMBER, &format!("49160{:08}", event.serial % 100_000_000));
            });
            out.int(REC_ENTITY_CODE, SMSC);
            charge_information(out, "E", charge, 1, None);
            out.group(192, |out| {
                out.int(144, 1);
                out.int(170, 1);
                out.int(145, 1);
                out.int(MESSAGE_DESCRIPTION_CODE, 0);
            });
            out.group(193, |out| {
                event.time(out, DEPOSIT_TIMESTAMP);
                event.time(out, 76);
                out.text(73, "D");
            });
        });
        (charge, 0)
    }

    pub(super) fn content(&mut self, out: &mut Encoder, event: &Event) -> (u64, u64) {
        let thousandths = 100 + self.below(900);
        let charge = self.price(thousandths);
        out.group(CONTENT_TRANSACTION, |out| {
            out.group(304, |out| event.time(out, ORDER_PLACED));
            out.group(324, |out| {
                out.group(310, |out| {
                    out.group(309, |out| {
                        out.int(305, 1);
                        out.text(CHARGED_PARTY_IDENTIFIER, &event.imsi());
                    });
                });
            });
            out.group(335, |out| out.text(334, "Example Media"));
            out.group(285, |out| {
                out.group(CONTENT_SERVICE_USED, |out| {
                    out.int(336, 1);
                    out.int(337, 1);
                    out.text(340, "download");
                    out.text(TRANSACTION_IDENTIFIER, &format!("ct-{}", event.serial));
                    out.group(70, |out| charge_information(out, "E", charge, 1, None));
                });
            });
        });
        (charge, 0)
    }

    pub(super) fn location(&mut self, out: &mut Encoder, event: &Event) -> (u64, u64) {
        let charge = self.price(15);
        out.group(LOCATION_SERVICE, |out| {
            out.int(REC_ENTITY_CODE, MSC);
            out.bytes(CALL_REFERENCE, &event.serial.to_be_bytes());
            out.group(298, |out| customer(out, [299, 362], event));
            out.group(367, |out| customer(out, [370, 372], event));
            out.group(382, |out| {
                out.group(383, |out| event.time(out, LCS_REQUEST_TIMESTAMP));
                out.group(70, |out| charge_information(out, "E", charge, 1, None));
            });
        });
        (charge, 0)
    }

    pub(super) fn messaging(&mut self, out: &mut Encoder, event: &Event) -> (u64, u64) {
        let charge = self.price(25);
        let tax = charge / 20;
        out.group(MESSAGING_EVENT, |out| {
            // sent and received by turns
            out.int(MESSAGING_EVENT_SERVICE, 1 + event.serial % 2);
            out.group(436, |out| out.bcd(IMSI, &event.imsi()));
            out.text(EVENT_REFERENCE, &format!("me-{}", event.serial));
            out.group(185, |out| out.int(REC_ENTITY_CODE, MSC));
            event.time(out, SERVICE_START);
            out.int(EXCHANGE_RATE_CODE, 0);
            call_type(out);
            out.int(CHARGE, charge);
            out.group(214, |out| {
                out.group(213, |out| {
                    out.int(TAX_CODE, 0);
                    out.int(TAX_VALUE, tax);
                });
            });
        });
        (charge, tax)
    }

    pub(super) fn session(&mut self, out: &mut Encoder, event: &Event) -> (u64, u64) {
        let duration = self.below(1200) + 1;
        let charge = self.price(duration.div_ceil(60) * 70);
        let originated = self.below(2) == 0;
        out.group(MOBILE_SESSION, |out| {
            out.int(MOBILE_SESSION_SERVICE, 1);
            out.group(436, |out| out.bcd(IMSI, &event.imsi()));
            out.text(EVENT_REFERENCE, &format!("ms-{}", event.serial));
            out.group(185, |out| out.int(REC_ENTITY_CODE, MSC));
            event.time(out, SERVICE_START);
            out.int(CALL_DURATION, duration);
            if originated {
                out.group(450, |out| out.bcd(REQUESTED_NUMBER, &format!("49170{:08}", event.serial % 100_000_000)));
            }
            out.group(448, |out| {
                out.group(449, |out| {
                    out.text(66, "D");
                    out.int(EXCHANGE_RATE_CODE, 0);
                    call_type(out);
                    out.group(64, |out| charge_detail(out, charge, duration));
                });
            });
        });
        (charge, 0)
    }
}

fn customer(out: &mut Encoder, [list, entry]: [u16; 2], event: &Event) {
    out.group(list, |out| {
        out.group(entry, |out| {
            out.int(363, 1);
            out.text(CUSTOMER_IDENTIFIER, &event.imsi());
        });
    });
}

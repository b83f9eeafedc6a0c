//! Call events that look like a day of roaming: mostly data, some calls and messages, a few of everything else.

use rand_chacha::{
    rand_core::{RngCore, SeedableRng},
    ChaCha8Rng,
};

use super::{encode::Encoder, Options};
use crate::tap::{tags::*, Stamp};

/// UTC offsets of the file's table, in minutes, by code from 0.
pub(super) const OFFSETS: [i16; 2] = [120, -300];
/// Recording entities of the file's table by code from 1: type 1 is an MSC, 2 an SMSC, 3 a GGSN, 4 an SGSN.
pub(super) const ENTITIES: [(u64, &str); 4] = [(1, "msc-1"), (4, "sgsn-1"), (3, "ggsn-1"), (2, "smsc-1")];
pub(super) const MSC: u64 = 1;
pub(super) const SGSN: u64 = 2;
pub(super) const GGSN: u64 = 3;
pub(super) const SMSC: u64 = 4;

/// What an event adds to the control totals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    pub start: Stamp,
    pub charge: u64,
    pub tax: u64,
}

pub(super) struct Maker<'o> {
    options: &'o Options,
    rng: ChaCha8Rng,
    index: u64,
    scale: u64,
    bounds: [u64; 5],
}

impl<'o> Maker<'o> {
    pub fn new(options: &'o Options) -> Self {
        // charges below are in thousandths
        let scale = 10u64.pow(u32::from(options.decimals));
        let bounds = options.shares.bounds();
        Self { options, rng: ChaCha8Rng::seed_from_u64(options.seed), index: 0, scale, bounds }
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.rng.next_u64() % limit
    }

    /// Thousandths of the currency in TAP units, rounded up.
    pub(super) fn price(&self, thousandths: u64) -> u64 {
        (thousandths * self.scale).div_ceil(1000)
    }

    /// Appends the next event.
    pub fn make(&mut self, out: &mut Encoder) -> Made {
        let step = u128::from(self.options.span) * u128::from(self.index) / u128::from(self.options.records);
        let jitter = self.below(60);
        let code = usize::from(self.below(10) == 0);
        let unix = self.options.start + step as i64 + jitter as i64;
        let start = Stamp::from_unix(unix, OFFSETS[code]).unwrap_or(Stamp::new(unix, 0));
        let event =
            Event { code: code as u64, start, subscriber: self.below(self.options.subscribers), serial: self.index };
        self.index += 1;
        let chosen = self.below(1000);
        let (charge, tax) = match self.bounds.iter().position(|bound| chosen < *bound) {
            Some(0) => self.gprs(out, &event),
            Some(1) => self.call(out, &event, MO_CALL),
            Some(2) => self.call(out, &event, MT_CALL),
            Some(3) => self.message(out, &event, MO_CALL),
            Some(_) => self.message(out, &event, MT_CALL),
            None => self.rare(out, &event),
        };
        Made { start, charge, tax }
    }

    fn gprs(&mut self, out: &mut Encoder, event: &Event) -> (u64, u64) {
        let duration = self.below(14_400) + 1;
        let down = self.below(1 << 16) * self.below(1 << 12);
        let up = self.below(1 << 14) * self.below(1 << 10);
        // 2 thousandths for every started 100,000 octets
        let charge = self.price((down + up).div_ceil(100_000) * 2);
        let partial = self.below(20) == 0;
        out.group(GPRS_CALL, |out| {
            out.group(114, |out| {
                out.group(115, |out| {
                    event.subscriber(out);
                    out.text(
                        167,
                        &format!("10.{}.{}.{}", event.serial >> 16 & 255, event.serial >> 8 & 255, event.serial & 255),
                    );
                });
                out.group(116, |out| {
                    out.text(261, "internet.example");
                    out.text(262, "mnc001.mcc262.gprs");
                });
                event.time(out, CALL_EVENT_START);
                out.int(CALL_DURATION, duration);
                if partial {
                    out.text(PARTIAL_TYPE_INDICATOR, "I");
                    event.time(out, PDP_CONTEXT_START);
                }
                out.int(CHARGING_ID, event.serial + 1_000_000);
            });
            out.group(117, |out| {
                out.group(118, |out| {
                    out.group(185, |out| [SGSN, GGSN].iter().for_each(|code| out.int(REC_ENTITY_CODE, *code)));
                    out.int(136, 3000 + event.serial % 50);
                    out.int(59, 7000 + event.serial % 400);
                });
            });
            out.group(121, |out| {
                out.int(DATA_VOLUME_INCOMING, down);
                out.int(DATA_VOLUME_OUTGOING, up);
                out.group(70, |out| charge_information(out, "X", charge, down + up, None));
            });
        });
        (charge, 0)
    }

    fn call(&mut self, out: &mut Encoder, event: &Event, tag: u16) -> (u64, u64) {
        let mo = tag == MO_CALL;
        let duration = self.below(900) + 1;
        let charge = self.price(duration.div_ceil(60) * if mo { 90 } else { 20 });
        let tax = if mo { charge / 10 } else { 0 };
        let camel = if mo && self.below(8) == 0 { self.price(5) } else { 0 };
        out.group(tag, |out| {
            event.basic_call(out, tag, duration);
            event.location(out, MSC);
            out.group(38, |out| event.service(out, "11", "D", charge, duration, (tax > 0).then_some(tax)));
            if camel > 0 {
                out.group(57, |out| {
                    out.int(55, 40);
                    out.int(CAMEL_INVOCATION_FEE, camel);
                });
            }
        });
        (charge + camel, tax)
    }

    fn message(&mut self, out: &mut Encoder, event: &Event, tag: u16) -> (u64, u64) {
        let mo = tag == MO_CALL;
        let charge = if mo { self.price(30) } else { 0 };
        out.group(tag, |out| {
            event.basic_call(out, tag, 0);
            event.location(out, SMSC);
            out.group(38, |out| event.service(out, if mo { "22" } else { "21" }, "E", charge, 1, None));
        });
        (charge, 0)
    }

    fn rare(&mut self, out: &mut Encoder, event: &Event) -> (u64, u64) {
        match self.below(20) {
            0..=4 => self.suppl_service(out, event),
            5..=7 => self.service_centre(out, event),
            8..=10 => self.content(out, event),
            11..=12 => self.location(out, event),
            13..=15 => self.messaging(out, event),
            _ => self.session(out, event),
        }
    }

    fn suppl_service(&mut self, out: &mut Encoder, event: &Event) -> (u64, u64) {
        out.group(SUPPL_SERVICE, |out| {
            event.subscriber(out);
            event.location(out, MSC);
            out.group(206, |out| {
                out.text(SUPPL_SERVICE_CODE, "21");
                out.int(208, 4);
                event.time(out, CHARGING_TIMESTAMP);
                charge_information(out, "E", 0, 1, None);
            });
        });
        (0, 0)
    }
}

/// What the parts of one event share.
pub(super) struct Event {
    pub code: u64,
    pub start: Stamp,
    pub subscriber: u64,
    pub serial: u64,
}

impl Event {
    pub fn imsi(&self) -> String {
        format!("26201{:010}", self.subscriber * 7919 + 1)
    }

    pub fn subscriber(&self, out: &mut Encoder) {
        out.group(427, |out| out.group(199, |out| out.bcd(IMSI, &self.imsi())));
    }

    /// A timestamp whose UTC offset is a code of the file's table.
    pub fn time(&self, out: &mut Encoder, tag: u16) {
        out.group(tag, |out| {
            out.text(LOCAL_TIMESTAMP, &self.start.local_digits());
            out.int(UTC_TIME_OFFSET_CODE, self.code);
        });
    }

    fn basic_call(&self, out: &mut Encoder, tag: u16, duration: u64) {
        let number = format!("49151{:08}", self.serial % 100_000_000);
        out.group(if tag == MO_CALL { 147 } else { 153 }, |out| {
            self.subscriber(out);
            match tag {
                MO_CALL => out.group(89, |out| out.bcd(CALLED_NUMBER, &number)),
                _ => out.group(41, |out| out.bcd(CALLING_NUMBER, &number)),
            }
            self.time(out, CALL_EVENT_START);
            out.int(CALL_DURATION, duration);
        });
    }

    fn location(&self, out: &mut Encoder, entity: u64) {
        out.group(138, |out| {
            out.group(156, |out| {
                out.int(REC_ENTITY_CODE, entity);
                out.bytes(CALL_REFERENCE, &self.serial.to_be_bytes());
                out.int(136, 3000 + self.serial % 50);
                out.int(59, 7000 + self.serial % 400);
            });
        });
    }

    fn service(&self, out: &mut Encoder, code: &str, item: &str, charge: u64, units: u64, tax: Option<u64>) {
        out.group(39, |out| {
            out.group(36, |out| out.group(426, |out| out.text(TELE_SERVICE_CODE, code)));
            out.group(70, |out| charge_information(out, item, charge, units, tax));
        });
    }
}

pub(super) fn charge_information(out: &mut Encoder, item: &str, charge: u64, units: u64, tax: Option<u64>) {
    out.group(69, |out| {
        out.text(66, item);
        out.int(EXCHANGE_RATE_CODE, 0);
        call_type(out);
        out.group(64, |out| charge_detail(out, charge, units));
        if let Some(tax) = tax {
            out.group(214, |out| {
                out.group(213, |out| {
                    out.int(TAX_CODE, 0);
                    out.int(TAX_VALUE, tax);
                });
            });
        }
    });
}

pub(super) fn call_type(out: &mut Encoder) {
    out.group(258, |out| [259, 255, 256].iter().for_each(|tag| out.int(*tag, 0)));
}

pub(super) fn charge_detail(out: &mut Encoder, charge: u64, units: u64) {
    out.group(CHARGE_DETAIL, |out| {
        out.text(CHARGE_TYPE, "00");
        out.int(CHARGE, charge);
        out.int(65, units);
        out.int(68, units);
    });
}

//! Records that look like a day of a visited network: S-GW and P-GW data, PDU sessions with QoS flow based charging,
//! a few messages and calls.

use rand_chacha::{
    rand_core::{RngCore, SeedableRng},
    ChaCha8Rng,
};

use super::{
    encode::Encoder,
    event::{plmn, Event},
    GenerateOptions,
};
use crate::tap::Stamp;

/// What a record adds up to.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// Its number in the header of a record.
    pub specification: u8,
    pub data: u64,
    pub seconds: u64,
    pub messages: u64,
}

pub(super) struct Maker<'o> {
    options: &'o GenerateOptions,
    rng: ChaCha8Rng,
    index: u64,
}

impl<'o> Maker<'o> {
    pub fn new(options: &'o GenerateOptions) -> Self {
        Self { options, rng: ChaCha8Rng::seed_from_u64(options.seed), index: 0 }
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.rng.next_u64() % limit
    }

    /// Appends the next record.
    pub fn make(&mut self, out: &mut Encoder) -> Usage {
        let options = self.options;
        let step = u128::from(options.span) * u128::from(self.index) / u128::from(options.records);
        let unix = options.start + step as i64;
        let start = Stamp::from_unix(unix, if self.below(10) == 0 { -300 } else { 60 });
        let event = Event {
            start: start.unwrap_or(Stamp::new(unix, 0)),
            subscriber: self.below(options.subscribers.into()),
            serial: self.index,
            duration: self.below(14_400) + 1,
            part: if self.below(20) == 0 { self.below(4) + 1 } else { 0 },
        };
        self.index += 1;
        match self.below(100) {
            0..=39 => self.gateway(out, &event, 79),
            40..=69 => self.gateway(out, &event, 78),
            70..=89 => self.session(out, &event),
            90..=95 => self.message(out, &event),
            _ => self.call(out, &event),
        }
    }

    fn volume(&mut self) -> (u64, u64) {
        (self.below(1 << 14) * self.below(1 << 10), self.below(1 << 16) * self.below(1 << 12))
    }

    /// S-GW (78) and P-GW (79) records; some P-GW records count by rating group, some both ways.
    fn gateway(&mut self, out: &mut Encoder, event: &Event, tag: u32) -> Usage {
        let containers: Vec<_> = (0..self.below(3) + 1).map(|_| self.volume()).collect();
        let data = containers.iter().map(|(up, down)| up + down).sum();
        let way = if tag == 79 { self.below(3) } else { 0 };
        out.group(tag, |out| {
            out.int(0, if tag == 79 { 85 } else { 84 });
            out.tbcd(3, &[], &event.imsi());
            out.address(4, [192, 0, 2, 10]);
            out.int(5, event.charging_id());
            out.group(6, |out| out.bytes(0, &[192, 0, 2, 20]));
            out.text(7, "internet.example");
            if way != 1 {
                out.group(12, |out| containers.iter().for_each(|volume| event.bearer(out, *volume)));
            }
            event.close(out, [13, 14, 15, 17]);
            out.int(20, event.serial);
            out.tbcd(22, &[0x91], &event.msisdn());
            out.bytes(23, &[8, 0]);
            out.bytes(27, &plmn(event.network()));
            out.int(30, 6);
            if way > 0 {
                out.group(34, |out| {
                    containers.iter().enumerate().for_each(|(group, volume)| event.rated(out, group as u64, *volume));
                });
            }
            out.group(35, |out| out.out.extend_from_slice(&[0x0a, 1, 2]));
            event.time(out, 38);
        });
        Usage { specification: 7, data, ..Usage::default() }
    }

    /// A PDU session of a visiting subscriber, counted by QoS flow.
    fn session(&mut self, out: &mut Encoder, event: &Event) -> Usage {
        let containers: Vec<_> = (0..self.below(2) + 1).map(|_| self.volume()).collect();
        let data = containers.iter().map(|(up, down)| up + down).sum();
        out.group(200, |out| {
            event.charging(out, 13);
            out.group(13, |out| {
                out.int(0, event.charging_id());
                out.int(6, 1 + event.serial % 15);
                out.text(13, "internet.example");
                event.time(out, 17);
                out.bytes(27, &plmn(event.network()));
            });
            out.group(14, |out| {
                out.group(0, |out| {
                    for (index, (up, down)) in containers.iter().enumerate() {
                        out.item(|out| {
                            out.int(0, 1 + index as u64);
                            out.int(3, up + down);
                            out.int(4, *up);
                            out.int(5, *down);
                            out.int(6, index as u64 + 1);
                            event.time(out, 15);
                        });
                    }
                });
            });
        });
        Usage { specification: 20, data, ..Usage::default() }
    }

    fn message(&mut self, out: &mut Encoder, event: &Event) -> Usage {
        let kind = self.below(2);
        out.group(200, |out| {
            event.charging(out, 3);
            out.group(15, |out| {
                event.time(out, 8);
                out.int(21, kind);
            });
        });
        Usage { specification: 15, messages: 1, ..Usage::default() }
    }

    fn call(&mut self, out: &mut Encoder, event: &Event) -> Usage {
        let role = self.below(2);
        let seconds = event.duration.min(self.below(1200) + 1);
        out.group(200, |out| {
            event.charging(out, 14);
            out.group(5, |out| {
                out.item(|out| {
                    out.int(0, 1);
                    out.group(1, |out| {
                        out.item(|out| {
                            out.int(1, seconds);
                            out.int(9, 1);
                        });
                    });
                });
            });
            out.group(28, |out| {
                out.int(2, role);
                let (from, to) = (format!("tel:+{}", event.msisdn()), format!("tel:+4915{:09}", event.serial));
                out.group(15, |out| out.text(1, &from));
                out.group(16, |out| out.text(1, &to));
                out.text(27, &format!("icid-{}", event.serial));
            });
        });
        Usage { specification: 9, seconds, ..Usage::default() }
    }
}

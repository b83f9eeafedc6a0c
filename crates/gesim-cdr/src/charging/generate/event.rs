//! What records of one session have in common.

use super::encode::Encoder;
use crate::tap::Stamp;

/// What the parts of one record share.
pub(super) struct Event {
    pub start: Stamp,
    pub subscriber: u64,
    pub serial: u64,
    pub duration: u64,
    /// 0: the session fits in one record.
    pub part: u64,
}

const SERVING: [&str; 2] = ["26201", "310260"];

impl Event {
    pub fn imsi(&self) -> String {
        format!("23415{:010}", self.subscriber * 7919 + 1)
    }

    pub fn msisdn(&self) -> String {
        format!("4477{:08}", self.subscriber)
    }

    pub fn charging_id(&self) -> u64 {
        1_000_000 + self.serial
    }

    pub fn network(&self) -> &'static str {
        SERVING[usize::from(self.serial.is_multiple_of(50))]
    }

    pub fn time(&self, out: &mut Encoder, tag: u32) {
        out.bytes(tag, &packed(self.start));
    }

    /// Opening time, duration, cause and, of a partial record, its number.
    pub fn close(&self, out: &mut Encoder, [opened, duration, cause, sequence]: [u32; 4]) {
        self.time(out, opened);
        out.int(duration, self.duration);
        out.int(cause, if self.part > 0 { 16 } else { 0 });
        if self.part > 0 {
            out.int(sequence, self.part);
        }
    }

    pub fn bearer(&self, out: &mut Encoder, (up, down): (u64, u64)) {
        out.item(|out| {
            out.int(3, up);
            out.int(4, down);
            out.int(5, 2);
            self.time(out, 6);
        });
    }

    pub fn rated(&self, out: &mut Encoder, group: u64, (up, down): (u64, u64)) {
        out.item(|out| {
            out.int(1, 100 + group);
            out.int(4, group);
            // record closure, bit 24
            out.bytes(8, &[7, 0, 0, 0, 0x80]);
            out.int(12, up);
            out.int(13, down);
            self.time(out, 14);
        });
    }

    /// What every record of the charging function begins with.
    pub fn charging(&self, out: &mut Encoder, function: u64) {
        out.int(0, 200);
        out.text(1, "5f1a9c1e-0000-4000-8000-00000000000a");
        out.group(2, |out| {
            out.int(0, 1);
            out.text(1, &self.imsi());
        });
        out.group(3, |out| {
            out.int(0, function);
            out.bytes(3, &plmn(self.network()));
        });
        self.close(out, [6, 7, 9, 8]);
        out.int(11, self.serial);
    }
}

/// `YYMMDDhhmmss` in BCD, the sign in ASCII, the offset in BCD.
fn packed(stamp: Stamp) -> Vec<u8> {
    let (local, offset) = (stamp.local_digits(), stamp.offset_digits());
    let bcd = |digits: &[u8]| digits.chunks(2).map(|pair| (pair[0] & 0xf) << 4 | pair[1] & 0xf).collect::<Vec<u8>>();
    let (sign, hours) = offset.as_bytes().split_at(1);
    [bcd(&local.as_bytes()[2..]), sign.to_vec(), bcd(hours)].concat()
}

pub(super) fn plmn(digits: &str) -> [u8; 3] {
    let digit = |at: usize| digits.as_bytes().get(at).map_or(0xf, |digit| digit & 0xf);
    [digit(0) | digit(1) << 4, digit(2) | digit(5) << 4, digit(3) | digit(4) << 4]
}

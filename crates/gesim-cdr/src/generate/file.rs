//! The file around the call events: header, tables, control totals.

use std::io::Write;

use super::{
    encode::{identifier, length, Encoder},
    event::{Made, Maker, ENTITIES, OFFSETS},
    GenerateError, Generated, Options,
};
use crate::tap::{tags::*, Stamp};

#[derive(Default)]
struct Sums {
    octets: u64,
    charge: u64,
    tax: u64,
    earliest: Option<Stamp>,
    latest: Option<Stamp>,
}

impl Sums {
    fn add(&mut self, made: Made, octets: usize) {
        self.octets += octets as u64;
        self.charge += made.charge;
        self.tax += made.tax;
        self.earliest = Some(self.earliest.map_or(made.start, |stamp| stamp.min(made.start)));
        self.latest = Some(self.latest.map_or(made.start, |stamp| stamp.max(made.start)));
    }
}

pub(super) fn write(options: &Options, out: impl Write) -> Result<Generated, GenerateError> {
    let mut out = Counted { inner: std::io::BufWriter::with_capacity(1 << 16, out), octets: 0 };
    let head = head(options);
    let sums = if options.indefinite {
        let mut lead = Vec::new();
        identifier(&mut lead, TRANSFER_BATCH, true);
        lead.push(0x80);
        lead.extend_from_slice(&head);
        identifier(&mut lead, CALL_EVENT_DETAILS, true);
        lead.push(0x80);
        out.put(&lead)?;
        let sums = events(options, |bytes| out.put(bytes))?;
        out.put(&[0, 0])?;
        out.put(&audit(options, &sums))?;
        out.put(&[0, 0])?;
        sums
    } else {
        let sums = events(options, |_| Ok(()))?;
        let audit = audit(options, &sums);
        let mut list = Vec::new();
        identifier(&mut list, CALL_EVENT_DETAILS, true);
        length(&mut list, sums.octets);
        let total = head.len() as u64 + list.len() as u64 + sums.octets + audit.len() as u64;
        let mut lead = Vec::new();
        identifier(&mut lead, TRANSFER_BATCH, true);
        length(&mut lead, total);
        out.put(&lead)?;
        out.put(&head)?;
        out.put(&list)?;
        events(options, |bytes| out.put(bytes))?;
        out.put(&audit)?;
        sums
    };
    out.inner.flush()?;
    Ok(Generated { records: options.records, octets: out.octets, total_charge: sums.charge })
}

struct Counted<W: Write> {
    inner: std::io::BufWriter<W>,
    octets: u64,
}

impl<W: Write> Counted<W> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), GenerateError> {
        self.octets += bytes.len() as u64;
        Ok(self.inner.write_all(bytes)?)
    }
}

/// Makes every event and hands over its octets.
fn events(options: &Options, mut take: impl FnMut(&[u8]) -> Result<(), GenerateError>) -> Result<Sums, GenerateError> {
    let mut maker = Maker::new(options);
    let mut encoder = Encoder::new(options.indefinite);
    let mut sums = Sums::default();
    for _ in 0..options.records {
        encoder.out.clear();
        let made = maker.make(&mut encoder);
        sums.add(made, encoder.out.len());
        take(&encoder.out)?;
    }
    Ok(sums)
}

fn head(options: &Options) -> Vec<u8> {
    let mut out = Encoder::new(options.indefinite);
    // an hour after the last call can have begun
    let written = options.start + i64::from(options.span) + 3660;
    let written = Stamp::from_unix(written, OFFSETS[0]).unwrap_or(Stamp::new(written, 0));
    out.group(BATCH_CONTROL_INFO, |out| {
        out.text(SENDER, options.sender.as_str());
        out.text(RECIPIENT, options.recipient.as_str());
        out.text(FILE_SEQUENCE_NUMBER, &format!("{:05}", options.sequence));
        long_time(out, FILE_CREATION, written);
        long_time(out, TRANSFER_CUT_OFF, written);
        long_time(out, FILE_AVAILABLE, written);
        out.int(SPECIFICATION_VERSION, 3);
        out.int(RELEASE_VERSION, 12);
    });
    out.group(ACCOUNTING_INFO, |out| {
        out.group(211, |out| {
            out.group(TAXATION, |out| {
                out.int(TAX_CODE, 0);
                out.text(217, "13");
            });
        });
        out.text(LOCAL_CURRENCY, "EUR");
        out.text(TAP_CURRENCY, "EUR");
        out.group(80, |out| {
            out.group(CURRENCY_CONVERSION, |out| {
                out.int(EXCHANGE_RATE_CODE, 0);
                out.int(NUMBER_OF_DECIMAL_PLACES, 5);
                out.int(EXCHANGE_RATE, 100_000);
            });
        });
        out.int(TAP_DECIMAL_PLACES, u64::from(options.decimals));
    });
    out.group(NETWORK_INFO, |out| {
        out.group(234, |out| {
            for (code, minutes) in OFFSETS.into_iter().enumerate() {
                out.group(UTC_TIME_OFFSET_INFO, |out| {
                    out.int(UTC_TIME_OFFSET_CODE, code as u64);
                    out.text(UTC_TIME_OFFSET, &Stamp::new(0, minutes).offset_digits());
                });
            }
        });
        out.group(188, |out| {
            for (code, (kind, id)) in (1u64..).zip(ENTITIES) {
                out.group(REC_ENTITY_INFORMATION, |out| {
                    out.int(REC_ENTITY_CODE, code);
                    out.int(REC_ENTITY_TYPE, kind);
                    out.text(REC_ENTITY_ID, id);
                });
            }
        });
    });
    out.group(MESSAGE_DESCRIPTION_INFO, |out| {
        out.group(MESSAGE_DESCRIPTION_INFORMATION, |out| {
            out.int(MESSAGE_DESCRIPTION_CODE, 0);
            out.text(142, "short message");
        });
    });
    out.out
}

fn audit(options: &Options, sums: &Sums) -> Vec<u8> {
    let mut out = Encoder::new(options.indefinite);
    out.group(AUDIT_CONTROL_INFO, |out| {
        if let (Some(earliest), Some(latest)) = (sums.earliest, sums.latest) {
            long_time(out, EARLIEST_CALL, earliest);
            long_time(out, LATEST_CALL, latest);
        }
        out.int(TOTAL_CHARGE, sums.charge);
        out.int(TOTAL_TAX, sums.tax);
        out.int(TOTAL_DISCOUNT, 0);
        out.int(CALL_EVENT_DETAILS_COUNT, options.records);
    });
    out.out
}

/// A timestamp that holds its UTC offset itself.
fn long_time(out: &mut Encoder, tag: u16, stamp: Stamp) {
    out.group(tag, |out| {
        out.text(LOCAL_TIMESTAMP, &stamp.local_digits());
        out.text(UTC_TIME_OFFSET, &stamp.offset_digits());
    });
}

//! Writes RAP files in BER with definite lengths.

use super::{model::*, tags::*};
use crate::{generate::encode::Encoder, tap::Stamp};

impl RapFile {
    /// The file's octets.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Encoder::new(false);
        match self {
            Self::ReturnBatch(batch) => batch.put(&mut out),
            Self::Acknowledgement(acknowledgement) => acknowledgement.put(&mut out),
        }
        out.out
    }
}

impl ReturnBatch {
    fn put(&self, out: &mut Encoder) {
        out.group(RETURN_BATCH, |out| {
            out.group(BATCH_CONTROL, |out| self.put_control(out));
            if !self.returns.is_empty() {
                out.group(RETURN_DETAIL_LIST, |out| self.returns.iter().for_each(|item| item.put(out)));
            }
            if let Some(totals) = &self.totals {
                out.group(AUDIT_CONTROL, |out| {
                    out.int(TOTAL_SEVERE_VALUE, totals.severe_value);
                    out.int(RETURN_DETAILS_COUNT, totals.details);
                    put_notes(out, &totals.notes);
                    if let Some(tax) = totals.severe_tax {
                        out.int(TOTAL_SEVERE_TAX, tax);
                    }
                });
            }
        });
    }

    fn put_control(&self, out: &mut Encoder) {
        out.text(SENDER, self.sender.as_str());
        out.text(RECIPIENT, self.recipient.as_str());
        put_sequence(out, RAP_SEQUENCE, self.sequence);
        put_stamp(out, RAP_CREATED, self.created);
        put_stamp(out, RAP_AVAILABLE, self.available);
        if let Some((specification, release)) = self.tap_version {
            out.int(SPECIFICATION, specification);
            out.int(RELEASE, release);
        }
        out.int(RAP_SPECIFICATION, 1);
        out.int(RAP_RELEASE, 5);
        if self.test {
            out.text(FILE_TYPE, "T");
        }
        if let Some(partner) = &self.roaming_partner {
            out.text(ROAMING_PARTNER, partner.as_str());
        }
        put_notes(out, &self.notes);
        if let Some(decimals) = self.decimals {
            out.int(TAP_DECIMALS, u64::from(decimals));
        }
        if let Some(currency) = &self.currency {
            out.text(TAP_CURRENCY, currency);
        }
    }
}

impl Acknowledgement {
    fn put(&self, out: &mut Encoder) {
        out.group(ACKNOWLEDGEMENT, |out| {
            out.text(SENDER, self.sender.as_str());
            out.text(RECIPIENT, self.recipient.as_str());
            put_sequence(out, RAP_SEQUENCE, self.sequence);
            put_stamp(out, ACK_CREATED, self.created);
            put_stamp(out, ACK_AVAILABLE, self.available);
            if self.test {
                out.text(FILE_TYPE, "T");
            }
            put_notes(out, &self.notes);
        });
    }
}

impl Return {
    fn put(&self, out: &mut Encoder) {
        match self {
            Self::Stop { last, notes } => out.group(STOP_RETURN, |out| {
                put_sequence(out, LAST_SEQUENCE, *last);
                put_notes(out, notes);
            }),
            Self::Missing { start, end, notes } => out.group(MISSING_RETURN, |out| {
                put_sequence(out, START_MISSING, *start);
                if let Some(end) = end {
                    put_sequence(out, END_MISSING, *end);
                }
                put_notes(out, notes);
            }),
            Self::Fatal(fatal) => out.group(FATAL_RETURN, |out| {
                put_sequence(out, FILE_SEQUENCE, fatal.sequence);
                fatal.errors.iter().for_each(|error| error.put(out));
                put_notes(out, &fatal.notes);
            }),
            Self::Severe(severe) => out.group(SEVERE_RETURN, |out| {
                put_sequence(out, FILE_SEQUENCE, severe.sequence);
                out.out.extend_from_slice(&severe.original);
                put_details(out, &severe.details);
                put_notes(out, &severe.notes);
            }),
        }
    }
}

impl GroupError {
    fn put(&self, out: &mut Encoder) {
        out.group(self.group.tags().1, |out| {
            out.out.extend_from_slice(&self.original);
            put_details(out, &self.details);
        });
    }
}

fn put_details(out: &mut Encoder, details: &[ErrorDetail]) {
    out.group(ERROR_DETAIL_LIST, |out| {
        for detail in details {
            out.group(ERROR_DETAIL, |out| {
                if !detail.context.is_empty() {
                    out.group(ERROR_CONTEXT_LIST, |out| detail.context.iter().for_each(|step| put_context(out, step)));
                }
                if let Some(offset) = detail.offset {
                    out.int(ITEM_OFFSET, offset);
                }
                out.int(ERROR_CODE, detail.code);
            });
        }
    });
}

fn put_context(out: &mut Encoder, step: &ErrorContext) {
    out.group(ERROR_CONTEXT, |out| {
        out.int(PATH_ITEM, step.item);
        if let Some(occurrence) = step.occurrence {
            out.int(ITEM_OCCURRENCE, occurrence);
        }
        out.int(ITEM_LEVEL, step.level);
    });
}

fn put_notes(out: &mut Encoder, notes: &[String]) {
    if !notes.is_empty() {
        out.group(OPERATOR_SPEC_LIST, |out| notes.iter().for_each(|note| out.text(OPERATOR_SPEC, note)));
    }
}

fn put_sequence(out: &mut Encoder, tag: u16, number: u32) {
    out.text(tag, &format!("{number:05}"));
}

fn put_stamp(out: &mut Encoder, tag: u16, stamp: Stamp) {
    out.group(tag, |out| {
        out.text(LOCAL_TIMESTAMP, &stamp.local_digits());
        out.text(UTC_OFFSET, &stamp.offset_digits());
    });
}

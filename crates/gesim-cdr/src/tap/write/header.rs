//! What a file that is written says about itself.

use gesim_core::Tadig;
use std::io::Write;

use super::{failed, reject};
use crate::{
    error::{CdrError, ErrorKind, Result},
    generate::encode::Encoder,
    record::{Amounts, FileIdentity, UsageRecord},
    tap::{tags::*, FileHeader, Stamp, DEFAULT_CURRENCY},
};

/// Batch control and accounting information of a file to be written.
#[derive(Debug, Clone)]
pub struct TapHeader {
    pub sender: Tadig,
    pub recipient: Tadig,
    /// 1 to 99999.
    pub sequence: u32,
    /// ISO 4217 currency of the charges.
    pub currency: String,
    /// ISO 4217 currency of the sender; the charges' own when absent.
    pub local_currency: Option<String>,
    /// Charges are integers of `10^-decimals` of the currency; 0 to 6.
    pub decimals: u8,
    pub created: Option<Stamp>,
    pub available: Stamp,
    pub cutoff: Stamp,
    /// Marks test data: nobody pays for it.
    pub test: bool,
}

impl TapHeader {
    /// Of records that say whose they are. Where they name no currency the file counts units, in `XDR` of two decimals.
    pub fn of(file: &FileIdentity, written: Stamp) -> Self {
        let named = !file.currency.is_empty();
        Self {
            sender: file.sender,
            recipient: file.recipient,
            sequence: file.sequence,
            currency: if named { file.currency.clone() } else { DEFAULT_CURRENCY.to_owned() },
            local_currency: None,
            decimals: if named { file.decimals } else { 2 },
            created: Some(written),
            available: written,
            cutoff: written,
            test: false,
        }
    }

    /// Of a file that is written again.
    pub fn again(header: &FileHeader) -> Self {
        Self {
            sender: header.sender,
            recipient: header.recipient,
            sequence: header.sequence,
            currency: header.currency.clone(),
            local_currency: header.local_currency.clone(),
            decimals: header.decimals.unwrap_or(0),
            created: header.created,
            available: header.available,
            cutoff: header.cutoff,
            test: header.test,
        }
    }
}

/// A checked header.
pub(super) struct Frame(pub TapHeader);

impl Frame {
    pub fn new(header: &TapHeader) -> Result<Self> {
        let invalid = |what: &str, value: String, expected: &str| {
            let kind = ErrorKind::Invalid { what: what.into(), value: value.into(), expected: expected.into() };
            Err(CdrError::new(0, kind))
        };
        if !(1..=99_999).contains(&header.sequence) {
            return invalid("the file sequence number", header.sequence.to_string(), "1 to 99999");
        }
        if header.decimals > 6 {
            return invalid("the number of decimals", header.decimals.to_string(), "0 to 6");
        }
        let currencies = [Some(&header.currency), header.local_currency.as_ref()];
        for currency in currencies.into_iter().flatten() {
            if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
                return invalid("the currency", currency.clone(), "three letters of ISO 4217");
            }
        }
        for stamp in [Some(header.available), Some(header.cutoff), header.created].into_iter().flatten() {
            checked(stamp)?;
        }
        Ok(Self(header.clone()))
    }

    /// Whether a record's amounts mean in this file what they meant in its own.
    pub fn check(&self, record: &UsageRecord) -> Result<()> {
        let charged = record.billed != Amounts::default() || record.refunded != Amounts::default();
        let same = record.file.currency == self.0.currency && record.file.decimals == self.0.decimals;
        if charged && !same {
            return Err(reject("a charge", "is in another currency or has other decimals than the file"));
        }
        if record.file.sender != self.0.sender || record.file.recipient != self.0.recipient {
            return Err(reject("a record", "is between other operators than the file"));
        }
        checked(record.start)?;
        record.context_start.map_or(Ok(record.start), checked).map(drop)
    }
}

/// A time that TAP can say: an offset of more than fourteen hours does not occur.
fn checked(stamp: Stamp) -> Result<Stamp> {
    if stamp.offset_minutes().abs() > 14 * 60 {
        return Err(reject("a time", "is more than 14 hours from UTC"));
    }
    Ok(stamp)
}

/// A timestamp that holds its UTC offset itself.
pub(super) fn long_time(out: &mut Encoder, tag: u16, stamp: Stamp) {
    out.group(tag, |out| {
        out.text(LOCAL_TIMESTAMP, &stamp.local_digits());
        out.text(UTC_TIME_OFFSET, &stamp.offset_digits());
    });
}

/// Writes the file that says there is nothing to bill. Returns its octets.
pub fn write_notification(header: &TapHeader, mut out: impl Write) -> Result<u64> {
    let Frame(header) = Frame::new(header)?;
    let mut file = Encoder::new(false);
    file.group(NOTIFICATION, |out| {
        parties(out, &header);
        if let Some(created) = header.created {
            long_time(out, FILE_CREATION, created);
        }
        long_time(out, FILE_AVAILABLE, header.available);
        long_time(out, TRANSFER_CUT_OFF, header.cutoff);
        version(out, &header);
    });
    out.write_all(&file.out).and_then(|()| out.flush()).map_err(|error| failed(0, &error))?;
    Ok(file.out.len() as u64)
}

fn parties(out: &mut Encoder, header: &TapHeader) {
    out.text(SENDER, header.sender.as_str());
    out.text(RECIPIENT, header.recipient.as_str());
    out.text(FILE_SEQUENCE_NUMBER, &format!("{:05}", header.sequence));
}

fn version(out: &mut Encoder, header: &TapHeader) {
    out.int(SPECIFICATION_VERSION, 3);
    out.int(RELEASE_VERSION, 12);
    if header.test {
        out.text(FILE_TYPE_INDICATOR, "T");
    }
}

pub(super) fn batch_control(out: &mut Encoder, header: &TapHeader) {
    out.group(BATCH_CONTROL_INFO, |out| {
        parties(out, header);
        if let Some(created) = header.created {
            long_time(out, FILE_CREATION, created);
        }
        long_time(out, TRANSFER_CUT_OFF, header.cutoff);
        long_time(out, FILE_AVAILABLE, header.available);
        version(out, header);
    });
}

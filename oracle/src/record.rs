//! One signed measurement: what is measured, its canonical bytes, and its line of JSON.

use std::str::FromStr;

use clap::ValueEnum;
use gesim_core::Tadig;
use serde::{Deserialize, Serialize};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_signer::Signer;
use thiserror::Error;
use time::OffsetDateTime;

const TAG: &[u8; 16] = b"gesim:sla:v1\0\0\0\0";
/// Tag, TADIG 5, period 4, metric 1, value 8, device 32, timestamp 8, nonce 8.
const ENCODED_SIZE: usize = 16 + 66;

/// What is measured. The unit is part of the metric, so a value is a plain integer.
#[derive(ValueEnum, Serialize, Deserialize, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Time with service, in parts per million
    Availability = 0,
    /// Attach attempts that succeeded, in parts per million
    AttachSuccess = 1,
    /// Packets lost, in parts per million
    PacketLoss = 2,
    /// Round trip, in microseconds
    Latency = 3,
    /// Towards the device, in bits per second
    Downlink = 4,
    /// From the device, in bits per second
    Uplink = 5,
}

impl Metric {
    fn accepts(self, value: u64) -> bool {
        !matches!(self, Self::Availability | Self::AttachSuccess | Self::PacketLoss) || value <= 1_000_000
    }
}

/// Why a line is not taken.
#[derive(Error, Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    #[error("not a record: {0}")]
    Malformed(String),
    #[error("the signature does not fit the record and the oracle")]
    Signature,
    #[error("{0} is not one of the oracles")]
    Oracle(Pubkey),
    #[error("the timestamp lies outside period {0}")]
    Timestamp(u32),
    #[error("the record is of period {0}")]
    Period(u32),
    #[error("the value is not one of the metric")]
    Value,
    #[error("a replay: the same record was read before")]
    Replay,
    #[error("the oracle signed another record with the same nonce")]
    Equivocation,
    #[error("the oracle measured this device and metric at the same time more than once")]
    Duplicate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measurement {
    pub mno: Tadig,
    pub period: u32,
    pub metric: Metric,
    pub value: u64,
    pub device: [u8; 32],
    pub timestamp: i64,
    pub nonce: u64,
}

/// The month of a time, YYYYMM in UTC.
pub fn period_of(timestamp: i64) -> Option<u32> {
    let time = OffsetDateTime::from_unix_timestamp(timestamp).ok()?;
    u32::try_from(time.year()).ok()?.checked_mul(100)?.checked_add(u32::from(u8::from(time.month())))
}

impl Measurement {
    /// What is signed: every field at its place, integers little-endian.
    pub fn encode(&self) -> [u8; ENCODED_SIZE] {
        let (period, value) = (self.period.to_le_bytes(), self.value.to_le_bytes());
        let (timestamp, nonce) = (self.timestamp.to_le_bytes(), self.nonce.to_le_bytes());
        let parts: [&[u8]; 8] =
            [TAG, self.mno.as_bytes(), &period, &[self.metric as u8], &value, &self.device, &timestamp, &nonce];
        let mut out = [0; ENCODED_SIZE];
        out.copy_from_slice(&parts.concat());
        out
    }

    /// What a record must be whoever signed it.
    pub fn check(&self) -> Result<(), Refusal> {
        if period_of(self.timestamp) != Some(self.period) {
            return Err(Refusal::Timestamp(self.period));
        }
        if self.metric.accepts(self.value) {
            Ok(())
        } else {
            Err(Refusal::Value)
        }
    }
}

/// The line of JSON; integers of 64 bits are strings, as everywhere in GeSIM.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    mno: String,
    period: u32,
    metric: Metric,
    value: String,
    device: String,
    timestamp: i64,
    nonce: String,
    oracle: String,
    signature: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub measurement: Measurement,
    pub oracle: Pubkey,
    pub signature: Signature,
}

/// Reads a field, refusing every other way to write the same value.
fn exact<T: FromStr + ToString>(name: &str, text: &str) -> Result<T, Refusal> {
    let value = text.parse::<T>().ok().filter(|value| value.to_string() == text);
    value.ok_or_else(|| Refusal::Malformed(format!("`{name}` is not well formed")))
}

impl Record {
    pub fn sign(measurement: Measurement, key: &Keypair) -> Self {
        let signature = key.sign_message(&measurement.encode());
        Self { measurement, oracle: key.pubkey(), signature }
    }

    pub fn to_line(&self) -> serde_json::Result<String> {
        let m = &self.measurement;
        serde_json::to_string(&Line {
            mno: m.mno.to_string(),
            period: m.period,
            metric: m.metric,
            value: m.value.to_string(),
            device: hex::encode(m.device),
            timestamp: m.timestamp,
            nonce: m.nonce.to_string(),
            oracle: self.oracle.to_string(),
            signature: self.signature.to_string(),
        })
    }

    /// Reads a line and checks everything a record can show by itself, its signature included.
    pub fn parse(line: &str) -> Result<Self, Refusal> {
        let line: Line = serde_json::from_str(line).map_err(|error| Refusal::Malformed(error.to_string()))?;
        let mut device = [0; 32];
        let lower = !line.device.bytes().any(|byte| byte.is_ascii_uppercase());
        hex::decode_to_slice(&line.device, &mut device)
            .ok()
            .filter(|()| lower)
            .ok_or_else(|| Refusal::Malformed("`device` is not 64 lower-case hexadecimal digits".into()))?;
        let measurement = Measurement {
            mno: exact("mno", &line.mno)?,
            period: line.period,
            metric: line.metric,
            value: exact("value", &line.value)?,
            device,
            timestamp: line.timestamp,
            nonce: exact("nonce", &line.nonce)?,
        };
        let record = Self {
            measurement,
            oracle: exact("oracle", &line.oracle)?,
            signature: exact("signature", &line.signature)?,
        };
        if !record.signature.verify(record.oracle.as_ref(), &record.measurement.encode()) {
            return Err(Refusal::Signature);
        }
        record.measurement.check()?;
        Ok(record)
    }
}

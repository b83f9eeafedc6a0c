//! The messages of SGP.22 v2.
//!
//! Values are declared with `rasn`; decoding is strict: whatever does not encode to the very same bytes is refused, and so
//! are trailing octets. Envelopes that carry something signed keep it as the bytes that came ([`Signed`]).

mod auth;
mod bpp;
mod context;
mod download;
mod info;
mod metadata;
mod notification;

pub use auth::{
    AuthenticateErrorCode, AuthenticateOk, AuthenticateServerRequest, AuthenticateServerResponse, EuiccSigned1,
    ServerSigned1,
};
pub use bpp::{
    BoundProfilePackage, ConfigureIsdp, ControlRefTemplate, InitialiseSecureChannel, ReplaceSessionKeys, TAG_86,
    TAG_87, TAG_88,
};
pub use context::{CtxParams1, CtxParamsCommon, DeviceCapabilities, DeviceInfo};
pub use download::{
    CancelSession, DownloadErrorCode, EuiccSigned2, PrepareDownloadRequest, PrepareDownloadResponse, SmdpSigned2,
};
pub use info::{EuiccInfo1, EuiccInfo2, Version};
pub use metadata::{NotificationConfiguration, OperatorId, StoreMetadataRequest};
pub use notification::{
    BppCommand, ErrorReason, InstallationOutcome, InstallationResultData, NotificationMetadata,
    ProfileInstallationResult,
};

use rasn::{Decode, Encode};
use thiserror::Error;

use crate::tlv::{tlv, Reader, Tlv, TlvError};

/// A message is not what SGP.22 says; nothing of it counts.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum Asn1Error {
    #[error("the encoding is broken: {0}")]
    Tlv(#[from] TlvError),
    #[error("{what} does not decode: {reason}")]
    Decode { what: &'static str, reason: String },
    #[error("{0} is not in its one DER form")]
    NotCanonical(&'static str),
    #[error("{0} has a length or value that SGP.22 does not allow")]
    Value(&'static str),
    #[error("{what} does not encode: {reason}")]
    Encode { what: &'static str, reason: String },
}

/// Bytes that were signed, what they say, and the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed<T> {
    pub value: T,
    /// As it came; the signature is over these bytes.
    pub raw: Vec<u8>,
    /// `r || s`.
    pub signature: [u8; 64],
}

/// The tag of every signature and of every one-time key.
pub const TAG_SIGNATURE: u16 = 0x5F37;
pub const TAG_OTPK: u16 = 0x5F49;

/// Decodes, and refuses everything that is not exactly what encoding gives.
pub(crate) fn strict<T: Decode + Encode>(what: &'static str, raw: &[u8]) -> Result<T, Asn1Error> {
    let value: T = rasn::der::decode(raw).map_err(|error| Asn1Error::Decode { what, reason: error.to_string() })?;
    match encode(what, &value)? == raw {
        true => Ok(value),
        false => Err(Asn1Error::NotCanonical(what)),
    }
}

pub(crate) fn encode<T: Encode>(what: &'static str, value: &T) -> Result<Vec<u8>, Asn1Error> {
    rasn::der::encode(value).map_err(|error| Asn1Error::Encode { what, reason: error.to_string() })
}

/// `5F37 40 r || s`.
pub fn signature_tlv(signature: &[u8; 64]) -> Vec<u8> {
    tlv(TAG_SIGNATURE, &[signature])
}

/// The content of `5F37 40 r || s`, as ES9+ carries signatures.
pub fn parse_signature(raw: &[u8]) -> Result<[u8; 64], Asn1Error> {
    signature(Tlv::expect(raw, TAG_SIGNATURE)?)
}

fn signature(element: Tlv<'_>) -> Result<[u8; 64], Asn1Error> {
    element.value.try_into().map_err(|_| Asn1Error::Value("signature"))
}

fn take_signature(reader: &mut Reader<'_>) -> Result<[u8; 64], Asn1Error> {
    signature(reader.take(TAG_SIGNATURE)?)
}

/// `04 14 key id`, as ES9+ carries the CI's key identifier.
pub fn key_id_tlv(key_id: &[u8; 20]) -> Vec<u8> {
    tlv(0x04, &[key_id])
}

pub fn parse_key_id(raw: &[u8]) -> Result<[u8; 20], Asn1Error> {
    Tlv::expect(raw, 0x04)?.value.try_into().map_err(|_| Asn1Error::Value("key identifier"))
}

fn transaction_id(value: &[u8]) -> Result<Vec<u8>, Asn1Error> {
    match value.len() {
        1..=16 => Ok(value.to_vec()),
        _ => Err(Asn1Error::Value("transactionId")),
    }
}

/// A small INTEGER's value.
fn small(element: Tlv<'_>) -> Result<u8, Asn1Error> {
    match element.value {
        [value @ 0..=0x7F] => Ok(*value),
        _ => Err(Asn1Error::Value("result code")),
    }
}

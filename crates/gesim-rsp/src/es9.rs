//! ES9+: what devices and SM-DP+ say to each other in JSON over HTTPS.
//!
//! Binary fields are base64, transaction ids hexadecimal in upper case. One field is GeSIM's own: `gesim` in
//! [`AuthenticateClientRequest`] opens the on-chain session's commitment to the EID, so that the operator can compare. A server
//! that does not know it may refuse the request; a device sends it only to the operator it has a session for.

use base64::{engine::general_purpose::STANDARD, Engine};
use serde::{de::Error, Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error as ThisError;

pub const PATH_INITIATE_AUTHENTICATION: &str = "/gsma/rsp2/es9plus/initiateAuthentication";
pub const PATH_AUTHENTICATE_CLIENT: &str = "/gsma/rsp2/es9plus/authenticateClient";
pub const PATH_GET_BOUND_PROFILE_PACKAGE: &str = "/gsma/rsp2/es9plus/getBoundProfilePackage";
pub const PATH_CANCEL_SESSION: &str = "/gsma/rsp2/es9plus/cancelSession";
pub const PATH_HANDLE_NOTIFICATION: &str = "/gsma/rsp2/es9plus/handleNotification";
/// Headers that every request and answer carries.
pub const HEADER_PROTOCOL: &str = "X-Admin-Protocol";
pub const PROTOCOL: &str = "gsma/rsp/v2.2.0";
pub const USER_AGENT: &str = "gsma-rsp-lpad";

/// Octets in base64, with padding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Base64(pub Vec<u8>);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(|_| D::Error::custom("not base64 with padding"))
    }
}

/// 1 to 16 octets in hexadecimal; written in upper case, read in either.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TransactionId(pub Vec<u8>);

impl Serialize for TransactionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode_upper(&self.0))
    }
}

impl<'de> Deserialize<'de> for TransactionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let octets =
            hex::decode(String::deserialize(deserializer)?).map_err(|_| D::Error::custom("not hexadecimal"))?;
        match octets.len() {
            1..=16 => Ok(Self(octets)),
            _ => Err(D::Error::custom("not 1 to 16 octets")),
        }
    }
}

/// Numbers of SGP.22's tables: which subject, for which reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ThisError)]
#[serde(rename_all = "camelCase")]
#[error("the server answers {subject_code} / {reason_code}: {}", message.as_deref().unwrap_or("no reason given"))]
pub struct StatusCodeData {
    pub subject_code: String,
    pub reason_code: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message: Option<String>,
}

impl StatusCodeData {
    pub fn new((subject, reason): (&str, &str), message: impl Into<String>) -> Self {
        Self {
            subject_code: subject.into(),
            reason_code: reason.into(),
            subject_identifier: None,
            message: Some(message.into()),
        }
    }

    pub fn is(&self, code: (&str, &str)) -> bool {
        (self.subject_code.as_str(), self.reason_code.as_str()) == code
    }
}

/// The pairs that this server answers with.
pub mod codes {
    pub type Code = (&'static str, &'static str);
    pub const EUICC_SIGNATURE_INVALID: Code = ("8.1", "6.1");
    pub const EID_REFUSED: Code = ("8.1.1", "3.8");
    pub const EUM_CERTIFICATE_INVALID: Code = ("8.1.2", "6.1");
    pub const EUM_CERTIFICATE_EXPIRED: Code = ("8.1.2", "6.3");
    pub const EUICC_CERTIFICATE_INVALID: Code = ("8.1.3", "6.1");
    pub const EUICC_CERTIFICATE_EXPIRED: Code = ("8.1.3", "6.3");
    pub const NO_ELIGIBLE_PROFILE: Code = ("8.2.5", "4.3");
    pub const MATCHING_ID_REFUSED: Code = ("8.2.6", "3.8");
    pub const ADDRESS_REFUSED: Code = ("8.8.1", "3.8");
    pub const CI_UNSUPPORTED: Code = ("8.8.2", "3.1");
    pub const VERSION_UNSUPPORTED: Code = ("8.8.3", "3.1");
    pub const TRANSACTION_UNKNOWN: Code = ("8.10.1", "3.9");
    pub const CI_UNKNOWN: Code = ("8.11.1", "3.9");
    /// Temporarily unavailable.
    pub const UNAVAILABLE: Code = ("8.8", "5.1");
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    #[serde(rename = "functionExecutionStatus")]
    pub status: ExecutionStatus,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionStatus {
    /// `Executed-Success`, `Executed-WithWarning`, `Failed` or `Expired`.
    pub status: String,
    #[serde(rename = "statusCodeData", skip_serializing_if = "Option::is_none", default)]
    pub code: Option<StatusCodeData>,
}

impl Header {
    pub fn success() -> Self {
        Self { status: ExecutionStatus { status: "Executed-Success".into(), code: None } }
    }

    pub fn failed(code: StatusCodeData) -> Self {
        Self { status: ExecutionStatus { status: "Failed".into(), code: Some(code) } }
    }
}

/// An answer: the header, and the function's fields when it was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer<T> {
    pub header: Header,
    #[serde(flatten)]
    pub body: Option<T>,
}

impl<T> Answer<T> {
    pub fn new(result: Result<T, StatusCodeData>) -> Self {
        match result {
            Ok(body) => Self { header: Header::success(), body: Some(body) },
            Err(code) => Self { header: Header::failed(code), body: None },
        }
    }

    /// The fields, or why there are none.
    pub fn into_result(self) -> Result<T, StatusCodeData> {
        let missing = || StatusCodeData::new(("8.8", "0"), "the answer lacks fields of its function");
        match self.header.status.status.as_str() {
            "Executed-Success" | "Executed-WithWarning" => self.body.ok_or_else(missing),
            other => Err(self.header.status.code.unwrap_or_else(|| StatusCodeData::new(("8.8", "0"), other))),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InitiateAuthenticationRequest {
    pub euicc_challenge: Base64,
    pub euicc_info1: Base64,
    pub smdp_address: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InitiateAuthenticationResponse {
    pub server_signed1: Base64,
    pub server_signature1: Base64,
    pub transaction_id: TransactionId,
    #[serde(rename = "euiccCiPKIdToBeUsed")]
    pub euicc_ci_pk_id_to_be_used: Base64,
    pub server_certificate: Base64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthenticateClientRequest {
    pub transaction_id: TransactionId,
    pub authenticate_server_response: Base64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gesim: Option<SessionOpening>,
}

/// Opens `bind_c = P(5, eid, r)` of an on-chain session to the one server that sees the EID anyway.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionOpening {
    /// The session account's address, 32 octets in hexadecimal.
    #[serde(with = "hex32")]
    pub session: [u8; 32],
    /// r, as a field element in big-endian.
    #[serde(with = "hex32")]
    pub randomness: [u8; 32],
}

mod hex32 {
    use super::*;

    pub fn serialize<S: Serializer>(octets: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(octets))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let mut out = [0; 32];
        hex::decode_to_slice(String::deserialize(deserializer)?, &mut out)
            .map_err(|_| D::Error::custom("not 32 octets in hexadecimal"))?;
        Ok(out)
    }
}

/// With r, anybody could try EIDs against the commitment.
impl std::fmt::Debug for SessionOpening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SessionOpening({}, randomness hidden)", hex::encode(self.session))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticateClientResponse {
    pub transaction_id: TransactionId,
    pub profile_metadata: Base64,
    pub smdp_signed2: Base64,
    pub smdp_signature2: Base64,
    pub smdp_certificate: Base64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetBoundProfilePackageRequest {
    pub transaction_id: TransactionId,
    pub prepare_download_response: Base64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetBoundProfilePackageResponse {
    pub transaction_id: TransactionId,
    pub bound_profile_package: Base64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelSessionRequest {
    pub transaction_id: TransactionId,
    pub cancel_session_response: Base64,
}

/// Nothing but the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelSessionResponse {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HandleNotificationRequest {
    pub pending_notification: Base64,
}

//! How it went.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Numbers of SGP.22's tables: which subject, for which reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Error)]
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

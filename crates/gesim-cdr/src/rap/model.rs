//! What a RAP file says.

use gesim_core::Tadig;
use serde::Serialize;

use super::tags::*;
use crate::{record::EventKind, tap::Stamp};

/// A file of the returned accounts procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RapFile {
    ReturnBatch(Box<ReturnBatch>),
    /// Says that a return batch has arrived.
    Acknowledgement(Acknowledgement),
}

/// Returns of the TAP files that the recipient of this file had sent to its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnBatch {
    pub sender: Tadig,
    pub recipient: Tadig,
    /// 1 to 99999, counted per sender and recipient.
    pub sequence: u32,
    pub created: Stamp,
    pub available: Stamp,
    /// Specification and release of the TAP file that is returned.
    pub tap_version: Option<(u64, u64)>,
    /// Test data: nobody acts on it.
    pub test: bool,
    /// Whose roaming agreement it is about, where another operator returns in its name.
    pub roaming_partner: Option<Tadig>,
    pub notes: Vec<String>,
    /// The totals below are integers of `10^-decimals` of the currency.
    pub decimals: Option<u8>,
    pub currency: Option<String>,
    pub returns: Vec<Return>,
    /// Absent only in a file that returns nothing.
    pub totals: Option<RapTotals>,
}

/// RAP audit control information.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RapTotals {
    /// Sum of the charges of the call events in severe returns.
    pub severe_value: u64,
    pub details: u64,
    pub notes: Vec<String>,
    pub severe_tax: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Return {
    /// Files after the last one are not accepted any more.
    Stop {
        last: u32,
        notes: Vec<String>,
    },
    /// Files from `start` to `end`, both included, have not arrived. The numbers go round after 99999.
    Missing {
        start: u32,
        end: Option<u32>,
        notes: Vec<String>,
    },
    Fatal(FatalReturn),
    Severe(Box<SevereReturn>),
}

/// A whole file is returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FatalReturn {
    /// File sequence number of the TAP file.
    pub sequence: u32,
    pub errors: Vec<GroupError>,
    pub notes: Vec<String>,
}

/// What is wrong in one group of a TAP file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupError {
    pub group: Group,
    /// The group as it was received, one BER element; empty for the transfer batch, which is not sent back.
    pub original: Vec<u8>,
    pub details: Vec<ErrorDetail>,
}

/// One call event is returned; the rest of its file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SevereReturn {
    /// File sequence number of the TAP file.
    pub sequence: u32,
    pub event: EventKind,
    /// The call event as it was received, one BER element.
    pub original: Vec<u8>,
    pub details: Vec<ErrorDetail>,
    pub notes: Vec<String>,
}

/// One error: where and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorDetail {
    /// From the transfer batch down to the item.
    pub context: Vec<ErrorContext>,
    /// Octets from the beginning of what the context names.
    pub offset: Option<u64>,
    /// As TD.57 numbers the errors of that item; see [`code`](super::code).
    pub code: u64,
}

/// One step of the path to an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorContext {
    /// APPLICATION tag of the item.
    pub item: u64,
    /// Which of several of its kind, from 1.
    pub occurrence: Option<u64>,
    /// Depth, 1 for the transfer batch.
    pub level: u64,
}

/// The groups of a TAP file that a fatal return can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Group {
    TransferBatch,
    Notification,
    BatchControlInfo,
    AccountingInfo,
    NetworkInfo,
    MessageDescriptionInfo,
    AuditControlInfo,
}

impl Group {
    /// In the order of a fatal return.
    pub const ALL: [Self; 7] = [
        Self::TransferBatch,
        Self::Notification,
        Self::BatchControlInfo,
        Self::AccountingInfo,
        Self::NetworkInfo,
        Self::MessageDescriptionInfo,
        Self::AuditControlInfo,
    ];

    /// The name of the error group in a fatal return, its tag, and the tag of the TAP group inside.
    pub(super) const fn tags(self) -> (&'static str, u16, Option<u16>) {
        match self {
            Self::TransferBatch => ("transferBatchError", TRANSFER_BATCH_ERROR, None),
            Self::Notification => ("notificationError", NOTIFICATION_ERROR, Some(NOTIFICATION)),
            Self::BatchControlInfo => ("batchControlError", BATCH_CONTROL_ERROR, Some(BATCH_CONTROL_INFO)),
            Self::AccountingInfo => ("accountingInfoError", ACCOUNTING_INFO_ERROR, Some(ACCOUNTING_INFO)),
            Self::NetworkInfo => ("networkInfoError", NETWORK_INFO_ERROR, Some(NETWORK_INFO)),
            Self::MessageDescriptionInfo => {
                ("messageDescriptionError", MESSAGE_DESCRIPTION_ERROR, Some(MESSAGE_DESCRIPTION_INFO))
            }
            Self::AuditControlInfo => ("auditControlInfoError", AUDIT_CONTROL_INFO_ERROR, Some(AUDIT_CONTROL_INFO)),
        }
    }

    /// The group that a TAP tag names.
    pub(super) fn of(tag: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.tags().2 == Some(tag))
    }
}

/// Says that the return batch `sequence` of `recipient` has arrived at `sender`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    pub sender: Tadig,
    pub recipient: Tadig,
    /// RAP file sequence number of the return batch.
    pub sequence: u32,
    pub created: Stamp,
    pub available: Stamp,
    pub test: bool,
    pub notes: Vec<String>,
}

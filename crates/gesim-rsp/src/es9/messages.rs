//! Bodies. Requests are closed; answers may carry what a later version adds.

use serde::{Deserialize, Serialize};

use super::fields::{hex32, Base64, TransactionId};

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

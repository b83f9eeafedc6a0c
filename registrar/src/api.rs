//! The bodies of the HTTP interface, both ways. Octets of SGP.22 are base64, our own hexadecimal, addresses base58.

use serde::{Deserialize, Serialize};

/// `POST /v1/enrolments`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Begin {
    /// `P(1, sk)`: chosen before the nonce is known.
    pub idc: String,
    pub wallet: String,
    /// 16 octets from the eUICC.
    pub euicc_challenge: String,
    /// EUICCInfo1, DER.
    pub euicc_info1: String,
}

/// What the device checks (`serverChallenge` names its idc, wallet and this nonce) and hands to the eUICC.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Begun {
    /// Also SGP.22's transactionId.
    pub id: String,
    pub nonce: String,
    pub server_signed1: String,
    pub server_signature1: String,
    #[serde(rename = "euiccCiPKIdToBeUsed")]
    pub euicc_ci_pk_id_to_be_used: String,
    pub server_certificate: String,
    /// Unix seconds.
    pub expires_at: i64,
}

/// `POST /v1/enrolments/{id}`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Answer {
    /// AuthenticateServerResponse, DER.
    pub authenticate_server_response: String,
}

/// What a device needs besides its secret to prove that it is enrolled.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential {
    /// Only the device and the registrar know it: with it an EID can be guessed from the leaf.
    pub salt: String,
    pub eid_tag: String,
    /// Unix seconds.
    pub expiry: i64,
    #[serde(flatten)]
    pub path: Path,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("path", &self.path).finish_non_exhaustive()
    }
}

/// `GET /v1/paths/{index}`: from a leaf to the root of the present tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Path {
    pub index: u32,
    /// From the leaf up.
    pub siblings: Vec<String>,
    pub root: String,
    pub registrar: String,
    pub tree: String,
    pub epoch: u32,
}

/// Every answer that is not 200.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub error: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
}

//! ES9+: what devices and SM-DP+ say to each other in JSON over HTTPS.
//!
//! Binary fields are base64, transaction ids hexadecimal in upper case. One field is GeSIM's own: `gesim` in
//! [`AuthenticateClientRequest`] opens the on-chain session's commitment to the EID, so that the operator can compare. A server
//! that does not know it may refuse the request; a device sends it only to the operator it has a session for.

mod fields;
mod messages;
mod status;

pub use fields::{Base64, TransactionId};
pub use messages::*;
pub use status::{codes, Answer, ExecutionStatus, Header, StatusCodeData};

pub const PATH_INITIATE_AUTHENTICATION: &str = "/gsma/rsp2/es9plus/initiateAuthentication";
pub const PATH_AUTHENTICATE_CLIENT: &str = "/gsma/rsp2/es9plus/authenticateClient";
pub const PATH_GET_BOUND_PROFILE_PACKAGE: &str = "/gsma/rsp2/es9plus/getBoundProfilePackage";
pub const PATH_CANCEL_SESSION: &str = "/gsma/rsp2/es9plus/cancelSession";
pub const PATH_HANDLE_NOTIFICATION: &str = "/gsma/rsp2/es9plus/handleNotification";
/// Headers that every request and answer carries.
pub const HEADER_PROTOCOL: &str = "X-Admin-Protocol";
pub const PROTOCOL: &str = "gsma/rsp/v2.2.0";
pub const USER_AGENT: &str = "gsma-rsp-lpad";

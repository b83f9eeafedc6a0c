//! Nchf_ConvergedCharging of 5G (TS 32.291): charging data requests as JSON, a single one, an array, or one a line.
//!
//! Every container of used units becomes one record: octets of a PDU session, seconds of an IMS call; a message is one
//! record of its request. Where a request counts by QoS flow (`roamingQBCInformation`) that is what is taken. A request
//! that comes twice - same session, same sequence number - refuses the file.

mod containers;
mod documents;
mod members;
mod notes;
mod reader;
mod request;
mod value;

pub use documents::MAX_REQUEST;
pub use reader::{inspect, NchfReader, MAX_REQUESTS};

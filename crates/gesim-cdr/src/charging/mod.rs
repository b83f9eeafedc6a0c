//! Charging data records of 3GPP networks: TS 32.298 records in BER, in the files of TS 32.297.
//!
//! Read are `sgsnPDPRecord` [20], `sGWRecord` [78], `pGWRecord` [79] and `chargingFunctionRecord` [200] (PDU sessions,
//! messages, calls of the IMS), up to release 17. A record counts octets up and down; what is charged is the
//! agreement's business. Members that billing does not need must be BER and in the ASN.1; those of a later release
//! are passed over and counted, except in the containers that carry volumes: there they refuse the file.

mod cdr;
mod chf;
mod decode;
mod decode_chf;
mod element;
mod file;
mod generate;
mod gprs;
mod header;
mod notes;
mod reader;
mod record_header;
mod shape;
mod values;
mod volume;
mod walk;

pub use generate::{generate, GenerateOptions, GenerateRecordsError, GeneratedRecords};
pub use header::{FileHeader, Minute, Release};
pub use reader::{inspect, ChargingReader};
pub use record_header::RecordHeader;

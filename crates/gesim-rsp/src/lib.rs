//! Remote SIM provisioning after GSMA SGP.22 v2: certificates, messages, a software eUICC and an SM-DP+.
//!
//! Whatever is signed is kept as the bytes that came and never encoded again ([`tlv`]); signatures are raw `r || s` over
//! P-256 with SHA-256 ([`keys`]). [`pki`] makes certificates of the shape of SGP.26, [`chain`] verifies them.
#![forbid(unsafe_code)]

pub mod asn1;
pub mod auth;
pub mod bsp;
pub mod chain;
pub mod es9;
pub mod euicc;
pub mod keys;
pub mod pki;
pub mod profile;
pub mod smdp;
pub mod tlv;

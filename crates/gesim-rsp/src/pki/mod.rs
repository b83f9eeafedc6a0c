//! A public key infrastructure of the shape of SGP.26: CI, optional intermediate CA, EUM, eUICC, and the SM-DP+'s
//! certificates for TLS, authentication and profile binding.
//!
//! It is for tests, demonstrations and private networks: production eUICCs trust the GSMA's CI only. Extensions, their
//! order and their critical flags are those of the genuine test certificates, because `gesim-cert` takes nothing else.
//! [`Template`] is open on purpose: a test that needs a wrong certificate changes what it wants and signs it.

mod extensions;
mod generate;
mod oid;
mod roles;
mod template;

pub use generate::{Pki, PkiConfig, EID_PREFIX_DIGITS};
pub use oid::{encode_oid, oids, parse_oid, Arcs};
pub use template::{Extension, Issued, Name, NamePart, PublicKeyInfo, Template, Validity};

use base64::{engine::general_purpose::STANDARD, Engine};

/// A certificate in PEM, 64 characters a line.
pub fn certificate_pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut out = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = tail;
    }
    out.push_str("-----END CERTIFICATE-----\n");
    out
}

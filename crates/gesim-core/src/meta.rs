//! The metadata digest of a record: its day can be shown apart from the rest (ADR 0011).

use crate::{digest::sha256_field, poseidon::Field};

const TAG: &[u8] = b"gesim:record-meta:v2";

/// Of a record that began on `day` (local days since 1970-01-01). `detail` is SHA-256 of its metadata: whoever shows
/// the day shows nothing else.
pub fn meta_digest(day: u32, detail: &[u8; 32]) -> Field {
    sha256_field(&[TAG, &day.to_be_bytes(), detail])
}

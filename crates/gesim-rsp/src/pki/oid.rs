//! Object identifiers by their arcs.

/// The arcs of an object identifier.
pub type Arcs = &'static [u64];

/// Everything that an SGP.26 certificate names.
pub mod oids {
    use super::Arcs;

    pub const ECDSA_SHA256: Arcs = &[1, 2, 840, 10045, 4, 3, 2];
    pub const EC_PUBLIC_KEY: Arcs = &[1, 2, 840, 10045, 2, 1];
    pub const P256: Arcs = &[1, 2, 840, 10045, 3, 1, 7];
    /// brainpoolP256r1, which this project refuses.
    pub const BRAINPOOL_P256: Arcs = &[1, 3, 36, 3, 3, 2, 8, 1, 1, 7];

    pub const COUNTRY: Arcs = &[2, 5, 4, 6];
    pub const ORGANISATION: Arcs = &[2, 5, 4, 10];
    pub const UNIT: Arcs = &[2, 5, 4, 11];
    pub const COMMON_NAME: Arcs = &[2, 5, 4, 3];
    pub const SERIAL_NUMBER: Arcs = &[2, 5, 4, 5];

    pub const SUBJECT_KEY_ID: Arcs = &[2, 5, 29, 14];
    pub const KEY_USAGE: Arcs = &[2, 5, 29, 15];
    pub const ALT_NAME: Arcs = &[2, 5, 29, 17];
    pub const BASIC_CONSTRAINTS: Arcs = &[2, 5, 29, 19];
    pub const NAME_CONSTRAINTS: Arcs = &[2, 5, 29, 30];
    pub const CRL_POINTS: Arcs = &[2, 5, 29, 31];
    pub const POLICIES: Arcs = &[2, 5, 29, 32];
    pub const AUTHORITY_KEY_ID: Arcs = &[2, 5, 29, 35];
    pub const EXTENDED_USAGE: Arcs = &[2, 5, 29, 37];
    pub const SERVER_AUTH: Arcs = &[1, 3, 6, 1, 5, 5, 7, 3, 1];
    pub const CLIENT_AUTH: Arcs = &[1, 3, 6, 1, 5, 5, 7, 3, 2];

    pub const ROLE_CI: Arcs = &[2, 23, 146, 1, 2, 1, 0];
    pub const ROLE_EUICC: Arcs = &[2, 23, 146, 1, 2, 1, 1];
    pub const ROLE_EUM: Arcs = &[2, 23, 146, 1, 2, 1, 2];
    pub const ROLE_DP_TLS: Arcs = &[2, 23, 146, 1, 2, 1, 3];
    pub const ROLE_DP_AUTH: Arcs = &[2, 23, 146, 1, 2, 1, 4];
    pub const ROLE_DP_PB: Arcs = &[2, 23, 146, 1, 2, 1, 5];
}

/// The content octets of an object identifier (without tag and length). Fewer than two arcs give nothing.
pub fn encode_oid(arcs: &[u64]) -> Vec<u8> {
    let [first, second, rest @ ..] = arcs else { return Vec::new() };
    let mut out = Vec::new();
    for arc in std::iter::once(&(first.saturating_mul(40).saturating_add(*second))).chain(rest) {
        let mut groups = vec![(arc & 0x7F) as u8];
        let mut left = arc >> 7;
        while left > 0 {
            groups.push((left & 0x7F) as u8 | 0x80);
            left >>= 7;
        }
        out.extend(groups.into_iter().rev());
    }
    out
}

/// The content octets of a dotted identifier such as `2.999.10`; `None` when it is not one.
pub fn parse_oid(dotted: &str) -> Option<Vec<u8>> {
    let arcs = dotted.split('.').map(|arc| arc.parse().ok()).collect::<Option<Vec<u64>>>()?;
    match arcs.as_slice() {
        [0 | 1, 0..=39, ..] | [2, ..=0xFFFF_FFFF, ..] => Some(encode_oid(&arcs)),
        _ => None,
    }
}

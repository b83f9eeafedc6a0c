//! Extensions, value by value.

use super::{
    oids,
    template::{key_id, policies},
    Arcs, Extension, Issued,
};
use crate::{keys::KeyPair, tlv::tlv};

pub fn extension(id: Arcs, critical: bool, value: Vec<u8>) -> Extension {
    Extension { id, critical, value }
}

pub fn subject_key(own: &KeyPair) -> Extension {
    extension(oids::SUBJECT_KEY_ID, false, tlv(0x04, &[key_id(&own.public65())]))
}

pub fn authority_key(issuer: &Issued) -> Extension {
    extension(oids::AUTHORITY_KEY_ID, false, tlv(0x30, &[tlv(0x80, &[issuer.key_id()])]))
}

/// `bits` is the content of the BIT STRING: unused bits, then the flags.
pub fn usage(bits: [u8; 2]) -> Extension {
    extension(oids::KEY_USAGE, true, tlv(0x03, &[bits]))
}

pub const SIGN: [u8; 2] = [0x07, 0x80];
pub const SIGN_CERTIFICATES: [u8; 2] = [0x02, 0x04];
pub const SIGN_CERTIFICATES_AND_LISTS: [u8; 2] = [0x01, 0x06];

pub fn role(policy: Arcs, critical: bool) -> Extension {
    extension(oids::POLICIES, critical, policies(policy))
}

pub fn registered(id: &[u8]) -> Vec<u8> {
    tlv(0x88, &[id])
}

pub fn alt_name(parts: &[Vec<u8>]) -> Extension {
    extension(oids::ALT_NAME, false, tlv(0x30, parts))
}

pub fn crl_points(names: &[&str]) -> Extension {
    let point = |name: &&str| {
        let uri = tlv(0x86, &[format!("http://ci.gesim.test/{name}.crl")]);
        tlv(0x30, &[tlv(0xA0, &[tlv(0xA0, &[uri])])])
    };
    extension(oids::CRL_POINTS, false, tlv(0x30, &names.iter().map(point).collect::<Vec<_>>()))
}

pub const BOTH: [&str; 2] = ["CRL-A", "CRL-B"];

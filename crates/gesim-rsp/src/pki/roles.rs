//! The certificates of each role, as the genuine test certificates have them.

use super::{
    encode_oid,
    extensions::*,
    generate::EID_PREFIX_DIGITS,
    oids,
    template::{key_id, object},
    Arcs, Extension, Issued, Name, PkiConfig, PublicKeyInfo, Template,
};
use crate::{
    keys::{random, KeyPair},
    tlv::tlv,
};

fn template(config: &PkiConfig, issuer: &Name, subject: Name, own: &KeyPair, extensions: Vec<Extension>) -> Template {
    let serial = match &config.seed {
        Some(_) => {
            let [first, rest @ ..] = key_id(&own.public65());
            [&[first & 0x3F | 0x40][..], &rest[..7]].concat()
        }
        // positive, never empty, without a superfluous zero in front
        None => {
            let mut drawn: [u8; 8] = random();
            drawn[0] = drawn[0] & 0x3F | 0x40;
            drawn.to_vec()
        }
    };
    let key = PublicKeyInfo { curve: oids::P256, point: own.public65().to_vec() };
    Template { serial, issuer: issuer.clone(), validity: config.validity, subject, key, extensions }
}

pub fn ci_template(config: &PkiConfig, own: &KeyPair) -> Template {
    let subject = Name::new(&[
        (oids::COMMON_NAME, &config.ci_name),
        (oids::UNIT, "TESTCERT"),
        (oids::ORGANISATION, "GeSIM"),
        (oids::COUNTRY, "IT"),
    ]);
    let extensions = vec![
        subject_key(own),
        extension(oids::BASIC_CONSTRAINTS, true, tlv(0x30, &[[0x01, 0x01, 0xFF]])),
        role(oids::ROLE_CI, true),
        usage(SIGN_CERTIFICATES_AND_LISTS),
        alt_name(&[registered(&encode_oid(&[2, 999, 1]))]),
        crl_points(&BOTH),
    ];
    template(config, &subject.clone(), subject, own, extensions)
}

pub fn intermediate_template(config: &PkiConfig, ci: &Issued, own: &KeyPair) -> Template {
    let name = format!("{} intermediate", config.ci_name);
    let subject = Name::new(&[(oids::COMMON_NAME, &name), (oids::ORGANISATION, "GeSIM"), (oids::COUNTRY, "IT")]);
    let extensions = vec![
        authority_key(ci),
        subject_key(own),
        extension(oids::BASIC_CONSTRAINTS, true, tlv(0x30, &[[0x01, 0x01, 0xFF, 0x02, 0x01, 0x00]])),
        role(oids::ROLE_CI, true),
        usage(SIGN_CERTIFICATES_AND_LISTS),
        alt_name(&[registered(&encode_oid(&[2, 999, 2]))]),
        crl_points(&BOTH),
    ];
    template(config, &ci.template.subject, subject, own, extensions)
}

pub fn tls_template(config: &PkiConfig, issuer: &Issued, own: &KeyPair) -> Template {
    let subject = Name::new(&[(oids::ORGANISATION, &config.operator), (oids::COMMON_NAME, &config.dns)]);
    let extensions = vec![
        usage(SIGN),
        extension(oids::EXTENDED_USAGE, true, tlv(0x30, &[object(oids::SERVER_AUTH), object(oids::CLIENT_AUTH)])),
        role(oids::ROLE_DP_TLS, false),
        subject_key(own),
        authority_key(issuer),
        alt_name(&[tlv(0x82, &[&config.dns]), registered(&config.registered_id)]),
        crl_points(&BOTH),
    ];
    template(config, &issuer.template.subject, subject, own, extensions)
}

pub fn auth_template(config: &PkiConfig, issuer: &Issued, own: &KeyPair) -> Template {
    dp_template(config, issuer, own, oids::ROLE_DP_AUTH)
}

pub fn pb_template(config: &PkiConfig, issuer: &Issued, own: &KeyPair) -> Template {
    dp_template(config, issuer, own, oids::ROLE_DP_PB)
}

pub fn dp_template(config: &PkiConfig, issuer: &Issued, own: &KeyPair, policy: Arcs) -> Template {
    let name = format!("{} SM-DP+", config.operator);
    let subject = Name::new(&[(oids::ORGANISATION, &config.operator), (oids::COMMON_NAME, &name)]);
    let extensions = vec![
        authority_key(issuer),
        subject_key(own),
        alt_name(&[registered(&config.registered_id)]),
        usage(SIGN),
        role(policy, true),
        crl_points(&BOTH),
    ];
    template(config, &issuer.template.subject, subject, own, extensions)
}

pub fn eum_template(config: &PkiConfig, ci: &Issued, own: &KeyPair) -> Template {
    let name = format!("{} (software)", config.eum);
    let subject = Name::new(&[(oids::COUNTRY, "ES"), (oids::ORGANISATION, &config.eum), (oids::COMMON_NAME, &name)]);
    let prefix = config.eid.get(..EID_PREFIX_DIGITS).unwrap_or(&config.eid);
    let permitted = Name::new(&[(oids::ORGANISATION, &config.eum), (oids::SERIAL_NUMBER, prefix)]);
    // directoryName is EXPLICIT, because Name is a CHOICE
    let subtree = tlv(0x30, &[tlv(0xA4, &[permitted.der()])]);
    let extensions = vec![
        authority_key(ci),
        subject_key(own),
        usage(SIGN_CERTIFICATES),
        role(oids::ROLE_EUM, true),
        alt_name(&[registered(&encode_oid(&[2, 999, 5]))]),
        extension(oids::BASIC_CONSTRAINTS, true, tlv(0x30, &[[0x01, 0x01, 0xFF, 0x02, 0x01, 0x00]])),
        crl_points(&["CRL-B"]),
        extension(oids::NAME_CONSTRAINTS, true, tlv(0x30, &[tlv(0xA0, &[subtree])])),
    ];
    template(config, &ci.template.subject, subject, own, extensions)
}

pub fn euicc_template(config: &PkiConfig, eum: &Issued, own: &KeyPair) -> Template {
    let subject = Name::new(&[
        (oids::COUNTRY, "ES"),
        (oids::ORGANISATION, &config.eum),
        (oids::SERIAL_NUMBER, &config.eid),
        (oids::COMMON_NAME, "Software eUICC"),
    ]);
    let extensions = vec![authority_key(eum), subject_key(own), usage(SIGN), role(oids::ROLE_EUICC, true)];
    template(config, &eum.template.subject, subject, own, extensions)
}

//! The certificates of each role, as the genuine test certificates have them.

use super::{
    oids,
    template::{key_id, object, policies},
    Extension, Issued, Name, PublicKeyInfo, Template, Validity,
};
use crate::{
    keys::{random, KeyPair},
    tlv::tlv,
};

/// Digits of an EID that name its manufacturer.
pub const EID_PREFIX_DIGITS: usize = 8;

/// Says what to make.
#[derive(Debug, Clone)]
pub struct PkiConfig {
    /// Keys are derived from it; `None` draws them.
    pub seed: Option<[u8; 32]>,
    /// Of every certificate; change single ones by their templates.
    pub validity: Validity,
    pub ci_name: String,
    /// An intermediate CA issues the SM-DP+'s certificates.
    pub intermediate: bool,
    /// Content octets of the SM-DP+'s registered id.
    pub registered_id: Vec<u8>,
    /// The SM-DP+'s DNS name.
    pub dns: String,
    pub operator: String,
    pub eum: String,
    /// 32 digits, the check digits right.
    pub eid: String,
}

impl Default for PkiConfig {
    fn default() -> Self {
        Self {
            seed: None,
            // 2020-01-01 to 2049-12-31, so that a test's clock seldom matters
            validity: Validity { not_before: 1_577_836_800, not_after: 2_524_607_999 },
            ci_name: "GeSIM Test CI".into(),
            intermediate: false,
            registered_id: super::encode_oid(&[2, 999, 10]),
            dns: "smdp.gesim.test".into(),
            operator: "GeSIM Test MVNO".into(),
            eum: "GeSIM Software EUM".into(),
            eid: "89049032123451234512345678901235".into(),
        }
    }
}

/// One of everything.
#[derive(Debug, Clone)]
pub struct Pki {
    pub config: PkiConfig,
    pub ci: Issued,
    pub intermediate: Option<Issued>,
    pub dp_tls: Issued,
    pub dp_auth: Issued,
    pub dp_pb: Issued,
    pub eum: Issued,
    pub euicc: Issued,
}

impl Pki {
    pub fn new(config: PkiConfig) -> Self {
        let key = |label: &str| match &config.seed {
            Some(seed) => KeyPair::from_seed(seed, label),
            None => KeyPair::generate(),
        };
        let ci = {
            let own = key("ci");
            ci_template(&config, &own).sign(&own, own.clone())
        };
        let intermediate = config.intermediate.then(|| {
            let own = key("intermediate");
            intermediate_template(&config, &ci, &own).sign(&ci.key, own)
        });
        let issuer = intermediate.as_ref().unwrap_or(&ci);
        let dp = |label: &str, template: fn(&PkiConfig, &Issued, &KeyPair) -> Template| {
            let own = key(label);
            template(&config, issuer, &own).sign(&issuer.key, own)
        };
        let (dp_tls, dp_auth, dp_pb) = (dp("tls", tls_template), dp("auth", auth_template), dp("pb", pb_template));
        let eum = {
            let own = key("eum");
            eum_template(&config, &ci, &own).sign(&ci.key, own)
        };
        let euicc = {
            let own = key("euicc");
            euicc_template(&config, &eum, &own).sign(&eum.key, own)
        };
        Self { ci, intermediate, dp_tls, dp_auth, dp_pb, eum, euicc, config }
    }

    /// Who signed the SM-DP+'s certificates.
    pub fn dp_issuer(&self) -> &Issued {
        self.intermediate.as_ref().unwrap_or(&self.ci)
    }

    /// Another SM-DP+ certificate in place of `old`: its template changed, signed by the same issuer, the same key.
    pub fn reissue(&self, old: &Issued, change: impl FnOnce(Template) -> Template) -> Issued {
        change(old.template.clone()).sign(&self.dp_issuer().key, old.key.clone())
    }

    /// Another eUICC of the same manufacturer, with a fresh key.
    pub fn another_euicc(&self, eid: &str) -> Issued {
        let config = PkiConfig { eid: eid.to_owned(), ..self.config.clone() };
        let own = KeyPair::generate();
        euicc_template(&config, &self.eum, &own).sign(&self.eum.key, own)
    }

    /// Another eUICC whose key comes from a seed.
    pub fn euicc_from_seed(&self, eid: &str, seed: &[u8; 32]) -> Issued {
        let config = PkiConfig { eid: eid.to_owned(), ..self.config.clone() };
        let own = KeyPair::from_seed(seed, eid);
        euicc_template(&config, &self.eum, &own).sign(&self.eum.key, own)
    }
}

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

fn extension(id: super::Arcs, critical: bool, value: Vec<u8>) -> Extension {
    Extension { id, critical, value }
}

fn subject_key(own: &KeyPair) -> Extension {
    extension(oids::SUBJECT_KEY_ID, false, tlv(0x04, &[key_id(&own.public65())]))
}

fn authority_key(issuer: &Issued) -> Extension {
    extension(oids::AUTHORITY_KEY_ID, false, tlv(0x30, &[tlv(0x80, &[issuer.key_id()])]))
}

/// `bits` is the content of the BIT STRING: unused bits, then the flags.
fn usage(bits: [u8; 2]) -> Extension {
    extension(oids::KEY_USAGE, true, tlv(0x03, &[bits]))
}

const SIGN: [u8; 2] = [0x07, 0x80];
const SIGN_CERTIFICATES: [u8; 2] = [0x02, 0x04];
const SIGN_CERTIFICATES_AND_LISTS: [u8; 2] = [0x01, 0x06];

fn role(policy: super::Arcs, critical: bool) -> Extension {
    extension(oids::POLICIES, critical, policies(policy))
}

fn registered(id: &[u8]) -> Vec<u8> {
    tlv(0x88, &[id])
}

fn alt_name(parts: &[Vec<u8>]) -> Extension {
    extension(oids::ALT_NAME, false, tlv(0x30, parts))
}

fn crl_points(names: &[&str]) -> Extension {
    let point = |name: &&str| {
        let uri = tlv(0x86, &[format!("http://ci.gesim.test/{name}.crl")]);
        tlv(0x30, &[tlv(0xA0, &[tlv(0xA0, &[uri])])])
    };
    extension(oids::CRL_POINTS, false, tlv(0x30, &names.iter().map(point).collect::<Vec<_>>()))
}

const BOTH: [&str; 2] = ["CRL-A", "CRL-B"];

fn ci_template(config: &PkiConfig, own: &KeyPair) -> Template {
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
        alt_name(&[registered(&super::encode_oid(&[2, 999, 1]))]),
        crl_points(&BOTH),
    ];
    template(config, &subject.clone(), subject, own, extensions)
}

fn intermediate_template(config: &PkiConfig, ci: &Issued, own: &KeyPair) -> Template {
    let name = format!("{} intermediate", config.ci_name);
    let subject = Name::new(&[(oids::COMMON_NAME, &name), (oids::ORGANISATION, "GeSIM"), (oids::COUNTRY, "IT")]);
    let extensions = vec![
        authority_key(ci),
        subject_key(own),
        extension(oids::BASIC_CONSTRAINTS, true, tlv(0x30, &[[0x01, 0x01, 0xFF, 0x02, 0x01, 0x00]])),
        role(oids::ROLE_CI, true),
        usage(SIGN_CERTIFICATES_AND_LISTS),
        alt_name(&[registered(&super::encode_oid(&[2, 999, 2]))]),
        crl_points(&BOTH),
    ];
    template(config, &ci.template.subject, subject, own, extensions)
}

fn tls_template(config: &PkiConfig, issuer: &Issued, own: &KeyPair) -> Template {
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

fn auth_template(config: &PkiConfig, issuer: &Issued, own: &KeyPair) -> Template {
    dp_template(config, issuer, own, oids::ROLE_DP_AUTH)
}

fn pb_template(config: &PkiConfig, issuer: &Issued, own: &KeyPair) -> Template {
    dp_template(config, issuer, own, oids::ROLE_DP_PB)
}

fn dp_template(config: &PkiConfig, issuer: &Issued, own: &KeyPair, policy: super::Arcs) -> Template {
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

fn eum_template(config: &PkiConfig, ci: &Issued, own: &KeyPair) -> Template {
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
        alt_name(&[registered(&super::encode_oid(&[2, 999, 5]))]),
        extension(oids::BASIC_CONSTRAINTS, true, tlv(0x30, &[[0x01, 0x01, 0xFF, 0x02, 0x01, 0x00]])),
        crl_points(&["CRL-B"]),
        extension(oids::NAME_CONSTRAINTS, true, tlv(0x30, &[tlv(0xA0, &[subtree])])),
    ];
    template(config, &ci.template.subject, subject, own, extensions)
}

fn euicc_template(config: &PkiConfig, eum: &Issued, own: &KeyPair) -> Template {
    let subject = Name::new(&[
        (oids::COUNTRY, "ES"),
        (oids::ORGANISATION, &config.eum),
        (oids::SERIAL_NUMBER, &config.eid),
        (oids::COMMON_NAME, "Software eUICC"),
    ]);
    let extensions = vec![authority_key(eum), subject_key(own), usage(SIGN), role(oids::ROLE_EUICC, true)];
    template(config, &eum.template.subject, subject, own, extensions)
}

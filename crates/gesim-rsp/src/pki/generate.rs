//! One of everything, from a seed or from the operating system's randomness.

use std::fmt;

use super::{
    roles::{
        auth_template, ci_template, euicc_template, eum_template, intermediate_template, pb_template, tls_template,
    },
    Issued, Template, Validity,
};
use crate::keys::KeyPair;

/// Digits of an EID that name its manufacturer.
pub const EID_PREFIX_DIGITS: usize = 8;

/// Says what to make.
#[derive(Clone)]
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

/// Every key follows from the seed, so it is not printed.
impl fmt::Debug for PkiConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ci_name, dns, .. } = self;
        f.debug_struct("PkiConfig").field("ci_name", ci_name).field("dns", dns).finish_non_exhaustive()
    }
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

//! What an HSS asks for and gets.

use std::fmt;

use serde::{de, ser::SerializeMap, Deserialize, Deserializer, Serialize, Serializer};

use crate::{kdf, milenage::Milenage, secret::digits, sqn::Sqn, Block, Secret, VaultError};

/// The kind of network that will use the vector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Network {
    /// CK and IK as they are.
    Umts,
    /// K_ASME, bound to a serving network: 5 or 6 digits of MCC and MNC.
    Eps { plmn: String },
    /// A 5G HE AV: XRES* and K_AUSF, bound to a serving network name such as `5G:mnc001.mcc001.3gppnetwork.org`.
    FiveG { serving_network: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthRequest {
    pub network: Network,
}

/// Keys of one vector.
pub enum Keys {
    Umts { xres: Secret<8>, ck: Secret<16>, ik: Secret<16> },
    Eps { xres: Secret<8>, k_asme: Secret<32> },
    FiveG { xres_star: Secret<16>, k_ausf: Secret<32> },
}

/// One authentication vector. It is meant for the operator, so it serialises; its Debug shows no key.
pub struct AuthVector {
    pub rand: Block,
    pub autn: Block,
    pub keys: Keys,
}

impl fmt::Debug for AuthVector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthVector").field("rand", &hex::encode(self.rand)).finish_non_exhaustive()
    }
}

impl AuthVector {
    /// Computes a vector; who calls has put `sqn` on disk before.
    pub(crate) fn compute(
        card: &Milenage,
        sqn: Sqn,
        amf: [u8; 2],
        rand: Block,
        network: &Network,
    ) -> Result<Self, VaultError> {
        // Annex H of TS 33.102: the first bit of AMF separates EPS and 5G from UMTS.
        let [high, low] = amf;
        let amf = [if matches!(network, Network::Umts) { high & 0x7f } else { high | 0x80 }, low];
        let sqn = sqn.to_bytes();
        let mac = card.f1(&rand, &sqn, amf).a;
        let answers = card.f2345(&rand);
        let ak = answers.ak.expose();
        let hidden: [u8; 6] = std::array::from_fn(|i| sqn[i] ^ ak[i]);
        let mut autn = [0; 16];
        autn[..6].copy_from_slice(&hidden);
        autn[6..8].copy_from_slice(&amf);
        autn[8..].copy_from_slice(&mac);
        let keys = match network {
            Network::Umts => Keys::Umts { xres: answers.res, ck: answers.ck, ik: answers.ik },
            Network::Eps { plmn } => {
                let k_asme = kdf::k_asme(&answers, &plmn_id(plmn)?, &hidden)?;
                Keys::Eps { xres: answers.res, k_asme }
            }
            Network::FiveG { serving_network: name } => {
                check_name(name)?;
                let k_ausf = kdf::k_ausf(&answers, name, &hidden)?;
                Keys::FiveG { xres_star: kdf::xres_star(&answers, name, &rand)?, k_ausf }
            }
        };
        Ok(Self { rand, autn, keys })
    }
}

impl Network {
    /// Refuses a network before a sequence number is spent on it.
    pub fn check(&self) -> Result<(), VaultError> {
        match self {
            Self::Umts => Ok(()),
            Self::Eps { plmn } => plmn_id(plmn).map(drop),
            Self::FiveG { serving_network } => check_name(serving_network),
        }
    }
}

/// MCC and MNC in three bytes with swapped digits (TS 24.301, 9.9.3.32); a two-digit MNC is filled with 15.
fn plmn_id(text: &str) -> Result<[u8; 3], VaultError> {
    let digits: Option<Vec<u8>> = text.bytes().map(|byte| byte.is_ascii_digit().then(|| byte - b'0')).collect();
    match digits.as_deref() {
        Some(&[a, b, c, d, e]) => Ok([b << 4 | a, 0xf0 | c, e << 4 | d]),
        Some(&[a, b, c, d, e, f]) => Ok([b << 4 | a, f << 4 | c, e << 4 | d]),
        _ => Err(VaultError::Network("a PLMN is five or six digits")),
    }
}

/// `5G:mnc<3 digits>.mcc<3 digits>.3gppnetwork.org` (TS 24.501, 9.12.1).
fn check_name(name: &str) -> Result<(), VaultError> {
    let parse = || {
        let rest = name.strip_prefix("5G:mnc")?.strip_suffix(".3gppnetwork.org")?;
        let (mnc, mcc) = rest.split_once(".mcc")?;
        let is_code = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        (is_code(mnc) && is_code(mcc)).then_some(())
    };
    parse().ok_or(VaultError::Network("a serving network name reads 5G:mnc001.mcc001.3gppnetwork.org"))
}

impl Serialize for AuthVector {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("rand", &hex::encode(self.rand))?;
        map.serialize_entry("autn", &hex::encode(self.autn))?;
        for (name, bytes) in self.keys.named() {
            map.serialize_entry(name, &*zeroize::Zeroizing::new(hex::encode(bytes)))?;
        }
        map.end()
    }
}

impl Keys {
    /// Field names and values, in a fixed order.
    pub fn named(&self) -> Vec<(&'static str, &[u8])> {
        match self {
            Self::Umts { xres, ck, ik } => vec![("xres", xres.expose()), ("ck", ck.expose()), ("ik", ik.expose())],
            Self::Eps { xres, k_asme } => vec![("xres", xres.expose()), ("kAsme", k_asme.expose())],
            Self::FiveG { xres_star, k_ausf } => vec![("xresStar", xres_star.expose()), ("kAusf", k_ausf.expose())],
        }
    }
}

/// As it is written; which fields are there says which kind it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    #[serde(deserialize_with = "digits")]
    rand: Option<Secret<16>>,
    #[serde(deserialize_with = "digits")]
    autn: Option<Secret<16>>,
    #[serde(default, deserialize_with = "digits")]
    xres: Option<Secret<8>>,
    #[serde(default, deserialize_with = "digits")]
    ck: Option<Secret<16>>,
    #[serde(default, deserialize_with = "digits")]
    ik: Option<Secret<16>>,
    #[serde(default, deserialize_with = "digits")]
    k_asme: Option<Secret<32>>,
    #[serde(default, deserialize_with = "digits")]
    xres_star: Option<Secret<16>>,
    #[serde(default, deserialize_with = "digits")]
    k_ausf: Option<Secret<32>>,
}

impl<'de> Deserialize<'de> for AuthVector {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mixed = || de::Error::custom("its keys are of no kind of network");
        let written = Written::deserialize(from)?;
        let (rand, autn) = written.rand.zip(written.autn).ok_or_else(mixed)?;
        let keys = match (written.xres, written.ck, written.ik, written.k_asme, written.xres_star, written.k_ausf) {
            (Some(xres), Some(ck), Some(ik), None, None, None) => Keys::Umts { xres, ck, ik },
            (Some(xres), None, None, Some(k_asme), None, None) => Keys::Eps { xres, k_asme },
            (None, None, None, None, Some(xres_star), Some(k_ausf)) => Keys::FiveG { xres_star, k_ausf },
            _ => return Err(mixed()),
        };
        Ok(Self { rand: *rand.expose(), autn: *autn.expose(), keys })
    }
}

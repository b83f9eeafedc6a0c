use rasn::prelude::*;

use super::{encode, strict, Asn1Error};
use crate::tlv::Tlv;

/// Major, minor, revision.
pub type Version = FixedOctetString<3>;

/// What an eUICC says of itself before the server is known. Tag `BF20`.
#[derive(AsnType, Encode, Decode, Debug, Clone, PartialEq, Eq)]
#[rasn(tag(context, 32))]
pub struct EuiccInfo1 {
    #[rasn(tag(2))]
    pub svn: Version,
    #[rasn(tag(9))]
    pub ci_verification: Vec<OctetString>,
    #[rasn(tag(10))]
    pub ci_signing: Vec<OctetString>,
}

impl EuiccInfo1 {
    pub fn new(svn: [u8; 3], key_ids: &[[u8; 20]]) -> Self {
        let ids: Vec<_> = key_ids.iter().map(|id| OctetString::from_slice(id)).collect();
        Self { svn: svn.into(), ci_verification: ids.clone(), ci_signing: ids }
    }

    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        strict("EUICCInfo1", raw)
    }

    pub fn encode(&self) -> Result<Vec<u8>, Asn1Error> {
        encode("EUICCInfo1", self)
    }
}

/// What an eUICC says of itself under its signature. Tag `BF22`.
#[derive(AsnType, Encode, Decode, Debug, Clone, PartialEq, Eq)]
#[rasn(tag(context, 34))]
pub struct EuiccInfo2 {
    #[rasn(tag(1))]
    pub profile_version: Version,
    #[rasn(tag(2))]
    pub svn: Version,
    #[rasn(tag(3))]
    pub firmware: Version,
    #[rasn(tag(4))]
    pub card_resource: OctetString,
    #[rasn(tag(5))]
    pub uicc_capability: BitString,
    #[rasn(tag(6))]
    pub javacard: Option<Version>,
    #[rasn(tag(7))]
    pub globalplatform: Option<Version>,
    #[rasn(tag(8))]
    pub rsp_capability: BitString,
    #[rasn(tag(9))]
    pub ci_verification: Vec<OctetString>,
    #[rasn(tag(10))]
    pub ci_signing: Vec<OctetString>,
    #[rasn(tag(11))]
    pub category: Option<u8>,
    #[rasn(tag(25))]
    pub forbidden_rules: Option<BitString>,
    pub protection_profile: Version,
    pub sas_accreditation: Utf8String,
}

impl EuiccInfo2 {
    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        strict("EUICCInfo2", raw)
    }

    pub fn encode(&self) -> Result<Vec<u8>, Asn1Error> {
        encode("EUICCInfo2", self)
    }

    /// Its key identifiers alone. Later versions of SGP.22 append fields, so a real eUICC's need not decode as a whole.
    pub fn signing_key_ids(raw: &[u8]) -> Result<Vec<Vec<u8>>, Asn1Error> {
        let mut fields = Tlv::expect(raw, 0xBF22)?.children();
        while !fields.is_empty() {
            let field = fields.next()?;
            if field.tag == 0xAA {
                let mut ids = Vec::new();
                let mut list = field.children();
                while !list.is_empty() {
                    ids.push(list.take(0x04)?.value.to_vec());
                }
                return Ok(ids);
            }
        }
        Err(Asn1Error::Value("euiccCiPKIdListForSigning"))
    }
}

use rasn::prelude::*;

use super::{encode, strict, Asn1Error};

/// What the device adds to the authentication.
#[derive(AsnType, Encode, Decode, Debug, Clone, PartialEq, Eq)]
#[rasn(choice)]
pub enum CtxParams1 {
    #[rasn(tag(0))]
    Common(CtxParamsCommon),
}

#[derive(AsnType, Encode, Decode, Debug, Clone, PartialEq, Eq)]
pub struct CtxParamsCommon {
    #[rasn(tag(0))]
    pub matching_id: Option<Utf8String>,
    #[rasn(tag(1))]
    pub device_info: DeviceInfo,
}

#[derive(AsnType, Encode, Decode, Debug, Clone, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Type allocation code: the first eight digits of the IMEI, packed.
    #[rasn(tag(0))]
    pub tac: FixedOctetString<4>,
    #[rasn(tag(1))]
    pub capabilities: DeviceCapabilities,
    #[rasn(tag(2))]
    pub imei: Option<FixedOctetString<8>>,
}

/// The newest release of each network that the device supports.
#[derive(AsnType, Encode, Decode, Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceCapabilities {
    #[rasn(tag(0))]
    pub gsm: Option<FixedOctetString<3>>,
    #[rasn(tag(1))]
    pub utran: Option<FixedOctetString<3>>,
    #[rasn(tag(2))]
    pub cdma2000_onex: Option<FixedOctetString<3>>,
    #[rasn(tag(3))]
    pub cdma2000_hrpd: Option<FixedOctetString<3>>,
    #[rasn(tag(4))]
    pub cdma2000_ehrpd: Option<FixedOctetString<3>>,
    #[rasn(tag(5))]
    pub eutran: Option<FixedOctetString<3>>,
    #[rasn(tag(6))]
    pub contactless: Option<FixedOctetString<3>>,
    #[rasn(tag(7))]
    pub rsp_crl: Option<FixedOctetString<3>>,
    #[rasn(tag(8))]
    pub rsp_rpm: Option<FixedOctetString<3>>,
}

impl CtxParams1 {
    /// For a device of this type allocation code that asks for the profile behind `matching_id`.
    pub fn new(matching_id: Option<&str>, tac: [u8; 4]) -> Self {
        let device_info = DeviceInfo { tac: tac.into(), capabilities: DeviceCapabilities::default(), imei: None };
        Self::Common(CtxParamsCommon { matching_id: matching_id.map(str::to_owned), device_info })
    }

    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        strict("ctxParams1", raw)
    }

    pub fn encode(&self) -> Result<Vec<u8>, Asn1Error> {
        encode("ctxParams1", self)
    }

    pub fn matching_id(&self) -> Option<&str> {
        let Self::Common(common) = self;
        common.matching_id.as_deref()
    }
}

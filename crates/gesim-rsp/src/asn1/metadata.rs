use rasn::prelude::*;

use super::{encode, strict, Asn1Error};

/// A profile's metadata, shown to the user before the download. Tag `BF25`.
#[derive(AsnType, Encode, Decode, Debug, Clone, PartialEq, Eq)]
#[rasn(tag(context, 37))]
pub struct StoreMetadataRequest {
    /// Packed digits, the nibbles of each octet swapped.
    #[rasn(tag(application, 26))]
    pub iccid: FixedOctetString<10>,
    #[rasn(tag(17))]
    pub service_provider: Utf8String,
    #[rasn(tag(18))]
    pub profile_name: Utf8String,
    #[rasn(tag(19))]
    pub icon_type: Option<u8>,
    #[rasn(tag(20))]
    pub icon: Option<OctetString>,
    /// 0 test, 1 provisioning, 2 operational.
    #[rasn(tag(21))]
    pub profile_class: Option<u8>,
    #[rasn(tag(22))]
    pub notifications: Option<Vec<NotificationConfiguration>>,
    #[rasn(tag(23))]
    pub owner: Option<OperatorId>,
    #[rasn(tag(25))]
    pub policy_rules: Option<BitString>,
}

#[derive(AsnType, Encode, Decode, Debug, Clone, PartialEq, Eq)]
pub struct NotificationConfiguration {
    /// Install, enable, disable, delete.
    #[rasn(tag(0))]
    pub operation: BitString,
    #[rasn(tag(1))]
    pub address: Utf8String,
}

#[derive(AsnType, Encode, Decode, Debug, Clone, PartialEq, Eq)]
pub struct OperatorId {
    #[rasn(tag(0))]
    pub mcc_mnc: FixedOctetString<3>,
    #[rasn(tag(1))]
    pub gid1: Option<OctetString>,
    #[rasn(tag(2))]
    pub gid2: Option<OctetString>,
}

impl StoreMetadataRequest {
    /// An operational profile; 18 to 20 digits of ICCID.
    pub fn new(iccid: &str, service_provider: &str, profile_name: &str) -> Result<Self, Asn1Error> {
        let wrong = Asn1Error::Value("ICCID, of 18 to 20 digits");
        if !matches!(iccid.len(), 18..=20) || !iccid.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(wrong);
        }
        let mut packed = [0xFF; 10];
        for (octet, pair) in packed.iter_mut().zip(iccid.as_bytes().chunks(2)) {
            let low = pair.first().map_or(0xF, |digit| digit & 0x0F);
            let high = pair.get(1).map_or(0xF, |digit| digit & 0x0F);
            *octet = high << 4 | low;
        }
        let value = Self {
            iccid: packed.into(),
            service_provider: service_provider.to_owned(),
            profile_name: profile_name.to_owned(),
            icon_type: None,
            icon: None,
            profile_class: Some(2),
            notifications: None,
            owner: None,
            policy_rules: None,
        };
        value.check()?;
        Ok(value)
    }

    /// The sizes that SGP.22 sets.
    fn check(&self) -> Result<(), Asn1Error> {
        let fits = self.service_provider.chars().count() <= 32
            && self.profile_name.chars().count() <= 64
            && self.icon.as_ref().is_none_or(|icon| icon.len() <= 1024)
            && (self.icon.is_none() || self.icon_type.is_some());
        fits.then_some(()).ok_or(Asn1Error::Value("profile metadata"))
    }

    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        let value: Self = strict("StoreMetadataRequest", raw)?;
        value.check()?;
        Ok(value)
    }

    pub fn encode(&self) -> Result<Vec<u8>, Asn1Error> {
        encode("StoreMetadataRequest", self)
    }
}

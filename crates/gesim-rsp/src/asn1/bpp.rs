use rasn::prelude::*;
use zeroize::Zeroizing;

use super::{encode, signature_tlv, strict, take_signature, transaction_id, Asn1Error, TAG_OTPK};
use crate::tlv::{tlv, Reader, Tlv};

pub const TAG_86: u16 = 0x86;
pub const TAG_87: u16 = 0x87;
pub const TAG_88: u16 = 0x88;

/// What the session keys are for: AES, 128 bits, and the host's id.
#[derive(AsnType, Encode, Decode, Debug, Clone, PartialEq, Eq)]
#[rasn(tag(context, 6))]
pub struct ControlRefTemplate {
    #[rasn(tag(0))]
    pub key_type: FixedOctetString<1>,
    #[rasn(tag(1))]
    pub key_length: FixedOctetString<1>,
    #[rasn(tag(4))]
    pub host_id: OctetString,
}

/// The server's half of the key agreement. Tag `BF23`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitialiseSecureChannel {
    /// 1: install a bound profile package.
    pub remote_operation: u8,
    pub transaction_id: Vec<u8>,
    pub control: ControlRefTemplate,
    pub smdp_otpk: Vec<u8>,
    /// Everything before the signature, as it came; with the eUICC's one-time key behind it, that is what was signed.
    pub raw: Vec<u8>,
    pub signature: [u8; 64],
}

impl InitialiseSecureChannel {
    pub fn unsigned(transaction_id: &[u8], host_id: &[u8], smdp_otpk: &[u8]) -> Result<Vec<u8>, Asn1Error> {
        let control = ControlRefTemplate {
            key_type: [0x88].into(),
            key_length: [0x10].into(),
            host_id: OctetString::from_slice(host_id),
        };
        let control = encode("controlRefTemplate", &control)?;
        Ok([tlv(0x82, &[[1]]), tlv(0x80, &[transaction_id]), control, tlv(TAG_OTPK, &[smdp_otpk])].concat())
    }

    /// What DPpb signs.
    pub fn to_sign(raw: &[u8], euicc_otpk: &[u8]) -> Vec<u8> {
        [raw, &tlv(TAG_OTPK, &[euicc_otpk])].concat()
    }

    pub fn assemble(unsigned: &[u8], signature: &[u8; 64]) -> Vec<u8> {
        tlv(0xBF23, &[unsigned, &signature_tlv(signature)])
    }

    fn decode(element: Tlv<'_>) -> Result<Self, Asn1Error> {
        let mut fields = element.children();
        let operation = fields.take(0x82)?;
        let id = fields.take(0x80)?;
        let control = fields.take(0xA6)?;
        let otpk = fields.take(TAG_OTPK)?;
        let signature = take_signature(&mut fields)?;
        fields.finish()?;
        Ok(Self {
            remote_operation: super::small(operation)?,
            transaction_id: transaction_id(id.value)?,
            control: strict("controlRefTemplate", control.raw)?,
            smdp_otpk: otpk.value.to_vec(),
            raw: [operation.raw, id.raw, control.raw, otpk.raw].concat(),
            signature,
        })
    }
}

/// A profile bound to one eUICC. Tag `BF36`. Segments are whole TLVs, still protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundProfilePackage {
    pub channel: InitialiseSecureChannel,
    pub configure: Vec<Vec<u8>>,
    pub metadata: Vec<Vec<u8>>,
    /// Present when the profile was protected with keys of its own.
    pub replace_keys: Option<Vec<Vec<u8>>>,
    pub profile: Vec<Vec<u8>>,
}

impl BoundProfilePackage {
    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = Tlv::expect(raw, 0xBF36)?.children();
        let channel = InitialiseSecureChannel::decode(fields.take(0xBF23)?)?;
        let configure = segments(fields.take(0xA0)?, TAG_87)?;
        let metadata = segments(fields.take(0xA1)?, TAG_88)?;
        let replace_keys = fields.take_if(0xA2)?.map(|list| segments(list, TAG_87)).transpose()?;
        let profile = segments(fields.take(0xA3)?, TAG_86)?;
        fields.finish()?;
        Ok(Self { channel, configure, metadata, replace_keys, profile })
    }

    pub fn encode(&self) -> Vec<u8> {
        let replace = self.replace_keys.as_ref().map(|list| tlv(0xA2, list)).unwrap_or_default();
        let parts = [
            InitialiseSecureChannel::assemble(&self.channel.raw, &self.channel.signature),
            tlv(0xA0, &self.configure),
            tlv(0xA1, &self.metadata),
            replace,
            tlv(0xA3, &self.profile),
        ];
        tlv(0xBF36, &parts)
    }
}

fn segments(list: Tlv<'_>, tag: u16) -> Result<Vec<Vec<u8>>, Asn1Error> {
    let mut reader: Reader<'_> = list.children();
    let mut out = Vec::new();
    while !reader.is_empty() {
        out.push(reader.take(tag)?.raw.to_vec());
    }
    match out.is_empty() {
        true => Err(Asn1Error::Value("empty sequence of segments")),
        false => Ok(out),
    }
}

/// Makes room for the profile. Tag `BF24`.
pub struct ConfigureIsdp;

impl ConfigureIsdp {
    pub fn encode() -> Vec<u8> {
        tlv::<&[u8]>(0xBF24, &[])
    }

    /// Proprietary data of the server may stand inside; it is not used here.
    pub fn check(raw: &[u8]) -> Result<(), Asn1Error> {
        let mut inside = Tlv::expect(raw, 0xBF24)?.children();
        inside.take_if(0xB8)?;
        Ok(inside.finish()?)
    }
}

/// The profile's own keys. Tag `BF26`.
pub struct ReplaceSessionKeys {
    pub chaining_value: Zeroizing<[u8; 16]>,
    pub enc: Zeroizing<[u8; 16]>,
    pub mac: Zeroizing<[u8; 16]>,
}

impl ReplaceSessionKeys {
    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = Tlv::expect(raw, 0xBF26)?.children();
        let mut key = |tag| -> Result<[u8; 16], Asn1Error> {
            fields.take(tag)?.value.try_into().map_err(|_| Asn1Error::Value("session key"))
        };
        let out = Self {
            chaining_value: Zeroizing::new(key(0x80)?),
            enc: Zeroizing::new(key(0x81)?),
            mac: Zeroizing::new(key(0x82)?),
        };
        fields.finish()?;
        Ok(out)
    }

    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let parts = [tlv(0x80, &[*self.chaining_value]), tlv(0x81, &[*self.enc]), tlv(0x82, &[*self.mac])];
        Zeroizing::new(tlv(0xBF26, &parts))
    }
}

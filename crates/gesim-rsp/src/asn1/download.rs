use rasn::prelude::*;

use super::{encode, signature_tlv, small, strict, take_signature, transaction_id, Asn1Error, Signed};
use crate::tlv::{tlv, Tlv};

/// What the server signs before a profile is bound.
#[derive(AsnType, Encode, Decode, Debug, Clone, PartialEq, Eq)]
pub struct SmdpSigned2 {
    #[rasn(tag(0))]
    pub transaction_id: OctetString,
    pub confirmation_code_required: bool,
    /// The one-time key that a package was bound to already.
    #[rasn(tag(application, 73))]
    pub bpp_euicc_otpk: Option<OctetString>,
}

impl SmdpSigned2 {
    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        let value: Self = strict("smdpSigned2", raw)?;
        transaction_id(&value.transaction_id)?;
        Ok(value)
    }

    pub fn encode(&self) -> Result<Vec<u8>, Asn1Error> {
        encode("smdpSigned2", self)
    }
}

/// What a device hands to its eUICC before the download. Tag `BF21`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrepareDownloadRequest {
    /// The signature is over these bytes and the TLV of euiccSignature1.
    pub smdp_signed2: Signed<SmdpSigned2>,
    pub hash_cc: Option<[u8; 32]>,
    /// DPpb, DER.
    pub smdp_certificate: Vec<u8>,
}

impl PrepareDownloadRequest {
    /// From the fields of ES9+'s answer, as they came.
    pub fn assemble(
        signed2: &[u8],
        signature2: [u8; 64],
        hash_cc: Option<[u8; 32]>,
        certificate: &[u8],
    ) -> Result<Vec<u8>, Asn1Error> {
        Tlv::expect(signed2, 0x30)?;
        Tlv::expect(certificate, 0x30)?;
        let hash = hash_cc.map(|hash| tlv(0x04, &[hash])).unwrap_or_default();
        Ok(tlv(0xBF21, &[signed2, &signature_tlv(&signature2), &hash, certificate]))
    }

    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = Tlv::expect(raw, 0xBF21)?.children();
        let signed = fields.take(0x30)?.raw;
        let signature = take_signature(&mut fields)?;
        let hash_cc = fields.take_if(0x04)?.map(|hash| hash.value.try_into());
        let hash_cc = hash_cc.transpose().map_err(|_| Asn1Error::Value("hashCc"))?;
        let smdp_certificate = fields.take(0x30)?.raw.to_vec();
        fields.finish()?;
        let smdp_signed2 = Signed { value: SmdpSigned2::decode(signed)?, raw: signed.to_vec(), signature };
        Ok(Self { smdp_signed2, hash_cc, smdp_certificate })
    }
}

/// What the eUICC signs in answer: its one-time key. The signature is over these bytes and the TLV of smdpSignature2.
#[derive(AsnType, Encode, Decode, Debug, Clone, PartialEq, Eq)]
pub struct EuiccSigned2 {
    #[rasn(tag(0))]
    pub transaction_id: OctetString,
    #[rasn(tag(application, 73))]
    pub euicc_otpk: FixedOctetString<65>,
    pub hash_cc: Option<FixedOctetString<32>>,
}

impl EuiccSigned2 {
    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        let value: Self = strict("euiccSigned2", raw)?;
        transaction_id(&value.transaction_id)?;
        Ok(value)
    }

    pub fn encode(&self) -> Result<Vec<u8>, Asn1Error> {
        encode("euiccSigned2", self)
    }
}

/// Why an eUICC does not prepare a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownloadErrorCode {
    InvalidCertificate = 1,
    InvalidSignature = 2,
    UnsupportedCurve = 3,
    NoSessionContext = 4,
    InvalidTransactionId = 5,
    Undefined = 127,
}

impl DownloadErrorCode {
    fn from_code(code: u8) -> Self {
        match code {
            1 => Self::InvalidCertificate,
            2 => Self::InvalidSignature,
            3 => Self::UnsupportedCurve,
            4 => Self::NoSessionContext,
            5 => Self::InvalidTransactionId,
            _ => Self::Undefined,
        }
    }
}

/// The eUICC's answer. Tag `BF21`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrepareDownloadResponse {
    Ok(Signed<EuiccSigned2>),
    Error { transaction_id: Vec<u8>, code: DownloadErrorCode },
}

impl PrepareDownloadResponse {
    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        let choice = Tlv::parse(Tlv::expect(raw, 0xBF21)?.value)?;
        let mut fields = choice.children();
        let answer = match choice.tag {
            0xA0 => {
                let signed = fields.take(0x30)?.raw;
                let signature = take_signature(&mut fields)?;
                Self::Ok(Signed { value: EuiccSigned2::decode(signed)?, raw: signed.to_vec(), signature })
            }
            0xA1 => Self::Error {
                transaction_id: transaction_id(fields.take(0x80)?.value)?,
                code: DownloadErrorCode::from_code(small(fields.take(0x02)?)?),
            },
            _ => return Err(Asn1Error::Value("PrepareDownloadResponse")),
        };
        fields.finish()?;
        Ok(answer)
    }

    pub fn encode(&self) -> Vec<u8> {
        let choice = match self {
            Self::Ok(signed) => tlv(0xA0, &[&signed.raw, &signature_tlv(&signed.signature)]),
            Self::Error { transaction_id, code } => {
                tlv(0xA1, &[tlv(0x80, &[transaction_id]), tlv(0x02, &[[*code as u8]])])
            }
        };
        tlv(0xBF21, &[choice])
    }
}

/// The eUICC's word that a session is over. Tag `BF41`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelSession {
    pub transaction_id: Vec<u8>,
    /// Content octets of the SM-DP+'s registered id.
    pub smdp_oid: Vec<u8>,
    /// 0 the user refused, 1 postponed, 2 timeout, 3 a policy rule forbids it, 127 undefined.
    pub reason: u8,
    pub raw: Vec<u8>,
    pub signature: [u8; 64],
}

impl CancelSession {
    pub fn signed_part(transaction_id: &[u8], smdp_oid: &[u8], reason: u8) -> Vec<u8> {
        tlv(0x30, &[tlv(0x80, &[transaction_id]), tlv(0x81, &[smdp_oid]), tlv(0x82, &[[reason]])])
    }

    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = Tlv::expect(Tlv::expect(raw, 0xBF41)?.value, 0xA0)?.children();
        let signed = fields.take(0x30)?;
        let signature = take_signature(&mut fields)?;
        fields.finish()?;
        let mut parts = signed.children();
        let transaction_id = transaction_id(parts.take(0x80)?.value)?;
        let smdp_oid = parts.take(0x81)?.value.to_vec();
        let reason = small(parts.take(0x82)?)?;
        parts.finish()?;
        Ok(Self { transaction_id, smdp_oid, reason, raw: signed.raw.to_vec(), signature })
    }

    pub fn encode(&self) -> Vec<u8> {
        tlv(0xBF41, &[tlv(0xA0, &[&self.raw, &signature_tlv(&self.signature)])])
    }
}

use rasn::prelude::*;

use super::{
    encode, key_id_tlv, signature_tlv, small, strict, take_signature, transaction_id, Asn1Error, CtxParams1, Signed,
};
use crate::tlv::{tlv, Tlv};

/// What the server signs first.
#[derive(AsnType, Encode, Decode, Debug, Clone, PartialEq, Eq)]
pub struct ServerSigned1 {
    #[rasn(tag(0))]
    pub transaction_id: OctetString,
    #[rasn(tag(1))]
    pub euicc_challenge: FixedOctetString<16>,
    #[rasn(tag(3))]
    pub server_address: Utf8String,
    #[rasn(tag(4))]
    pub server_challenge: FixedOctetString<16>,
}

impl ServerSigned1 {
    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        let value: Self = strict("serverSigned1", raw)?;
        transaction_id(&value.transaction_id)?;
        Ok(value)
    }

    pub fn encode(&self) -> Result<Vec<u8>, Asn1Error> {
        encode("serverSigned1", self)
    }
}

/// What a device hands to its eUICC; everything but the context comes from the server. Tag `BF38`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticateServerRequest {
    pub server_signed1: Signed<ServerSigned1>,
    pub ci_key_id: [u8; 20],
    /// DPauth, DER.
    pub server_certificate: Vec<u8>,
    pub ctx_params1: CtxParams1,
}

impl AuthenticateServerRequest {
    /// From the fields of ES9+'s answer, as they came.
    pub fn assemble(
        signed1: &[u8],
        signature1: [u8; 64],
        ci_key_id: [u8; 20],
        certificate: &[u8],
        ctx: &CtxParams1,
    ) -> Result<Vec<u8>, Asn1Error> {
        Tlv::expect(signed1, 0x30)?;
        Tlv::expect(certificate, 0x30)?;
        let parts =
            [signed1, &signature_tlv(&signature1), &key_id_tlv(&ci_key_id), certificate, &ctx.encode()?].concat();
        Ok(tlv(0xBF38, &[parts]))
    }

    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = Tlv::expect(raw, 0xBF38)?.children();
        let signed = fields.take(0x30)?.raw;
        let signature = take_signature(&mut fields)?;
        let ci_key_id = fields.take(0x04)?.value.try_into().map_err(|_| Asn1Error::Value("key identifier"))?;
        let server_certificate = fields.take(0x30)?.raw.to_vec();
        let ctx_params1 = CtxParams1::decode(fields.next()?.raw)?;
        fields.finish()?;
        let server_signed1 = Signed { value: ServerSigned1::decode(signed)?, raw: signed.to_vec(), signature };
        Ok(Self { server_signed1, ci_key_id, server_certificate, ctx_params1 })
    }
}

/// What the eUICC signs in answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EuiccSigned1 {
    pub transaction_id: Vec<u8>,
    pub server_address: String,
    pub server_challenge: [u8; 16],
    /// `BF22`, as it came: later versions append to it.
    pub euicc_info2: Vec<u8>,
    pub ctx_params1: CtxParams1,
}

impl EuiccSigned1 {
    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = Tlv::expect(raw, 0x30)?.children();
        let transaction_id = transaction_id(fields.take(0x80)?.value)?;
        let address = fields.take(0x83)?.value;
        let challenge = fields.take(0x84)?.value;
        let info = fields.take(0xBF22)?.raw;
        let ctx_params1 = CtxParams1::decode(fields.next()?.raw)?;
        fields.finish()?;
        Ok(Self {
            transaction_id,
            server_address: String::from_utf8(address.to_vec()).map_err(|_| Asn1Error::Value("serverAddress"))?,
            server_challenge: challenge.try_into().map_err(|_| Asn1Error::Value("serverChallenge"))?,
            euicc_info2: info.to_vec(),
            ctx_params1,
        })
    }

    pub fn encode(&self) -> Result<Vec<u8>, Asn1Error> {
        let parts = [
            tlv(0x80, &[&self.transaction_id]),
            tlv(0x83, &[&self.server_address]),
            tlv(0x84, &[self.server_challenge]),
            self.euicc_info2.clone(),
            self.ctx_params1.encode()?,
        ];
        Ok(tlv(0x30, &parts))
    }
}

/// Why an eUICC does not accept a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticateErrorCode {
    InvalidCertificate = 1,
    InvalidSignature = 2,
    UnsupportedCurve = 3,
    NoSessionContext = 4,
    InvalidOid = 5,
    EuiccChallengeMismatch = 6,
    CiPkUnknown = 7,
    Undefined = 127,
}

impl AuthenticateErrorCode {
    fn from_code(code: u8) -> Self {
        match code {
            1 => Self::InvalidCertificate,
            2 => Self::InvalidSignature,
            3 => Self::UnsupportedCurve,
            4 => Self::NoSessionContext,
            5 => Self::InvalidOid,
            6 => Self::EuiccChallengeMismatch,
            7 => Self::CiPkUnknown,
            _ => Self::Undefined,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticateOk {
    pub euicc_signed1: Signed<EuiccSigned1>,
    /// DER.
    pub euicc_certificate: Vec<u8>,
    pub eum_certificate: Vec<u8>,
}

/// The eUICC's answer. Tag `BF38`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthenticateServerResponse {
    Ok(Box<AuthenticateOk>),
    Error { transaction_id: Vec<u8>, code: AuthenticateErrorCode },
}

impl AuthenticateServerResponse {
    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        let choice = Tlv::parse(Tlv::expect(raw, 0xBF38)?.value)?;
        let mut fields = choice.children();
        let answer = match choice.tag {
            0xA0 => {
                let signed = fields.take(0x30)?.raw;
                let signature = take_signature(&mut fields)?;
                Self::Ok(Box::new(AuthenticateOk {
                    euicc_signed1: Signed { value: EuiccSigned1::decode(signed)?, raw: signed.to_vec(), signature },
                    euicc_certificate: fields.take(0x30)?.raw.to_vec(),
                    eum_certificate: fields.take(0x30)?.raw.to_vec(),
                }))
            }
            0xA1 => Self::Error {
                transaction_id: transaction_id(fields.take(0x80)?.value)?,
                code: AuthenticateErrorCode::from_code(small(fields.take(0x02)?)?),
            },
            _ => return Err(Asn1Error::Value("AuthenticateServerResponse")),
        };
        fields.finish()?;
        Ok(answer)
    }

    pub fn encode(&self) -> Vec<u8> {
        let choice = match self {
            Self::Ok(ok) => {
                let signature = signature_tlv(&ok.euicc_signed1.signature);
                tlv(0xA0, &[&ok.euicc_signed1.raw, &signature, &ok.euicc_certificate, &ok.eum_certificate])
            }
            Self::Error { transaction_id, code } => {
                tlv(0xA1, &[tlv(0x80, &[transaction_id]), tlv(0x02, &[[*code as u8]])])
            }
        };
        tlv(0xBF38, &[choice])
    }
}

use super::{signature_tlv, small, take_signature, transaction_id, Asn1Error};
use crate::tlv::{tlv, Tlv};

/// Which part of a bound profile package failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BppCommand {
    InitialiseSecureChannel = 0,
    ConfigureIsdp = 1,
    StoreMetadata = 2,
    ReplaceSessionKeys = 4,
    LoadProfileElements = 5,
}

/// Why it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorReason {
    IncorrectInput = 1,
    InvalidSignature = 2,
    InvalidTransactionId = 3,
    UnsupportedCrt = 4,
    UnsupportedOperation = 5,
    StructureError = 7,
    SecurityError = 8,
    IccidExists = 9,
    OutOfMemory = 10,
    ProfileElement = 12,
    IccidMismatch = 13,
    Unknown = 127,
}

/// Who is told, and of what. Tag `BF2F`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationMetadata {
    pub sequence: u32,
    /// Content octets of the BIT STRING; `07 80` is installation.
    pub operation: Vec<u8>,
    pub address: String,
    pub iccid: Option<Vec<u8>>,
}

impl NotificationMetadata {
    fn encode(&self) -> Vec<u8> {
        let iccid = self.iccid.as_ref().map(|iccid| tlv(0x5A, &[iccid])).unwrap_or_default();
        let parts =
            [tlv(0x80, &[integer(self.sequence)]), tlv(0x81, &[&self.operation]), tlv(0x0C, &[&self.address]), iccid];
        tlv(0xBF2F, &parts)
    }

    fn decode(element: Tlv<'_>) -> Result<Self, Asn1Error> {
        let mut fields = element.children();
        let sequence = number(fields.take(0x80)?.value)?;
        let operation = fields.take(0x81)?.value.to_vec();
        let address = String::from_utf8(fields.take(0x0C)?.value.to_vec());
        let iccid = fields.take_if(0x5A)?.map(|iccid| iccid.value.to_vec());
        fields.finish()?;
        let address = address.map_err(|_| Asn1Error::Value("notificationAddress"))?;
        Ok(Self { sequence, operation, address, iccid })
    }
}

/// The shortest INTEGER content that is not negative.
fn integer(value: u32) -> Vec<u8> {
    let mut octets: Vec<u8> = value.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
    if octets.first().is_none_or(|first| first & 0x80 != 0) {
        octets.insert(0, 0);
    }
    octets
}

fn number(octets: &[u8]) -> Result<u32, Asn1Error> {
    let value =
        octets.iter().try_fold(0u32, |value, octet| (value <= u32::MAX >> 8).then(|| value << 8 | u32::from(*octet)));
    value.filter(|value| integer(*value) == octets).ok_or(Asn1Error::Value("seqNumber"))
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstallationOutcome {
    Success { aid: Vec<u8>, response: Vec<u8> },
    Error { command: u8, reason: u8 },
}

/// How an installation went. Tag `BF27`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallationResultData {
    pub transaction_id: Vec<u8>,
    pub notification: NotificationMetadata,
    /// Content octets of the SM-DP+'s registered id.
    pub smdp_oid: Option<Vec<u8>>,
    pub outcome: InstallationOutcome,
}

impl InstallationResultData {
    pub fn encode(&self) -> Vec<u8> {
        let oid = self.smdp_oid.as_ref().map(|oid| tlv(0x06, &[oid])).unwrap_or_default();
        let outcome = match &self.outcome {
            InstallationOutcome::Success { aid, response } => tlv(0xA0, &[tlv(0x4F, &[aid]), tlv(0x04, &[response])]),
            InstallationOutcome::Error { command, reason } => {
                tlv(0xA1, &[tlv(0x80, &[[*command]]), tlv(0x81, &[[*reason]])])
            }
        };
        let parts = [tlv(0x80, &[&self.transaction_id]), self.notification.encode(), oid, tlv(0xA2, &[outcome])];
        tlv(0xBF27, &parts)
    }

    fn decode(element: Tlv<'_>) -> Result<Self, Asn1Error> {
        let mut fields = element.children();
        let transaction_id = transaction_id(fields.take(0x80)?.value)?;
        let notification = NotificationMetadata::decode(fields.take(0xBF2F)?)?;
        let smdp_oid = fields.take_if(0x06)?.map(|oid| oid.value.to_vec());
        let outcome = Tlv::parse(fields.take(0xA2)?.value)?;
        fields.finish()?;
        let mut parts = outcome.children();
        let outcome = match outcome.tag {
            0xA0 => {
                let aid = parts.take(0x4F)?.value.to_vec();
                InstallationOutcome::Success { aid, response: parts.take(0x04)?.value.to_vec() }
            }
            0xA1 => {
                let (command, reason) = (small(parts.take(0x80)?)?, small(parts.take(0x81)?)?);
                parts.take_if(0x82)?;
                InstallationOutcome::Error { command, reason }
            }
            _ => return Err(Asn1Error::Value("finalResult")),
        };
        parts.finish()?;
        Ok(Self { transaction_id, notification, smdp_oid, outcome })
    }
}

/// The eUICC's signed word on an installation. Tag `BF37`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileInstallationResult {
    pub data: InstallationResultData,
    pub raw: Vec<u8>,
    pub signature: [u8; 64],
}

impl ProfileInstallationResult {
    pub fn decode(raw: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = Tlv::expect(raw, 0xBF37)?.children();
        let data = fields.take(0xBF27)?;
        let signature = take_signature(&mut fields)?;
        fields.finish()?;
        Ok(Self { data: InstallationResultData::decode(data)?, raw: data.raw.to_vec(), signature })
    }

    pub fn encode(&self) -> Vec<u8> {
        tlv(0xBF37, &[&self.raw, &signature_tlv(&self.signature)])
    }
}

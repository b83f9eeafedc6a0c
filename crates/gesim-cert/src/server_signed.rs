//! serverSigned1 of SGP.22: what an SM-DP+ signs when a device begins.

use crate::{
    der::{context, only, Reader, SEQUENCE},
    CertError,
};

/// The transaction, the eUICC's challenge and the server's own, and the address that the server goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerSigned1<'a> {
    /// 1 to 16 octets.
    pub transaction_id: &'a [u8],
    pub euicc_challenge: &'a [u8; 16],
    pub server_address: &'a str,
    pub server_challenge: &'a [u8; 16],
}

impl<'a> ServerSigned1<'a> {
    /// The bytes are a serverSigned1 of version 2 and nothing else.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CertError> {
        let mut fields = only(bytes, SEQUENCE)?;
        let transaction_id = fields.take(context(0))?;
        let euicc_challenge = challenge(&mut fields, 1)?;
        let address = fields.take(context(3))?;
        let server_challenge = challenge(&mut fields, 4)?;
        fields.end()?;
        let server_address = core::str::from_utf8(address).map_err(|_| CertError::ServerSigned)?;
        match matches!(transaction_id.len(), 1..=16) && !server_address.is_empty() {
            true => Ok(Self { transaction_id, euicc_challenge, server_address, server_challenge }),
            false => Err(CertError::ServerSigned),
        }
    }
}

fn challenge<'a>(fields: &mut Reader<'a>, number: u8) -> Result<&'a [u8; 16], CertError> {
    fields.take(context(number))?.try_into().map_err(|_| CertError::ServerSigned)
}
